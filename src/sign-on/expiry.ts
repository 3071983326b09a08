/**
 * How soon a certificate ends, and when somebody is told.
 * Decides the stages; must not tell anybody.
 */

/** Days before the end at which a message is sent, and at the end itself. */
export const WARN_DAYS = [30, 14, 3, 0] as const
export type WarnDays = (typeof WARN_DAYS)[number]

const DAY_MS = 86_400_000

/** Whole days, rounded up; 0 or less once it has ended. */
export const daysLeft = ({ notAfter }: { readonly notAfter: string }, now: Date): number =>
  Math.ceil((Date.parse(notAfter) - now.getTime()) / DAY_MS)

/** The latest of the {@link WARN_DAYS} that is reached; undefined while there is time. */
export function stageOf(certificate: { readonly notAfter: string }, now: Date): WarnDays | undefined {
  const left = daysLeft(certificate, now)
  return WARN_DAYS.findLast((days) => left <= days)
}
