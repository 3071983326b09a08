/**
 * What the outcome of a delivery means for the app as a whole: its breaker opens, closes, or stays as it is.
 * Decides what counts as trouble of the app and what as proof that it is well; must not know how the breaker is kept
 * (store/apps.ts), nor what becomes of the row (delivery-refusal.ts).
 */
import type { Refusal } from '../connectors/contract.ts'
import { endProbe, pauseApp, resumeApp } from '../store/apps.ts'
import type { DeliveryResult, LeasedDelivery } from '../store/deliveries.ts'
import { PAUSING_KINDS } from '../store/open-items.ts'
import { answerAllOfApp } from './answer-provider.ts'
import type { DeliverContext } from './delivery-context.ts'
import { longestPause } from './delivery-refusal.ts'

const keyOf = ({ tenant, app }: LeasedDelivery): object => ({ tenant, app })

export interface AppPause {
  /** The app as a whole is left alone for so long. */
  readonly seconds: number
  /**
   * It was well until this row was tried, and had not answered this row the last time either: it may be the row that the
   * app does not answer to. Then the row backs off like one that is refused.
   */
  readonly byThisRow: boolean
}

/** Opens the breaker after a refusal that everybody would meet; undefined where only this row has to wait. */
export async function pauseIfNeeded(
  context: DeliverContext,
  delivery: LeasedDelivery,
  { code, detail, after }: Refusal,
): Promise<AppPause | undefined> {
  const longest = longestPause(code)
  if (longest === undefined) return undefined
  const { seconds, opened } = await pauseApp(context.db, delivery, {
    longest,
    why: detail,
    ...(after === undefined ? {} : { until: after }),
  })
  context.log.warn(
    { ...keyOf(delivery), code, detail, seconds: Math.ceil(seconds) },
    'the app is left alone for a while',
  )
  await answerAllOfApp(context, delivery)
  return { seconds, byThisRow: opened && code === 'unreachable' && delivery.waitedFor?.kind === 'unreachable' }
}

/** With these nobody can tell whether the app is well. */
const PROVES_NOTHING: ReadonlySet<string> = new Set([...PAUSING_KINDS, 'answer-unexpected', 'unmatched'])

/** True where the app must have been reached, and have taken the key, for this to come out. */
const reached = ({ state, code, wrote }: DeliveryResult): boolean =>
  wrote === true || state === 'observed' || (code !== undefined && !PROVES_NOTHING.has(code))

/**
 * Closes the breaker where the outcome proves that the app is well; a row that tried for all and proves nothing lets another
 * try. True where others may go on now.
 */
export async function noteOutcome(
  { db, log }: DeliverContext,
  delivery: LeasedDelivery,
  result: DeliveryResult | undefined,
): Promise<boolean> {
  const wellNow = result !== undefined && reached(result)
  // A refusal proves it too, but it is looked up only where somebody waits for the proof: it is no rare thing.
  if (wellNow && (delivery.probe || result.wrote === true) && (await resumeApp(db, delivery))) {
    log.info(keyOf(delivery), 'the app takes deliveries again')
    return true
  }
  if (!delivery.probe || (result?.code !== undefined && PAUSING_KINDS.includes(result.code))) return false
  await endProbe(db, delivery)
  return true
}
