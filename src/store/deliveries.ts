/**
 * Delivery rows: what is still to be brought to an app.
 * Decides leasing and how an outcome is written down; must not know what a delivery does.
 */
import type { UserDocument } from '../scim/resource.ts'
import type { Intent } from '../reconcile/intent.ts'
import type { Queryable } from './db.ts'

export interface AppKey {
  readonly tenant: string
  readonly app: string
}

/** The key as one word: ids hold no slash. */
export const textOfAppKey = ({ tenant, app }: AppKey): string => `${tenant}/${app}`

export function appKeyOf(text: string): AppKey {
  const [tenant = '', app = ''] = text.split('/')
  return { tenant, app }
}

/** A row in our hands until the lease runs out; every write to it names the token, so a lease that was lost writes nothing. */
export interface LeasedDelivery extends AppKey {
  readonly id: number
  readonly token: string
  readonly subject: string
  readonly connection: string
  readonly identity: string
  /** The count of accepted changes when the lease was taken: what a success has delivered. */
  readonly wanted: number
  readonly urgency: number
  readonly attempts: number
  readonly intent?: Intent
}

/** A worker that dies leaves its rows alone for this long at most. Renewed by {@link renewLeases} well before. */
export const LEASE_SECONDS = 15

interface LeaseRow {
  id: number
  subject: string
  connection_id: string
  identity_id: string
  wanted: number
  urgency: number
  attempts: number
  intent: Intent | null
}

/** Takes up to `limit` due rows of an app, deactivations first; none while the app is paused. */
export async function leaseDeliveries(
  db: Queryable,
  key: AppKey,
  { limit, token }: { limit: number; token: string },
): Promise<LeasedDelivery[]> {
  const { rows } = await db.query<LeaseRow>({
    name: 'lease-deliveries',
    text: LEASE,
    values: [key.tenant, key.app, limit, token, LEASE_SECONDS],
  })
  return rows
    .toSorted((a, b) => b.urgency - a.urgency)
    .map((row) => ({
      ...key,
      id: row.id,
      token,
      subject: row.subject,
      connection: row.connection_id,
      identity: row.identity_id,
      wanted: row.wanted,
      urgency: row.urgency,
      attempts: row.attempts,
      ...(row.intent === null ? {} : { intent: row.intent }),
    }))
}

const LEASE = `
with picked as materialized (
  select delivery.id from delivery
  where delivery.tenant_id = $1 and delivery.app_id = $2
    and delivery.wanted > delivery.delivered and delivery.state in ('due', 'retrying') and delivery.next_at <= now()
    and (delivery.lease_until is null or delivery.lease_until < now())
    and not exists (select from app where app.tenant_id = $1 and app.id = $2 and app.paused_until > now())
    -- Detached in the meantime: what is owed to nobody is not delivered.
    and exists (select from connection_app
                where connection_app.tenant_id = $1 and connection_app.app_id = $2 and connection_app.connection_id = delivery.connection_id)
  order by delivery.urgency desc, delivery.next_at
  limit $3
  for update of delivery skip locked
)
update delivery
set lease_token = $4, lease_until = now() + make_interval(secs => $5)
from picked where delivery.id = picked.id
returning delivery.id, delivery.subject, delivery.connection_id, delivery.identity_id, delivery.wanted,
          delivery.urgency, delivery.attempts, delivery.intent`

/** Keeps the leases of these rows; returns the ids whose lease is lost. */
export async function renewLeases(db: Queryable, held: readonly LeasedDelivery[]): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>({
    name: 'renew-leases',
    text: `
      update delivery set lease_until = now() + make_interval(secs => $3)
      from unnest($1::bigint[], $2::uuid[]) as held (id, token)
      where delivery.id = held.id and delivery.lease_token = held.token and delivery.lease_until > now()
      returning delivery.id`,
    values: [held.map(({ id }) => id), held.map(({ token }) => token), LEASE_SECONDS],
  })
  const kept = new Set(rows.map((row) => row.id))
  return held.map(({ id }) => id).filter((id) => !kept.has(id))
}

/** What a leased row is about, read after the lease, so never older than `wanted`. */
export interface DeliverySubject {
  readonly document: UserDocument
  readonly active: boolean
  readonly deleted: boolean
  readonly version: number
  /** The account this identity owns in the app. */
  readonly account?: string
}

/** The current wish behind a leased row. */
export async function readSubject(db: Queryable, delivery: LeasedDelivery): Promise<DeliverySubject> {
  const { rows } = await db.query<{
    document: UserDocument
    active: boolean
    deleted: boolean
    version: number
    account_id: string | null
  }>({
    name: 'read-subject',
    text: `
      select identity.document, identity.active, identity.deleted_at is not null as deleted, identity.version, link.account_id
      from identity
      left join link on link.tenant_id = identity.tenant_id and link.app_id = $4 and link.connection_id = identity.connection_id
        and link.identity_id = identity.id and link.state = 'linked'
      where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3`,
    values: [delivery.tenant, delivery.connection, delivery.identity, delivery.app],
  })
  const row = rows[0]
  if (row === undefined) throw new Error(`delivery ${delivery.id} follows an identity that does not exist`)
  const { document, active, deleted, version } = row
  return { document, active, deleted, version, ...(row.account_id === null ? {} : { account: row.account_id }) }
}

/** How a leased row is given back. `next` absent: nothing more to do until the next wish. */
export interface DeliveryResult {
  readonly state: 'delivered' | 'retrying' | 'refused' | 'disputed' | 'observed'
  readonly code?: string
  readonly detail?: string
  /** Seconds until the next attempt. */
  readonly retryIn?: number
  /** False where the app as a whole is at fault: the row is not to blame and its own back-off does not grow. */
  readonly countAttempt: boolean
  readonly clearIntent?: boolean
  readonly event?: { readonly kind: string; readonly data: Readonly<Record<string, unknown>> }
}

/**
 * Writes an outcome down, with its event, and ends the lease. A wish that came in meanwhile keeps the row due. False
 * when the lease was lost: then nothing is written.
 */
export async function settleDelivery(
  db: Queryable,
  delivery: LeasedDelivery,
  result: DeliveryResult,
): Promise<boolean> {
  const done = result.state === 'delivered' || result.state === 'observed'
  const { rowCount } = await db.query({
    name: 'settle-delivery',
    text: SETTLE,
    values: [
      delivery.id,
      delivery.token,
      done ? delivery.wanted : null,
      result.state,
      result.code ?? null,
      result.detail ?? null,
      result.retryIn ?? 0,
      result.countAttempt ? 1 : 0,
      done || result.clearIntent === true,
      result.event?.kind ?? null,
      JSON.stringify(result.event?.data ?? {}),
      delivery.wanted,
    ],
  })
  return rowCount === 1
}

const SETTLE = `
with settled as (
  update delivery
  set delivered = coalesce($3::bigint, delivery.delivered),
      state = case when delivery.wanted > $12::bigint then 'due' else $4 end,
      -- A deactivation that failed takes turns with the others from now on; a new one goes first again.
      urgency = case when delivery.wanted = $12::bigint and ($3::bigint is not null or $8::int = 1) then 0 else delivery.urgency end,
      attempts = case when $3::bigint is not null or delivery.wanted > $12::bigint then 0 else delivery.attempts + $8::int end,
      next_at = case when delivery.wanted > $12::bigint then now() else now() + make_interval(secs => $7::float8) end,
      code = $5, detail = $6,
      intent = case when $9::boolean then null else delivery.intent end,
      delivered_at = case when $3::bigint is not null then now() else delivery.delivered_at end,
      lease_token = null, lease_until = null
  where delivery.id = $1 and delivery.lease_token = $2
  returning tenant_id, app_id, connection_id, identity_id
), logged as (
  insert into event (tenant_id, at, actor, kind, connection_id, identity_id, app_id, data)
  select settled.tenant_id, now(), 'rollcall', $10, settled.connection_id, settled.identity_id, settled.app_id, $11
  from settled where $10::text is not null
)
select from settled`

/** Apps that have due rows and are not paused: what a sweep wakes. */
export async function appsDue(db: Queryable): Promise<AppKey[]> {
  const { rows } = await db.query<{ tenant: string; app: string }>(`
    select app.tenant_id as tenant, app.id as app from app
    where app.detached_at is null and (app.paused_until is null or app.paused_until <= now())
      and exists (
        select from delivery
        where delivery.tenant_id = app.tenant_id and delivery.app_id = app.id and delivery.wanted > delivery.delivered
          and delivery.state in ('due', 'retrying') and delivery.next_at <= now()
          and (delivery.lease_until is null or delivery.lease_until < now()))`)
  return rows
}

/** Makes every waiting row of an app due now, also refused ones; returns how many. Disputes stay: a person settles them. */
export async function retryNow(db: Queryable, key: AppKey): Promise<number> {
  const { rowCount } = await db.query(
    `update delivery set state = 'due', next_at = now(), attempts = 0
     where delivery.tenant_id = $1 and delivery.app_id = $2 and delivery.wanted > delivery.delivered
       and delivery.state in ('due', 'retrying', 'refused')`,
    [key.tenant, key.app],
  )
  return rowCount ?? 0
}

/** Refusals are tried again daily: what was refused may have been mended in the app. */
export async function reviveRefused(db: Queryable): Promise<number> {
  const { rowCount } = await db.query(
    `update delivery set state = 'due', next_at = now()
     where delivery.state = 'refused' and delivery.wanted > delivery.delivered and delivery.next_at <= now()`,
  )
  return rowCount ?? 0
}

/** Rows of an app that are still to be delivered, and rows that wait for a person or for their daily turn. */
export async function countWaiting(
  db: Queryable,
  key: AppKey,
): Promise<{ readonly waiting: number; readonly stuck: number }> {
  const { rows } = await db.query<{ waiting: number; stuck: number }>(
    `select
       (select count(*) from delivery
        where delivery.tenant_id = $1 and delivery.app_id = $2 and delivery.wanted > delivery.delivered
          and delivery.state in ('due', 'retrying')) as waiting,
       (select count(*) from delivery
        where delivery.tenant_id = $1 and delivery.app_id = $2 and delivery.state in ('refused', 'disputed')) as stuck`,
    [key.tenant, key.app],
  )
  return rows[0] ?? { waiting: 0, stuck: 0 }
}
