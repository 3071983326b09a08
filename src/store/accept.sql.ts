/**
 * The part of every accepting statement that writes down what is still to be delivered.
 * Decides whose wish a delivery row follows; must not be used outside a statement that has a `saved` row.
 *
 * The fragments expect the CTEs `saved (tenant_id, connection_id, id)` and `asked`, and the values `tenant`, `connection`,
 * `nameKey` of the userName, `active`, `now`, `lane` (LANES in deliveries.ts), `when`: with which causes the provider's
 * answer waits, and `seconds` that it would wait at most.
 */
import type { ForeseenCause } from '../reconcile/answer.ts'
import { LANES } from './deliveries.ts'

const SEEN_HERE = {
  nothing: 'nothing-to-write',
  broken: 'breaker-open',
  neither: 'no-outcome-yet',
} as const satisfies Record<string, ForeseenCause>

/**
 * Whether the provider's answer waits for an app. The statement says what it sees: no app of the connection is written to, or
 * the breaker of one is not closed, or neither; with which of these an answer waits is handed in, and nothing is looked up
 * where it never does. Seconds are added so that a row outlives the request that waits for it, and not much longer.
 */
export const ASKED = `asked as (
  select cardinality($when::text[]) > 0 and case
       when not exists (${appOfConnection("app.mode = 'enforce'")}) then '${SEEN_HERE.nothing}'
       when exists (${appOfConnection('(app.failures > 0 or app.paused_until > now())')}) then '${SEEN_HERE.broken}'
       else '${SEEN_HERE.neither}' end = any ($when::text[]) as confirm,
     now() + make_interval(secs => $seconds::float8 + 3) as until
)`

/**
 * In an `on conflict` of delivery: the row follows this identity already, or one that is deleted or only shows an account
 * (its first write was taken back). Looked at with the
 * statement's snapshot: who loses a race here is found by the next sweep (completeDeliveries in configuration.ts).
 */
export const MAY_TAKE_OVER = `(
    (delivery.connection_id, delivery.identity_id) = (excluded.connection_id, excluded.identity_id)
    or not exists (select from identity holder where holder.tenant_id = delivery.tenant_id
                   and holder.connection_id = delivery.connection_id and holder.id = delivery.identity_id and holder.deleted_at is null
                   and not holder.shown))`

/** What a provider waits for goes before what nobody waits for. */
const LANE = `case when (select asked.confirm from asked) then greatest($lane::int, ${LANES.interactive}) else $lane::int end`

/**
 * Rows this identity has already: one more change is wanted, at once, whatever held the last one back. Also of apps that
 * are detached just now: the wish is there when they come back. Before there is an account the subject follows the name,
 * unless the new name's row is somebody else's.
 */
export const TOUCH_SUBJECTS = `touched as (
  update delivery
  set wanted = delivery.wanted + 1, state = 'due', attempts = 0, next_at = now(), accepted_at = $now,
      -- A deactivation that has failed stays one, unless it is not wanted any more; then it is no deactivation at all.
      urgency = case
        when delivery.urgency = ${LANES.failedDeactivation} and not $active::boolean and $lane::int < ${LANES.deactivation}
          then ${LANES.failedDeactivation}
        when $active::boolean then greatest(least(delivery.urgency, ${LANES.interactive}), ${LANE})
        else greatest(delivery.urgency, ${LANE}) end,
      code = null, detail = null,
      subject = case
        when delivery.subject not like 'name:%' then delivery.subject
        when exists (select from delivery other where other.tenant_id = delivery.tenant_id and other.app_id = delivery.app_id
                     and other.subject = 'name:' || $nameKey) then delivery.subject
        else 'name:' || $nameKey end
  from saved
  where delivery.tenant_id = saved.tenant_id and delivery.connection_id = saved.connection_id and delivery.identity_id = saved.id
  returning delivery.app_id
)`

/**
 * Apps of the connection that have no row of this identity yet. A row of the same name is taken over only if the
 * identity it followed is deleted; otherwise that identity keeps it, and this one is disputed.
 */
export const CLAIM_SUBJECTS = `wished as (
  select saved.tenant_id, app.id as app_id, saved.connection_id, saved.id as identity_id
  from saved
  join connection_app on connection_app.tenant_id = saved.tenant_id and connection_app.connection_id = saved.connection_id
  join app on app.tenant_id = connection_app.tenant_id and app.id = connection_app.app_id and app.detached_at is null
  where app.id not in (select touched.app_id from touched)
), claimed as (
  insert into delivery (tenant_id, app_id, subject, connection_id, identity_id, urgency, next_at, accepted_at)
  select wished.tenant_id, wished.app_id, 'name:' || $nameKey, wished.connection_id, wished.identity_id, ${LANE}, now(), $now from wished
  on conflict (tenant_id, app_id, subject) do update
  set wanted = delivery.wanted + 1, connection_id = excluded.connection_id, identity_id = excluded.identity_id,
      state = 'due', attempts = 0, next_at = excluded.next_at, accepted_at = excluded.accepted_at,
      urgency = excluded.urgency, code = null, detail = null
  where ${MAY_TAKE_OVER}
  returning delivery.app_id
), disputed as (
  insert into link (tenant_id, app_id, connection_id, identity_id, state, why, since)
  select wished.tenant_id, wished.app_id, wished.connection_id, wished.identity_id, 'disputed',
         coalesce((
           select format('%s of the connection %s asks for the account of this name already; an account has one owner', holder.user_name, holder.connection_id)
           from delivery other
           join identity holder on holder.tenant_id = other.tenant_id and holder.connection_id = other.connection_id and holder.id = other.identity_id
           where other.tenant_id = wished.tenant_id and other.app_id = wished.app_id and other.subject = 'name:' || $nameKey
         ), 'another identity asks for the account of this name already'), $now
  from wished where wished.app_id not in (select claimed.app_id from claimed)
  on conflict (tenant_id, app_id, connection_id, identity_id) do nothing
)`

function appOfConnection(that: string): string {
  return `select from connection_app join app on app.tenant_id = connection_app.tenant_id and app.id = connection_app.app_id
      where connection_app.tenant_id = $tenant and connection_app.connection_id = $connection and app.detached_at is null and ${that}`
}
