/**
 * Readings of the entitlements of apps: when the next one is due, and who is at it.
 * Decides that one process at a time reads an app, and that a wish for a reading is met by one that begins after it; must
 * not know what a reading finds.
 */
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'
import type { EntitlementReading } from './entitlements.ts'
import type { Cause } from './open-items.ts'

/** A process that dies over a reading leaves it for this long. */
export const READING_LEASE_SECONDS = 30

/** A reading in our hands. */
export interface LeasedReading extends EntitlementReading {
  /** Readings before it, in a row, that were not whole. */
  readonly failures: number
}

/** These are to be read as soon as possible, whether they ever were or not. Returns when that was asked for, of each. */
export async function askForReading(db: Queryable, keys: readonly AppKey[]): Promise<Date[]> {
  const { rows } = await db.query<{ asked_at: Date }>({
    name: 'ask-for-reading',
    text: `
      insert into entitlement_reading (tenant_id, app_id)
      select asked.tenant_id, asked.app_id from unnest($1::text[], $2::text[]) as asked (tenant_id, app_id)
      on conflict (tenant_id, app_id) do update set next_at = now(), asked_at = now()
      returning entitlement_reading.asked_at`,
    values: [keys.map(({ tenant }) => tenant), keys.map(({ app }) => app)],
  })
  return rows.map((row) => row.asked_at)
}

/**
 * Somebody who waited for a cause got through. Where a reading had found that cause, only the next one can tell that it is
 * gone: it comes as soon as possible.
 */
export async function readForFound(db: Queryable, { tenant, app }: AppKey, cause: Cause): Promise<void> {
  await db.query({
    name: 'read-for-found',
    text: `
      update entitlement_reading set next_at = now(), asked_at = now()
      from open_item
      where entitlement_reading.tenant_id = $1 and entitlement_reading.app_id = $2
        and open_item.tenant_id = $1 and open_item.app_id = $2 and open_item.kind = $3 and open_item.key = $4
        and open_item.found_at is not null`,
    values: [tenant, app, cause.kind, cause.key],
  })
}

/** Whether a reading has ended that began when it was asked for, as far as a Date tells, or later. */
export async function isReadSince(db: Queryable, { tenant, app }: AppKey, asked: Date): Promise<boolean> {
  const { rows } = await db.query<{ read: boolean }>({
    name: 'is-read-since',
    text: `select coalesce(entitlement_reading.read_as_of >= $3, false) as read from entitlement_reading
           where entitlement_reading.tenant_id = $1 and entitlement_reading.app_id = $2`,
    values: [tenant, app, asked],
  })
  return rows[0]?.read ?? false
}

/** Takes a reading that is due, of one of `keys`; none of an app that is to be left alone just now. Undefined where there is none. */
export async function leaseReading(
  db: Queryable,
  { keys, token }: { readonly keys: readonly AppKey[]; readonly token: string },
): Promise<LeasedReading | undefined> {
  const { rows } = await db.query<{ tenant: string; app: string; failures: number }>({
    name: 'lease-entitlement-reading',
    text: LEASE,
    values: [keys.map(({ tenant }) => tenant), keys.map(({ app }) => app), token, READING_LEASE_SECONDS],
  })
  return rows[0] && { ...rows[0], token }
}

const LEASE = `
with due as materialized (
  select entitlement_reading.tenant_id, entitlement_reading.app_id from entitlement_reading
  join unnest($1::text[], $2::text[]) as mine (tenant_id, app_id)
    on mine.tenant_id = entitlement_reading.tenant_id and mine.app_id = entitlement_reading.app_id
  join app on app.tenant_id = entitlement_reading.tenant_id and app.id = entitlement_reading.app_id
  where entitlement_reading.next_at <= now()
    and (entitlement_reading.lease_until is null or entitlement_reading.lease_until < now())
    and app.detached_at is null and (app.paused_until is null or app.paused_until <= now())
  order by entitlement_reading.next_at limit 1
  for update of entitlement_reading skip locked
)
update entitlement_reading
set lease_token = $3, lease_until = now() + make_interval(secs => $4), begun_at = now()
from due where entitlement_reading.tenant_id = due.tenant_id and entitlement_reading.app_id = due.app_id
returning entitlement_reading.tenant_id as tenant, entitlement_reading.app_id as app, entitlement_reading.failures`

/** Keeps the lease; false where it is lost. */
export async function renewReading(db: Queryable, { tenant, app, token }: EntitlementReading): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'renew-entitlement-reading',
    text: `
      update entitlement_reading set lease_until = now() + make_interval(secs => $4)
      where entitlement_reading.tenant_id = $1 and entitlement_reading.app_id = $2 and entitlement_reading.lease_token = $3
        and entitlement_reading.lease_until > now()`,
    values: [tenant, app, token, READING_LEASE_SECONDS],
  })
  return rowCount === 1
}

/** Gives a reading back that was cut off: it is due at once. Nothing where the lease is lost, or ended with an outcome. */
export async function releaseReading(db: Queryable, { tenant, app, token }: EntitlementReading): Promise<void> {
  await db.query({
    name: 'release-entitlement-reading',
    text: `
      update entitlement_reading set lease_token = null, lease_until = null
      where entitlement_reading.tenant_id = $1 and entitlement_reading.app_id = $2 and entitlement_reading.lease_token = $3`,
    values: [tenant, app, token],
  })
}

/**
 * Ends the lease, with the next reading in so many seconds; at once where somebody has asked since this one began. Nothing
 * where the lease is lost.
 */
export async function endReading(
  db: Queryable,
  { tenant, app, token }: EntitlementReading,
  { whole, next }: { readonly whole: boolean; readonly next: number },
): Promise<void> {
  await db.query({
    name: 'end-entitlement-reading',
    text: `
      update entitlement_reading
      set next_at = case when entitlement_reading.asked_at > entitlement_reading.begun_at then now()
            else now() + make_interval(secs => $5::float8) end,
          read_as_of = entitlement_reading.begun_at,
          failures = case when $4 then 0 else entitlement_reading.failures + 1 end,
          lease_token = null, lease_until = null
      where entitlement_reading.tenant_id = $1 and entitlement_reading.app_id = $2 and entitlement_reading.lease_token = $3`,
    values: [tenant, app, token, whole, next],
  })
}
