/**
 * /api/v1/connections/:connection/exchanges: what a provider said, and what it was answered.
 * Decides addresses, rights and statuses; must not redact (what is stored is redacted already).
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { exchangePage, exchangeQuery } from '../../contract/exchange.ts'
import { idParam } from '../../contract/paging.ts'
import { exchangesAfter, hasConnection, listExchanges } from '../../store/views/exchanges.ts'
import type { AdminContext } from './context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { Problem } from './problems.ts'
import { apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

export const exchangeRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db }) => {
  api.route({
    method: 'GET',
    url: '/connections/:connection/exchanges',
    config: { right: 'read' },
    schema: {
      summary: 'The last SCIM exchanges of a connection, newest first; with `after`, later ones, oldest first',
      tags: ['connections'],
      params: z.object({ connection: idParam }),
      querystring: exchangeQuery,
      response: { 200: exchangePage, ...problems('not-found') },
    },
    handler: async (request) => {
      const key = { tenant: apiKeyOf(request).tenant, connection: request.params.connection }
      const { after, limit, cursor } = request.query
      if (!(await hasConnection(db, key)))
        throw new Problem('not-found', `There is no connection "${key.connection}" in this tenant.`)
      if (after !== undefined) return { items: await exchangesAfter(db, { ...key, after, limit }), next: null }
      const { items, next } = await listExchanges(db, { ...key, limit, before: decodeCursor(cursor, z.int()) })
      return { items: [...items], next: encodeCursor(next) }
    },
  })
}
