/**
 * What this tenant lets us see and set (facts, sections 4.1, 4.7 and 10): nobody has written it down.
 * Decides which attributes are not to be chased; learns it from writes that were accepted and did not show.
 */
import type { Account, AttributeName } from '../../identity/account.ts'
import type { ConnectorIo } from '../contract.ts'
import { BY_HAND } from './advice.ts'

/** UserHub or the ACD. */
export type Half = 'user' | 'agent'

export interface Sight {
  /** The attribute of somebody was read, with a value in it. */
  saw(name: AttributeName): void
  /** A write of it was accepted and does not show: true where no read ever has shown it, so that nobody is to be blamed. */
  missed(name: AttributeName): boolean
  /** It shows, and accepted writes do not change it. Tried again after a day: somebody may have seen to it. */
  fixed(name: AttributeName): void
  /** Where a person sets what is {@link Sight.fixed}; empty where nothing is. */
  unsettable(): Pick<Account, 'unsettable'>
  /** The half of CXone that this attribute was last changed through; `undefined` before the first. */
  way(name: AttributeName): Half | undefined
  took(name: AttributeName, half: Half): void
  /** Licence attributes of this user were written and take minutes to show (section 5.2). */
  waits(userId: string): void
  /** Attributes of this user that are not to be looked for. */
  hidden(userId: string): readonly AttributeName[]
}

/** Twice what is said of it. */
const SLOW_MS = 10 * 60_000
const FIXED_MS = 24 * 3_600_000

export function openSight({ log, now }: Pick<ConnectorIo, 'log' | 'now'>): Sight {
  const seen = new Set<AttributeName>()
  const unseen = new Set<AttributeName>()
  const unset = new Map<AttributeName, number>()
  const ways = new Map<AttributeName, Half>()
  const slow = new Map<string, number>()
  const fixed = (): readonly AttributeName[] =>
    [...unset].filter(([, until]) => until > now().getTime()).map(([name]) => name)
  const tell = (name: AttributeName, why: string) => {
    log.warn({ attribute: name }, `${why}; it is left alone from now on, see to it in CXone's console`)
  }
  return {
    saw: (name) => {
      seen.add(name)
      unseen.delete(name)
    },
    missed: (name) => {
      if (seen.has(name)) return false
      if (!unseen.has(name)) tell(name, `CXone accepts ${name} and shows it in no read`)
      unseen.add(name)
      return true
    },
    fixed: (name) => {
      if (!unset.has(name)) tell(name, `CXone accepts a changed ${name} and leaves it as it was`)
      unset.set(name, now().getTime() + FIXED_MS)
    },
    unsettable: () => {
      const names = fixed()
      if (names.length === 0) return {}
      return { unsettable: Object.fromEntries(names.map((name) => [name, BY_HAND[name] ?? BY_HAND.other])) }
    },
    way: (name) => ways.get(name),
    took: (name, half) => void ways.set(name, half),
    waits: (userId) => {
      for (const [id, until] of slow) if (until <= now().getTime()) slow.delete(id)
      slow.set(userId, now().getTime() + SLOW_MS)
    },
    hidden: (userId) => {
      const waiting = (slow.get(userId) ?? 0) > now().getTime()
      return [...new Set<AttributeName>([...unseen, ...fixed(), ...(waiting ? (['licence'] as const) : [])])].toSorted()
    },
  }
}
