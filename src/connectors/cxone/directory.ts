/**
 * Finding users, whatever the tenant's searches hide (facts, sections 4.1, 4.2 and 10).
 * Decides which sources must have answered before anybody is said to be absent; must not change anything.
 */
import { userNameKey } from '../../identity/user-name.ts'
import { ConnectorError, type ConnectorIo } from '../contract.ts'
import type { Ask } from './client.ts'
import type { CxoneSettings } from './config.ts'
import { FIELDS } from './map.ts'
import { mergeReads } from './merge.ts'
import { openRecent } from './recent.ts'
import { CxoneRefused, isNotThere, isRefusedAsAsked } from './refusal.ts'
import { oneUser, userList, userPage, type User, type UserPage } from './schema.ts'

export interface Everyone {
  readonly users: readonly User[]
  /** Set where something may be missing, and why. */
  readonly partial?: string
}

export interface Directory {
  /** Reads one user afresh; nothing only if no source has it and all were asked. */
  byId(ask: Ask, id: string): Promise<User | undefined>
  /** The same by name, compared by us without regard to case. Of two holders the one that is not deactivated. */
  byName(ask: Ask, userName: string): Promise<User | undefined>
  /** All that the different reads know of one user, laid over each other; and what the read by id alone knows. */
  whole(ask: Ask, id: string): Promise<{ readonly user: User; readonly byId: User | undefined } | undefined>
  everyone(ask: Ask): Promise<Everyone>
  /** Takes note of a user as read after a write: lists and searches may lag behind. */
  wrote(user: User): void
}

const STATUSES = ['UNREGISTERED', 'PENDING', 'ACTIVE', 'BLOCKED', 'DELETED']

/** What has been found out about this tenant's search, for as long as the connection is open. */
interface Findings {
  /** `no` once a row came back that does not match the filter: then the search says nothing. */
  filters: 'unknown' | 'no'
  /** It has found a deactivated user by a name in another case, so a miss means that there is none. */
  complete: boolean
  tried: number
}

export function openDirectory(settings: CxoneSettings, io: ConnectorIo): Directory {
  const findings: Findings = { filters: 'unknown', complete: false, tried: 0 }
  const recent = openRecent(io.now)
  const maxBytes = settings.listMaxMiB * 1024 * 1024

  const get = (ask: Ask, version: 'v1' | 'v3', id: string): Promise<User | undefined> =>
    ask({ method: 'GET', path: `/user-management/${version}/users/${encodeURIComponent(id)}` }, oneUser)
      .then((user) => (user?.id === id ? user : undefined))
      .catch((error: unknown) => {
        if (isNotThere(error)) return undefined
        throw error
      })
  const read = async (ask: Ask, id: string): Promise<User | undefined> =>
    (await get(ask, 'v3', id)) ?? get(ask, 'v1', id)

  /** Rows of this name; nothing where the search cannot tell. */
  const searchName = async (ask: Ask, userName: string): Promise<readonly User[] | undefined> => {
    if (findings.filters === 'no') return undefined
    const { users } = await search(ask, { filter: { userName: [userName], status: STATUSES }, skip: 0, top: 20 })
    if (users.every((user) => isNamed(user, userName))) return users
    findings.filters = 'no'
    io.log.warn(
      {},
      'the user search of CXone does not honour its filter; users are looked up in the whole list instead',
    )
    return undefined
  }

  /** Looks for somebody known to be deactivated, by a name in another case: what finds them misses nobody. */
  const tryOut = async (ask: Ask, users: readonly User[]): Promise<void> => {
    if (findings.complete || findings.filters === 'no' || findings.tried >= 3) return
    const known = users.find((user) => user.status === 'DELETED' && otherCase(user.userName) !== user.userName)
    if (known === undefined) return
    findings.tried += 1
    const rows = await searchName(ask, otherCase(known.userName))
    findings.complete = rows?.some(({ id }) => id === known.id) ?? false
  }

  const everyone = (ask: Ask, thorough: boolean): Promise<Everyone> =>
    listEveryone(ask, { thorough, maxBytes, pageSize: settings.pageSize })

  const fullyAsked = async (ask: Ask): Promise<readonly User[]> => {
    const { users, partial } = await everyone(ask, false)
    if (partial === undefined) return users
    throw new ConnectorError({
      code: 'answer-unexpected',
      retry: 'soon',
      detail: `Nobody can be said to be absent: ${partial}`,
    })
  }

  const byName: Directory['byName'] = async (ask, userName) => {
    const rows = (await searchName(ask, userName)) ?? []
    const candidates = [...new Set([...recent.named(userName), ...byStatus(rows).map(({ id }) => id)])]
    const holders: User[] = []
    for (const id of candidates) {
      const user = await read(ask, id)
      if (user !== undefined && isNamed(user, userName)) holders.push(user)
    }
    const holder = byStatus(holders)[0]
    if (holder !== undefined) return holder
    // A row that no read by id confirms is hidden there or out of date: the list decides.
    if (rows.length === 0 && findings.complete && findings.filters !== 'no') return undefined
    const users = await fullyAsked(ask)
    await tryOut(ask, users)
    return confirmed(ask, byStatus(users.filter((user) => isNamed(user, userName)))[0])
  }

  /** A row of the list, unless a read by id knows better. */
  const confirmed = async (ask: Ask, row: User | undefined): Promise<User | undefined> => {
    const user = row === undefined ? undefined : await read(ask, row.id)
    return user === undefined || row === undefined || isNamed(user, row.userName) ? (user ?? row) : undefined
  }

  return {
    byId: async (ask, id) => (await read(ask, id)) ?? (await fullyAsked(ask)).find((user) => user.id === id),
    byName,
    whole: async (ask, id) => {
      const v3 = await get(ask, 'v3', id)
      const reads = [v3, await get(ask, 'v1', id)].filter((user) => user !== undefined)
      const rows = reads[0] === undefined ? [] : ((await searchName(ask, reads[0].userName)) ?? [])
      const row = rows.find((user) => user.id === id) ?? (await fullyAsked(ask)).find((user) => user.id === id)
      const user = mergeReads(row === undefined ? reads : [...reads, row], Object.values(FIELDS))
      return user === undefined ? undefined : { user, byId: v3 }
    },
    everyone: async (ask) => {
      const { users, ...verdict } = await everyone(ask, true)
      const listed = new Map(users.map((user) => [user.id, user]))
      for (const id of recent.since(io.now().getTime() - settings.readLagSeconds * 1000)) {
        const user = await read(ask, id)
        if (user !== undefined) listed.set(id, user)
      }
      return { users: [...listed.values()].toSorted(byUserId), ...verdict }
    },
    wrote: recent.wrote,
  }
}

const isNamed = (user: User, userName: string): boolean => userNameKey(user.userName) === userNameKey(userName)

/** Those who are not deactivated first. */
const byStatus = (users: readonly User[]): readonly User[] =>
  users.toSorted((a, b) => Number(isDeleted(a)) - Number(isDeleted(b)))

const otherCase = (text: string): string => (text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase())

interface Query {
  readonly filter: Readonly<Record<string, readonly string[]>>
  readonly skip: number
  readonly top: number
}

/** A search that does not take the filter on the status is asked without it. */
async function search(ask: Ask, query: Query): Promise<UserPage> {
  const send = (body: Query) => ask({ method: 'POST', path: '/user-management/v2/users/search', body }, userPage)
  try {
    return await send(query)
  } catch (error) {
    if (!isRefusedAsAsked(error) || query.filter['status'] === undefined) throw error
    const { status: _, ...filter } = query.filter
    return send({ ...query, filter })
  }
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
async function listEveryone(ask: Ask, { thorough, maxBytes, pageSize }: Listing): Promise<Everyone> {
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

const isDeleted = ({ status }: User): boolean => status === 'DELETED'
const byUserId = (a: User, b: User): number => (a.id < b.id ? -1 : 1)

/** Nothing where this version of the list is not there or too large. */
async function listV1(ask: Ask, maxBytes: number): Promise<readonly User[] | undefined> {
  const path = '/user-management/v1/users?includeDeleted=true&withAndWithoutEmail=true'
  try {
    return await ask({ method: 'GET', path, maxBytes }, userList)
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
