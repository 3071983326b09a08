/**
 * Until when a token is good, as a person types it.
 * Decides what may be typed; the clock is given.
 */
import { CommandError } from '../errors.ts'

const DAY_MS = 86_400_000
const INSTANT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/

/** `90d`, a day (its end, in UTC) or an instant; the instant in UTC as the API takes it. */
export function expiryOf(text: string, now: Date): string {
  const days = /^([1-9]\d{0,4})d$/.exec(text)?.[1]
  const at =
    days !== undefined
      ? now.getTime() + Number(days) * DAY_MS
      : INSTANT.test(text)
        ? Date.parse(text) + (text.includes('T') ? 0 : DAY_MS)
        : Number.NaN
  if (Number.isNaN(at))
    throw new CommandError(
      'usage',
      `--expires takes a number of days such as 90d, a day such as 2027-01-31 or an instant such as 2027-01-31T12:00:00Z, not "${text}".`,
    )
  return new Date(at).toISOString()
}
