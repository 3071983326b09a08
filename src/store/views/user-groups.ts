/**
 * The groups that users are in, directly and through other groups.
 * Decides what counts as being in a group; its cost grows with the groups of these users, never with their members.
 */
import type { Queryable } from '../db.ts'
import type { World } from '../users.ts'

export interface UserGroup {
  readonly id: string
  readonly displayName: string
  /** A member itself, perhaps through another group as well. */
  readonly direct: boolean
}

/** By the id of the user, in order of the groups' creation; users without groups are not in it. One statement. */
export async function groupsOfUsers(
  db: Queryable,
  world: World,
  users: readonly string[],
): Promise<ReadonlyMap<string, readonly UserGroup[]>> {
  const { rows } = await db.query<{ user: string; id: string; displayName: string; direct: boolean }>({
    name: 'groups-of-users',
    text: GROUPS_OF_USERS,
    values: [world.tenant, world.connection, users],
  })
  return Map.groupBy(rows, (row) => row.user)
}

const GROUPS_OF_USERS = `
with recursive up (user_id, group_id, direct) as (
  select membership.member_id, membership.group_id, true from membership
  where membership.tenant_id = $1 and membership.connection_id = $2 and membership.member_id = any($3::uuid[])
  union
  select up.user_id, membership.group_id, false from up
  join membership on membership.tenant_id = $1 and membership.connection_id = $2 and membership.member_id = up.group_id
)
select up.user_id as "user", scim_group.id, scim_group.display_name as "displayName", bool_or(up.direct) as direct
from up
join scim_group on scim_group.tenant_id = $1 and scim_group.connection_id = $2 and scim_group.id = up.group_id and scim_group.deleted_at is null
group by up.user_id, scim_group.id, scim_group.display_name, scim_group.seq
order by scim_group.seq`
