// Decides what a search of native SCIM finds: one user by name, since nothing else is described (facts 3.4). There is
// no paging, so it cannot list the tenant.
import type { FastifyReply } from 'fastify'
import type { StoredUser } from '../records.ts'
import { Refusal } from '../refusal.ts'
import { fold } from '../store.ts'
import { moment, type World } from '../world.ts'
import { showUser } from './show-user.ts'

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'
const BY_NAME = /^\s*userName\s+eq\s+("(?:[^"\\]|\\.)*")\s*$/i

export function searchUsers(query: Readonly<Record<string, unknown>>, reply: FastifyReply, world: World): FastifyReply {
  const found = matching(query['filter'], world)
  const { scimFindsDeactivated, scimNothingFound } = world.switches
  const shown = found.filter(({ status }) => status !== 'DELETED' || scimFindsDeactivated === 'yes')
  if (shown.length === 0 && scimNothingFound === 'notFound')
    throw new Refusal('unknownUser', 'USER_NOT_FOUND', 'nobody matches the filter')
  const bare = shown.length === 0 && scimNothingFound === 'bare'
  const rows = shown.map((user) => showUser(user, 'row', world))
  return reply.send({ schemas: [LIST], totalResults: shown.length, ...(bare ? {} : { Resources: rows }) })
}

function matching(filter: unknown, world: World): StoredUser[] {
  if (typeof filter !== 'string' || filter.trim() === '')
    throw new Refusal('bad', 'INVALID_FILTER', 'the parameter filter is required')
  const wanted = nameIn(filter)
  const everybody = [...world.store.seen(moment(world))]
  if (wanted === undefined) {
    if (world.switches.scimOtherFilter === 'refused')
      throw new Refusal('bad', 'INVALID_FILTER', 'only userName eq "…" can be searched for')
    return world.switches.scimOtherFilter === 'nobody' ? [] : everybody
  }
  const exact = world.switches.scimFilterCase === 'exact'
  return everybody.filter(({ userName }) => (exact ? userName === wanted : fold(userName) === fold(wanted)))
}

function nameIn(filter: string): string | undefined {
  const quoted = BY_NAME.exec(filter)?.[1]
  if (quoted === undefined) return undefined
  try {
    return String(JSON.parse(quoted))
  } catch {
    return undefined
  }
}
