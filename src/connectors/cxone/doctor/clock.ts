/**
 * Whether our clock and CXone's agree, by the Date header of its answers (RFC 9110, section 6.6.1).
 * Decides how much is too much; must not set any clock.
 */
import type { Finding } from '../../doctor.ts'
import { cannotTell, isNot, isWell } from './findings.ts'
import type { Exchange } from './visit.ts'

/** Renewal of tokens leaves five minutes (session.ts), and federated sign-ins bear as much at most. */
const MOST_SECONDS = 120

export function clock(exchanges: readonly Exchange[]): Finding {
  const skews = exchanges.flatMap((exchange) => skewOf(exchange) ?? [])
  if (skews.length === 0) return cannotTell('clock', 'No answer had a Date header to compare our clock with.')
  // One slow answer says little: the one that came closest counts.
  const skew = skews.reduce((least, one) => (Math.abs(one) < Math.abs(least) ? one : least))
  const seconds = Math.round(Math.abs(skew) / 1000)
  if (seconds <= MOST_SECONDS) return isWell('clock', `Our clock and CXone’s are within ${MOST_SECONDS} seconds.`)
  const found = `Our clock is ${spoken(seconds)} ${skew > 0 ? 'behind' : 'ahead of'} CXone’s.`
  return isNot('clock', 'blocked', { found })
}

const spoken = (seconds: number): string =>
  seconds < 180 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`

/** Milliseconds that CXone is ahead of us. */
function skewOf({ begun, ended, response }: Exchange): number | undefined {
  const at = Date.parse(response?.headers['date'] ?? '')
  return Number.isNaN(at) ? undefined : at - (begun + ended) / 2
}
