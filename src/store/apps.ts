/**
 * Apps: what holds for a target as a whole.
 * Decides how long it is left alone after a failure; must not know what failed.
 */
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'

/**
 * Leaves the app alone: until `until` if it named a time, else twice as long as the last time and at most `longest`
 * seconds. A pause is never
 * shortened, and calls that were under way when it began do not make it longer. Returns the seconds from now.
 */
export async function pauseApp(
  db: Queryable,
  key: AppKey,
  pause: { readonly until?: Date; readonly longest: number; readonly why: string },
): Promise<number> {
  const { rows } = await db.query<{ seconds: number }>({
    name: 'pause-app',
    text: `
      update app
      set paused_until = case
            when app.paused_until > now() then greatest(app.paused_until, $3::timestamptz)
            else coalesce($3::timestamptz, now() + make_interval(secs => least(power(2, least(app.failures, 20)), $5::float8)))
          end,
          failures = case when app.paused_until > now() then app.failures else app.failures + 1 end,
          pause_why = $4
      where app.tenant_id = $1 and app.id = $2
      returning extract(epoch from app.paused_until - now())::float8 as seconds`,
    values: [key.tenant, key.app, pause.until ?? null, pause.why, pause.longest],
  })
  return Math.max(0, rows[0]?.seconds ?? 0)
}

/** The app has answered, or a person wants it tried now. True if it was in trouble until now. */
export async function resumeApp(db: Queryable, key: AppKey): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'resume-app',
    text: `update app set paused_until = null, pause_why = null, failures = 0
           where app.tenant_id = $1 and app.id = $2 and (app.paused_until is not null or app.failures > 0)`,
    values: [key.tenant, key.app],
  })
  return rowCount === 1
}
