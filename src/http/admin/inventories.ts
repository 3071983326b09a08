/**
 * /api/v1/apps/{app}/inventories and /api/v1/inventories: what there is in an app.
 * Decides addresses, rights and statuses; must not look at anything, nor touch an app.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  IDLE_DAYS,
  inventory,
  inventoryAccountPage,
  inventoryAccountQuery,
  inventoryRequest,
  inventoryStarted,
  type InventoryKey,
  type InventoryTotals,
} from '../../contract/inventory.ts'
import { idParam } from '../../contract/paging.ts'
import { appStanding } from '../../store/views/apps.ts'
import { listSnapshotAccounts, readSnapshot } from '../../store/views/snapshots.ts'
import { noSuchApp } from './apps.ts'
import type { AdminContext } from './context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { isDetached } from './differences.ts'
import { Problem } from './problems.ts'
import { actorOf, apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

const params = z.object({ id: z.uuid() })

export const inventoryRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db, startRun }) => {
  api.route({
    method: 'POST',
    url: '/apps/:app/inventories',
    config: { right: 'act' },
    schema: {
      summary: 'Read an app and find out what is in it',
      description:
        'A run that reads the app once and writes nothing to it. Its id is that of the inventory, which is kept for some days.',
      tags: ['apps'],
      params: z.object({ app: idParam }),
      body: inventoryRequest.nullish(),
      response: { 202: inventoryStarted, ...problems('not-found', 'conflict') },
    },
    handler: async (request, reply) => {
      const key = apiKeyOf(request)
      const { app } = request.params
      const standing = await appStanding(db, { tenant: key.tenant, app })
      if (standing === 'none') throw noSuchApp(app)
      if (standing === 'detached') throw isDetached(app)
      const input = { app, idleDays: request.body?.idleDays ?? IDLE_DAYS.usual }
      const run = await startRun({ tenant: key.tenant, workflow: 'inventory', input, actor: actorOf(key) })
      return reply.code(202).header('location', `/api/v1/inventories/${run}`).send({ run })
    },
  })

  const known = async (tenant: string, id: string) => {
    const found = await readSnapshot(db, { tenant, id })
    if (found !== undefined) return found
    throw new Problem(
      'not-found',
      `There is no inventory ${id} (any more). The command rollcall inventory makes one; the newest of each app are kept.`,
    )
  }

  api.route({
    method: 'GET',
    url: '/inventories/:id',
    config: { right: 'read' },
    schema: {
      summary: 'What there is in an app, in numbers',
      tags: ['apps'],
      params,
      response: { 200: inventory, ...problems('not-found') },
    },
    handler: async (request) => {
      const { totals, keys, gaps, ...found } = await known(apiKeyOf(request).tenant, request.params.id)
      // As workflows/inventory.ts keeps them.
      return {
        ...found,
        gaps: [...gaps],
        totals: totals as InventoryTotals | null,
        keys: keys as InventoryKey[] | null,
      }
    },
  })

  api.route({
    method: 'GET',
    url: '/inventories/:id/accounts',
    config: { right: 'read' },
    schema: {
      summary: 'The same account by account, in the order of their user names',
      tags: ['apps'],
      params,
      querystring: inventoryAccountQuery,
      response: { 200: inventoryAccountPage, ...problems('not-found') },
    },
    handler: async (request) => {
      const { tenant } = apiKeyOf(request)
      const { id } = request.params
      await known(tenant, id)
      const { limit, cursor, finding } = request.query
      const after = decodeCursor(cursor, z.int())
      const { items, next } = await listSnapshotAccounts(db, { tenant, id, finding, limit, after })
      return { items: items.map((item) => ({ ...item, findings: [...item.findings] })), next: encodeCursor(next) }
    },
  })
}
