/**
 * So many a second, after a burst.
 * Decides when one more is allowed; must not hold a timer or a list: two numbers say it all.
 */
export class Allowance {
  readonly #perSecond: number
  readonly #burst: number
  /** What could be taken at once, as of {@link Allowance.#at}. */
  #left: number
  #at = 0

  /** `burst` at once, and `perSecond` from then on. */
  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#left = burst
  }

  /** Whole seconds until one is allowed; 0 where it is now. */
  wait(now: number): number {
    // A clock that was set back brings nothing, and must not close the door until it has caught up.
    const passed = Math.max(0, now - this.#at)
    this.#left = Math.min(this.#burst, this.#left + (passed / 1_000) * this.#perSecond)
    this.#at = now
    // Sums of fractions: what is missing by a millionth is there.
    const missing = 1 - 1e-6 - this.#left
    return missing <= 0 ? 0 : Math.ceil(missing / this.#perSecond)
  }

  /** Takes one where it is allowed, and returns as {@link wait} does. */
  take(now: number): number {
    const seconds = this.wait(now)
    if (seconds === 0) this.#left = Math.max(0, this.#left - 1)
    return seconds
  }
}
