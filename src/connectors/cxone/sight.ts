/**
 * What this tenant lets us see and set (facts, sections 4.1, 4.7 and 10): nobody has written it down.
 * Decides which attributes are not to be chased; learns it from writes that were accepted and did not show.
 */
import type { AttributeName } from '../../identity/account.ts'
import type { ConnectorIo } from '../contract.ts'

/** UserHub or the ACD. */
export type Half = 'user' | 'agent'

export interface Sight {
  /** The attribute of somebody was read, with a value in it. */
  saw(name: AttributeName): void
  /** A write of it was accepted and does not show: true where no read ever has shown it, so that nobody is to be blamed. */
  missed(name: AttributeName): boolean
  /** It shows, and accepted writes do not change it. */
  fixed(name: AttributeName): void
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

export function openSight({ log, now }: Pick<ConnectorIo, 'log' | 'now'>): Sight {
  const seen = new Set<AttributeName>()
  const unseen = new Set<AttributeName>()
  const unset = new Set<AttributeName>()
  const ways = new Map<AttributeName, Half>()
  const slow = new Map<string, number>()
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
      unset.add(name)
    },
    way: (name) => ways.get(name),
    took: (name, half) => void ways.set(name, half),
    waits: (userId) => {
      for (const [id, until] of slow) if (until <= now().getTime()) slow.delete(id)
      slow.set(userId, now().getTime() + SLOW_MS)
    },
    hidden: (userId) => {
      const waiting = (slow.get(userId) ?? 0) > now().getTime()
      return [...new Set<AttributeName>([...unseen, ...unset, ...(waiting ? (['licence'] as const) : [])])].toSorted()
    },
  }
}
