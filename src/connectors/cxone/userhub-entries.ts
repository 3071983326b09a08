/**
 * Listing the roles and teams of UserHub (facts, sections 4.4 and 4.5).
 * Decides when such a listing is at its end; must not look for one entry.
 */
import type { Ask } from './client.ts'
import { isRefusedAsAsked } from './refusal.ts'
import { rolePage, teamPage, type Entry, type EntryPage } from './schema.ts'

const ROLE_STATES = { filter: { status: ['ACTIVE', 'INACTIVE', 'DRAFT', 'DELETED'] } }
const rolesSearch = (body: object) => ({ method: 'POST', path: '/authorization/v1/roles/search', body }) as const

/**
 * Whether an answer without `page` is whole, and whether pages count from 0 or 1, is not written down: ask without,
 * then page on until a page has nothing new.
 */
export async function listRoles(ask: Ask, pageSize: number): Promise<readonly Entry[]> {
  let filter: object = ROLE_STATES
  const first = await ask(rolesSearch(filter), rolePage).catch((error: unknown) => {
    if (!isRefusedAsAsked(error)) throw error
    filter = { filter: {} }
    return ask(rolesSearch(filter), rolePage)
  })
  const entries = keyed(first.entries)
  // The page of number 0 is the first one, or that of number 1 once more.
  for (let pageNo = 0; pageNo < 1000; pageNo += 1) {
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

export async function listTeams(ask: Ask, pageSize: number): Promise<readonly Entry[]> {
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
