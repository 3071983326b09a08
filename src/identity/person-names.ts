/**
 * What tells people of one user name apart.
 * Decides when two descriptions may be the same human; must not know who owns an account.
 */
import { fold } from '../scim/text.ts'
import type { AccountAttributes } from './account.ts'

/** As the provider says them, or as they were last known. `null`: not said. */
export interface PersonNames {
  readonly givenName: string | null
  readonly familyName: string | null
  readonly employeeNumber: string | null
}

export const personNames = ({ givenName, familyName, employeeNumber }: AccountAttributes): PersonNames => ({
  givenName: givenName ?? null,
  familyName: familyName ?? null,
  employeeNumber: employeeNumber ?? null,
})

/** Names are compared without regard to case, composition and the number of blanks. */
const same = (a: string | null, b: string | null): boolean => a !== null && b !== null && folded(a) === folded(b)
const differ = (a: string | null, b: string | null): boolean => a !== null && b !== null && folded(a) !== folded(b)
const folded = (text: string): string => fold(text).trim().replaceAll(/\s+/g, ' ')

/** The given or the family name is the same. A name that is not said is the same as none. */
export const sharesName = (a: PersonNames, b: PersonNames): boolean =>
  same(a.givenName, b.givenName) || same(a.familyName, b.familyName)

/**
 * Whether somebody who returns under a user name is the one who left: undefined if nothing speaks against it, else what
 * does, as words. Either the employee numbers differ, or no name is the same (DESIGN 4.3: names are recycled). Where one of
 * the two has no name at all, only the numbers can tell.
 */
export function differsFrom(known: PersonNames, now: PersonNames): string | undefined {
  if (differ(known.employeeNumber, now.employeeNumber))
    return `the employee number was ${known.employeeNumber} and is ${now.employeeNumber}`
  if (isNameless(known) || isNameless(now) || sharesName(known, now)) return undefined
  return `the name was ${nameOf(known)} and is ${nameOf(now)}`
}

export const isNameless = ({ givenName, familyName }: PersonNames): boolean => givenName === null && familyName === null

/** For sentences. */
export const nameOf = ({ givenName, familyName }: PersonNames): string =>
  [givenName, familyName].filter((part) => part !== null).join(' ') || 'not said'
