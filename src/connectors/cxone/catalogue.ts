/**
 * The roles and teams of the tenant (facts, sections 4.4 and 4.5).
 * Decides how they are listed and which one a name or id means; must not know users.
 */
import { privilegeOfName, type Privilege } from '../../reconcile/protection.ts'
import { ConnectorError, type CatalogueEntry, type ConnectorIo } from '../contract.ts'
import type { Ask } from './client.ts'
import { isRefusedAsAsked } from './refusal.ts'
import { rolePage, teamPage, type Entry, type EntryPage } from './schema.ts'

export type UserHubKind = 'role' | 'team'

export interface Catalogue {
  /** All entries, inactive ones included, read afresh and kept for a while. */
  load(ask: Ask, kind: UserHubKind): Promise<readonly Entry[]>
  /** The same, as read within the last minutes. */
  recent(ask: Ask, kind: UserHubKind): Promise<readonly Entry[]>
  /** The active entry that a name, in any case, or an id means. Throws `unknown-role` or `unknown-team` naming those there are. */
  resolve(ask: Ask, kind: UserHubKind, wanted: string): Promise<Entry>
}

const KEPT_MS = 5 * 60_000

export function openCatalogue(io: ConnectorIo, pageSize: number): Catalogue {
  const kept = new Map<UserHubKind, { readonly entries: readonly Entry[]; readonly until: number }>()

  const load: Catalogue['load'] = async (ask, kind) => {
    const entries = kind === 'role' ? await listRoles(ask, pageSize) : await listTeams(ask, pageSize)
    kept.set(kind, { entries, until: io.now().getTime() + KEPT_MS })
    return entries
  }
  const recent: Catalogue['recent'] = async (ask, kind) => {
    const known = kept.get(kind)
    return known !== undefined && io.now().getTime() < known.until ? known.entries : load(ask, kind)
  }
  return {
    load,
    recent,
    resolve: async (ask, kind, wanted) => {
      const known = choose(await recent(ask, kind), wanted)
      // Somebody may have made it a moment ago.
      const found = known.length === 1 ? known : choose(await load(ask, kind), wanted)
      if (found.length === 1 && found[0] !== undefined) return found[0]
      throw unknown(kind, { wanted, found, entries: await recent(ask, kind) })
    },
  }
}

export function catalogueEntry(kind: UserHubKind, { id, name, active, ...more }: Entry): CatalogueEntry {
  const privilege = kind === 'role' ? privilegeOf(name, more) : undefined
  return { id, name, active, ...(privilege === undefined ? {} : { privilege }) }
}

/** Whoever may make or change users, roles or keys can make themselves anything. The words are a guess (section 4.5). */
const GOVERNS = /^(employee|user|role|access.?key)s?[.:_ -]+(create|edit|update|delete)$/i

function privilegeOf(
  name: string,
  { alias = '', rights = [] }: Pick<Entry, 'alias' | 'rights'>,
): Privilege | undefined {
  const named = privilegeOfName(name) ?? privilegeOfName(alias)
  return named ?? (rights.some((right) => GOVERNS.test(right)) ? 'elevated' : undefined)
}

const fold = (text: string): string => text.normalize('NFC').toLowerCase()

/** An id before a name, a name before a second name; only what is active can be wanted. */
function choose(entries: readonly Entry[], wanted: string): readonly Entry[] {
  const active = entries.filter((entry) => entry.active)
  const key = fold(wanted.trim())
  const ways = [(entry: Entry) => entry.id, (entry: Entry) => entry.name, (entry: Entry) => entry.alias ?? '']
  for (const way of ways) {
    const found = active.filter((entry) => fold(way(entry)) === key)
    if (found.length > 0) return found
  }
  return []
}

interface Miss {
  readonly wanted: string
  readonly found: readonly Entry[]
  readonly entries: readonly Entry[]
}

function unknown(kind: UserHubKind, { wanted, found, entries }: Miss): ConnectorError {
  const code = kind === 'role' ? 'unknown-role' : 'unknown-team'
  const names = (some: readonly Entry[]) => some.map(({ name }) => name).join(', ')
  const detail =
    found.length > 1
      ? `CXone has ${found.length} active ${kind}s named "${wanted}"; say which by its id: ${found.map(({ id }) => id).join(', ')}. All: ${names(found)}.`
      : `CXone has no active ${kind} "${wanted}". It has: ${names(entries.filter(({ active }) => active))}.`
  return new ConnectorError({ code, retry: 'later', about: wanted, detail })
}

const ROLE_STATES = { filter: { status: ['ACTIVE', 'INACTIVE', 'DRAFT', 'DELETED'] } }
const rolesSearch = (body: object) => ({ method: 'POST', path: '/authorization/v1/roles/search', body }) as const

/**
 * Whether an answer without `page` is whole, and whether pages count from 0 or 1, is not written down: ask without,
 * then page on until a page has nothing new.
 */
async function listRoles(ask: Ask, pageSize: number): Promise<readonly Entry[]> {
  let filter: object = ROLE_STATES
  const first = await ask(rolesSearch(filter), rolePage).catch((error: unknown) => {
    if (!isRefusedAsAsked(error)) throw error
    filter = { filter: {} }
    return ask(rolesSearch(filter), rolePage)
  })
  const entries = keyed(first.entries)
  for (let pageNo = 1; pageNo < 1000; pageNo += 1) {
    const page = { ...filter, page: { pageSize, pageNo } }
    const { entries: more } = await ask(rolesSearch(page), rolePage).catch(nothingMore)
    if (!addNew(entries, more) && pageNo > 1) break
    if (more.length < pageSize && pageNo > 1) break
  }
  return [...entries.values()]
}

/** A search that knows no pages has said everything in its first answer. */
function nothingMore(error: unknown): EntryPage {
  if (isRefusedAsAsked(error)) return { entries: [] }
  throw error
}

async function listTeams(ask: Ask, pageSize: number): Promise<readonly Entry[]> {
  const entries = keyed([])
  for (let skip = 0; ;) {
    const body = { filter: {}, skip, top: pageSize }
    const page = await ask({ method: 'POST', path: '/user-management/v4/teams/search', body }, teamPage)
    const added = addNew(entries, page.entries)
    skip += page.entries.length
    if (!added || skip >= (page.total ?? Infinity)) return [...entries.values()]
  }
}

const keyed = (entries: readonly Entry[]): Map<string, Entry> => new Map(entries.map((entry) => [entry.id, entry]))

/** Whether any of them was new. */
function addNew(to: Map<string, Entry>, entries: readonly Entry[]): boolean {
  const before = to.size
  for (const entry of entries) to.set(entry.id, entry)
  return to.size > before
}
