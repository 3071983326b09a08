/**
 * Apps: what holds for a target as a whole.
 * Decides how long it is left alone after a failure, and what its breaker is; must not know what failed.
 *
 * The breaker is in the app's row, so that all processes share it. `closed`: no failure since something last got through.
 * `open`: left alone until `paused_until`. `half-open`: that is over, and one row at a time finds out for all
 * (store/leases.ts); who gets through closes it.
 */
import type { Queryable } from './db.ts'
import type { AppKey, LeasedDelivery } from './deliveries.ts'

export interface Pause {
  /** Seconds from now. */
  readonly seconds: number
  /** True where the breaker had been closed until now. */
  readonly opened: boolean
}

/**
 * Opens the breaker: until `until` if the app named a time, else twice as long as the last time and at most `longest`
 * seconds; for a second at least. A pause is never shortened, and calls that were under way when it began do not make it
 * longer.
 */
export async function pauseApp(
  db: Queryable,
  key: AppKey,
  pause: { readonly until?: Date; readonly longest: number; readonly why: string },
): Promise<Pause> {
  const { rows } = await db.query<Pause>({
    name: 'pause-app',
    text: `
      with before as materialized (
        select app.failures, coalesce(app.paused_until > now(), false) as paused from app
        where app.tenant_id = $1 and app.id = $2 for update
      )
      update app
      set paused_until = case
            when before.paused then greatest(app.paused_until, $3::timestamptz)
            when $3::timestamptz is not null then greatest($3::timestamptz, now() + interval '1 second')
            else now() + make_interval(secs => least(power(2, least(app.failures, 20)), $5::float8))
          end,
          failures = case when before.paused then app.failures else app.failures + 1 end,
          failing_since = coalesce(app.failing_since, now()), probe_token = null, probe_until = null,
          pause_why = $4
      from before
      where app.tenant_id = $1 and app.id = $2
      returning greatest(0, extract(epoch from app.paused_until - now()))::float8 as seconds, before.failures = 0 as opened`,
    values: [key.tenant, key.app, pause.until ?? null, pause.why, pause.longest],
  })
  return rows[0] ?? { seconds: 0, opened: false }
}

const CLOSED =
  'paused_until = null, pause_why = null, failures = 0, failing_since = null, probe_token = null, probe_until = null'

/** Something got through: closes the breaker. A pause that others asked for meanwhile stands. True if it was not closed until now. */
export async function resumeApp(db: Queryable, key: AppKey): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'resume-app',
    text: `update app set ${CLOSED}
           where app.tenant_id = $1 and app.id = $2 and app.failures > 0
             and (app.paused_until is null or app.paused_until <= now())`,
    values: [key.tenant, key.app],
  })
  return rowCount === 1
}

/** A person wants the app tried now, whatever it asked for. */
export async function endPause(db: Queryable, key: AppKey): Promise<void> {
  await db.query(`update app set ${CLOSED} where app.tenant_id = $1 and app.id = $2`, [key.tenant, key.app])
}

/** The row that tried for all is done and has found nothing out: another may try. */
export async function endProbe(db: Queryable, { tenant, app, token }: LeasedDelivery): Promise<void> {
  await db.query({
    name: 'end-probe',
    text: `update app set probe_token = null, probe_until = null
           where app.tenant_id = $1 and app.id = $2 and app.probe_token = $3`,
    values: [tenant, app, token],
  })
}

export interface Breaker {
  readonly state: 'closed' | 'open' | 'half-open'
  /** Pauses in a row. */
  readonly failures: number
  /** When the first of them began. */
  readonly since: Date | null
  /** No call before this instant; null unless `open`. */
  readonly until: Date | null
  readonly why: string | null
}

/** What {@link Breaker} `state` is, of a row of `app`. */
export const BREAKER_STATE = `case
    when app.failures = 0 and (app.paused_until is null or app.paused_until <= now()) then 'closed'
    when app.paused_until > now() then 'open' else 'half-open' end`

/** The breaker of an app; `undefined` where there is no such app. */
export async function breakerOf(db: Queryable, key: AppKey): Promise<Breaker | undefined> {
  const { rows } = await db.query<Breaker>({
    name: 'breaker-of',
    text: `
      select ${BREAKER_STATE} as state, app.failures, app.failing_since as since, app.pause_why as why,
             case when app.paused_until > now() then app.paused_until end as until
      from app where app.tenant_id = $1 and app.id = $2`,
    values: [key.tenant, key.app],
  })
  return rows[0]
}

/** More than this is counted as this: nobody waits for so many. */
const MOST_COUNTED = 1_000

/**
 * Whether the app is being tried at all just now, and how many rows go before a change that somebody waits for: rows of the
 * upper lanes, however many there are in the lower one. At most {@link MOST_COUNTED} entries of an index are read.
 */
export async function readOutlook(
  db: Queryable,
  key: AppKey,
): Promise<{ readonly open: boolean; readonly backlog: number }> {
  const { rows } = await db.query<{ open: boolean; backlog: number }>({
    name: 'read-outlook',
    text: `
      select app.failures > 0 or coalesce(app.paused_until > now(), false) as open, (
        select count(*) from (
          select from delivery
          where delivery.tenant_id = $1 and delivery.app_id = $2 and delivery.wanted > delivery.delivered
            and delivery.state in ('due', 'retrying') and delivery.urgency >= 1 and delivery.next_at <= now()
          limit $3) as ahead) as backlog
      from app where app.tenant_id = $1 and app.id = $2`,
    values: [key.tenant, key.app, MOST_COUNTED],
  })
  return rows[0] ?? { open: false, backlog: 0 }
}
