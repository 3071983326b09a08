/**
 * So many a second, after a burst.
 * Decides when one more is allowed; must not hold a timer or a list: one number says it all (GCRA).
 */
export class Allowance {
  readonly #every: number
  readonly #burst: number
  /** When everything that has been taken will have been given back. */
  #owed = 0

  /** `burst` at once, and `perSecond` from then on. */
  constructor(perSecond: number, burst: number) {
    this.#every = 1_000 / perSecond
    this.#burst = burst * this.#every
  }

  /** Whole seconds until one is allowed; 0 where it is now. */
  wait(now: number): number {
    // A clock that was set back must not close the door until it has caught up.
    if (this.#owed > now + this.#burst + this.#every) this.#owed = now
    const early = Math.max(this.#owed, now) + this.#every - this.#burst - now
    // Sums of fractions: what is early by less than a millionth of a second is not early.
    return early <= 1e-3 ? 0 : Math.ceil(early / 1_000)
  }

  /** Takes one where it is allowed, and returns as {@link wait} does. */
  take(now: number): number {
    const seconds = this.wait(now)
    if (seconds === 0) this.#owed = Math.max(this.#owed, now) + this.#every
    return seconds
  }
}
