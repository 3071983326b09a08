/**
 * Listing all users, whatever the list or the search hides (facts, sections 4.2 and 10).
 * Decides when a listing is whole; must not look for one user.
 */
import { ConnectorError } from '../contract.ts'
import type { Ask } from './client.ts'
import { mergeReads } from './merge.ts'
import { CxoneRefused, isNotThere, isRefusedAsAsked } from './refusal.ts'
import { userList, type User } from './schema.ts'
import { isDeleted, search, STATUSES, type Query } from './search.ts'

export interface Everyone {
  readonly users: readonly User[]
  /** Set where something may be missing, and why. */
  readonly partial?: string
}

interface Listing {
  /** Also asks the search where the list alone has shown that it hides nobody. */
  readonly thorough: boolean
  readonly maxBytes: number
  readonly pageSize: number
}

/**
 * The list and the paged search, joined: either may hide deactivated users, and which does is not written down. The
 * list has shown that it does not as soon as there is one in it.
 */
export async function listEveryone(ask: Ask, { thorough, maxBytes, pageSize }: Listing): Promise<Everyone> {
  const list = await listV1(ask, maxBytes)
  if (!thorough && list?.some(isDeleted)) return { users: list }
  const onlyHidden = list !== undefined && !thorough
  const rows = await searchAll(ask, pageSize, { status: onlyHidden ? ['DELETED'] : STATUSES })
  const alive = (users: readonly User[]) => users.filter((user) => !isDeleted(user)).length
  // Fewer than the list has: the filter on the status was not taken as meant.
  const misread = list !== undefined && thorough && alive(rows) < alive(list)
  const more = misread ? await searchAll(ask, pageSize, {}) : []
  const reads = Map.groupBy([...(list ?? []), ...rows, ...more], ({ id }) => id)
  const users = [...reads.values()].flatMap((some) => mergeReads(some) ?? [])
  if (list !== undefined || users.some(isDeleted)) return { users }
  const partial =
    'the list of all users cannot be read, and the search has not shown that it includes deactivated ones.'
  return { users, partial }
}

/** All users of a large tenant in one answer take their time. */
const LIST_MS = 120_000

/** Nothing where this version of the list is not there or too large. */
async function listV1(ask: Ask, maxBytes: number): Promise<readonly User[] | undefined> {
  const path = '/user-management/v1/users?includeDeleted=true&withAndWithoutEmail=true'
  try {
    return await ask({ method: 'GET', path, maxBytes, totalMs: LIST_MS }, userList)
  } catch (error) {
    // An answer, but none to work with; a fault of the moment is no reason to do without the list.
    const unreadable = error instanceof ConnectorError && error.refusal.code === 'answer-unexpected'
    if (isNotThere(error) || (unreadable && !(error instanceof CxoneRefused))) return undefined
    throw error
  }
}

/** All pages. A search that ignores `skip` repeats itself and is left at that. */
async function searchAll(ask: Ask, pageSize: number, filter: Query['filter']): Promise<readonly User[]> {
  const users = new Map<string, User>()
  let top = pageSize
  for (let skip = 0; ;) {
    const page = await search(ask, { filter, skip, top }).catch((error: unknown) => {
      // The largest page is not written down.
      if (!isRefusedAsAsked(error) || top === 1) throw error
      return undefined
    })
    if (page === undefined) {
      top = Math.ceil(top / 4)
      continue
    }
    const before = users.size
    for (const user of page.users) users.set(user.id, user)
    skip += page.users.length
    if (users.size === before || skip >= (page.total ?? Infinity)) return [...users.values()]
  }
}
