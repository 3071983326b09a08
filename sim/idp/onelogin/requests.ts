/**
 * Each request OneLogin's SCIM 2.0 connectors send, as data (facts 3.2 and 3.3), with the stray `?` and `&` of its URLs.
 * Pure: sends nothing, remembers nothing, reads no answer. The numbers in the comments are the rows of facts 3.3.
 */
import { GROUP_SCHEMA, patch, type Operation, type ScimRequest } from '../scim.ts'

/** The User-Agent is there and empty; no Accept. The administrator may add headers. */
export function oneLoginHeaders(token: string, custom: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    'User-Agent': '',
    'Content-Type': 'application/scim+json',
    Authorization: `Bearer ${token}`,
    ...custom,
  }
}

/** #1 and #3: blanks are `+`, and the query ends in `&`. */
export function match(userName: string): ScimRequest {
  const filter = encodeURIComponent(`userName eq ${JSON.stringify(userName)}`).replaceAll('%20', '+')
  return { method: 'GET', path: `/Users?filter=${filter}&` }
}

/** #2: all users; a server that pages is asked for the rest. */
export function listUsers(startIndex: number): ScimRequest {
  return { method: 'GET', path: startIndex === 1 ? '/Users' : `/Users?startIndex=${startIndex}&` }
}

/** #2: all groups, which fill the mapping list. */
export function listGroups(startIndex: number): ScimRequest {
  return { method: 'GET', path: startIndex === 1 ? '/Groups' : `/Groups?startIndex=${startIndex}&` }
}

/** #4 */
export function createUser(text: string): ScimRequest {
  return { method: 'POST', path: '/Users', text }
}

/** #5 */
export function readUser(id: string): ScimRequest {
  return { method: 'GET', path: userPath(id) }
}

/** #6, #7 and #8: the only way to change a user. */
export function putUser(id: string, text: string): ScimRequest {
  return { method: 'PUT', path: userPath(id), text }
}

/** #7 and #9 */
export function deleteUser(id: string): ScimRequest {
  return { method: 'DELETE', path: userPath(id) }
}

/** #10 */
export function createGroup(displayName: string): ScimRequest {
  return { method: 'POST', path: '/Groups?', body: { schemas: [GROUP_SCHEMA], displayName } }
}

/** #11, in the form of SCIM 2.0. */
export function changeMembers(
  id: string,
  { added, removed }: { readonly added: readonly string[]; readonly removed: readonly string[] },
): ScimRequest {
  const removals: Operation[] = removed.map((value) => ({ op: 'remove', path: `members[value eq "${value}"]` }))
  const additions: Operation[] = added.map((value) => ({ op: 'add', path: 'members', value: [{ value }] }))
  return patch(groupPath(id), [...removals, ...additions])
}

/** #12: the facts know no rename; this is a guess. */
export function renameGroup(id: string, displayName: string): ScimRequest {
  return patch(groupPath(id), [{ op: 'replace', path: 'displayName', value: displayName }])
}

/** #12: the facts know no deletion of a group; this is a guess. */
export function deleteGroup(id: string): ScimRequest {
  return { method: 'DELETE', path: groupPath(id) }
}

function userPath(id: string): string {
  return `/Users/${encodeURIComponent(id)}?`
}

function groupPath(id: string): string {
  return `/Groups/${encodeURIComponent(id)}?`
}
