/**
 * Runs as the admin API shows them.
 * Decides what is read; must not change anything.
 */
import type { Queryable } from '../db.ts'
import { iso, isoOrNull, partOf, type Part } from './page.ts'

export interface RunRow {
  readonly id: string
  readonly workflow: string
  readonly state: 'waiting' | 'running' | 'done' | 'failed'
  readonly actor: string
  readonly input: unknown
  readonly result: unknown
  readonly why: string | null
  readonly created: string
  readonly started: string | null
  readonly ended: string | null
}

export interface RunStep {
  readonly name: string
  readonly state: 'running' | 'done' | 'failed'
  readonly result: unknown
  readonly at: string
}

interface Row extends Omit<RunRow, 'created' | 'started' | 'ended'> {
  created_at: Date
  started_at: Date | null
  ended_at: Date | null
  /** With microseconds, which a Date does not keep. */
  created: string
}

/** The last row of a page: when it was created, in PostgreSQL's own words, and its id. */
export interface RunKey {
  readonly created: string
  readonly id: string
}

const COLUMNS = `run.id, run.workflow, run.state, run.actor, run.input, run.result, run.why, run.created_at, run.started_at,
  run.ended_at, run.created_at::text as created`

/** Newest first. */
export async function listRuns(
  db: Queryable,
  list: { tenant: string; before?: RunKey | undefined; limit: number },
): Promise<Part<RunRow, RunKey>> {
  const { rows } = await db.query<Row>({
    text: `
      select ${COLUMNS} from run
      where run.tenant_id = $1 ${list.before === undefined ? '' : 'and (run.created_at, run.id) < ($3::timestamptz, $4::uuid)'}
      order by run.created_at desc, run.id desc
      limit $2`,
    values: [list.tenant, list.limit + 1, ...(list.before === undefined ? [] : [list.before.created, list.before.id])],
  })
  return partOf(rows, list.limit, { item: runOf, key: ({ created, id }) => ({ created, id }) })
}

export async function readRun(db: Queryable, key: { tenant: string; run: string }): Promise<RunRow | undefined> {
  const { rows } = await db.query<Row>({
    text: `select ${COLUMNS} from run where run.tenant_id = $1 and run.id = $2`,
    values: [key.tenant, key.run],
  })
  return rows[0] === undefined ? undefined : runOf(rows[0])
}

const MOST_STEPS = 1000

/** The steps of a run in the order they were done. */
export async function listRunSteps(db: Queryable, key: { tenant: string; run: string }): Promise<RunStep[]> {
  const { rows } = await db.query<{ name: string; state: RunStep['state']; result: unknown; at: Date }>({
    text: `
      select run_step.name, run_step.state, run_step.result, run_step.at
      from run_step join run on run.id = run_step.run_id
      where run.tenant_id = $1 and run.id = $2
      order by run_step.at, run_step.name
      limit $3`,
    values: [key.tenant, key.run, MOST_STEPS],
  })
  return rows.map((row) => ({ ...row, at: iso(row.at) }))
}

const runOf = ({ id, workflow, state, actor, input, result, why, created_at, started_at, ended_at }: Row): RunRow => ({
  id,
  workflow,
  state,
  actor,
  input,
  result,
  why,
  created: iso(created_at),
  started: isoOrNull(started_at),
  ended: isoOrNull(ended_at),
})
