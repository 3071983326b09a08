/**
 * Requests of providers that wait for an app, and how they are decided.
 * Decides that each is decided once, by whoever comes first: an app's outcome, a newer write, or the end of patience. Must
 * not decide what the answer is (reconcile/answer.ts).
 */
import type { RefusedCause } from '../reconcile/answer.ts'
import { ATTACHED, type AppKey, type LeasedDelivery } from './deliveries.ts'
import type { Queryable } from './db.ts'
import type { World } from './users.ts'
import { departmentKey, emailKeys, titleKey } from './user-writes.sql.ts'

/** What an app refused. */
export interface AppRefusal {
  readonly app: string
  readonly cause: RefusedCause
  readonly detail: string
}

/** The key under which a request waits for its decision; woken after the decision is committed. */
export const answerKey = (identity: string): string => `answer ${identity}`

export const isAnswerKey = (key: string): boolean => key.startsWith('answer ')

export interface Version {
  readonly id: string
  readonly version: number
}

/** `waiting`: not decided. `accepted`: answer 2xx, also where a newer write has taken its place. */
export async function readDecision(
  db: Queryable,
  world: World,
  { id, version }: Version,
): Promise<'waiting' | 'accepted' | AppRefusal> {
  const { rows } = await db.query<AppRefusal>({
    name: 'read-decision',
    text: `
      select refused_attempt.app_id as app, refused_attempt.cause, refused_attempt.detail from refused_attempt
      where refused_attempt.tenant_id = $1 and refused_attempt.connection_id = $2 and refused_attempt.identity_id = $3
        and refused_attempt.version = $4
      union all
      select null, null, null from confirmation
      where confirmation.tenant_id = $1 and confirmation.connection_id = $2 and confirmation.identity_id = $3
        and confirmation.version = $4`,
    values: [world.tenant, world.connection, id, version],
  })
  const row = rows[0]
  if (row === undefined) return 'accepted'
  return row.cause === null ? 'waiting' : row
}

/** From the rows in `ended`: what was undecided is there for everybody now. */
const SHOWN = `shown as (
  update identity set undecided = false from ended
  where identity.tenant_id = ended.tenant_id and identity.connection_id = ended.connection_id
    and identity.id = ended.identity_id and identity.undecided
)`

const KEY = 'confirmation.tenant_id, confirmation.connection_id, confirmation.identity_id'

/** The request waits no longer: 2xx. False where it was decided meanwhile; then read the decision. */
export async function acceptNow(db: Queryable, world: World, { id, version }: Version): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'accept-now',
    text: `
      with ended as (
        delete from confirmation
        where confirmation.tenant_id = $1 and confirmation.connection_id = $2 and confirmation.identity_id = $3
          and confirmation.version = $4
        returning ${KEY}
      ), ${SHOWN}
      select from ended`,
    values: [world.tenant, world.connection, id, version],
  })
  return rowCount === 1
}

/** An outcome of a leased row settles every request up to this version with 2xx. True if one waited. */
export async function acceptDelivered(db: Queryable, delivery: LeasedDelivery, version: number): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'accept-delivered',
    text: `
      with ended as (
        delete from confirmation
        where confirmation.tenant_id = $1 and confirmation.connection_id = $2 and confirmation.identity_id = $3
          and confirmation.version <= $4
        returning ${KEY}
      ), ${SHOWN}
      select from ended`,
    values: [delivery.tenant, delivery.connection, delivery.identity, version],
  })
  return (rowCount ?? 0) > 0
}

/** Another app of the identity is still to be asked, so it may still refuse. Call it once the row itself is settled. */
export async function isAnotherAsked(db: Queryable, delivery: LeasedDelivery): Promise<boolean> {
  const { rows } = await db.query({
    name: 'is-another-asked',
    text: `
      select from delivery
      join app on app.tenant_id = delivery.tenant_id and app.id = delivery.app_id and app.detached_at is null
      where delivery.tenant_id = $1 and delivery.connection_id = $2 and delivery.identity_id = $3 and delivery.app_id <> $4
        and delivery.wanted > delivery.delivered and delivery.state in ('due', 'retrying')
        and delivery.next_at <= now() and ${ATTACHED}
      limit 1`,
    values: [delivery.tenant, delivery.connection, delivery.identity, delivery.app],
  })
  return rows.length > 0
}

/** Nobody waits for an app that is left alone. Returns the identities whose requests are answered 2xx by it. */
export async function acceptAllOfApp(db: Queryable, key: AppKey): Promise<string[]> {
  const { rows } = await db.query<{ identity_id: string }>({
    name: 'accept-all-of-app',
    text: `
      with ended as (
        delete from confirmation using connection_app
        where confirmation.tenant_id = $1 and connection_app.tenant_id = $1 and connection_app.app_id = $2
          and connection_app.connection_id = confirmation.connection_id
        returning ${KEY}
      ), ${SHOWN}
      select ended.identity_id from ended`,
    values: [key.tenant, key.app],
  })
  return rows.map((row) => row.identity_id)
}

/**
 * Requests whose process has died: nobody will answer them. What they asked for stands. `all` for who knows that no
 * request waits just now.
 */
export async function acceptAbandoned(db: Queryable, which: 'over' | 'all' = 'over'): Promise<number> {
  const { rowCount } = await db.query(
    `
    with ended as (
      delete from confirmation where $1 or confirmation.until < now() returning ${KEY}
    ), ${SHOWN}
    select from ended`,
    [which === 'all'],
  )
  return rowCount ?? 0
}

/**
 * Takes a waiting version back, since the app of this row refuses it and nothing was written anywhere for it: a create is
 * in no read any more, a changed identity is as it was when it was last answered 2xx. One statement. False, and nothing
 * done, where the request does not wait any longer, another app may have been written to, or the lease is lost.
 */
export async function takeBack(
  db: Queryable,
  delivery: LeasedDelivery,
  refusal: { readonly version: number; readonly cause: RefusedCause; readonly detail: string },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'take-back',
    text: TAKE_BACK,
    values: [
      delivery.tenant,
      delivery.connection,
      delivery.identity,
      refusal.version,
      delivery.app,
      refusal.cause,
      refusal.detail,
      delivery.id,
      delivery.token,
    ],
  })
  return rowCount === 1
}

/** Before it there was nobody who wanted anything: a create, or the first write to what only showed an account. */
const FIRST = `(refused.kind = 'create' or refused.previous_shown)`

/** The identity's rows: of a first write nothing is wanted any more; after a change the wish is the earlier one again. */
const TAKE_BACK = `
with locked as (
  -- First the identity, then the request, then the rows: in the order of an accepting statement.
  select identity.id from identity
  where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3 and identity.version = $4
  for update
), refused as (
  delete from confirmation using locked
  where confirmation.tenant_id = $1 and confirmation.connection_id = $2 and confirmation.identity_id = $3
    and confirmation.version = $4 and confirmation.begun <@ array[$5::text]
    and exists (select from delivery where delivery.id = $8 and delivery.lease_token = $9)
  returning confirmation.*
), before as (
  select identity.document from identity
  where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3
), back as (
  update identity
  set refused_at = case when refused.kind = 'create' then now() end,
      deleted_at = case when refused.kind = 'create' then now() end,
      undecided = false, version = identity.version + 1, shown = refused.previous_shown,
      user_name = coalesce(refused.previous_user_name, identity.user_name),
      user_name_key = coalesce(refused.previous_name_key, identity.user_name_key),
      external_id = case when refused.kind = 'create' then identity.external_id else refused.previous_external_id end,
      active = case when refused.kind = 'create' then false else refused.previous_active end,
      document = coalesce(refused.previous_document, identity.document),
      title_key = ${titleKey('coalesce(refused.previous_document, identity.document)')},
      department_key = ${departmentKey('coalesce(refused.previous_document, identity.document)')},
      modified_at = coalesce(refused.previous_modified_at, identity.modified_at)
  from refused
  where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3 and identity.version = $4
  returning identity.tenant_id, identity.connection_id, identity.id, identity.user_name_key, identity.document, identity.deleted_at
), renamed_in as (
  update scim_group set names = scim_group.names + 1 from back
  where scim_group.tenant_id = $1 and scim_group.connection_id = $2 and scim_group.id in (
    select membership.group_id from membership
    where membership.tenant_id = $1 and membership.connection_id = $2 and membership.member_id = back.id)
), old_emails as (
  delete from identity_email using before, back
  where identity_email.tenant_id = $1 and identity_email.connection_id = $2 and identity_email.identity_id = $3
    and identity_email.value_key in ${emailKeys('before.document')}
    and back.deleted_at is null and identity_email.value_key not in ${emailKeys('back.document')}
), new_emails as (
  insert into identity_email (tenant_id, connection_id, value_key, identity_id)
  select back.tenant_id, back.connection_id, email.value_key, back.id
  from back, lateral ${emailKeys('back.document')} email where back.deleted_at is null
  on conflict do nothing
), kept as (
  insert into refused_attempt (tenant_id, connection_id, identity_id, version, kind, app_id, user_name, document, cause, detail)
  select $1, $2, $3, $4, refused.kind, $5, before.document ->> 'userName', before.document, $6, $7 from refused, before
), logged as (
  insert into event (tenant_id, at, actor, kind, connection_id, identity_id, app_id, data)
  select $1, now(), 'rollcall', 'user.refused', $2, $3, $5,
         jsonb_build_object('version', $4::bigint, 'kind', refused.kind, 'cause', $6::text, 'detail', $7::text)
  from refused
), rows as (
  update delivery
  set wanted = delivery.wanted + 1,
      delivered = case when ${FIRST} then delivery.wanted + 1 else delivery.delivered end,
      state = case when ${FIRST} then 'delivered' else 'due' end,
      subject = case
        when delivery.subject not like 'name:%' or refused.kind = 'create' then delivery.subject
        when exists (select from delivery other where other.tenant_id = delivery.tenant_id and other.app_id = delivery.app_id
                     and other.subject = 'name:' || back.user_name_key) then delivery.subject
        else 'name:' || back.user_name_key end,
      attempts = 0, next_at = now(), code = null, intent = case when delivery.id = $8 then null else delivery.intent end,
      detail = case when ${FIRST} then 'refused before the provider was answered' end,
      lease_token = case when delivery.id = $8 then null else delivery.lease_token end,
      lease_until = case when delivery.id = $8 then null else delivery.lease_until end
  from refused, back
  where delivery.tenant_id = $1 and delivery.connection_id = $2 and delivery.identity_id = $3
)
select from back`
