/**
 * The catalogues of the memory directory.
 * Decides which entry a name or an id means, and which levels can be held; must not keep or change anything.
 */
import { userNameKey } from '../../identity/user-name.ts'
import { privilegeOfName } from '../../reconcile/protection.ts'
import type { CatalogueEntry, EntryKind } from '../contract.ts'
import { policyInvalid, unknown, type Named } from './faults.ts'

/** What the directory has of each kind; a kind that is absent it has none of. */
export interface Catalogues {
  readonly roles: readonly CatalogueEntry[]
  readonly teams: readonly CatalogueEntry[]
  readonly skills?: readonly CatalogueEntry[]
  readonly groups?: readonly CatalogueEntry[]
  readonly authenticators?: readonly CatalogueEntry[]
  readonly profiles?: readonly CatalogueEntry[]
}

/** A directory that knows its roles by name only. */
export function entriesOf(catalogues: Catalogues, kind: EntryKind): readonly CatalogueEntry[] {
  const { roles, teams, skills = [], groups = [], authenticators = [], profiles = [] } = catalogues
  return {
    role: roles.map(ranked),
    team: teams,
    skill: skills,
    group: groups,
    authenticator: authenticators,
    'security-profile': profiles,
  }[kind]
}

function ranked(role: CatalogueEntry): CatalogueEntry {
  const privilege = privilegeOfName(role.name)
  return privilege === undefined ? role : { ...role, privilege }
}

/** By id, else by name in any case; inactive ones cannot be wanted. */
export function findEntry(wanted: string, entries: readonly CatalogueEntry[]): CatalogueEntry | undefined {
  const known = entries.filter((entry) => entry.active)
  return known.find(({ id }) => id === wanted) ?? known.find(({ name }) => userNameKey(name) === userNameKey(wanted))
}

/** Throws the refusal that says what there is. */
export function entryOf(kind: Named, wanted: string, entries: readonly CatalogueEntry[]): CatalogueEntry {
  const found = findEntry(wanted, entries)
  if (found !== undefined) return found
  throw unknown(
    kind,
    wanted,
    entries.filter(({ active }) => active).map(({ name }) => name),
  )
}

/** Throws `policy-invalid` where nobody can hold the entry at that level. */
export function assertLevel({ name, levels }: CatalogueEntry, level: number | undefined, about: string): void {
  if (level === undefined) return
  if (levels === undefined)
    throw policyInvalid(about, `"${name}" is held or not; it has no levels, so leave out ${level}.`)
  if (!Number.isInteger(level) || level < levels.min || level > levels.max) {
    const detail = `"${name}" cannot be held at level ${level}; its levels are ${levels.min} to ${levels.max}.`
    throw policyInvalid(about, detail)
  }
}
