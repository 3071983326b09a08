/**
 * Runs as the admin API shows them: long work that goes on after the answer.
 * Decides fields and their meaning; must not know any workflow.
 */
import { z } from 'zod'
import { instant, pageOf } from './paging.ts'

export const run = z
  .object({
    id: z.uuid(),
    workflow: z.string(),
    state: z.enum(['waiting', 'running', 'done', 'failed']),
    actor: z.string().describe('Who asked: `key:` and the id of the API key, or `rollcall`.'),
    input: z.unknown(),
    result: z.unknown().describe('What came of it; null until it is done.'),
    why: z.string().nullable().describe('Why it failed.'),
    created: instant,
    started: instant.nullable(),
    ended: instant.nullable(),
  })
  .meta({ id: 'Run' })

export const runStep = z
  .object({
    name: z.string(),
    state: z.enum(['running', 'done', 'failed']),
    result: z.unknown(),
    at: instant,
  })
  .meta({ id: 'RunStep' })

export const runWithSteps = run.extend({ steps: z.array(runStep) }).meta({ id: 'RunWithSteps' })

export const runPage = pageOf(run, 'RunPage')

/** The answer to a request that started a run. */
export const runStarted = z
  .object({ run: z.uuid().describe('Follow it at /api/v1/runs/{run}.') })
  .meta({ id: 'RunStarted' })

export type Run = z.output<typeof run>
export type RunWithSteps = z.output<typeof runWithSteps>
