/**
 * Apps: what holds a target's state as a whole.
 * Decides pausing; must not know why an app is paused.
 */
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'

/** No call to the app before `seconds` from now; never shortens a pause. */
export async function pauseApp(db: Queryable, key: AppKey, pause: { readonly seconds: number; readonly why: string }): Promise<void> {
  await db.query({
    name: 'pause-app',
    text: `
      update app set paused_until = greatest(app.paused_until, now() + make_interval(secs => $3::float8)), pause_why = $4
      where app.tenant_id = $1 and app.id = $2`,
    values: [key.tenant, key.app, pause.seconds, pause.why],
  })
}

/** The app answers again. */
export async function resumeApp(db: Queryable, key: AppKey): Promise<void> {
  await db.query({
    name: 'resume-app',
    text: 'update app set paused_until = null, pause_why = null where app.tenant_id = $1 and app.id = $2 and app.paused_until is not null',
    values: [key.tenant, key.app],
  })
}
