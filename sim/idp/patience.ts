/**
 * How a provider takes a 429: repeats what it sent for as long as its rule names a wait. Sends through the function it is
 * given, and reads nothing of an answer but status and Retry-After.
 */
import type { Exchange } from './client.ts'
import type { Clock } from './clock.ts'

/**
 * Seconds to wait after the n-th 429 (`attempt` from 1), given its Retry-After and the wait before; undefined gives up,
 * and the 429 is the answer.
 */
export type WaitRule = (
  retryAfter: string | undefined,
  previous: number | undefined,
  attempt: number,
) => number | undefined

/** A Retry-After in whole seconds; a date, a fraction or nothing is undefined. */
export function wholeSeconds(retryAfter: string | undefined): number | undefined {
  return retryAfter !== undefined && /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter.trim()) : undefined
}

export interface Patience {
  readonly rule: WaitRule
  readonly clock: Clock
  /** Multiplies every wait; 1 is what the provider does, tests and demos take less. */
  readonly scale: number
  readonly signal: AbortSignal
  /** Hears of each wait, in unscaled seconds. */
  readonly onWait: ((seconds: number) => void) | undefined
}

/** Sends until the answer is no 429 or the rule gives up. */
export async function patiently(send: () => Promise<Exchange>, patience: Patience): Promise<Exchange> {
  let waited: number | undefined
  for (let attempt = 1; ; attempt += 1) {
    const exchange = await send()
    if (exchange.answer?.status !== 429) return exchange
    waited = patience.rule(exchange.answer.headers['retry-after'], waited, attempt)
    if (waited === undefined) return exchange
    patience.onWait?.(waited)
    await patience.clock.wait(waited * 1_000 * patience.scale, patience.signal)
  }
}
