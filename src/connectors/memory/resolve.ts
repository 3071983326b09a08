/**
 * From names to ids of the memory directory.
 * Decides what a wanted name means there, and which refusal says that it means nothing; must not change anything.
 */
import {
  GRANT_KINDS,
  type AccountAttributes,
  type Grant,
  type GrantKind,
  type GrantWish,
  type GrantWishes,
} from '../../identity/account.ts'
import { ConnectorError, type CatalogueEntry, type ConnectorCode, type EntryKind, type Resolved } from '../contract.ts'
import { assertLevel, entryOf, findEntry } from './entries.ts'
import type { MemoryRecord } from './target.ts'

/** Asked only for what is wanted. */
export interface Directory {
  entries(kind: EntryKind): readonly CatalogueEntry[]
  /** By id or user name. */
  account(wanted: string): MemoryRecord | undefined
}

/** Throws a {@link ConnectorError} for what the directory does not know. */
export function resolve(directory: Directory, want: AccountAttributes, grants: GrantWishes): Resolved {
  const { role, team, loginAuthenticator, reportsTo, licence } = want
  const entry = (kind: 'role' | 'team' | 'authenticator', wanted: string) =>
    entryOf(kind, wanted, directory.entries(kind))
  const authenticator = loginAuthenticator == null ? undefined : entry('authenticator', loginAuthenticator)
  return {
    ok: true,
    want: {
      ...want,
      ...(role == null ? {} : { role: entry('role', role).id }),
      ...(team == null ? {} : { team: entry('team', team).id }),
      ...(authenticator === undefined ? {} : { loginAuthenticator: authenticator.id }),
      ...(reportsTo == null ? {} : { reportsTo: someone(directory, reportsTo, 'unknown-manager').id }),
      ...(licence == null
        ? {}
        : { licence: someone(directory, licence, 'unknown-licence').attributes.licence ?? null }),
    },
    grants: Object.fromEntries(
      GRANT_KINDS.flatMap((of) => {
        const wish = grants[of]
        return wish === undefined ? [] : [[of, resolveWish(of, wish, directory.entries(of))]]
      }),
    ),
    ...(authenticator?.system === undefined ? {} : { invites: authenticator.system }),
  }
}

/** An entry that is wanted under two names is wanted once, as it was named first. */
function resolveWish(of: GrantKind, { want, takes }: GrantWish, entries: readonly CatalogueEntry[]): GrantWish {
  const wanted = new Map<string, Grant>()
  for (const { id, level } of want) {
    const entry = entryOf(of, id, entries)
    assertLevel(entry, level, id)
    if (!wanted.has(entry.id)) wanted.set(entry.id, level === undefined ? { id: entry.id } : { id: entry.id, level })
  }
  // What is inactive can still be taken from who holds it.
  const all = entries.map((entry) => ({ ...entry, active: true }))
  const taken = typeof takes === 'string' ? takes : takes.flatMap((name) => findEntry(name, all)?.id ?? [])
  return { want: [...wanted.values()], takes: taken }
}

function someone(directory: Directory, wanted: string, code: ConnectorCode): MemoryRecord {
  const found = directory.account(wanted)
  if (found !== undefined) return found
  const detail = `There is no account "${wanted}" in the directory; name one by its user name or id.`
  throw new ConnectorError({ code, retry: 'later', about: wanted, detail })
}
