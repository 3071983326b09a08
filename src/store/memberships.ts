/**
 * Who is in which group: what a change of members has to know before it is written.
 * Decides who can be a member and how circles are found; must not change anything.
 */
import type { Queryable } from './db.ts'
import type { World } from './users.ts'

/**
 * Joins a table of memberships with the members who are there: a user as `identity`, a group as `inner_group`. Groups are
 * looked up one by one, for the few members that are groups: joined as a whole, all groups there are would be read.
 */
export const memberJoins = (membership: string): string => `
left join identity on identity.tenant_id = ${membership}.tenant_id and identity.connection_id = ${membership}.connection_id
  and identity.id = ${membership}.member_id and not ${membership}.nested and identity.deleted_at is null and not identity.undecided
left join lateral (
  select scim_group.id, scim_group.display_name from scim_group
  where scim_group.tenant_id = ${membership}.tenant_id and scim_group.connection_id = ${membership}.connection_id
    and scim_group.id = ${membership}.member_id and ${membership}.nested and scim_group.deleted_at is null
  offset 0
) inner_group on true`

/** In such a join: the member is there. */
export const MEMBER_IS_THERE = 'coalesce(identity.id, inner_group.id) is not null'

/** In such a join: the name of the member. */
export const MEMBER_NAME = 'coalesce(identity.user_name, inner_group.display_name)'

export interface NotUsers {
  readonly groups: readonly string[]
  /** Nobody, or nobody of this world, has these ids. */
  readonly unknown: readonly string[]
}

/** Which of some UUIDs are no users of this world. The usual answer is short, however many are asked for. */
export async function findNotUsers(db: Queryable, world: World, ids: readonly string[]): Promise<NotUsers> {
  const { rows } = await db.query<{ id: string; nested: boolean }>({
    name: 'find-not-users',
    text: `
      select wanted.id, scim_group.id is not null as nested
      from unnest($3::uuid[]) as wanted (id)
      left join identity on identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = wanted.id
        and identity.deleted_at is null and not identity.undecided
      left join scim_group on scim_group.tenant_id = $1 and scim_group.connection_id = $2 and scim_group.id = wanted.id
        and scim_group.deleted_at is null
      where identity.id is null`,
    values: [world.tenant, world.connection, ids],
  })
  return {
    groups: rows.filter((row) => row.nested).map((row) => row.id),
    unknown: rows.filter((row) => !row.nested).map((row) => row.id),
  }
}

/**
 * Nobody else puts a group into a group of this world until the transaction ends. Call it after the group is locked and
 * before {@link containers}: two who each put one group into the other would both find no circle.
 */
export async function lockNesting(tx: Queryable, world: World): Promise<void> {
  await tx.query({
    name: 'lock-nesting',
    text: 'select pg_advisory_xact_lock(hashtext($1), hashtext($2))',
    values: [`nesting ${world.tenant}`, world.connection],
  })
}

/** A group and all groups that it is in, directly or through others. Read upwards, where there are few. */
export async function containers(db: Queryable, world: World, group: string): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ id: string }>({
    name: 'group-containers',
    text: `
      with recursive up (id) as (
        select $3::uuid
        union
        select membership.group_id from up
        join membership on membership.tenant_id = $1 and membership.connection_id = $2 and membership.member_id = up.id
      )
      select up.id from up`,
    values: [world.tenant, world.connection, group],
  })
  return new Set(rows.map((row) => row.id))
}

/** A member as a filter sees it. */
export interface SeenMember {
  readonly value: string
  readonly type: 'User' | 'Group'
  readonly display: string
}

/** Members of a group in order of their ids, after `after`; for the rare filter that asks for more than ids. */
export async function readMembers(
  db: Queryable,
  world: World,
  { group, after, limit }: { readonly group: string; readonly after: string | undefined; readonly limit: number },
): Promise<SeenMember[]> {
  const { rows } = await db.query<SeenMember>({
    name: 'read-members',
    text: `
      select membership.member_id as value, case when membership.nested then 'Group' else 'User' end as type,
             ${MEMBER_NAME} as display
      from membership ${memberJoins('membership')}
      where membership.tenant_id = $1 and membership.connection_id = $2 and membership.group_id = $3
        and ($4::uuid is null or membership.member_id > $4) and ${MEMBER_IS_THERE}
      order by membership.member_id limit $5`,
    values: [world.tenant, world.connection, group, after ?? null, limit],
  })
  return rows
}

/** Whether one of some UUIDs is a member of the group. */
export async function isAnyMember(
  db: Queryable,
  world: World,
  { group, ids }: { readonly group: string; readonly ids: readonly string[] },
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'is-any-member',
    text: `
      select from membership ${memberJoins('membership')}
      where membership.tenant_id = $1 and membership.connection_id = $2 and membership.group_id = $3
        and membership.member_id = any($4::uuid[]) and ${MEMBER_IS_THERE}
      limit 1`,
    values: [world.tenant, world.connection, group, ids],
  })
  return rows.length > 0
}
