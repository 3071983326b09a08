/**
 * /api/v1/apps: what the targets are, what waits for them, and trying it now.
 * Decides addresses, rights and statuses; must not deliver anything itself.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { app, appPage } from '../../contract/app.ts'
import { idParam, pageQuery } from '../../contract/paging.ts'
import { runStarted } from '../../contract/run.ts'
import { readReading } from '../../store/views/account-readings.ts'
import { appStanding, listApps, readApp } from '../../store/views/apps.ts'
import { observedPlans } from '../../store/views/differences.ts'
import { openItems } from '../../store/views/open-items.ts'
import type { AdminContext } from './context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { Problem } from './problems.ts'
import { actorOf, apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

const params = z.object({ app: idParam })

export const appRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db, startRun }) => {
  api.route({
    method: 'GET',
    url: '/apps',
    config: { right: 'read' },
    schema: {
      summary: 'The apps, by id',
      tags: ['apps'],
      querystring: pageQuery,
      response: { 200: appPage, ...problems() },
    },
    handler: async (request) => {
      const { tenant } = apiKeyOf(request)
      const { limit, cursor } = request.query
      const { items, next } = await listApps(db, { tenant, limit, after: decodeCursor(cursor, idParam) })
      return { items: [...items], next: encodeCursor(next) }
    },
  })

  api.route({
    method: 'GET',
    url: '/apps/:app',
    config: { right: 'read' },
    schema: {
      summary: 'One app, and what stands in its way',
      tags: ['apps'],
      params,
      response: { 200: app, ...problems('not-found') },
    },
    handler: async (request) => {
      const { tenant } = apiKeyOf(request)
      const found = await readApp(db, { tenant, app: request.params.app })
      if (found === undefined) throw noSuchApp(request.params.app)
      const key = { tenant, app: found.id }
      const [items, reading] = [await openItems(db, key), (await readReading(db, key)) ?? null]
      const observed = found.mode === 'observe' ? await observedPlans(db, key) : null
      return { ...found, way: found.type, connections: [...found.connections], observed, openItems: items, reading }
    },
  })

  api.route({
    method: 'POST',
    url: '/apps/:app/deliver',
    config: { right: 'act' },
    schema: {
      summary: 'Try everything that waits for an app now, whatever it was to wait for',
      tags: ['apps'],
      params,
      response: { 202: runStarted, ...problems('not-found', 'conflict') },
    },
    handler: async (request, reply) => {
      const key = apiKeyOf(request)
      const standing = await appStanding(db, { tenant: key.tenant, app: request.params.app })
      if (standing === 'none') throw noSuchApp(request.params.app)
      if (standing === 'detached') {
        throw new Problem(
          'conflict',
          `The app "${request.params.app}" is no longer in rollcall.yaml, so nothing is written to it. Declare it again first.`,
        )
      }
      const run = await startRun({
        tenant: key.tenant,
        workflow: 'deliver-now',
        input: { app: request.params.app },
        actor: actorOf(key),
      })
      return reply.code(202).header('location', `/api/v1/runs/${run}`).send({ run })
    },
  })
}

export const noSuchApp = (app: string): Problem =>
  new Problem(
    'not-found',
    `There is no app "${app}". The command rollcall app list (GET /api/v1/apps) shows those there are.`,
  )
