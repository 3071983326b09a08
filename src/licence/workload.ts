/**
 * Joins and leaves of a year, and what an upgrade would have to save for each.
 * Decides what counts as small and stable; must not guess how long an account takes: no source says, so the figure that
 * would pay is computed instead.
 */
import { counted, grouped, rounded } from './money.ts'

/** Facts name "small and stable" without figures. These are ours, and are shown wherever they decide. */
export const SMALL = { users: 50, changesPerYear: 24 } as const

export interface Workload {
  /** People who leave in a year, and as many who join in their place. */
  readonly leavers: number
  /** Accounts to open or close in a year. */
  readonly changes: number
}

/** `turnover` in hundredths of a percent: 3000 is 30 %. */
export function workload(users: number, turnover: number): Workload {
  if (!Number.isSafeInteger(turnover) || turnover < 0 || turnover > 10_000)
    throw new RangeError(`${turnover} is no turnover from 0 to 10000`)
  const leavers = rounded(users * turnover, 10_000)
  return { leavers, changes: 2 * leavers }
}

/** Is this so small and stable that work by hand may do? Unknown turnover: `perhaps`. */
export function byHandMayDo(users: number, changes: number | undefined): 'yes' | 'no' | 'perhaps' {
  if (users > SMALL.users) return 'no'
  if (changes === undefined) return 'perhaps'
  return changes <= SMALL.changesPerYear ? 'yes' : 'no'
}

export interface BreakEven {
  /** Tenths of an hour of that wage that the yearly cost would buy. */
  readonly hours: number
  /** Minutes of work that the upgrade would have to save for each account opened or closed; undefined without turnover. */
  readonly minutesPerChange: number | undefined
}

/** Undefined when nothing is to be paid or an hour costs nothing. `cost` a year and `wage` an hour in minor units. */
export function breakEven(cost: number, wage: number, changes: number | undefined): BreakEven | undefined {
  if (cost <= 0 || wage <= 0) return undefined
  const minutesPerChange = changes === undefined || changes === 0 ? undefined : rounded(cost * 60, wage * changes)
  return { hours: rounded(cost * 10, wage), minutesPerChange }
}

/** `77.5 hours` from an hour on, else `12 minutes`. */
export function minutesInWords(minutes: number): string {
  if (minutes < 60) return counted(minutes, 'minute')
  return hoursInWords(rounded(minutes, 6))
}

/** Of tenths of an hour. */
export const hoursInWords = (tenths: number): string => {
  const whole = Math.floor(tenths / 10)
  if (tenths % 10 === 0) return counted(whole, 'hour')
  return `${grouped(whole)}.${tenths % 10} hours`
}
