/**
 * Who is in which group.
 * Decides which of the server's answers about it is believed; must not change it.
 *
 * A user may show its groups (RFC 7643 section 4.1.2), groups may be filtered by member, and groups show their members. Only
 * the last is not optional, and it is the dearest. So it is read once, and then the others are held against it.
 */
import type { Ask } from '../scim-wire/client.ts'
import { quoted } from '../scim-wire/places.ts'
import { field, listIn, textOf, type ScimRecord } from '../scim-wire/record.ts'
import { isNotThere, isRefusedAsAsked, isUnsupported } from '../scim-wire/refusal.ts'
import type { ScimSettings } from './config.ts'
import type { Directory } from './directory.ts'
import type { Membership } from './groups.ts'
import type { Lister } from './list.ts'
import { directGroupsOf, idOf } from './map.ts'
import type { Service } from './service.ts'

export interface Memberships {
  /** Ids of the groups that this user is in itself; undefined where that cannot be said. `user` was read just now. */
  of(ask: Ask, user: ScimRecord): Promise<readonly string[] | undefined>
  /** Likewise of many. */
  ofMany(ask: Ask, users: readonly ScimRecord[]): Promise<(user: ScimRecord) => readonly string[] | undefined>
}

interface Means {
  readonly service: () => Promise<Service>
  readonly list: Lister
  readonly settings: ScimSettings
  readonly directory: Directory
}

/** By the id of the member. */
type Index = ReadonlyMap<string, readonly string[]>

const MOST_TRIALS = 5

export function openMemberships({ service, list, settings, directory }: Means): Memberships {
  let source: 'untried' | 'user' | 'filter' | 'list' =
    settings.memberships === 'auto' ? 'untried' : settings.memberships
  const maxBytes = settings.answerMaxMiB * 1024 * 1024

  /** The members of all groups; undefined where not all came. */
  const index = async (ask: Ask): Promise<Index | undefined> => {
    const { groupsPath } = await service()
    const { rows, why } = await list(ask, { path: groupsPath })
    if (why !== undefined) return undefined
    const groups = new Map<string, string[]>()
    const shows = rows.some((group) => field(group, 'members') !== undefined)
    for (const row of rows) {
      const id = idOf(row) ?? ''
      const path = `${groupsPath}/${encodeURIComponent(id)}`
      // Some servers show members only of a group that is read alone.
      const group = shows ? row : (await ask({ method: 'GET', path, maxBytes })).body
      for (const member of listIn(group, 'members')) {
        const user = textOf(field(member, 'value'))
        if (user !== null) groups.set(user, [...(groups.get(user) ?? []), id])
      }
    }
    return groups
  }

  /** The groups that a filter finds; undefined where the server does not filter so. */
  const filtered = async (ask: Ask, user: string): Promise<readonly string[] | undefined> => {
    const query = { filter: `members.value eq ${quoted(user)}`, excludedAttributes: 'members' }
    try {
      const { rows, why } = await list(ask, { path: (await service()).groupsPath, query })
      return why === undefined ? rows.flatMap((group) => idOf(group) ?? []) : undefined
    } catch (error) {
      if (isRefusedAsAsked(error) || isUnsupported(error) || isNotThere(error)) return undefined
      throw error
    }
  }

  /** Holds the cheaper ways against a membership that is known. */
  const decide = async (ask: Ask, known: Index): Promise<void> => {
    const pairs = [...known].slice(0, MOST_TRIALS).map(([member, [group = '']]): Membership => ({ member, group }))
    for (const { member, group } of pairs) {
      const found = await directory.byId(ask, member)
      // A member may be a group.
      if (found === undefined) continue
      if (directGroupsOf(found.user).includes(group)) source = 'user'
      // Nobody is in more groups by a filter than by the list.
      else {
        const ids = await filtered(ask, member)
        source = ids?.includes(group) === true && ids.every((id) => known.get(member)?.includes(id)) ? 'filter' : 'list'
      }
      return
    }
  }

  const byIndex = async (ask: Ask): Promise<(user: ScimRecord) => readonly string[] | undefined> => {
    const known = await index(ask)
    if (known === undefined) return () => undefined
    if (source === 'untried') await decide(ask, known)
    return (user) => known.get(idOf(user) ?? '') ?? []
  }

  return {
    of: async (ask, user) => {
      if (!(await service()).groups) return undefined
      if (source === 'untried' && directGroupsOf(user).length > 0) source = 'user'
      if (source === 'user') return directGroupsOf(user)
      if (source === 'filter') return filtered(ask, idOf(user) ?? '')
      return (await byIndex(ask))(user)
    },
    ofMany: async (ask, users) => {
      if (!(await service()).groups) return () => undefined
      if (source === 'untried' && users.some((user) => directGroupsOf(user).length > 0)) source = 'user'
      return source === 'user' ? directGroupsOf : byIndex(ask)
    },
  }
}
