/**
 * The groups of users, as a User shows them: RFC 7643 section 4.1.2.
 * Decides when they are looked for, once for a whole page; must not decide who is in a group.
 */
import { locationOf } from '../../scim/encode.ts'
import type { JsonObject } from '../../scim/json.ts'
import { project, type Projection } from '../../scim/projection.ts'
import { GROUP, type ResourceType } from '../../scim/schema/resource-type.ts'
import type { Queryable } from '../../store/db.ts'
import { groupsOfUsers } from '../../store/views/user-groups.ts'
import type { Call } from './endpoint.ts'

/** Derived attributes by the id of the user. */
export type UserGroups = ReadonlyMap<string, JsonObject>

export const NO_GROUPS: UserGroups = new Map()

/** The groups of these users; none where the projection does not show any. */
export async function readUserGroups(
  db: Queryable,
  { caller, baseUrl, type }: Call,
  { ids, projection }: { readonly ids: readonly string[]; readonly projection: Projection | undefined },
): Promise<UserGroups> {
  if (ids.length === 0 || !showsGroups(type, projection)) return NO_GROUPS
  const found = await groupsOfUsers(db, caller, ids)
  const derived = new Map<string, JsonObject>()
  for (const [user, list] of found) {
    const groups = list.map(({ id, displayName, direct }) => ({
      value: id,
      $ref: locationOf(GROUP, id, baseUrl),
      display: displayName,
      type: direct ? 'direct' : 'indirect',
    }))
    derived.set(user, { groups })
  }
  return derived
}

const ANY = { groups: [{ value: 'x', $ref: 'x', display: 'x', type: 'x' }] }

const showsGroups = (type: ResourceType, projection: Projection | undefined): boolean =>
  'groups' in project(type, ANY, projection)
