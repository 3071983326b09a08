/**
 * What accounts can have or be in: roles, teams, skills, groups, login authenticators (facts, sections 4.2, 4.4, 4.5, 5).
 * Decides which entry a name or id means; must not know where entries come from, nor users.
 */
import { privilegeOfName, type Privilege } from '../../reconcile/protection.ts'
import {
  ConnectorError,
  type CatalogueEntry,
  type ConnectorCode,
  type ConnectorIo,
  type EntryKind,
} from '../contract.ts'
import type { Ask } from './client.ts'
import type { Entry } from './schema.ts'

export interface Catalogue {
  /** All entries, inactive ones included, read afresh and kept for a while. */
  load(ask: Ask, kind: EntryKind): Promise<readonly Entry[]>
  /** The same, as read within the last minutes. */
  recent(ask: Ask, kind: EntryKind): Promise<readonly Entry[]>
  /** The active entry that a name, in any case, or an id means. Throws `unknown-…` naming those there are. */
  resolve(ask: Ask, kind: WantedKind, wanted: string): Promise<Entry>
  /** The ids of all entries, inactive ones too, that these names or ids mean; what nobody knows is left out. */
  known(ask: Ask, kind: WantedKind, wanted: readonly string[]): Promise<readonly string[]>
}

/** What can be wanted of an account. */
export type WantedKind = Exclude<EntryKind, 'security-profile'>

export type Loaders = Readonly<Record<EntryKind, (ask: Ask) => Promise<readonly Entry[]>>>

const KEPT_MS = 5 * 60_000

export function openCatalogue(io: ConnectorIo, loaders: Loaders): Catalogue {
  const kept = new Map<EntryKind, { readonly entries: readonly Entry[]; readonly until: number }>()

  const load: Catalogue['load'] = async (ask, kind) => {
    const entries = await loaders[kind](ask)
    kept.set(kind, { entries, until: io.now().getTime() + KEPT_MS })
    return entries
  }
  /** Under way: whoever is content with what was read a moment ago waits for the same. */
  const loading = new Map<EntryKind, Promise<readonly Entry[]>>()
  const share = (ask: Ask, kind: EntryKind): Promise<readonly Entry[]> => {
    const shared = loading.get(kind) ?? load(ask, kind).finally(() => loading.delete(kind))
    loading.set(kind, shared)
    return shared
  }
  const recent: Catalogue['recent'] = async (ask, kind) => {
    const known = kept.get(kind)
    return known !== undefined && io.now().getTime() < known.until ? known.entries : share(ask, kind)
  }
  const chosen = async (ask: Ask, kind: WantedKind, wanted: string): Promise<readonly Entry[]> => {
    const known = choose((await recent(ask, kind)).filter(isActive), wanted)
    // Somebody may have made it a moment ago.
    return known.length === 1 ? known : choose((await load(ask, kind)).filter(isActive), wanted)
  }
  return {
    load,
    recent,
    resolve: async (ask, kind, wanted) => {
      const found = await chosen(ask, kind, wanted)
      if (found.length === 1 && found[0] !== undefined) return found[0]
      throw unknown(kind, { wanted, found, entries: await recent(ask, kind) })
    },
    known: async (ask, kind, wanted) => {
      const entries = wanted.length === 0 ? [] : await recent(ask, kind)
      return [...new Set(wanted.flatMap((text) => choose(entries, text).map(({ id }) => id)))]
    },
  }
}

export function catalogueEntry(kind: EntryKind, { id, name, active, alias, rights, ...more }: Entry): CatalogueEntry {
  const privilege = kind === 'role' ? privilegeOf(name, alias, rights) : undefined
  const { levels, charges, system, role } = more
  return {
    id,
    name,
    active,
    ...(levels === undefined ? {} : { levels }),
    ...(charges === undefined ? {} : { charges }),
    ...(system === undefined ? {} : { system }),
    ...(role === undefined ? {} : { role }),
    ...(privilege === undefined ? {} : { privilege }),
  }
}

/** Whoever may make or change users, roles or keys can make themselves anything. The words are a guess (section 4.5). */
const GOVERNS = /^(employee|user|role|access.?key)s?[.:_ -]+(create|edit|update|delete)$/i

function privilegeOf(name: string, alias = '', rights: readonly string[] = []): Privilege | undefined {
  const named = privilegeOfName(name) ?? privilegeOfName(alias)
  return named ?? (rights.some((right) => GOVERNS.test(right)) ? 'elevated' : undefined)
}

const isActive = ({ active }: Entry): boolean => active

const fold = (text: string): string => text.normalize('NFC').toLowerCase()

/** An id before a name, a name before a second name. */
function choose(entries: readonly Entry[], wanted: string): readonly Entry[] {
  const key = fold(wanted.trim())
  const ways = [(entry: Entry) => entry.id, (entry: Entry) => entry.name, (entry: Entry) => entry.alias ?? '']
  for (const way of ways) {
    const found = entries.filter((entry) => fold(way(entry)) === key)
    if (found.length > 0) return found
  }
  return []
}

const CODES: Readonly<Record<WantedKind, ConnectorCode>> = {
  role: 'unknown-role',
  team: 'unknown-team',
  skill: 'unknown-skill',
  group: 'unknown-group',
  authenticator: 'unknown-authenticator',
}

const WORDS: Readonly<Record<WantedKind, string>> = {
  role: 'role',
  team: 'team',
  skill: 'skill',
  group: 'group',
  authenticator: 'login authenticator',
}

interface Miss {
  readonly wanted: string
  readonly found: readonly Entry[]
  readonly entries: readonly Entry[]
}

function unknown(kind: WantedKind, { wanted, found, entries }: Miss): ConnectorError {
  const word = WORDS[kind]
  const detail =
    found.length > 1
      ? `CXone has ${found.length} active ${word}s named "${wanted}"; say which by its id: ${found.map(({ id }) => id).join(', ')}. All: ${names(found)}.`
      : `CXone has no active ${word} "${wanted}". It has: ${names(entries.filter(isActive))}.`
  return new ConnectorError({ code: CODES[kind], retry: 'later', about: wanted, detail })
}

const NAMED = 100

function names(some: readonly Entry[]): string {
  const more = some.length > NAMED ? ` and ${some.length - NAMED} more` : ''
  return some.length === 0
    ? 'none'
    : some
        .slice(0, NAMED)
        .map(({ name }) => name)
        .join(', ') + more
}
