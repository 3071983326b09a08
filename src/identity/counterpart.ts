/**
 * Who of another connection is the same person.
 * Decides what counts as the same, for a move from one provider to another; must not move anything.
 */
import { fold } from '../scim/text.ts'
import { differsFrom, type PersonNames } from './person-names.ts'

/** An identity as far as it is compared. */
export interface Comparable {
  readonly id: string
  readonly userName: string
  readonly userNameKey: string
  readonly email: string | null
  readonly names: PersonNames
}

export type Counterpart<C> =
  | { readonly match: C; readonly by: 'user name' | 'e-mail address' | 'employee number' }
  | { readonly why: string }

/**
 * The one among `candidates` who has the same user name, else the same e-mail address, else the same employee number. Two
 * of them are none, and nobody whose names speak against it: each connection is a world of its own, and in another one a
 * name may be somebody else's.
 */
export function counterpart<C extends Comparable>(one: Comparable, candidates: readonly C[]): Counterpart<C> {
  const ways = [
    ['user name', (other: C) => other.userNameKey === one.userNameKey],
    ['e-mail address', (other: C) => same(one.email, other.email)],
    ['employee number', (other: C) => same(one.names.employeeNumber, other.names.employeeNumber)],
  ] as const
  for (const [by, matches] of ways) {
    const [match, ...others] = candidates.filter(matches)
    if (match === undefined) continue
    if (others.length > 0) return { why: `${others.length + 1} people there have the same ${by}` }
    const difference = differsFrom(one.names, match.names)
    if (difference === undefined) return { match, by }
    return { why: `${match.userName} has the same ${by}, but seems to be another person: ${difference}` }
  }
  return { why: 'nobody there has the same user name, e-mail address or employee number' }
}

const same = (a: string | null, b: string | null): boolean => a !== null && b !== null && fold(a) === fold(b)
