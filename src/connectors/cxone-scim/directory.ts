/**
 * Finding users through native SCIM, which searches by user name and does nothing else (facts, section 3.4).
 * Decides when nobody is found; must not change anybody.
 */
import { userNameKey } from '../../identity/user-name.ts'
import type { Ask } from '../scim-wire/client.ts'
import { quoted } from '../scim-wire/places.ts'
import { listIn, type ScimRecord } from '../scim-wire/record.ts'
import { isNotThere } from '../scim-wire/refusal.ts'
import type { CxoneScimSettings } from './config.ts'
import type { Entries } from './entries.ts'
import { idOf, userNameOf } from './map.ts'

export interface Directory {
  byId(ask: Ask, id: string): Promise<ScimRecord | undefined>
  /**
   * Compared by us, without regard to case. CXone refuses a second user of a name, so who is not found and is there is
   * not made twice.
   */
  byName(ask: Ask, userName: string): Promise<ScimRecord | undefined>
}

const REMEMBERED = 5000

export function openDirectory(settings: CxoneScimSettings, entries: Entries): Directory {
  // Names of users that were seen: some tenants may hide who is deactivated from one kind of read, and not from the other.
  const names = new Map<string, string>()
  const seen = (user: ScimRecord): ScimRecord => {
    entries.note(user)
    names.set(idOf(user), userNameOf(user))
    const [oldest] = names.keys()
    if (names.size > REMEMBERED && oldest !== undefined) names.delete(oldest)
    return user
  }
  /** What is not there is 404; the address has answered before. */
  const unlessAbsent = async (asking: ReturnType<Ask>): Promise<ScimRecord | undefined> => {
    try {
      return (await asking).body
    } catch (error) {
      if (isNotThere(error)) return undefined
      throw error
    }
  }
  const read = async (ask: Ask, id: string): Promise<ScimRecord | undefined> => {
    const user = await unlessAbsent(ask({ method: 'GET', path: `/Users/${encodeURIComponent(id)}` }))
    return user === undefined || idOf(user) !== id ? undefined : seen(user)
  }
  const byId: Directory['byId'] = async (ask, id) => {
    const user = await read(ask, id)
    const name = names.get(id)
    if (user !== undefined || name === undefined) return user
    const row = await search(ask, name)
    return row !== undefined && idOf(row) === id ? row : undefined
  }
  const search = async (ask: Ask, userName: string): Promise<ScimRecord | undefined> => {
    const query = { filter: `userName eq ${quoted(userName)}` }
    const body = await unlessAbsent(ask({ method: 'GET', path: '/Users', query }))
    const rows = body === undefined ? [] : listIn(body, 'Resources')
    return rows.find((row) => isNamed(userNameOf(row), userName))
  }
  return {
    byId,
    byName: async (ask, userName) => {
      const asWanted = await search(ask, userName)
      const lower = userName.toLowerCase()
      const other = settings.filterCase === 'unknown' && lower !== userName
      const row = asWanted ?? (other ? await search(ask, lower) : undefined)
      // A row of a search lacks telephone numbers (section 3.2).
      if (row !== undefined) return (await read(ask, idOf(row))) ?? seen(row)
      const known = [...names].find(([, name]) => isNamed(name, userName))
      const user = known && (await read(ask, known[0]))
      return user !== undefined && isNamed(userNameOf(user), userName) ? user : undefined
    },
  }
}

const isNamed = (name: string, wanted: string): boolean => userNameKey(name) === userNameKey(wanted)
