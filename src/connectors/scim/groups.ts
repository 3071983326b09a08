/**
 * Groups of the server as entitlements: RFC 7643 section 4.2, RFC 7644 section 3.5.2.
 * Decides how one member comes and goes; must not decide who gets what, nor send members that it was not asked about where the
 * server takes less.
 */
import { ConnectorError, type CatalogueEntry } from '../contract.ts'
import type { Ask } from '../scim-wire/client.ts'
import { quoted } from '../scim-wire/places.ts'
import { field, keyOf, listIn, textOf, type ScimRecord } from '../scim-wire/record.ts'
import { isNotThere, isOutOfDate, isRefusedAsAsked, isUnsupported } from '../scim-wire/refusal.ts'
import { openTurns } from '../scim-wire/turns.ts'
import { PATCH_SCHEMA } from './change.ts'
import { out, unknownGroup } from './complaints.ts'
import type { ScimSettings } from './config.ts'
import type { Lister } from './list.ts'
import { idOf } from './map.ts'
import type { Service } from './service.ts'

/** One member of one group. */
export interface Membership {
  readonly group: string
  readonly member: string
}

export interface Groups {
  /** All there are, without their members. */
  entries(ask: Ask): Promise<{ readonly entries: readonly CatalogueEntry[]; readonly why?: string }>
  add(ask: Ask, membership: Membership): Promise<void>
  remove(ask: Ask, membership: Membership): Promise<void>
  /** PATCH was accepted and has done nothing: from now on whole groups are sent. */
  distrustPatch(): boolean
}

interface Means {
  readonly service: () => Promise<Service>
  readonly list: Lister
  readonly settings: ScimSettings
  readonly warn: (message: string) => void
}

const MOST_RACES = 5

export function openGroups({ service, list, settings, warn }: Means): Groups {
  const inTurn = openTurns()
  let patches = true
  const maxBytes = settings.answerMaxMiB * 1024 * 1024
  const pathOf = async (group: string): Promise<string> =>
    `${(await service()).groupsPath}/${encodeURIComponent(group)}`

  const distrustPatch = (): boolean => {
    const did = patches
    patches = false
    if (did) warn('members of groups are changed by sending the whole group from now on')
    return did
  }

  const byPatch = async (ask: Ask, membership: Membership, how: 'add' | 'remove'): Promise<void> => {
    const { group, member } = membership
    const operation =
      how === 'add'
        ? { op: 'add', path: 'members', value: [{ value: member }] }
        : { op: 'remove', path: `members[value eq ${quoted(member)}]` }
    const body = { schemas: [PATCH_SCHEMA], Operations: [operation] }
    await ask({ method: 'PATCH', path: await pathOf(group), body, writes: true })
  }

  /** Everybody else is sent as they came. Without entity tags somebody else's change of just now could be lost. */
  const byPut = async (ask: Ask, { group, member }: Membership, how: 'add' | 'remove'): Promise<void> => {
    const path = await pathOf(group)
    for (let race = 0; ; race++) {
      const { body, etag } = await ask({ method: 'GET', path, maxBytes })
      const next = withMember(body, member, how)
      if (next === undefined) return
      try {
        await ask({ method: 'PUT', path, body: next, ifMatch: etag, writes: true, maxBytes })
        return
      } catch (error) {
        if (!isOutOfDate(error) || race >= MOST_RACES) throw error
      }
    }
  }

  const change = async (ask: Ask, membership: Membership, how: 'add' | 'remove'): Promise<void> => {
    try {
      if (!patches || !(await service()).patch) return await byPut(ask, membership, how)
      await byPatch(ask, membership, how).catch(async (error: unknown) => {
        if (!isUnsupported(error) && !isRefusedAsAsked(error)) throw error
        await byPut(ask, membership, how)
        distrustPatch()
      })
    } catch (error) {
      throw isNotThere(error) ? await notThere(ask, membership) : about(error, membership)
    }
  }

  /** The group is not there, or the server does not know the member. */
  const notThere = async (ask: Ask, { group, member }: Membership): Promise<ConnectorError> => {
    const path = await pathOf(group)
    try {
      await ask({ method: 'GET', path, query: { excludedAttributes: 'members' }, maxBytes })
    } catch (error) {
      if (isNotThere(error)) return unknownGroup(group)
      throw error
    }
    return out(
      `The server does not find the account ${member} when it is to come into the group ${group}, or leave it.`,
    )
  }

  return {
    entries: async (ask) => {
      const known = await service()
      if (!known.groups) return { entries: [] }
      const { rows, why } = await list(ask, { path: known.groupsPath, query: { excludedAttributes: 'members' } })
      return { entries: rows.map(entryOf), ...(why === undefined ? {} : { why }) }
    },
    add: (ask, membership) => inTurn(membership.group, () => change(ask, membership, 'add')),
    remove: (ask, membership) => inTurn(membership.group, () => change(ask, membership, 'remove')),
    distrustPatch,
  }
}

/** SCIM knows no inactive groups. */
function entryOf(group: ScimRecord): CatalogueEntry {
  const id = idOf(group) ?? ''
  return { id, name: textOf(field(group, 'displayName')) ?? id, active: true }
}

/** Nothing where nothing has to change. */
function withMember(group: ScimRecord, member: string, how: 'add' | 'remove'): ScimRecord | undefined {
  const members = listIn(group, 'members')
  const is = (one: ScimRecord): boolean => textOf(field(one, 'value')) === member
  if (members.some(is) === (how === 'add')) return undefined
  const next = how === 'add' ? [...members, { value: member }] : members.filter((one) => !is(one))
  return { ...group, [keyOf(group, 'members')]: next }
}

/** A refusal says which group it is about. */
function about(error: unknown, { group }: Membership): unknown {
  return error instanceof ConnectorError
    ? new ConnectorError({ ...error.refusal, about: group }, { cause: error })
    : error
}
