/**
 * Runs: long work as rows, with a journal of the steps that are done.
 * Decides how a run starts, goes on after a crash and ends; must not know what any workflow does.
 */
import { randomUUID } from 'node:crypto'
import type { Queryable } from '../store/db.ts'

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

/** Executes a run that is not ended. Its failure is recorded, in plain words, and not thrown. */
export async function executeRun(
  db: Queryable,
  id: string,
  workflows: Readonly<Record<string, Workflow>>,
): Promise<void> {
  const { rows } = await db.query<RunRow>(
    `update run set state = 'running', started_at = coalesce(run.started_at, now())
     where run.id = $1 and run.state in ('waiting', 'running') returning run.tenant_id, run.workflow, run.actor, run.input`,
    [id],
  )
  const row = rows[0]
  if (row === undefined) return
  const workflow = workflows[row.workflow]
  try {
    if (workflow === undefined) throw new Error(`this version has no workflow ${row.workflow}`)
    const result = await workflow({
      id,
      tenant: row.tenant_id,
      actor: row.actor,
      input: row.input,
      step: stepper(db, id),
    })
    await db.query(`update run set state = 'done', result = $2, ended_at = now() where run.id = $1`, [
      id,
      JSON.stringify(result),
    ])
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    await db.query(`update run set state = 'failed', why = $2, ended_at = now() where run.id = $1`, [id, why])
  }
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

/** Runs that wait although a worker should have had them long ago: their job was lost. */
export async function lostRuns(db: Queryable): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select run.id from run where run.state = 'waiting' and run.created_at < now() - interval '30 seconds' order by run.created_at limit 100`,
  )
  return rows.map((row) => row.id)
}
