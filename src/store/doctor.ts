/**
 * Examinations of apps: when the next one is due, who is at it, and what the last one found.
 * Decides that one process at a time examines an app by itself; must not know what is examined, nor when a shape has changed.
 */
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'

/** No examination takes as long: a process that dies over one leaves it for this long. */
const LEASE_SECONDS = 15 * 60

/** These are examined for the first time in so many seconds, unless that is known already. */
export async function planExaminations(db: Queryable, keys: readonly AppKey[], seconds: number): Promise<void> {
  await db.query({
    name: 'plan-examinations',
    text: `
      insert into examination (tenant_id, app_id, next_at)
      select planned.tenant_id, planned.app_id, now() + make_interval(secs => $3::float8)
      from unnest($1::text[], $2::text[]) as planned (tenant_id, app_id)
      on conflict (tenant_id, app_id) do nothing`,
    values: [keys.map(({ tenant }) => tenant), keys.map(({ app }) => app), seconds],
  })
}

export interface LeasedExamination extends AppKey {
  readonly token: string
}

/** Takes one that is due, of `keys`; none of an app that is to be left alone just now. Undefined where there is none. */
export async function leaseExamination(
  db: Queryable,
  { keys, token }: { readonly keys: readonly AppKey[]; readonly token: string },
): Promise<LeasedExamination | undefined> {
  const { rows } = await db.query<AppKey>({
    name: 'lease-examination',
    text: `
      with due as materialized (
        select examination.tenant_id, examination.app_id from examination
        join unnest($1::text[], $2::text[]) as mine (tenant_id, app_id)
          on mine.tenant_id = examination.tenant_id and mine.app_id = examination.app_id
        join app on app.tenant_id = examination.tenant_id and app.id = examination.app_id
        where examination.next_at <= now() and (examination.lease_until is null or examination.lease_until < now())
          and app.detached_at is null and (app.paused_until is null or app.paused_until <= now())
        order by examination.next_at limit 1
        for update of examination skip locked
      )
      update examination set lease_token = $3, lease_until = now() + make_interval(secs => $4)
      from due where examination.tenant_id = due.tenant_id and examination.app_id = due.app_id
      returning examination.tenant_id as tenant, examination.app_id as app`,
    values: [keys.map(({ tenant }) => tenant), keys.map(({ app }) => app), token, LEASE_SECONDS],
  })
  return rows[0] && { ...rows[0], token }
}

/** Ends the lease; the next one comes in so many seconds. Nothing where the lease is lost. */
export async function endExamination(db: Queryable, leased: LeasedExamination, seconds: number): Promise<void> {
  await db.query({
    name: 'end-examination',
    text: `
      update examination set next_at = now() + make_interval(secs => $4::float8), lease_token = null, lease_until = null
      where examination.tenant_id = $1 and examination.app_id = $2 and examination.lease_token = $3`,
    values: [leased.tenant, leased.app, leased.token, seconds],
  })
}

/** What is known of the shapes; the types of what is in it are the workflow's. */
export interface KnownShapes {
  readonly good: Readonly<Record<string, unknown>>
  readonly changes: readonly unknown[]
}

/** Nothing, before the first examination. */
export async function readShapes(db: Queryable, { tenant, app }: AppKey): Promise<KnownShapes> {
  const { rows } = await db.query<KnownShapes>({
    name: 'read-shapes',
    text: `select examination.good_shapes as good, examination.changes from examination
           where examination.tenant_id = $1 and examination.app_id = $2`,
    values: [tenant, app],
  })
  return rows[0] ?? { good: {}, changes: [] }
}

export interface EndedExamination {
  readonly good: boolean
  readonly calls: number
  readonly findings: readonly object[]
  readonly goodShapes: object
  readonly lastShapes: object
  readonly changes: readonly object[]
}

/** Writes an examination down that came to its end. Returns when that was. */
export async function saveExamination(db: Queryable, { tenant, app }: AppKey, ended: EndedExamination): Promise<Date> {
  const { good, calls, findings, goodShapes, lastShapes, changes } = ended
  const { rows } = await db.query<{ at: Date }>({
    name: 'save-examination',
    text: `
      insert into examination
        (tenant_id, app_id, next_at, ended_at, good, calls, findings, good_shapes, last_shapes, changes)
      values ($1, $2, now() + interval '1 day', now(), $3, $4, $5, $6, $7, $8)
      on conflict (tenant_id, app_id) do update
      set ended_at = now(), good = excluded.good, calls = excluded.calls, findings = excluded.findings,
          good_shapes = excluded.good_shapes, last_shapes = excluded.last_shapes, changes = excluded.changes
      returning examination.ended_at as at`,
    values: [
      tenant,
      app,
      good,
      calls,
      JSON.stringify(findings),
      JSON.stringify(goodShapes),
      JSON.stringify(lastShapes),
      JSON.stringify(changes),
    ],
  })
  return rows[0]?.at ?? new Date(Number.NaN)
}
