/**
 * How much all expressions of one decision may do together.
 * Decides when it has been enough; must not know what is being done.
 *
 * The one thing here that changes: how many steps are left. It is set anew for every decision, which never waits for
 * anything, so no two decisions are ever under way at once.
 */

let left = 0
let overdrawn = false

export const TOO_MUCH = 'the expressions of this policy take more steps than one decision may'

/** Takes steps off what is left. Throws when there are none; whatever catches it finds `exhausted()` true. */
export function charge(steps: number): void {
  left -= steps
  if (left >= 0) return
  overdrawn = true
  throw new RangeError(TOO_MUCH)
}

export const exhausted = (): boolean => overdrawn

/** Steps that are left: what a decision cost is the difference. */
export const stepsLeft = (): number => left

export function refill(steps: number): void {
  left = steps
  overdrawn = false
}
