/**
 * The part of the statement that ends an identity which takes it out of its groups.
 * Decides the order of locks, so that nobody waits in a circle; must not be used outside the statement that ends an identity
 * (store/user-writes.sql.ts), which has the values `tenant`, `connection`, `id` and `now`.
 *
 * Whoever changes a group holds it and then its memberships, so its groups are locked first, in the order of their ids.
 */
export const LOCK_GROUPS = `own_groups as materialized (
  select scim_group.id from scim_group
  where scim_group.tenant_id = $tenant and scim_group.connection_id = $connection and scim_group.deleted_at is null
    and scim_group.id in (
      select membership.group_id from membership
      where membership.tenant_id = $tenant and membership.connection_id = $connection and membership.member_id = $id)
  order by scim_group.id for no key update
)`

/** For the condition of what must come after {@link LOCK_GROUPS}. Always true. */
export const GROUPS_ARE_LOCKED = '(select count(*) from own_groups) >= 0'

/** What the groups of a member show of it is another thing than before, if `when`. They are locked, or a deadlock is one to try again. */
export const memberNamesMoved = (when: string, member: string): string => `renamed_in as (
  update scim_group set names = scim_group.names + 1
  where ${when} and scim_group.tenant_id = $tenant and scim_group.connection_id = $connection
    and scim_group.id in (
      select membership.group_id from membership
      where membership.tenant_id = $tenant and membership.connection_id = $connection and membership.member_id = ${member})
)`

/** A group that somebody leaves is another than it was: its version moves. */
export const LEAVE_GROUPS = `left_groups as (
  delete from membership using saved
  where membership.tenant_id = $tenant and membership.connection_id = $connection and membership.member_id = saved.id
  returning membership.group_id
), groups_left as (
  update scim_group set version = scim_group.version + 1, modified_at = $now
  where scim_group.tenant_id = $tenant and scim_group.connection_id = $connection and scim_group.deleted_at is null
    and scim_group.id in (select left_groups.group_id from left_groups)
)`
