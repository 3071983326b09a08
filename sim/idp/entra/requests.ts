/**
 * Each request Entra ID sends, as data, in both dialects of PATCH (facts 2.1, 2.2 and 2.4). Pure: sends nothing, remembers
 * nothing, reads no answer. The numbers in the comments are the rows of facts 2.4.
 */
import type { Person } from '../people.ts'
import {
  ENTERPRISE_SCHEMA,
  GROUP_SCHEMA,
  patch,
  USER_SCHEMA,
  type JsonObject,
  type Operation,
  type ScimRequest,
} from '../scim.ts'
import { mailNickname, type Change } from './mapping.ts'

/** What the admin chose in the tenant URL: nothing, or the flag that asks for a PATCH closer to the RFC. */
export type Dialect = 'default' | 'aadOptscim062020'

/** The extra schema that Entra's groups name. */
export const MICROSOFT_GROUP_SCHEMA = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'

export const PAGE_SIZE = 100
export const MANAGER = `${ENTERPRISE_SCHEMA}:manager`

/** No User-Agent at all, as in the connection test that was seen (facts 2.2). */
export function entraHeaders(token: string, hasBody: boolean): Record<string, string> {
  return {
    Accept: 'application/scim+json',
    Authorization: `Bearer ${token}`,
    ...(hasBody ? { 'Content-Type': 'application/scim+json' } : {}),
  }
}

/** The flag stands in the tenant URL, so it arrives as a query parameter of every request. */
export function inDialect(request: ScimRequest, dialect: Dialect): ScimRequest {
  if (dialect === 'default') return request
  const [path = '', query] = request.path.split('?')
  return { ...request, path: `${path}?${dialect}${query === undefined ? '' : `&${query}`}` }
}

/** #1 and #3: by the matching attribute, `userName`, `externalId` or `emails[type eq "work"].value`. */
export function matchUser(path: string, value: string): ScimRequest {
  return { method: 'GET', path: `/Users?filter=${filter(path, value)}` }
}

/** #2 and #4 */
export function readUser(id: string): ScimRequest {
  return { method: 'GET', path: userPath(id) }
}

/** #5: attributes without a value are null, roles is an empty list, and meta is the client's own. */
export function createUser(person: Person, active: boolean): ScimRequest {
  const { displayName, givenName, familyName, mobilePhone, department } = person
  return {
    method: 'POST',
    path: '/Users',
    body: {
      schemas: [USER_SCHEMA, ENTERPRISE_SCHEMA],
      externalId: mailNickname(person),
      userName: person.userName,
      active,
      displayName,
      emails: [{ primary: true, type: 'work', value: person.email }],
      meta: { resourceType: 'User' },
      name: { formatted: `${givenName} ${familyName}`, familyName, givenName },
      title: person.title ?? null,
      phoneNumbers: mobilePhone === undefined ? null : [{ type: 'mobile', value: mobilePhone }],
      roles: [],
      ...(department === undefined ? {} : { [ENTERPRISE_SCHEMA]: { department } }),
    },
  }
}

/**
 * #6, #7, #11 and #12. Default: an operation for each attribute, capitalised, booleans as strings. With the flag: one
 * operation without a path, whose keys are the paths.
 */
export function patchUser(id: string, changes: readonly Change[], dialect: Dialect): ScimRequest {
  if (dialect === 'aadOptscim062020') {
    return patch(userPath(id), [
      { op: 'replace', value: Object.fromEntries(changes.map(({ path, value }) => [path, value])) },
    ])
  }
  return patch(
    userPath(id),
    changes.map(({ path, value, isNew }) => ({ op: isNew ? 'Add' : 'Replace', path, value: asText(value) })),
  )
}

/** #8: the manager is the plain id of a user. */
export function setManager(id: string, manager: string, dialect: Dialect): ScimRequest {
  return patchUser(id, [{ path: MANAGER, value: manager, isNew: true }], dialect)
}

/** #9 */
export function clearManager(id: string, dialect: Dialect): ScimRequest {
  if (dialect === 'aadOptscim062020') return patch(userPath(id), [{ op: 'remove', path: MANAGER }])
  return patch(userPath(id), [{ op: 'Replace', path: MANAGER, value: '' }])
}

/** #10: whether `manager` is the manager of user `id`. */
export function checkManager(id: string, manager: string): ScimRequest {
  const asked = encodeURIComponent(`id eq ${JSON.stringify(id)} and manager eq ${JSON.stringify(manager)}`)
  return { method: 'GET', path: `/Users?filter=${asked}&attributes=id` }
}

/** #13 */
export function deleteUser(id: string): ScimRequest {
  return { method: 'DELETE', path: userPath(id) }
}

/** #24: one page of account discovery, beginning at `startIndex` (from 1). */
export function discoverPage(startIndex: number): ScimRequest {
  return { method: 'GET', path: `/Users?startIndex=${startIndex}&count=${PAGE_SIZE}` }
}

/** #23 */
export function discoverSchemas(): ScimRequest {
  return { method: 'GET', path: '/Schemas' }
}

/** #1 and #14 */
export function matchGroup(displayName: string): ScimRequest {
  return { method: 'GET', path: `/Groups?excludedAttributes=members&filter=${filter('displayName', displayName)}` }
}

/** #15: without members, and with a schema that is Microsoft's own. */
export function createGroup(displayName: string, externalId: string): ScimRequest {
  return {
    method: 'POST',
    path: '/Groups',
    body: {
      schemas: [GROUP_SCHEMA, MICROSOFT_GROUP_SCHEMA],
      externalId,
      displayName,
      meta: { resourceType: 'Group' },
    },
  }
}

/** #2 and #16 */
export function readGroup(id: string): ScimRequest {
  return { method: 'GET', path: `${groupPath(id)}?excludedAttributes=members` }
}

/** #10: whether user `member` is in group `id`. */
export function checkMember(id: string, member: string): ScimRequest {
  const asked = encodeURIComponent(`id eq ${JSON.stringify(id)} and members eq ${JSON.stringify(member)}`)
  return { method: 'GET', path: `/Groups?filter=${asked}&attributes=id` }
}

/** #17 and #18: several members an operation; with the flag, removals are one by one, each with a filter. */
export function changeMembers(
  id: string,
  { added, removed }: { added: readonly string[]; removed: readonly string[] },
  dialect: Dialect,
): ScimRequest {
  const old = dialect === 'default'
  const removals: Operation[] = old
    ? [{ op: 'Remove', path: 'members', value: removed.map(member) }]
    : removed.map((value) => ({ op: 'remove', path: `members[value eq "${value}"]` }))
  const additions: Operation[] = [{ op: old ? 'Add' : 'add', path: 'members', value: added.map(member) }]
  return patch(groupPath(id), [...(removed.length === 0 ? [] : removals), ...(added.length === 0 ? [] : additions)])
}

/** #19, which only the validator sends */
export function replaceMembers(id: string, members: readonly string[]): ScimRequest {
  return patch(groupPath(id), [{ op: 'replace', path: 'members', value: members.map(member) }])
}

/** #20 */
export function renameGroup(id: string, displayName: string, dialect: Dialect): ScimRequest {
  return changeGroup(id, 'displayName', { value: displayName, dialect })
}

/** #21 */
export function changeGroupExternalId(id: string, externalId: string, dialect: Dialect): ScimRequest {
  return changeGroup(id, 'externalId', { value: externalId, dialect })
}

/** #22 */
export function deleteGroup(id: string): ScimRequest {
  return { method: 'DELETE', path: groupPath(id) }
}

function changeGroup(id: string, path: string, { value, dialect }: { value: string; dialect: Dialect }): ScimRequest {
  if (dialect === 'default') return patch(groupPath(id), [{ op: 'Replace', path, value }])
  return patch(groupPath(id), [{ op: 'replace', value: { [path]: value } }])
}

function member(value: string): JsonObject {
  return { $ref: null, value }
}

function asText(value: unknown): unknown {
  if (typeof value !== 'boolean') return value
  return value ? 'True' : 'False'
}

function filter(path: string, value: string): string {
  return encodeURIComponent(`${path} eq ${JSON.stringify(value)}`)
}

function userPath(id: string): string {
  return `/Users/${encodeURIComponent(id)}`
}

function groupPath(id: string): string {
  return `/Groups/${encodeURIComponent(id)}`
}
