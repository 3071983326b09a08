/**
 * Leases on delivery rows: who works on what, and for how long.
 * Decides how rows are taken, kept and given back; must not know what is done with one, nor end the lease of somebody who
 * may still be at work.
 */
import type { Intent } from '../reconcile/intent.ts'
import type { Queryable } from './db.ts'
import { AFTER_FAILURE, ATTACHED, LANES, type AppKey, type LeasedDelivery } from './deliveries.ts'
import { PAUSING_KINDS } from './open-items.ts'

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
  abandoned: boolean
  accepted: Date | null
  code: string | null
  code_key: string
  mode: LeasedDelivery['mode']
}

export interface LeaseRequest {
  readonly limit: number
  readonly token: string
  /** The turn of a deactivation that has failed: one such row, if there is any, and the others for the rest. */
  readonly failedFirst?: boolean
}

/**
 * Takes up to `limit` due rows of an app by {@link LANES}; none while its breaker is open, and one while it is half-open,
 * which then tries for all.
 */
export async function leaseDeliveries(
  db: Queryable,
  key: AppKey,
  { limit, token, failedFirst = false }: LeaseRequest,
): Promise<LeasedDelivery[]> {
  const take = async (name: string, text: string, most: number): Promise<LeaseRow[]> =>
    (await db.query<LeaseRow>({ name, text, values: [key.tenant, key.app, most, token, LEASE_SECONDS] })).rows
  const failed = failedFirst ? await take('lease-failed', LEASE_FAILED, 1) : []
  const others = failed.length < limit ? await take('lease-deliveries', LEASE, limit - failed.length) : []
  if (failed.length + others.length > 0) return leased({ ...key, token, probe: false }, [...failed, ...others])
  const { rows } = await db.query<LeaseRow>({
    name: 'lease-probe',
    text: LEASE_PROBE,
    values: [key.tenant, key.app, PAUSING_KINDS, token, LEASE_SECONDS],
  })
  return leased({ ...key, token, probe: true }, rows)
}

type Common = AppKey & Pick<LeasedDelivery, 'token' | 'probe'>

function leased(common: Common, rows: readonly LeaseRow[]): LeasedDelivery[] {
  return rows
    .toSorted((a, b) => b.urgency - a.urgency)
    .map((row) => ({
      ...common,
      id: row.id,
      subject: row.subject,
      connection: row.connection_id,
      identity: row.identity_id,
      wanted: row.wanted,
      urgency: row.urgency,
      attempts: row.attempts,
      abandoned: row.abandoned,
      mode: row.mode,
      ...(row.accepted === null ? {} : { accepted: row.accepted }),
      ...(row.intent === null ? {} : { intent: row.intent }),
      ...(row.code === null ? {} : { waitedFor: { kind: row.code, key: row.code_key } }),
    }))
}

const DUE = `delivery.tenant_id = $1 and delivery.app_id = $2
    and delivery.wanted > delivery.delivered and delivery.state in ('due', 'retrying') and delivery.next_at <= now()
    and (delivery.lease_until is null or delivery.lease_until < now())
    and ${ATTACHED}`

const leasePicked = (picked: string): string => `
picked as materialized (
  select delivery.id, delivery.lease_token is not null as abandoned from delivery
  ${picked}
  for update of delivery skip locked
)
update delivery
set lease_token = $4, lease_until = now() + make_interval(secs => $5)
from picked where delivery.id = picked.id
returning delivery.id, delivery.subject, delivery.connection_id, delivery.identity_id, delivery.wanted,
          delivery.urgency, delivery.attempts, delivery.intent, delivery.code, delivery.code_key, picked.abandoned,
          case when delivery.delivered_at >= delivery.accepted_at then null else delivery.accepted_at end as accepted,
          (select app.mode from app where app.tenant_id = $1 and app.id = $2) as mode`

const leaseWhileClosed = (where: string): string => `
with ${leasePicked(`
  where ${DUE} ${where}
    and not exists (select from app where app.tenant_id = $1 and app.id = $2 and (app.failures > 0 or app.paused_until > now()))
  order by delivery.urgency desc, delivery.next_at
  limit $3`)}`

const LEASE = leaseWhileClosed('')
const LEASE_FAILED = leaseWhileClosed(`and delivery.urgency = ${LANES.failedDeactivation}`)

/**
 * One row tries for all when the pause is over: the most urgent one that has not tried and failed itself, so that a row
 * which the app never answers does not stand for all others. Two who ask at once wait for each other at the app's row, and
 * the second sees that somebody tries.
 */
const LEASE_PROBE = `
with chosen as materialized (
  select coalesce(
    (select delivery.id from delivery where ${DUE} and (delivery.code is null or delivery.code <> all ($3::text[]))
     order by delivery.urgency desc, delivery.next_at limit 1),
    (select delivery.id from delivery where ${DUE} order by delivery.urgency desc, delivery.next_at limit 1)) as id
  from app
  where app.tenant_id = $1 and app.id = $2 and app.failures > 0
    and (app.paused_until is null or app.paused_until <= now()) and (app.probe_until is null or app.probe_until < now())
), trying as (
  update app set probe_token = $4, probe_until = now() + make_interval(secs => $5)
  from chosen
  where app.tenant_id = $1 and app.id = $2 and chosen.id is not null and app.failures > 0
    and (app.paused_until is null or app.paused_until <= now()) and (app.probe_until is null or app.probe_until < now())
  returning chosen.id
), ${leasePicked('where delivery.id = (select trying.id from trying)')}`

/** Leased rows by their ids in $1 and tokens in $2, locked in one order, so that two statements never wait for each other. */
const HELD = `
  select delivery.id from delivery
  join unnest($1::bigint[], $2::uuid[]) as mine (id, token) on delivery.id = mine.id and delivery.lease_token = mine.token
  order by delivery.id for update of delivery`

/** Keeps the leases of these rows; returns the ids whose lease is lost. */
export async function renewLeases(db: Queryable, held: readonly LeasedDelivery[]): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>({
    name: 'renew-leases',
    text: `
      with trying as (
        update app set probe_until = now() + make_interval(secs => $3) where app.probe_token = any ($2::uuid[])
      )
      update delivery set lease_until = now() + make_interval(secs => $3)
      from (${HELD}) as held
      where delivery.id = held.id and delivery.lease_until > now()
      returning delivery.id`,
    values: [held.map(({ id }) => id), held.map(({ token }) => token), LEASE_SECONDS],
  })
  const kept = new Set(rows.map((row) => row.id))
  return held.map(({ id }) => id).filter((id) => !kept.has(id))
}

/**
 * Keeps the lease of a row between two changes of its plan. `lost`: somebody else may have the row. `observed`: somebody has
 * said meanwhile that the app is not to be written to any more.
 */
export async function keepGoing(
  db: Queryable,
  { id, token, tenant, app }: LeasedDelivery,
): Promise<'ours' | 'lost' | 'observed'> {
  const { rows } = await db.query<{ mode: LeasedDelivery['mode'] }>({
    name: 'keep-going',
    text: `
      with trying as (
        update app set probe_until = now() + make_interval(secs => $3) where app.probe_token = $2
      )
      update delivery set lease_until = now() + make_interval(secs => $3)
      from app
      where delivery.id = $1 and delivery.lease_token = $2 and delivery.lease_until > now()
        and app.tenant_id = $4 and app.id = $5
      returning app.mode`,
    values: [id, token, LEASE_SECONDS, tenant, app],
  })
  const [row] = rows
  if (row === undefined) return 'lost'
  return row.mode === 'observe' ? 'observed' : 'ours'
}

/** What a dead process had sent to an app may still be on its way there for a moment. */
const GRACE_SECONDS = 2
const LONGEST_BACKOFF_SECONDS = 900

/**
 * Gives rows back whose work ended in a fault of ours and that were not settled: due again after their back-off. Rows
 * whose lease is lost are left to who has them now.
 */
export async function giveBack(db: Queryable, held: readonly LeasedDelivery[]): Promise<void> {
  await db.query({
    name: 'give-back-leases',
    text: `
      with trying as (
        update app set probe_token = null, probe_until = null where app.probe_token = any ($2::uuid[])
      )
      update delivery
      set lease_token = null, lease_until = null, attempts = delivery.attempts + 1,
          urgency = ${AFTER_FAILURE},
          next_at = greatest(delivery.next_at, now() + make_interval(secs => least(power(2, least(delivery.attempts, 20)), $3::float8)))
      from (${HELD}) as held
      where delivery.id = held.id`,
    values: [held.map(({ id }) => id), held.map(({ token }) => token), LONGEST_BACKOFF_SECONDS],
  })
}

/**
 * Lets every lease run out within seconds. Only for who knows that no other process works on this database, as who has
 * just started its server does. Returns how many there were.
 */
export async function endDeadLeases(db: Queryable): Promise<number> {
  await db.query(
    `update app set probe_until = least(app.probe_until, now() + make_interval(secs => $1)) where app.probe_until > now()`,
    [GRACE_SECONDS],
  )
  const { rowCount } = await db.query(
    `update delivery set lease_until = least(delivery.lease_until, now() + make_interval(secs => $1))
     where delivery.lease_until > now()`,
    [GRACE_SECONDS],
  )
  return rowCount ?? 0
}
