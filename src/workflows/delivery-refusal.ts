/**
 * What a refusal means for a delivery.
 * Decides who waits and for how long; must not wait itself.
 */
import { CONNECTOR_CODES, type ConnectorCode, type Refusal } from '../connectors/contract.ts'
import type { DeliveryResult } from '../store/deliveries.ts'

const LONGEST_BACKOFF_SECONDS = 900
/** Somebody has to change something in the app first. */
const LATER_SECONDS = 300
/** What was refused for the person's sake is tried again once a day. */
export const DAILY_SECONDS = 86_400
/** A dispute may pass by itself: first looked at again after a quarter of an hour, then ever more rarely, at last daily. */
export const disputeSeconds = (attempts: number): number => Math.min(900 * 2 ** Math.min(attempts, 10), DAILY_SECONDS)

/** An account of the name may be our own whose answer was lost: look again before believing a stranger has it. */
const NAME_TAKEN_LOOKS = 3

/**
 * With these nothing else will get through either: the app is left alone as a whole, for at most so many seconds unless it
 * asked for more. A call every ten seconds costs an app that is down nothing, and leavers wait for it to be back; a refused
 * key is asked about rarely, since repeated failures may lock its user.
 */
const PAUSES_APP: ReadonlyMap<ConnectorCode, number> = new Map([
  ['throttled', 60],
  ['unreachable', 10],
  ['credentials-refused', 900],
])

/** After these the target may or may not have done it. */
const EFFECT_UNKNOWN: ReadonlySet<ConnectorCode> = new Set(['unreachable', 'answer-unexpected'])

export const effectUnknown = (code: ConnectorCode): boolean => EFFECT_UNKNOWN.has(code)

/** Longest pause of the whole app after this refusal, in seconds; undefined where only the row waits. */
export const longestPause = (code: ConnectorCode): number | undefined => PAUSES_APP.get(code)

export interface RefusedDelivery {
  readonly refusal: Refusal
  /** Attempts of this row that failed before this one. */
  readonly attempts: number
  /** A deactivation is never given up. */
  readonly urgent: boolean
  readonly step?: string
  /** Where the app is left alone: for how many seconds, and whether this row may be to blame (breaker.ts). */
  readonly paused?: { readonly seconds: number; readonly byThisRow: boolean }
}

/** How the row is given back after a refusal. Pure. */
export function refusedResult({ refusal, attempts, urgent, step, paused }: RefusedDelivery): DeliveryResult {
  const { code, about, detail } = refusal
  const why = { code, detail, ...(about === undefined ? {} : { about }) }
  const waits = { ...why, state: 'retrying' as const }
  const backoff = Math.min(2 ** attempts, LONGEST_BACKOFF_SECONDS)
  if (paused !== undefined) {
    const { seconds, byThisRow } = paused
    return { ...waits, retryIn: byThisRow ? Math.max(seconds, backoff) : seconds, countAttempt: byThisRow }
  }
  if (code === 'name-taken' && step === 'create' && attempts < NAME_TAKEN_LOOKS)
    return { ...waits, retryIn: backoff, countAttempt: true }
  // Only an answer to the create itself says that it was not made.
  const clearIntent = step === 'create' && !EFFECT_UNKNOWN.has(code)
  if (refusal.retry === 'soon' || urgent) return { ...waits, retryIn: backoff, countAttempt: true, clearIntent }
  if (refusal.retry === 'later') {
    return { ...waits, retryIn: LATER_SECONDS, countAttempt: CONNECTOR_CODES[code].blames === 'person', clearIntent }
  }
  return {
    ...why,
    state: 'refused',
    retryIn: DAILY_SECONDS,
    countAttempt: true,
    clearIntent,
    event: { kind: 'delivery.refused', data: { code, detail, ...(step === undefined ? {} : { step }) } },
  }
}
