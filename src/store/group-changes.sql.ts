/**
 * The parts of every statement that changes a group: who has come and gone is written down, counted and made known.
 * Decides when members are touched at once and when a fan-out row stands for them; must not be used outside a statement
 * that has the CTEs `added` and `removed` (member_id, nested) and `saved` (id, version).
 *
 * Values: `tenant`, `connection`, `group`, `now`, `actor`, and `kind` of the event.
 */

/** Most members whose delivery rows a request touches itself. Beyond that it writes one fan-out row. */
export const AT_ONCE = 1_000
/** Most members that an event names; of more it only says how many. */
const NAMED = 100

/** Both lists, apps that read groups, and the members as an event tells of them. */
export const CHANGED = `changed as (
  select added.member_id, added.nested from added union all select removed.member_id, removed.nested from removed
), readers as (
  select app.id from connection_app
  join app on app.tenant_id = connection_app.tenant_id and app.id = connection_app.app_id and app.detached_at is null and app.reads_groups
  where connection_app.tenant_id = $tenant and connection_app.connection_id = $connection
)`

/** `data` is what the event says, beside who has come and gone: jsonb. */
export const LOGGED = (data: string): string => `logged as (
  insert into event (tenant_id, at, actor, kind, connection_id, group_id, data)
  select $tenant, $now, $actor, $kind, $connection, saved.id,
         ${data} || jsonb_build_object('version', saved.version) || ${told('added')} || ${told('removed')}
  from saved
)`

function told(list: 'added' | 'removed'): string {
  return `(
    select case when count(*) = 0 then '{}'::jsonb
                when count(*) <= ${NAMED} then jsonb_build_object('${list}', jsonb_agg(${list}.member_id order by ${list}.member_id))
                else jsonb_build_object('${list}', count(*)) end
    from ${list})`
}

/** One more change is wanted of a delivery row, at once, whatever held the last one back. */
export const TOUCH_DELIVERY = `update delivery
  set wanted = delivery.wanted + 1, state = 'due', attempts = 0, next_at = now(), code = null, code_key = '', detail = null`

/**
 * Delivery rows of those who have come or gone are due, in the apps that read groups: at most one row a member and app.
 * Not where `fannedOut` sees to it.
 */
export function touched(concernsAll: string): string {
  return `touched as (
  ${TOUCH_DELIVERY}
  where exists (select from readers) and not (${concernsAll}) and (select count(*) from changed) <= ${AT_ONCE} and delivery.id in (
    select owed.id from changed
    join delivery owed on owed.tenant_id = $tenant and owed.connection_id = $connection and owed.identity_id = changed.member_id
    where not changed.nested and owed.app_id in (select readers.id from readers)
    order by owed.id for no key update of owed)
  returning delivery.app_id
)`
}

/**
 * One row for everybody whom the change concerns: where `concernsAll` holds, or more have come and gone than are touched
 * at once. And one for each group that has become a member or ceased to be one: its members are concerned as well.
 */
export function fannedOut(concernsAll: string): string {
  return `fanned as (
  insert into fan_out (tenant_id, connection_id, group_id, former, everyone)
  select $tenant, $connection, saved.id,
         case when exists (select from readers) then array(select removed.member_id from removed where not removed.nested) else '{}' end,
         ${concernsAll} or (select count(*) from added) > ${AT_ONCE}
  from saved
  where ${concernsAll} or (select count(*) from changed) > ${AT_ONCE}
  returning id
), nested_fanned as (
  insert into fan_out (tenant_id, connection_id, group_id, everyone)
  select $tenant, $connection, changed.member_id, true from changed where changed.nested
  returning id
)`
}
