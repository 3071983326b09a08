/**
 * Finding users, whatever the tenant's reads hide or lag behind (facts, sections 4.1, 4.2 and 10).
 * Decides which sources must have answered before anybody is said to be absent; must not change anything.
 */
import { ConnectorError, type ConnectorIo } from '../contract.ts'
import type { Ask } from './client.ts'
import type { CxoneSettings } from './config.ts'
import { listEveryone, type Everyone } from './listing.ts'
import { FIELDS } from './map.ts'
import { isEmpty, mergeReads } from './merge.ts'
import { openRecent } from './recent.ts'
import { isNotThere } from './refusal.ts'
import { oneUser, type User } from './schema.ts'
import { isDeleted, isNamed, openSearch } from './search.ts'

export interface Directory {
  /** Reads one user afresh; nothing only if no source has it and all were asked. */
  byId(ask: Ask, id: string): Promise<User | undefined>
  /** The same by name, compared by us without regard to case. Of two holders the one that is not deactivated. */
  byName(ask: Ask, userName: string): Promise<User | undefined>
  /** All that the different reads know of one user, laid over each other; and what the read by id alone knows. */
  whole(ask: Ask, id: string): Promise<{ readonly user: User; readonly byId: User | undefined } | undefined>
  everyone(ask: Ask): Promise<Everyone>
  /** Whether a read by id shows somebody of this id; the list is not asked. */
  shows(ask: Ask, id: string): Promise<boolean>
  /** Takes note of a user as read after a write: lists and searches may lag behind. */
  wrote(user: User): void
}

export function openDirectory(settings: CxoneSettings, io: ConnectorIo): Directory {
  const recent = openRecent(io.now)
  const search = openSearch(io)
  const bounds = { maxBytes: settings.listMaxMiB * 1024 * 1024, pageSize: settings.pageSize }

  /** Fields that reads by id have shown of anybody: empty there is empty, whatever a list that lags behind shows. */
  const told = new Set<string>()

  const fullyAsked = async (ask: Ask): Promise<readonly User[]> => {
    const { users, partial } = await listEveryone(ask, { ...bounds, thorough: false })
    if (partial === undefined) return users
    const detail = `Nobody can be said to be absent: ${partial}`
    throw new ConnectorError({ code: 'answer-unexpected', retry: 'soon', detail })
  }

  const byName: Directory['byName'] = async (ask, userName) => {
    const rows = (await search.named(ask, userName)) ?? []
    const candidates = [...recent.named(userName), ...rows.map(({ id }) => id)]
    const found: User[] = []
    for (const id of new Set(candidates)) {
      const user = await read(ask, id)
      if (user !== undefined && isNamed(user, userName)) found.push(user)
    }
    if (found.length > 0) return preferred(found)
    // A row that no read by id confirms is hidden there or out of date: the list decides.
    if (rows.length === 0 && search.missesNobody()) return undefined
    const users = await fullyAsked(ask)
    await search.tryOut(ask, users)
    return confirmed(ask, preferred(users.filter((user) => isNamed(user, userName))))
  }

  return {
    byId: async (ask, id) => (await read(ask, id)) ?? (await fullyAsked(ask)).find((user) => user.id === id),
    byName,
    whole: async (ask, id) => {
      const v3 = await get(ask, 'v3', id)
      const reads = [v3, await get(ask, 'v1', id)].filter((user) => user !== undefined)
      for (const { raw } of reads) for (const [name, value] of Object.entries(raw)) if (!isEmpty(value)) told.add(name)
      const rows = reads[0] === undefined ? [] : ((await search.named(ask, reads[0].userName)) ?? [])
      const row = rows.find((user) => user.id === id) ?? (await fullyAsked(ask)).find((user) => user.id === id)
      const byId = mergeReads(reads, Object.values(FIELDS))
      const all = [byId, row].filter((user) => user !== undefined)
      const user = mergeReads(all, byId === undefined ? [] : [...Object.values(FIELDS), ...told])
      return user === undefined ? undefined : { user, byId: v3 }
    },
    everyone: async (ask) => {
      const { users, ...verdict } = await listEveryone(ask, { ...bounds, thorough: true })
      const listed = new Map(users.map((user) => [user.id, user]))
      for (const id of recent.since(io.now().getTime() - settings.readLagSeconds * 1000)) {
        const user = await read(ask, id)
        if (user !== undefined) listed.set(id, user)
      }
      return { users: [...listed.values()].toSorted(byUserId), ...verdict }
    },
    shows: async (ask, id) => (await read(ask, id)) !== undefined,
    wrote: recent.wrote,
  }
}

async function get(ask: Ask, version: 'v1' | 'v3', id: string): Promise<User | undefined> {
  try {
    const path = `/user-management/${version}/users/${encodeURIComponent(id)}`
    const user = await ask({ method: 'GET', path }, oneUser)
    return user?.id === id ? user : undefined
  } catch (error) {
    if (isNotThere(error)) return undefined
    throw error
  }
}

const read = async (ask: Ask, id: string): Promise<User | undefined> => (await get(ask, 'v3', id)) ?? get(ask, 'v1', id)

/** A row of the list, unless a read by id knows better: then it was out of date. */
async function confirmed(ask: Ask, row: User | undefined): Promise<User | undefined> {
  if (row === undefined) return undefined
  const user = (await read(ask, row.id)) ?? row
  return isNamed(user, row.userName) ? user : undefined
}

/** Somebody who is not deactivated, if there is one. */
const preferred = (users: readonly User[]): User | undefined => users.find((user) => !isDeleted(user)) ?? users[0]

const byUserId = (a: User, b: User): number => (a.id < b.id ? -1 : 1)
