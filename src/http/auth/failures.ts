/**
 * Failed sign-ins, by who failed.
 * Decides when somebody has failed too often; must not decide what follows from it, and forgets whoever comes to rest.
 */
import { isIPv6 } from 'node:net'
import { Allowance } from './allowance.ts'

export interface Failures {
  /** Whole seconds until this one may fail again; 0 for whoever has not failed too often. */
  wait(who: string, now: number): number
  /** Counts one, and returns as {@link Failures.wait} did before it: of failures that come all at once each is told apart. */
  note(who: string, now: number): number
}

/** Of most addresses there will be nothing to tell; an attacker with more than these has others forgotten, no more. */
const MOST_KNOWN = 10_000

/** `burst` failures at once are nobody's concern, and `perSecond` from then on. */
export function openFailures({ perSecond, burst }: { readonly perSecond: number; readonly burst: number }): Failures {
  const known = new Map<string, Allowance>()
  return {
    wait: (who, now) => known.get(who)?.wait(now) ?? 0,
    note: (who, now) => {
      const allowance = known.get(who) ?? new Allowance(perSecond, burst)
      // Put last, so that the one that goes is the one that has been quiet for longest.
      known.delete(who)
      known.set(who, allowance)
      if (known.size > MOST_KNOWN) {
        const [quietest] = known.keys()
        if (quietest !== undefined) known.delete(quietest)
      }
      return allowance.take(now)
    },
  }
}

/** An address as failures are counted by: of IPv6 the first half, since one machine has all of the other. */
export function addressOf(ip: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(ip)?.[1]
  if (mapped !== undefined) return mapped
  const [address = ''] = ip.split('%')
  if (!isIPv6(address)) return ip
  const [head = '', tail] = address.toLowerCase().split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0')
  const groups = [...before, ...zeros, ...after].slice(0, 4)
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`
}
