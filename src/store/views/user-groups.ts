/**
 * The groups that users are in, directly and through other groups.
 * Decides what counts as being in a group; its cost grows with the groups of these users, never with their members.
 */
import type { Attribute } from '../../scim/schema/attribute.ts'
import { isId } from '../../scim/id.ts'
import { BY_KEY, type Queryable } from '../db.ts'
import type { Bind, ElementRows, Operand } from '../filter/columns.ts'
import type { World } from '../users.ts'

export interface UserGroup {
  readonly id: string
  readonly displayName: string
  readonly externalId: string | null
  /** A member itself, perhaps through another group as well. */
  readonly direct: boolean
}

/** By the id of the user, in order of the groups' creation; users without groups are not in it. One statement. */
export async function groupsOfUsers(
  db: Queryable,
  world: World,
  users: readonly string[],
): Promise<ReadonlyMap<string, readonly UserGroup[]>> {
  const { rows } = await db.query<UserGroup & { user: string }>({
    ...BY_KEY,
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
  select up.user_id, outer_group.group_id, false from up
  -- Each by its key. Without "offset" all memberships may be read, since more groups are expected than a user is in.
  cross join lateral (
    select membership.group_id from membership
    where membership.tenant_id = $1 and membership.connection_id = $2 and membership.member_id = up.group_id
    offset 0
  ) outer_group
)
select up.user_id as "user", scim_group.id, scim_group.display_name as "displayName", scim_group.external_id as "externalId",
       bool_or(up.direct) as direct
from up
cross join lateral (
  select scim_group.id, scim_group.display_name, scim_group.external_id, scim_group.seq from scim_group
  where scim_group.tenant_id = $1 and scim_group.connection_id = $2 and scim_group.id = up.group_id and scim_group.deleted_at is null
  offset 0
) scim_group
group by up.user_id, scim_group.id, scim_group.display_name, scim_group.external_id, scim_group.seq
order by scim_group.seq`

/** The same for filters and sorting: the groups of the row of `identity`, one a row. */
export const groupRows = (world: World, baseUrl: string): ElementRows => ({
  from: `(
    with recursive up (group_id, direct) as (
      select membership.group_id, true from membership
      where membership.tenant_id = identity.tenant_id and membership.connection_id = identity.connection_id and membership.member_id = identity.id
      union
      select membership.group_id, false from up
      join membership on membership.tenant_id = identity.tenant_id and membership.connection_id = identity.connection_id
        and membership.member_id = up.group_id
    )
    select scim_group.id, scim_group.seq, scim_group.display_name, bool_or(up.direct) as direct
    from up
    join scim_group on scim_group.tenant_id = identity.tenant_id and scim_group.connection_id = identity.connection_id
      and scim_group.id = up.group_id and scim_group.deleted_at is null
    group by scim_group.id, scim_group.seq, scim_group.display_name) element`,
  part: (sub, bind) => partOf(sub, { baseUrl, bind }),
  first: 'element.seq',
  holds: (sub, value, bind) => (sub.name === 'value' ? isIn(world, value, bind) : undefined),
})

function partOf(sub: Attribute | undefined, { baseUrl, bind }: { baseUrl: string; bind: Bind }): Operand {
  switch (sub?.name) {
    case 'display':
      return { text: 'element.display_name' }
    case 'type':
      return { text: `(case when element.direct then 'direct' else 'indirect' end)` }
    case '$ref':
      return { text: `(${bind(baseUrl)}::text || '/Groups/' || element.id)` }
    default:
      return { text: 'element.id::text' }
  }
}

/** Whoever is in one group is found from the group downwards. What is no UUID is the id of no group. */
function isIn(world: World, value: string, bind: Bind): string {
  if (!isId(value.toLowerCase())) return 'false'
  const [tenant, connection] = [bind(world.tenant), bind(world.connection)]
  return `identity.id in (
    with recursive down (id) as (
      select scim_group.id from scim_group
      where scim_group.tenant_id = ${tenant} and scim_group.connection_id = ${connection}
        and scim_group.id = ${bind(value.toLowerCase())}::uuid and scim_group.deleted_at is null
      union
      select membership.member_id from down
      join membership on membership.tenant_id = ${tenant} and membership.connection_id = ${connection}
        and membership.group_id = down.id and membership.nested
    )
    select membership.member_id from down
    join membership on membership.tenant_id = ${tenant} and membership.connection_id = ${connection}
      and membership.group_id = down.id and not membership.nested)`
}
