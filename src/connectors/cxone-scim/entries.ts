/**
 * Roles, teams and login authenticators that are known though native SCIM lists none.
 * Decides what a wanted name means; must not call CXone.
 */
import type { AccountAttributes } from '../../identity/account.ts'
import { privilegeOfName } from '../../reconcile/protection.ts'
import { ConnectorError, type CatalogueEntry, type EntryKind } from '../contract.ts'
import type { ScimRecord } from '../scim-wire/record.ts'
import type { CxoneScimConfig } from './config.ts'
import { referenceOf, REFERENCES, type Named, type Reference } from './map.ts'

export interface Entries {
  /** Told of every user that is read. */
  note(user: ScimRecord): void
  all(kind: Reference): readonly CatalogueEntry[]
  named(kind: Reference, id: string): Named
  /** Throws where the name is unknown. */
  resolve(want: AccountAttributes): AccountAttributes
}

export const KIND_OF = { role: 'role', team: 'team', loginAuthenticator: 'authenticator' } as const satisfies Record<
  Reference,
  EntryKind
>

const CODES = { role: 'unknown-role', team: 'unknown-team', loginAuthenticator: 'unknown-authenticator' } as const
const KEYS = { role: 'roles', team: 'teams', loginAuthenticator: 'authenticators' } as const

export function openEntries(declared: Pick<CxoneScimConfig, 'roles' | 'teams' | 'authenticators'>): Entries {
  const known = Object.fromEntries(
    REFERENCES.map((kind) => [kind, new Map(declared[KEYS[kind]].map((entry) => [entry.id, entry]))]),
  ) as Record<Reference, Map<string, Named>>

  const all = (kind: Reference): readonly CatalogueEntry[] =>
    [...known[kind].values()].map(({ id, name }) => {
      const privilege = kind === 'role' ? privilegeOfName(name) : undefined
      return { id, name, active: true, ...(privilege === undefined ? {} : { privilege }) }
    })

  const idFor = (kind: Reference, wanted: string): string => {
    const entry = known[kind].get(wanted) ?? all(kind).find(({ name }) => name.toLowerCase() === wanted.toLowerCase())
    if (entry !== undefined) return entry.id
    const names = all(kind).map(({ name }) => name)
    const detail = `Nothing is known of the ${KIND_OF[kind]} "${wanted}"${names.length === 0 ? '' : `; known are ${names.join(', ')}`}. Native SCIM lists none, so name it, with its id, under ${KEYS[kind]} of this app.`
    throw new ConnectorError({ code: CODES[kind], retry: 'later', about: wanted, detail })
  }

  return {
    all,
    note: (user) => {
      for (const kind of REFERENCES) {
        const entry = referenceOf(user, kind)
        if (entry !== undefined && !known[kind].has(entry.id)) known[kind].set(entry.id, entry)
      }
    },
    named: (kind, id) => known[kind].get(id) ?? { id, name: id },
    resolve: (want) => ({
      ...want,
      ...Object.fromEntries(
        REFERENCES.flatMap((kind) => {
          const wanted = want[kind]
          return wanted == null ? [] : [[kind, idFor(kind, wanted)]]
        }),
      ),
    }),
  }
}
