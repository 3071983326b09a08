/**
 * Each request Okta sends, as data (facts 1.1 and 1.3), those about groups at the end. Pure: sends nothing, remembers nothing, reads no
 * answer. The numbers in the comments are the rows of facts 1.3.
 */
import type { Person } from '../people.ts'
import {
  ENTERPRISE_SCHEMA,
  GROUP_SCHEMA,
  objectOr,
  patch,
  USER_SCHEMA,
  type JsonObject,
  type Operation,
  type ScimRequest,
} from '../scim.ts'

/** `oin`: catalogue and template apps, which PATCH `active`. `aiw`: apps from the integration wizard, which PUT it. */
export type Family = 'oin' | 'aiw'

/** How the admin typed the credential: as a bearer token, or as the whole value of the header (facts 1.2). */
export type Auth = 'bearer' | 'header'

export const PAGE_SIZE = 100

/** The headers of every request. The facts do not say whether a GET names a content type; this client does not. */
export function oktaHeaders(token: string, auth: Auth, hasBody: boolean): Record<string, string> {
  return {
    'User-Agent': 'Okta SCIM Client 1.0.0',
    Accept: 'application/scim+json',
    'Accept-Charset': 'utf-8',
    'Accept-Encoding': 'gzip,deflate',
    Connection: 'keep-alive',
    Authorization: auth === 'bearer' ? `Bearer ${token}` : token,
    ...(hasBody ? { 'Content-Type': 'application/scim+json; charset=utf-8' } : {}),
  }
}

/** #1 */
export function testCredentials(): ScimRequest {
  return { method: 'GET', path: '/Users?startIndex=1&count=2' }
}

/** #2: one page of an import, beginning at `startIndex` (from 1). */
export function importPage(startIndex: number): ScimRequest {
  return { method: 'GET', path: `/Users?startIndex=${startIndex}&count=${PAGE_SIZE}` }
}

/** #4: quotes and backslashes in the name are escaped as in JSON, and the blanks become %20. */
export function match(userName: string): ScimRequest {
  const filter = encodeURIComponent(`userName eq ${JSON.stringify(userName)}`)
  return { method: 'GET', path: `/Users?filter=${filter}&startIndex=1&count=${PAGE_SIZE}` }
}

/** #5: the password is always there, also when password sync is off. */
export function create(person: Person, password: string): ScimRequest {
  return {
    method: 'POST',
    path: '/Users',
    body: {
      schemas: person.department === undefined ? [USER_SCHEMA] : [USER_SCHEMA, ENTERPRISE_SCHEMA],
      userName: person.userName,
      externalId: oktaId(person),
      displayName: person.displayName,
      locale: person.locale,
      name: { givenName: person.givenName, familyName: person.familyName },
      emails: [{ primary: true, value: person.email, type: 'work' }],
      ...mapped(person),
      groups: [],
      password,
      active: true,
    },
  }
}

/** #6, first half */
export function readUser(id: string): ScimRequest {
  return { method: 'GET', path: userPath(id) }
}

/** #6 second half, #10, and for AIW apps #7 to #9: the whole resource as {@link mergeProfile} made it. */
export function putUser(id: string, resource: JsonObject): ScimRequest {
  return { method: 'PUT', path: userPath(id), body: resource }
}

/** #7 and #8 of an OIN app: no path, boolean value. */
export function patchActive(id: string, active: boolean): ScimRequest {
  return patch(userPath(id), [{ op: 'replace', value: { active } }])
}

/** #9 of an OIN app */
export function patchPassword(id: string, password: string): ScimRequest {
  return patch(userPath(id), [{ op: 'replace', value: { password } }])
}

function userPath(id: string): string {
  return `/Users/${encodeURIComponent(id)}`
}

/** The id Okta gives a person, sent as `externalId`. */
export function oktaId(person: Person): string {
  return `00u${person.key}`
}

export interface Overlay {
  readonly active?: boolean
  readonly password?: string
}

/**
 * The body of a profile push: everything the server answered, `id`, `meta` and `groups` included, with the
 * attributes Okta maps laid over it. What the server knows beyond them stays as it was read.
 */
export function mergeProfile(answered: JsonObject, person: Person, overlay: Overlay = {}): JsonObject {
  return {
    ...answered,
    schemas: person.department === undefined ? answered['schemas'] : withSchema(answered['schemas']),
    userName: person.userName,
    externalId: oktaId(person),
    displayName: person.displayName,
    locale: person.locale,
    name: { ...objectOr(answered['name']), givenName: person.givenName, familyName: person.familyName },
    emails: mergeEmails(answered['emails'], person.email),
    ...mapped(person, answered),
    ...overlay,
  }
}

/** The attributes that an admin maps beyond the fixed ones. */
function mapped(person: Person, answered: JsonObject = {}): JsonObject {
  return {
    ...(person.title === undefined ? {} : { title: person.title }),
    ...(person.mobilePhone === undefined
      ? {}
      : { phoneNumbers: mergeByType(answered['phoneNumbers'], { type: 'mobile', value: person.mobilePhone }) }),
    ...(person.country === undefined
      ? {}
      : { addresses: mergeByType(answered['addresses'], { type: 'work', country: person.country }) }),
    ...(person.department === undefined
      ? {}
      : { [ENTERPRISE_SCHEMA]: { ...objectOr(answered[ENTERPRISE_SCHEMA]), department: person.department } }),
  }
}

function mergeEmails(answered: unknown, value: string): JsonObject[] {
  return mergeByType(answered, { primary: true, value, type: 'work' })
}

/** The element of the same type takes the new values and keeps its others (`display`); without one, it is appended. */
function mergeByType(answered: unknown, element: JsonObject & { readonly type: string }): JsonObject[] {
  const elements = Array.isArray(answered) ? answered.map(objectOr) : []
  if (!elements.some((one) => one['type'] === element.type)) return [...elements, element]
  return elements.map((one) => (one['type'] === element.type ? { ...one, ...element } : one))
}

function withSchema(schemas: unknown): unknown[] {
  const listed: unknown[] = Array.isArray(schemas) ? schemas : [USER_SCHEMA]
  return listed.includes(ENTERPRISE_SCHEMA) ? listed : [...listed, ENTERPRISE_SCHEMA]
}

/** A member of a group as Okta lists it. */
export interface Member {
  readonly value: string
  readonly display: string
}

/** #11 */
export function findGroup(displayName: string): ScimRequest {
  const filter = encodeURIComponent(`displayName eq ${JSON.stringify(displayName)}`)
  return { method: 'GET', path: `/Groups?filter=${filter}&startIndex=1&count=${PAGE_SIZE}` }
}

/** #12: an AIW app may put the members here, an OIN app leaves the list empty. */
export function createGroup(displayName: string, members: readonly Member[]): ScimRequest {
  return { method: 'POST', path: '/Groups', body: { schemas: [GROUP_SCHEMA], displayName, members } }
}

/** #13 */
export function readGroup(id: string): ScimRequest {
  return { method: 'GET', path: groupPath(id) }
}

/** #14: without a path, and with the read-only id once more. */
export function patchGroupName(id: string, displayName: string): ScimRequest {
  return patch(groupPath(id), [{ op: 'replace', value: { id, displayName } }])
}

/** #15 and #16 in one request: removals one by one with a filter, additions as one list. */
export function patchMembers(id: string, removed: readonly string[], added: readonly Member[]): ScimRequest {
  const removals: Operation[] = removed.map((value) => ({ op: 'remove', path: `members[value eq "${value}"]` }))
  const additions: Operation[] = added.length === 0 ? [] : [{ op: 'add', path: 'members', value: added }]
  return patch(groupPath(id), [...removals, ...additions])
}

/** #17: "Push now". An empty list empties the group. */
export function replaceMembers(id: string, members: readonly Member[]): ScimRequest {
  return patch(groupPath(id), [{ op: 'replace', path: 'members', value: members }])
}

/** #18, and the rename of an AIW app */
export function putGroup(id: string, displayName: string, members: readonly Member[]): ScimRequest {
  return { method: 'PUT', path: groupPath(id), body: { schemas: [GROUP_SCHEMA], id, displayName, members } }
}

/** #19 */
export function deleteGroup(id: string): ScimRequest {
  return { method: 'DELETE', path: groupPath(id) }
}

function groupPath(id: string): string {
  return `/Groups/${encodeURIComponent(id)}`
}
