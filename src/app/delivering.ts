/**
 * The durable side at the start: wake-ups, deliveries, fan-outs, and who waits for them.
 * Decides who wakes whom; must not know what a delivery does.
 */
import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config.ts'
import { callingFor } from '../connectors/purpose.ts'
import type { Metrics } from '../http/metrics.ts'
import type { Workflow } from '../durable/runs.ts'
import { openWaiters } from '../durable/waiters.ts'
import { openWake, type Wake } from '../durable/wake.ts'
import type { Answers } from '../operations/context.ts'
import { answerTo, type ForeseenCause } from '../reconcile/answer.ts'
import { isAnswerKey } from '../store/confirmations.ts'
import type { Db } from '../store/db.ts'
import { FAN_OUT_KEY } from '../store/fan-outs.ts'
import type { World } from '../store/users.ts'
import { openDeliveryEngine, type DeliveryEngine } from '../workflows/delivery-engine.ts'
import { openFanOut } from '../workflows/fan-out.ts'
import { foresee, openOutlooks, type Outlooks } from '../workflows/outlook.ts'
import type { Surroundings } from './starting.ts'
import type { Targets } from './targets.ts'

/** Most requests of one connection that wait for an app at once; the others are answered as soon as they are committed. */
const MOST_WAITING = 100

interface Delivering extends Surroundings {
  readonly db: Db
  /** Of the same database. */
  readonly url: string
  readonly targets: Targets
  readonly metrics: Pick<Metrics, 'delivered'>
  /** Work that a run can name, beside that of the deliveries. */
  readonly workflows: Readonly<Record<string, Workflow>>
  readonly onError: (error: unknown) => void
}

export interface Deliveries {
  readonly wake: Wake
  /** Where requests wait for the outcome of what they asked for. */
  readonly answers: Answers
  readonly startRun: DeliveryEngine['startRun']
}

/** Starts delivering. */
export async function openDelivering(config: Config, given: Delivering): Promise<Deliveries> {
  const { db, url, targets, closers, onError } = given
  const outlooks = openOutlooks({ db, clock: () => performance.now(), targets, onError })
  const wake = openWake({ url, db, instance: randomUUID(), onError })
  closers.add('wake-ups', () => wake.close())
  const waiters = openWaiters({ places: MOST_WAITING })
  const engine = await openEngine(given, { wake, outlooks })
  closers.add('deliveries', engine.close)
  const fanOut = openFanOut({ db, wakeApp: (key) => wake.wake(key), onError })
  closers.add('fan-outs', fanOut.close)
  wake.onWake((key) => (key === FAN_OUT_KEY ? fanOut : isAnswerKey(key) ? waiters : engine).wake(key))
  return {
    wake,
    answers: { ...waiters, foresee: (world) => foreseeIn(config, outlooks, world), answerTo },
    startRun: engine.startRun,
  }
}

const openEngine = (
  { db, url, targets, metrics, workflows, log, onError }: Delivering,
  { wake, outlooks }: { wake: Wake; outlooks: Outlooks },
): Promise<DeliveryEngine> =>
  openDeliveryEngine({
    db,
    url,
    targets,
    workflows,
    log,
    onError,
    now: () => new Date(),
    newId: randomUUID,
    hash: hashOf,
    wakeAnswer: (key) => wake.wake(key),
    sleep: (seconds) => sleep(seconds * 1000),
    callingFor,
    onDelivered: outlooks.note,
    onAttempted: metrics.delivered,
  })

/** Whether an answer to this connection would come before its time is over, and if not, why. */
function foreseeIn(config: Config, outlooks: Outlooks, { tenant, connection }: World): ForeseenCause {
  const declared = config.tenants.find(({ id }) => id === tenant)
  const behind = declared?.connections.find(({ id }) => id === connection)
  if (declared === undefined || behind === undefined) return 'nothing-to-write'
  const apps = declared.apps.filter(({ id, mode }) => mode !== 'observe' && behind.apps.includes(id))
  return foresee(
    apps.map(({ id }) => outlooks.look({ tenant, app: id })),
    behind.confirmSeconds,
  )
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')
