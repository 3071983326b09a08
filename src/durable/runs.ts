/**
 * Runs: long work as rows, with a journal of the steps that are done.
 * Decides how a run starts, goes on after a crash and ends, and that one process at a time is at it; must not know what any workflow does.
 */
import { randomUUID } from 'node:crypto'
import { databaseUnavailable, type Queryable } from '../store/db.ts'

export interface NewRun {
  readonly tenant: string
  readonly workflow: string
  /** Who asked: `key:<api key id>` or `rollcall`. */
  readonly actor: string
  readonly input: Readonly<Record<string, unknown>>
}

export interface RunContext {
  readonly id: string
  readonly tenant: string
  readonly actor: string
  readonly input: Readonly<Record<string, unknown>>
  /** Does a step once per run: after a crash a step that is done gives its stored result. `work` must be safe to repeat. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** A durable use-case. Its result is kept on the run. */
export type Workflow = (run: RunContext) => Promise<Readonly<Record<string, unknown>>>

/** Stores a run; it is executed when a worker gets to it. */
export async function createRun(db: Queryable, run: NewRun): Promise<string> {
  const id = randomUUID()
  await db.query(
    `insert into run (id, tenant_id, workflow, state, actor, input, created_at) values ($1, $2, $3, 'waiting', $4, $5, now())`,
    [id, run.tenant, run.workflow, run.actor, JSON.stringify(run.input)],
  )
  return id
}

interface RunRow {
  tenant_id: string
  workflow: string
  actor: string
  input: Record<string, unknown>
}

/** How long a run is left alone after its executor last gave a sign; several times the interval of renewal. */
const LEASE_SECONDS = 60
const RENEW_SECONDS = 15

interface Lease {
  readonly id: string
  readonly token: string
}

/**
 * Executes a run that is not ended, unless somebody else is at it. Its failure is recorded, in plain words, and not
 * thrown. Rejects when the database does not answer: the run then stays as it is and is found by {@link lostRuns}.
 */
export async function executeRun(
  db: Queryable,
  id: string,
  workflows: Readonly<Record<string, Workflow>>,
): Promise<void> {
  const lease = { id, token: randomUUID() }
  const row = await take(db, lease)
  if (row === undefined) return
  // A renewal that fails costs nothing yet: the next one comes long before the lease ends.
  const renewal = setInterval(() => void renew(db, lease).catch(() => undefined), RENEW_SECONDS * 1000)
  renewal.unref()
  try {
    await end(db, lease, await outcomeOf(row, workflows[row.workflow], { id, step: stepper(db, id) }))
  } finally {
    clearInterval(renewal)
  }
}

async function take(db: Queryable, lease: Lease): Promise<RunRow | undefined> {
  const { rows } = await db.query<RunRow>(
    `update run set state = 'running', started_at = coalesce(run.started_at, now()),
       lease_token = $2, lease_until = now() + make_interval(secs => $3)
     where run.id = $1 and (run.state = 'waiting' or (run.state = 'running' and (run.lease_until is null or run.lease_until < now())))
     returning run.tenant_id, run.workflow, run.actor, run.input`,
    [lease.id, lease.token, LEASE_SECONDS],
  )
  return rows[0]
}

const renew = (db: Queryable, lease: Lease): Promise<unknown> =>
  db.query(
    `update run set lease_until = now() + make_interval(secs => $3) where run.id = $1 and run.lease_token = $2 and run.state = 'running'`,
    [lease.id, lease.token, LEASE_SECONDS],
  )

type Outcome =
  | { readonly state: 'done'; readonly result: Readonly<Record<string, unknown>> }
  | { readonly state: 'failed'; readonly why: string }

async function outcomeOf(
  row: RunRow,
  workflow: Workflow | undefined,
  run: Pick<RunContext, 'id' | 'step'>,
): Promise<Outcome> {
  if (workflow === undefined) return { state: 'failed', why: `this version has no workflow ${row.workflow}` }
  try {
    const result = await workflow({ ...run, tenant: row.tenant_id, actor: row.actor, input: row.input })
    return { state: 'done', result }
  } catch (error) {
    if (databaseUnavailable(error)) throw error
    return { state: 'failed', why: error instanceof Error ? error.message : String(error) }
  }
}

/** Whoever lost the lease has no say any more: the run is somebody else's. */
async function end(db: Queryable, lease: Lease, outcome: Outcome): Promise<void> {
  await db.query(
    `update run set state = $3, result = $4, why = $5, ended_at = now(), lease_token = null, lease_until = null
     where run.id = $1 and run.lease_token = $2 and run.state = 'running'`,
    [
      lease.id,
      lease.token,
      outcome.state,
      outcome.state === 'done' ? JSON.stringify(outcome.result) : null,
      outcome.state === 'failed' ? outcome.why : null,
    ],
  )
}

const stepper =
  (db: Queryable, run: string): RunContext['step'] =>
  async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const { rows } = await db.query<{ result: T }>(
      `select run_step.result from run_step where run_step.run_id = $1 and run_step.name = $2 and run_step.state = 'done'`,
      [run, name],
    )
    if (rows[0] !== undefined) return rows[0].result
    const result = await work()
    await db.query(
      `insert into run_step (run_id, name, state, result, at) values ($1, $2, 'done', $3, now())
       on conflict (run_id, name) do update set state = 'done', result = excluded.result, at = excluded.at`,
      [run, name, JSON.stringify(result ?? null)],
    )
    return result
  }

/**
 * Runs that nobody is at although somebody should: they wait and their job was lost, or whoever executed them is gone.
 * Oldest first, 100 at most. One that only waits for its turn is among them; asking for it again is harmless.
 */
export async function lostRuns(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select run.id from run
     where run.state in ('waiting', 'running')
       and case run.state
             when 'waiting' then run.created_at < now() - interval '30 seconds'
             else run.lease_until is null or run.lease_until < now()
           end
     order by run.created_at limit 100`,
  )
  return rows.map((row) => row.id)
}
