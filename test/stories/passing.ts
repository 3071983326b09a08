/**
 * Lets time pass for Rollcall without anybody waiting for it.
 * Decides which instants move; must not decide what is due, nor touch anything else.
 *
 * Rollcall compares every instant it keeps with the database's `now()`, and works out the next one from `now()`. A row that
 * is due in ten minutes therefore behaves like one that is due now ten minutes later, so all instants go back by so much
 * instead of the clock going on. Two things keep time by themselves and need help. A lease is renewed by a timer of the
 * process that works, so time passes only where nobody works. And the timer of a job (pg-boss) that would wake a worker is
 * not moved, so the worker is woken here: the sweep would do that two seconds later.
 */
import { openDb, type Db } from '../../src/store/db.ts'
import { until } from '../support/wait.ts'

/** What deliveries, the breaker, the bucket and open items go by. */
const INSTANTS: Readonly<Record<string, readonly string[]>> = {
  delivery: ['next_at', 'accepted_at', 'recheck_at', 'delivered_at'],
  app: ['paused_until', 'failing_since', 'probe_until'],
  rate_bucket: ['refilled_at', 'blocked_until', 'slowed_at'],
  open_item: ['since', 'opened_at', 'closed_at', 'proven_at', 'probed_at'],
  alert: ['created_at', 'due_at'],
  identity: ['refused_at', 'deleted_at'],
  link: ['made_at', 'invited_at'],
}

/** When a create was sent is kept as RFC 3339, and how long ago that was goes by the clock of the process. */
const BACK_INTENTS = `
update delivery set intent = jsonb_set(intent, '{at}', to_jsonb(to_char(
  ((intent ->> 'at')::timestamptz - make_interval(secs => $1)) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
where intent is not null`

const BACK = [
  ...Object.entries(INSTANTS).map(
    ([table, columns]) =>
      `update ${table} set ${columns.map((column) => `${column} = ${column} - make_interval(secs => $1)`).join(', ')}`,
  ),
  BACK_INTENTS,
]

/** Nobody works, and nothing could be worked on now. */
const QUIET = `
select not exists (select from delivery where lease_until > now())
   and not exists (
     select from delivery join app on (app.tenant_id, app.id) = (delivery.tenant_id, delivery.app_id)
     where delivery.wanted > delivery.delivered and delivery.state in ('due', 'retrying') and delivery.next_at <= now()
       and (app.paused_until is null or app.paused_until <= now())) as quiet`

export interface PassingTime {
  /** Waits until everything that is due now was tried. */
  quiet(): Promise<void>
  /** It is `ms` later, and what is due by then was tried. */
  pass(ms: number): Promise<void>
  close(): Promise<void>
}

export function openPassingTime(databaseUrl: string, app: string): PassingTime {
  const db: Db = openDb(databaseUrl, { max: 1 })
  const quiet = async (): Promise<void> => {
    await until(
      async () => (await db.query<{ quiet: boolean }>(QUIET)).rows[0]?.quiet,
      (is) => is === true,
      120_000,
    )
  }
  return {
    quiet,
    pass: async (ms) => {
      await quiet()
      await db.transaction(async (tx) => {
        for (const back of BACK) await tx.query(back, [ms / 1000])
      })
      await db.query(`select pg_notify('rollcall_wake', $1)`, [`time-passes acme/${app}`])
      await quiet()
    },
    close: () => db.close(),
  }
}
