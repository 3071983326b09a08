/**
 * Readings of apps whose accounts are shown to a provider: when the next one is due, and how the last one went.
 * Decides that one process at a time reads an app; must not know what a reading does.
 */
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'
import type { Reading } from './shown-accounts.ts'

/** A process that dies over a reading leaves it for this long. */
export const READING_LEASE_SECONDS = 30

/** A reading in our hands. */
export interface LeasedReading extends Reading {
  /** Connections that are shown the app's accounts. */
  readonly connections: readonly string[]
  /** Readings before it, in a row, that were not whole. */
  readonly failures: number
}

/**
 * Takes a reading that is due, of one of `keys`; none of an app that is to be left alone just now. Undefined where there
 * is none.
 */
export async function leaseReading(
  db: Queryable,
  { keys, token }: { keys: readonly AppKey[]; token: string },
): Promise<LeasedReading | undefined> {
  const { rows } = await db.query<{ tenant: string; app: string; connections: string[]; failures: number }>({
    name: 'lease-reading',
    text: LEASE,
    values: [keys.map(({ tenant }) => tenant), keys.map(({ app }) => app), token, READING_LEASE_SECONDS],
  })
  return rows[0] && { ...rows[0], token }
}

const LEASE = `
with due as materialized (
  select account_reading.tenant_id, account_reading.app_id from account_reading
  join unnest($1::text[], $2::text[]) as mine (tenant_id, app_id)
    on mine.tenant_id = account_reading.tenant_id and mine.app_id = account_reading.app_id
  where account_reading.next_at <= now() and (account_reading.lease_until is null or account_reading.lease_until < now())
    and not exists (
      select from app
      where app.tenant_id = account_reading.tenant_id and app.id = account_reading.app_id and app.paused_until > now())
  order by account_reading.next_at limit 1
  for update of account_reading skip locked
)
update account_reading
set lease_token = $3, lease_until = now() + make_interval(secs => $4)
from due where account_reading.tenant_id = due.tenant_id and account_reading.app_id = due.app_id
returning account_reading.tenant_id as tenant, account_reading.app_id as app, account_reading.failures, array(
  select connection_app.connection_id from connection_app
  where connection_app.tenant_id = account_reading.tenant_id and connection_app.app_id = account_reading.app_id
    and connection_app.shows_accounts order by 1) as connections`

/** Keeps the lease; false where it is lost. */
export async function renewReading(db: Queryable, { tenant, app, token }: Reading): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'renew-reading',
    text: `
      update account_reading set lease_until = now() + make_interval(secs => $4)
      where account_reading.tenant_id = $1 and account_reading.app_id = $2 and account_reading.lease_token = $3
        and account_reading.lease_until > now()`,
    values: [tenant, app, token, READING_LEASE_SECONDS],
  })
  return rowCount === 1
}

/** Gives a reading back that was cut off: it is due at once. Nothing where the lease is lost, or ended with an outcome. */
export async function releaseReading(db: Queryable, { tenant, app, token }: Reading): Promise<void> {
  await db.query({
    name: 'release-reading',
    text: `
      update account_reading set lease_token = null, lease_until = null
      where account_reading.tenant_id = $1 and account_reading.app_id = $2 and account_reading.lease_token = $3`,
    values: [tenant, app, token],
  })
}

export interface ReadingResult {
  readonly verdict: 'whole' | 'partial' | 'unreachable'
  readonly why?: string | undefined
  /** Accounts that were read. */
  readonly accounts: number
  /** Seconds until the next one. */
  readonly next: number
}

/** Writes the outcome down and ends the lease; nothing where it is lost. */
export async function endReading(db: Queryable, reading: Reading, result: ReadingResult): Promise<void> {
  await db.query({
    name: 'end-reading',
    text: `
      update account_reading
      set verdict = $4, why = $5, accounts = $6, ended_at = now(), next_at = now() + make_interval(secs => $7::float8),
          whole_at = case when $4 = 'whole' then now() else account_reading.whole_at end,
          failures = case when $4 = 'whole' then 0 else account_reading.failures + 1 end,
          shown = (select count(distinct identity.shown_account) from identity
                   where identity.tenant_id = $1 and identity.shown_app = $2 and identity.shown_account is not null
                     and identity.shown and identity.deleted_at is null),
          lease_token = null, lease_until = null
      where account_reading.tenant_id = $1 and account_reading.app_id = $2 and account_reading.lease_token = $3`,
    values: [
      reading.tenant,
      reading.app,
      reading.token,
      result.verdict,
      result.why ?? null,
      result.accounts,
      result.next,
    ],
  })
}

/** Every app whose accounts are shown is to be read at once, and no other at all. */
export async function declareReadings(tx: Queryable): Promise<void> {
  await tx.query(`
    delete from account_reading where not exists (
      select from connection_app
      where connection_app.tenant_id = account_reading.tenant_id and connection_app.app_id = account_reading.app_id
        and connection_app.shows_accounts)`)
  await tx.query(`
    insert into account_reading (tenant_id, app_id)
    select distinct connection_app.tenant_id, connection_app.app_id from connection_app where connection_app.shows_accounts
    on conflict (tenant_id, app_id) do update set next_at = now()`)
}
