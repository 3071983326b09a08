/**
 * The arithmetic of plans, in whole minor units (cents) so that no figure is off by a rounding.
 * Decides what a move costs; must not know any plan. Source of the formula: facts/plans.md.
 */

/** `amount` is in minor units: 186_000_00 USD is $186,000. */
export interface Money {
  readonly amount: number
  readonly currency: string
}

export const MONTHS = 12

export interface PricedMove {
  /** Per user and month, minor units, not negative. */
  readonly from: number
  readonly to: number
  /** A whole number, at least 0. */
  readonly users: number
}

/** (target price - current price) x users x 12: what a move changes in a year, minor units; negative when it saves. */
export function annualDifference({ from, to, users }: PricedMove): number {
  for (const value of [from, to, users])
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is not a whole number from 0 on`)
  const difference = (to - from) * users * MONTHS
  if (!Number.isSafeInteger(difference)) throw new RangeError('the amount is too large to be exact')
  // A saving of nothing is no negative nothing.
  return difference + 0
}

/** What a move costs a year; 0 when it saves. */
export const annualCost = (move: PricedMove): number => Math.max(0, annualDifference(move))

/** What a move saves a year; 0 when it costs. */
export const annualSaving = (move: PricedMove): number => Math.max(0, -annualDifference(move))

/** The formula with its numbers filled in: `($249 - $94) x 100 users x 12 months = $186,000 a year`. */
export function formula(move: PricedMove): string {
  const left = `(${dollars(move.to)} - ${dollars(move.from)}) x ${counted(move.users, 'user')} x ${MONTHS} months`
  return `${left} = ${dollars(annualDifference(move))} a year`
}

/** How much more `to` is than `from`, in tenths of a percent; undefined when `from` is nothing. */
export function markupPerMille(from: number, to: number): number | undefined {
  return from === 0 ? undefined : rounded((to - from) * 1000, from)
}

/** `$186,000`, `$93.50`, `-$12`: cents only where there are any. */
export function dollars(amount: number): string {
  const cents = Math.abs(amount) % 100
  const whole = (Math.abs(amount) - cents) / 100
  return `${amount < 0 ? '-' : ''}$${grouped(whole)}${cents === 0 ? '' : `.${String(cents).padStart(2, '0')}`}`
}

/** `164.9%` of tenths of a percent; `30%` where there are no tenths. */
export const percent = (perMille: number): string =>
  `${perMille % 10 === 0 ? grouped(perMille / 10) : (perMille / 10).toFixed(1)}%`

/** `1 user`, `1,200 users`. */
export const counted = (count: number, noun: string): string => `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`

/** `numerator / denominator` to the nearest whole number, halves away from nothing; exact for safe integers. */
export function rounded(numerator: number, denominator: number): number {
  const [top, bottom] = [BigInt(Math.abs(numerator)), BigInt(denominator)]
  const size = Number((2n * top + bottom) / (2n * bottom))
  return numerator < 0 ? -size + 0 : size
}

/** Thousands apart, as US dollars are written; by hand, so that no machine's locale changes it. */
export const grouped = (whole: number): string => String(whole).replace(/\B(?=(?:\d{3})+$)/g, ',')
