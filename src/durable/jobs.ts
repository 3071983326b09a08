/**
 * pg-boss, as far as Rollcall uses it: later wakes and runs.
 * Decides queues and their settings; must not be the only place that knows of any work: every job may be lost.
 */
import { PgBoss, type Job } from 'pg-boss'
import { settleSession, type Queryable } from '../store/db.ts'

const WAKE = 'wake'
const RUN = 'run'
const SWEEP = 'sweep'

export interface JobHandlers {
  /** Something may be due under this key. */
  readonly wake: (key: string) => void
  /** Executes a run to its end; safe to call again for a run that is done. */
  readonly run: (id: string) => Promise<void>
  /** Looks for work that nobody was woken for. */
  readonly sweep: () => Promise<void>
}

export interface Jobs {
  /** Wakes the key at an instant, in whichever process is there. */
  wakeAt(key: string, at: Date): Promise<void>
  /** Hands a run, stored already, to a worker. Asked again while it is still queued, it stays queued once. */
  startRun(id: string): Promise<void>
  close(): Promise<void>
}

/** What pg-boss has no option for and hands on to its pool. */
const POOL = { keepAlive: true, onConnect: (client: Queryable): unknown => settleSession(client, 0) }

/** Starts pg-boss in its own schema of the same database; it migrates itself under its own lock. */
export async function openJobs(options: {
  url: string
  handlers: JobHandlers
  onError: (error: unknown) => void
}): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: options.url,
    application_name: 'rollcall-jobs',
    max: 3,
    useListenNotify: false,
    ...POOL,
  })
  boss.on('error', options.onError)
  try {
    await begin(boss, options.handlers)
  } catch (error) {
    await boss.stop({ graceful: false, close: true }).catch(options.onError)
    throw error
  }
  return {
    wakeAt: async (key, at) => {
      await boss.send(WAKE, { key }, { startAfter: at, singletonKey: `${key} ${Math.ceil(at.getTime() / 1000)}` })
    },
    startRun: async (id) => {
      await boss.send(RUN, { id }, { singletonKey: id })
    },
    close: () => boss.stop({ graceful: true, close: true, timeout: 10_000 }),
  }
}

async function begin(boss: PgBoss, handlers: JobHandlers): Promise<void> {
  await boss.start()
  await boss.createQueue(WAKE, { policy: 'short', retryLimit: 0, deleteAfterSeconds: 60 })
  await boss.createQueue(RUN, { policy: 'short', retryLimit: 5, retryBackoff: true, expireInSeconds: 3_600 })
  await boss.createQueue(SWEEP, { policy: 'short', retryLimit: 0, deleteAfterSeconds: 60 })
  await boss.work<{ key: string }>(WAKE, { batchSize: 100, pollingIntervalSeconds: 1 }, async (jobs) => {
    for (const key of new Set(jobs.map((job) => job.data.key))) handlers.wake(key)
  })
  await boss.work<{ id: string }>(
    RUN,
    { batchSize: 1, pollingIntervalSeconds: 0.5 },
    async ([job]: Job<{ id: string }>[]) => {
      if (job !== undefined) await handlers.run(job.data.id)
    },
  )
  await boss.work(SWEEP, { batchSize: 1, pollingIntervalSeconds: 5 }, () => handlers.sweep())
  await boss.schedule(SWEEP, '* * * * *')
}
