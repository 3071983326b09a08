/**
 * /api/v1/runs: long work, and how far it is.
 * Decides addresses, rights and statuses; must not start or end a run.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { pageQuery } from '../../contract/paging.ts'
import { runPage, runWithSteps } from '../../contract/run.ts'
import { listRuns, listRunSteps, readRun } from '../../store/views/runs.ts'
import type { AdminContext } from './context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { Problem } from './problems.ts'
import { apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

const runKey = z.object({
  created: z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?[+-]\d\d(:\d\d)?$/),
  id: z.uuid(),
})

export const runRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db }) => {
  api.route({
    method: 'GET',
    url: '/runs',
    config: { right: 'read' },
    schema: {
      summary: 'Runs, newest first',
      tags: ['runs'],
      querystring: pageQuery,
      response: { 200: runPage, ...problems() },
    },
    handler: async (request) => {
      const { tenant } = apiKeyOf(request)
      const { limit, cursor } = request.query
      const { items, next } = await listRuns(db, { tenant, limit, before: decodeCursor(cursor, runKey) })
      return { items: [...items], next: encodeCursor(next) }
    },
  })

  api.route({
    method: 'GET',
    url: '/runs/:id',
    config: { right: 'read' },
    schema: {
      summary: 'One run with its steps',
      tags: ['runs'],
      params: z.object({ id: z.uuid() }),
      response: { 200: runWithSteps, ...problems('not-found') },
    },
    handler: async (request) => {
      const key = { tenant: apiKeyOf(request).tenant, run: request.params.id }
      const run = await readRun(db, key)
      if (run === undefined)
        throw new Problem('not-found', `There is no run ${key.run}. GET /api/v1/runs lists those there are.`)
      return { ...run, steps: await listRunSteps(db, key) }
    },
  })
}
