/**
 * /api/v1/deliveries: what is still to be delivered, and what was.
 * Decides addresses, rights and statuses; must not change a delivery.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { deliveryPage, deliveryQuery } from '../../contract/delivery.ts'
import { listDeliveries } from '../../store/views/deliveries.ts'
import type { AdminContext } from './context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

export const deliveryRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db }) => {
  api.route({
    method: 'GET',
    url: '/deliveries',
    config: { right: 'read' },
    schema: {
      summary: 'Deliveries, newest subject first',
      tags: ['deliveries'],
      querystring: deliveryQuery,
      response: { 200: deliveryPage, ...problems() },
    },
    handler: async (request) => {
      const { tenant } = apiKeyOf(request)
      const { app, state, limit, cursor } = request.query
      const { items, next } = await listDeliveries(db, {
        tenant,
        app,
        state,
        limit,
        before: decodeCursor(cursor, z.int()),
      })
      return { items: [...items], next: encodeCursor(next) }
    },
  })
}
