/**
 * /api/v1/apps/:app/entitlements: what accounts can hold in an app, and reading it now.
 * Decides addresses, rights and statuses; must not read any app itself.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { entitlement, entitlementListing, entitlementPage, entitlementQuery } from '../../contract/entitlement.ts'
import { idParam } from '../../contract/paging.ts'
import { runStarted } from '../../contract/run.ts'
import { appStanding } from '../../store/views/apps.ts'
import { listEntitlements, readListings, usesOf } from '../../store/views/entitlements.ts'
import { noSuchApp } from './apps.ts'
import type { AdminContext } from './context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { Problem } from './problems.ts'
import { actorOf, apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

const params = z.object({ app: idParam })
const lastOfPage = z.object({ kind: z.string(), id: z.string() })

export const entitlementRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db, startRun, mentionsOf }) => {
  api.route({
    method: 'GET',
    url: '/apps/:app/entitlements',
    config: { right: 'read' },
    schema: {
      summary: 'What accounts can hold in an app, by kind and name',
      description: 'As it was last read. What the app does not have any more is listed too.',
      tags: ['apps'],
      params,
      querystring: entitlementQuery,
      response: { 200: entitlementPage, ...problems('not-found') },
    },
    handler: async (request) => {
      const key = { tenant: apiKeyOf(request).tenant, app: request.params.app }
      const { kind, search, limit, cursor } = request.query
      const after = decodeCursor(cursor, lastOfPage)
      if ((await appStanding(db, key)) === 'none') throw noSuchApp(key.app)
      const { items, next } = await listEntitlements(db, { ...key, kind, search, limit, after })
      const uses = await usesOf(db, key, await mentionsOf(key))
      const shown = items.map((item) => ({ ...item, usedBy: [...(uses.get(`${item.kind}/${item.id}`) ?? [])] }))
      return {
        items: z.array(entitlement).parse(shown),
        next: encodeCursor(next),
        listings: z.array(entitlementListing).parse(await readListings(db, key)),
      }
    },
  })

  api.route({
    method: 'POST',
    url: '/apps/:app/entitlements/read',
    config: { right: 'act' },
    schema: {
      summary: 'Read what accounts can hold in an app, now',
      tags: ['apps'],
      params,
      response: { 202: runStarted, ...problems('not-found', 'conflict') },
    },
    handler: async (request, reply) => {
      const key = apiKeyOf(request)
      const { app } = request.params
      const standing = await appStanding(db, { tenant: key.tenant, app })
      if (standing === 'none') throw noSuchApp(app)
      if (standing === 'detached')
        throw new Problem(
          'conflict',
          `The app "${app}" is no longer in rollcall.yaml, so it is not read any more. Declare it again first.`,
        )
      const run = await startRun({
        tenant: key.tenant,
        workflow: 'read-entitlements',
        input: { app },
        actor: actorOf(key),
      })
      return reply.code(202).header('location', `/api/v1/runs/${run}`).send({ run })
    },
  })
}
