/**
 * Apps: what holds for a target as a whole.
 * Decides how long it is left alone after a failure; must not know what failed.
 */
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'

/**
 * Leaves the app alone: until `until` if it named a time, else twice as long as the last time and at most `longest`
 * seconds; whichever is later. A pause is never shortened, and calls that were under way when it began do not make it
 * longer. Returns the seconds from now.
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
            else greatest($3::timestamptz, now() + make_interval(secs => least(power(2, least(app.failures, 20)), $5::float8)))
          end,
          failures = case when app.paused_until > now() then app.failures else app.failures + 1 end,
          pause_why = $4
      where app.tenant_id = $1 and app.id = $2
      returning extract(epoch from app.paused_until - now())::float8 as seconds`,
    values: [key.tenant, key.app, pause.until ?? null, pause.why, pause.longest],
  })
  return Math.max(0, rows[0]?.seconds ?? 0)
}

/** A delivery got through. A pause that others asked for meanwhile stands. True if the app was in trouble until now. */
export async function resumeApp(db: Queryable, key: AppKey): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'resume-app',
    text: `update app set paused_until = null, pause_why = null, failures = 0
           where app.tenant_id = $1 and app.id = $2 and app.failures > 0
             and (app.paused_until is null or app.paused_until <= now())`,
    values: [key.tenant, key.app],
  })
  return rowCount === 1
}

/** A person wants the app tried now, whatever it asked for. */
export async function endPause(db: Queryable, key: AppKey): Promise<void> {
  await db.query(
    'update app set paused_until = null, pause_why = null, failures = 0 where app.tenant_id = $1 and app.id = $2',
    [key.tenant, key.app],
  )
}
