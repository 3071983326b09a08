/** How long Okta waits for a server and how it takes a 429 (facts 1.5). Decides waits and the last attempt; waits not. */
import { wholeSeconds, type WaitRule } from '../patience.ts'

export const TIMEOUT_MS = 60_000
export const MAX_ATTEMPTS = 10
const DEFAULT_WAIT_SECONDS = 300

/**
 * Seconds to wait after a 429. Only whole seconds are obeyed: a date, a fraction or nothing means five minutes.
 * Each wait is at least twice the one before it, `previous`.
 */
export function waitSeconds(retryAfter: string | undefined, previous: number | undefined): number {
  const asked = wholeSeconds(retryAfter) ?? DEFAULT_WAIT_SECONDS
  return previous === undefined ? asked : Math.max(asked, previous * 2)
}

/** At most ten attempts; then the last 429 is the answer. */
export const oktaPatience: WaitRule = (retryAfter, previous, attempt) =>
  attempt >= MAX_ATTEMPTS ? undefined : waitSeconds(retryAfter, previous)
