/**
 * How long Okta waits for a server and how it takes a 429 (facts 1.5). Decides waits and the last attempt; sends
 * through the function it is given, and reads nothing of an answer but status and Retry-After.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Exchange } from './client.ts'

export const MAX_ATTEMPTS = 10
const DEFAULT_WAIT_SECONDS = 300

/**
 * Seconds to wait after a 429. Only whole seconds are obeyed: a date, a fraction or nothing means five minutes.
 * Each wait is at least twice the one before it, `previous`.
 */
export function waitSeconds(retryAfter: string | undefined, previous: number | undefined): number {
  const asked =
    retryAfter !== undefined && /^\d+$/.test(retryAfter.trim()) ? Number(retryAfter.trim()) : DEFAULT_WAIT_SECONDS
  return previous === undefined ? asked : Math.max(asked, previous * 2)
}

export interface Patience {
  /** Multiplies every wait; 1 is what Okta does, tests and demos take less. */
  readonly scale: number
  readonly signal: AbortSignal
  /** Hears of each wait, in unscaled seconds. */
  readonly onWait?: (seconds: number) => void
}

/** Sends until the answer is no 429, at most ten times; then the last 429 is the answer. */
export async function patiently(send: () => Promise<Exchange>, patience: Patience): Promise<Exchange> {
  let waited: number | undefined
  for (let attempt = 1; ; attempt += 1) {
    const exchange = await send()
    if (exchange.answer?.status !== 429 || attempt === MAX_ATTEMPTS) return exchange
    waited = waitSeconds(exchange.answer.headers['retry-after'], waited)
    patience.onWait?.(waited)
    await sleep(waited * 1_000 * patience.scale, undefined, { signal: patience.signal })
  }
}
