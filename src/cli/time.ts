/**
 * Instants as a person says them.
 * Decides rounding; the clock is given.
 */

const UNITS: readonly (readonly [seconds: number, word: string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
]

/** `3 min ago`, `in 12 s`, `now`; `-` for no instant. */
export function relative(instant: string | null, now: Date): string {
  if (instant === null) return '-'
  const seconds = Math.round((Date.parse(instant) - now.getTime()) / 1000)
  const distance = Math.abs(seconds)
  const unit = UNITS.find(([length]) => distance >= length)
  if (unit === undefined) return 'now'
  const text = `${Math.floor(distance / unit[0])} ${unit[1]}`
  return seconds > 0 ? `in ${text}` : `${text} ago`
}

/** `14:03:07.120`, in the local time zone, for logs. */
export function clock(instant: string): string {
  const at = new Date(instant)
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(at.getMilliseconds()).padStart(3, '0')}`
}
