/**
 * Delivery rows: what is still to be brought to an app.
 * Decides what is due, and how an outcome is written down; must not know what a delivery does.
 */
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
  /** Of its app. */
  readonly mode: 'enforce' | 'observe'
  /** When its newest change was accepted, unless that has been delivered before. */
  readonly accepted?: Date
  readonly intent?: Intent
  /** Whoever had the row before never gave it back: what they sent may still arrive. */
  readonly abandoned: boolean
  /** It tries for all who wait for the app: see store/apps.ts. */
  readonly probe: boolean
  /** What stood in its way when it was last tried: a code, and which one of its kind. */
  readonly waitedFor?: { readonly kind: string; readonly key: string }
}

/**
 * Who goes first: the values of `delivery.urgency`. A deactivation that failed for its own sake (not for the app's) gets
 * every fourth turn and what the others leave, so that a hundred of them hold nobody up, and nobody them.
 */
export const LANES = { deactivation: 2, interactive: 1, bulk: 0, failedDeactivation: -1 } as const

/** The lane of a row that has failed for its own sake. */
export const AFTER_FAILURE = `case when delivery.urgency in (${LANES.deactivation}, ${LANES.failedDeactivation})
            then ${LANES.failedDeactivation} else ${LANES.bulk} end`

/** The row's connection still has the app: what is owed to nobody is not delivered. */
export const ATTACHED = `exists (
      select from connection_app
      where connection_app.tenant_id = delivery.tenant_id and connection_app.app_id = delivery.app_id
        and connection_app.connection_id = delivery.connection_id)`

/**
 * For who has lost a lease with something under way: a write of theirs may have overtaken a newer one, so the app is to be
 * looked at once more.
 */
export async function lookAgain(db: Queryable, delivery: LeasedDelivery): Promise<void> {
  await db.query({
    name: 'look-again',
    text: `
      update delivery
      set wanted = delivery.wanted + 1, state = 'due', next_at = now(),
          lease_until = case when delivery.lease_token = $2 then null else delivery.lease_until end,
          lease_token = case when delivery.lease_token = $2 then null else delivery.lease_token end
      where delivery.id = $1`,
    values: [delivery.id, delivery.token],
  })
}

/** How a leased row is given back. `retryIn` absent: nothing more to do until the next wish. */
export interface DeliveryResult {
  readonly state: 'delivered' | 'retrying' | 'refused' | 'disputed' | 'observed'
  readonly code?: string
  /** Which one of the code's kind, such as the name of a role, where there may be several. */
  readonly about?: string
  readonly detail?: string
  /** Seconds until the next attempt. */
  readonly retryIn?: number
  /** False where the app as a whole is at fault: the row is not to blame and its own back-off does not grow. */
  readonly countAttempt: boolean
  /** Whether the intent goes; it does by itself with a delivery, unless this says false. */
  readonly clearIntent?: boolean
  /** Delivered, but to be looked at once more after so many seconds. */
  readonly recheckIn?: number
  /** The app was written to, and shows it; each plan has left its event (plans.ts). */
  readonly wrote?: boolean
  readonly event?: { readonly kind: string; readonly data: Readonly<Record<string, unknown>> }
}

/** A row whose last worker died is looked at once more after this: longer than any call of ours may take. */
const RECHECK_SECONDS = 60

/**
 * Writes an outcome down, with its event, and ends the lease. `due`: a wish came in meanwhile and the row is to be
 * delivered at once. `lost`: the lease is gone, and nothing is written.
 */
export async function settleDelivery(
  db: Queryable,
  delivery: LeasedDelivery,
  result: DeliveryResult,
): Promise<'settled' | 'due' | 'lost'> {
  const done = result.state === 'delivered' || result.state === 'observed'
  const { rows } = await db.query<{ due: boolean }>({
    name: 'settle-delivery',
    text: SETTLE,
    values: [
      delivery.id,
      delivery.token,
      delivery.wanted,
      done,
      result.state,
      result.code ?? null,
      result.detail ?? null,
      result.retryIn ?? 0,
      result.countAttempt ? 1 : 0,
      result.clearIntent ?? done,
      result.event?.kind ?? null,
      JSON.stringify(result.event?.data ?? {}),
      result.recheckIn ?? (delivery.abandoned ? RECHECK_SECONDS : null),
      result.about ?? '',
      delivery.tenant,
      delivery.app,
    ],
  })
  if (rows[0] === undefined) return 'lost'
  return rows[0].due ? 'due' : 'settled'
}

/** More is wanted than what has been done. */
const BEHIND = `(delivery.wanted > $3::bigint or enforced.meanwhile)`

const SETTLE = `
-- Whoever enforces the app waits for this, or this sees that they did: then what was only observed is still to be done.
with place as materialized (
  select app.mode from app where $5 = 'observed' and app.tenant_id = $15 and app.id = $16 for share
), enforced as materialized (
  select exists (select from place where place.mode = 'enforce') as meanwhile
), settled as (
  update delivery
  set delivered = case when $4::boolean and not enforced.meanwhile then $3::bigint else delivery.delivered end,
      state = case when ${BEHIND} then 'due' else $5 end,
      -- A deactivation that failed takes turns with the others from now on; a new one goes first again.
      urgency = case
        when not ${BEHIND} and $4::boolean then ${LANES.bulk}
        when not ${BEHIND} and $9::int = 1 then ${AFTER_FAILURE}
        else delivery.urgency end,
      attempts = case when $4::boolean or ${BEHIND} then 0 else delivery.attempts + $9::int end,
      next_at = case when ${BEHIND} then now() else now() + make_interval(secs => $8::float8) end,
      code = $6, code_key = $14, detail = $7,
      intent = case when $10::boolean then null else delivery.intent end,
      delivered_at = case when $4::boolean then now() else delivery.delivered_at end,
      recheck_at = coalesce(now() + make_interval(secs => $13::float8), delivery.recheck_at),
      lease_token = null, lease_until = null
  from enforced
  where delivery.id = $1 and delivery.lease_token = $2
  returning tenant_id, app_id, connection_id, identity_id, ${BEHIND} as due
), logged as (
  insert into event (tenant_id, at, actor, kind, connection_id, identity_id, app_id, data)
  select settled.tenant_id, now(), 'rollcall', $11, settled.connection_id, settled.identity_id, settled.app_id, $12
  from settled where $11::text is not null
)
select settled.due from settled`

/** Apps that have due rows and are not paused: what a sweep wakes. */
export async function appsDue(db: Queryable): Promise<AppKey[]> {
  const { rows } = await db.query<{ tenant: string; app: string }>(`
    select app.tenant_id as tenant, app.id as app from app
    where app.detached_at is null and (app.paused_until is null or app.paused_until <= now())
      and exists (
        select from delivery
        where delivery.tenant_id = app.tenant_id and delivery.app_id = app.id and delivery.wanted > delivery.delivered
          and delivery.state in ('due', 'retrying') and delivery.next_at <= now()
          and (delivery.lease_until is null or delivery.lease_until < now()) and ${ATTACHED})`)
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

/** The identity's rows that were held back by a refusal are due again, since it was asked for once more. Returns the apps. */
export async function retryIdentity(
  db: Queryable,
  identity: { tenant: string; connection: string; id: string },
): Promise<string[]> {
  const { rows } = await db.query<{ app_id: string }>({
    name: 'retry-identity',
    text: `
      update delivery set state = 'due', next_at = now(), attempts = 0
      where delivery.tenant_id = $1 and delivery.connection_id = $2 and delivery.identity_id = $3
        and delivery.wanted > delivery.delivered and delivery.state <> 'due'
      returning delivery.app_id`,
    values: [identity.tenant, identity.connection, identity.id],
  })
  return rows.map((row) => row.app_id)
}

/** Rows whose turn has come again: refused and disputed ones, and those to be looked at once more after a crash. */
export async function reviveDeliveries(db: Queryable): Promise<number> {
  const revived = await db.query(
    `update delivery set state = 'due', next_at = now()
     where delivery.state in ('refused', 'disputed') and delivery.wanted > delivery.delivered and delivery.next_at <= now()`,
  )
  const checked = await db.query(
    `update delivery set wanted = delivery.wanted + 1, state = 'due', next_at = now(), recheck_at = null
     where delivery.recheck_at <= now()`,
  )
  return (revived.rowCount ?? 0) + (checked.rowCount ?? 0)
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
          and delivery.state in ('due', 'retrying') and ${ATTACHED}) as waiting,
       (select count(*) from delivery
        where delivery.tenant_id = $1 and delivery.app_id = $2 and delivery.state in ('refused', 'disputed') and ${ATTACHED}) as stuck`,
    [key.tenant, key.app],
  )
  return rows[0] ?? { waiting: 0, stuck: 0 }
}
