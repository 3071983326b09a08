/**
 * The durable side at work: leased rows to a worker, later wakes, sweeps for what nobody was woken for, and runs.
 * Decides how these are wired; must not know what a delivery does (deliver.ts) or how a row is kept (store).
 */
import { openJobs, type Jobs } from '../durable/jobs.ts'
import { createRun, executeRun, lostRuns, type NewRun, type Workflow } from '../durable/runs.ts'
import { every } from '../durable/timers.ts'
import { openWorker, type WorkSource } from '../durable/worker.ts'
import { completeDeliveries } from '../store/configuration.ts'
import { acceptAbandoned } from '../store/confirmations.ts'
import type { Db } from '../store/db.ts'
import {
  appKeyOf,
  appsDue,
  reviveDeliveries,
  textOfAppKey,
  type AppKey,
  type DeliveryResult,
  type LeasedDelivery,
} from '../store/deliveries.ts'
import { giveBack, LEASE_SECONDS, leaseDeliveries, renewLeases } from '../store/leases.ts'
import { deliver } from './deliver.ts'
import type { DeliverContext, OpenTarget } from './delivery-context.ts'
import { deliverNow } from './deliver-now.ts'
import { readEntitlementsNow } from './read-entitlements-now.ts'

/** Seconds between sweeps: what a lost wake-up costs at most. */
const SWEEP_SECONDS = 2
/** Every so many turns is one of a deactivation that has failed, if one is due. */
const FAILED_TURNS = 4
/** Seconds between looks for rows whose turn has come again, rows that are missing, and lost runs. */
const HOUSEKEEPING_SECONDS = 60

/** One attempt, for whoever counts. */
export interface Attempted extends AppKey {
  /** How the row was settled; `unsettled` if it was not: the lease was lost, the answer taken back, or there was a fault. */
  readonly outcome: DeliveryResult['state'] | 'unsettled'
  readonly seconds: number
  /** From the acceptance of the newest change to now, where this attempt has delivered it. */
  readonly verifiedAfterSeconds?: number
}

export interface EngineOptions extends Omit<DeliverContext, 'db' | 'target'> {
  readonly db: Db
  /** Of the same database: jobs have connections of their own. */
  readonly url: string
  /** By the text of their key. */
  readonly targets: ReadonlyMap<string, OpenTarget>
  readonly sleep: (seconds: number) => Promise<void>
  /** More of them that a run can name. */
  readonly workflows: Readonly<Record<string, Workflow>>
  /** Runs work whose calls to an app are made for this. */
  readonly callingFor: <T>(purpose: { urgency: number; id: string }, work: () => Promise<T>) => Promise<T>
  /** Told how long a delivery took that got through. */
  readonly onDelivered: (key: string, seconds: number) => void
  /** Told of every attempt. */
  readonly onAttempted: (attempt: Attempted) => void
  readonly onError: (error: unknown) => void
}

export interface DeliveryEngine {
  /** There may be something to deliver to the app of this key. */
  wake(key: string): void
  /** Stores a run and hands it to a worker; resolves with its id once it is committed. */
  startRun(run: NewRun): Promise<string>
  /** Takes nothing new, waits for what is under way, and stops. */
  close(): Promise<void>
}

export async function openDeliveryEngine(options: EngineOptions): Promise<DeliveryEngine> {
  const { db, onError } = options
  // The worker is there before the jobs, since a job may wake it at once.
  let jobs: Jobs | undefined
  const worker = openWorker(
    deliveriesOf(options, {
      wakeAt: (key, at) => jobs?.wakeAt(key, at),
      wakeNow: (key) => wake(key),
    }),
    LEASE_SECONDS / 3,
  )
  const wake = (key: string): void => worker.wake(key)
  const sweep = async (): Promise<void> => {
    await acceptAbandoned(db)
    for (const key of await appsDue(db)) wake(textOfAppKey(key))
  }
  const workflows = { ...runnable(options, wake), ...options.workflows }
  const run = (id: string): Promise<void> => executeRun(db, id, workflows)
  const housekeeping = async (): Promise<void> => {
    await completeDeliveries(db)
    await reviveDeliveries(db)
    for (const id of await lostRuns(db)) await jobs?.startRun(id)
    await sweep()
  }
  const opened = await openJobs({ url: options.url, handlers: { wake, run, sweep: housekeeping }, onError })
  jobs = opened
  const stopSweeping = every(SWEEP_SECONDS, sweep, onError)
  const stopHousekeeping = every(HOUSEKEEPING_SECONDS, housekeeping, onError)
  for (const key of options.targets.keys()) wake(key)
  return {
    wake,
    startRun: async (asked) => {
      const id = await createRun(db, asked)
      await opened.startRun(id)
      return id
    },
    close: async () => {
      await stopSweeping()
      await stopHousekeeping()
      await worker.close()
      await opened.close()
    },
  }
}

/** The workflows a run can name. */
const runnable = ({ db, sleep }: EngineOptions, wake: (key: string) => void): Readonly<Record<string, Workflow>> => ({
  'deliver-now': async (run) => ({ ...(await deliverNow({ db, wake: (key) => wake(textOfAppKey(key)), sleep }, run)) }),
  'read-entitlements': (run) => readEntitlementsNow({ db, sleep }, run).then((result) => ({ ...result })),
})

function deliveriesOf(
  { db, targets, onError, ...world }: EngineOptions,
  { wakeAt, wakeNow }: { wakeAt: (key: string, at: Date) => Promise<void> | undefined; wakeNow: (key: string) => void },
): WorkSource<LeasedDelivery> {
  const turns = new Map<string, number>()
  return {
    lease: (key, limit) => {
      const turn = (turns.get(key) ?? 0) + 1
      turns.set(key, turn)
      const failedFirst = turn % FAILED_TURNS === 0
      return leaseDeliveries(db, appKeyOf(key), { limit, token: world.newId(), failedFirst })
    },
    renew: (held) => renewLeases(db, held),
    giveBack: (failed) => giveBack(db, failed),
    concurrency: (key) => targets.get(key)?.connector.capabilities.concurrency ?? 0,
    onError,
    work: async (delivery) => {
      const key = textOfAppKey(delivery)
      const open = targets.get(key)
      if (open === undefined) return
      const target = { ...open, mode: delivery.mode }
      const begun = world.now().getTime()
      const purpose = { urgency: delivery.urgency, id: `delivery-${delivery.id}` }
      let outcome: Attempted['outcome'] = 'unsettled'
      const onSettled = (state: DeliveryResult['state']): void => void (outcome = state)
      const retryIn = await world
        .callingFor(purpose, () => deliver({ ...world, db, target, onSettled }, delivery))
        .finally(() => world.onAttempted(attempted(delivery, { outcome, begun, ended: world.now().getTime() })))
      if (retryIn === undefined) world.onDelivered(key, (world.now().getTime() - begun) / 1000)
      if (retryIn === 0) wakeNow(key)
      else if (retryIn !== undefined) await wakeAt(key, new Date(world.now().getTime() + retryIn * 1000))
    },
  }
}

function attempted(
  { tenant, app, accepted }: LeasedDelivery,
  { outcome, begun, ended }: { outcome: Attempted['outcome']; begun: number; ended: number },
): Attempted {
  const key = { tenant, app, outcome, seconds: (ended - begun) / 1000 }
  if (outcome !== 'delivered' || accepted === undefined) return key
  return { ...key, verifiedAfterSeconds: (ended - accepted.getTime()) / 1000 }
}
