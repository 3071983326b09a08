/**
 * /api/v1/connections/:connection and its unknown calls: what somebody needs who connects a provider.
 * Decides addresses, rights and statuses, and who may see a call that is nobody's; must not show a secret.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { connection, unknownCallQuery, unknownCalls } from '../../contract/connection.ts'
import { idParam } from '../../contract/paging.ts'
import type { Queryable } from '../../store/db.ts'
import { readConnection } from '../../store/views/connections.ts'
import { hasConnection } from '../../store/views/exchanges.ts'
import { isOnlyTenant, unknownCallsAfter } from '../../store/views/unknown-calls.ts'
import { baseUrlFor } from '../proxies.ts'
import { SCIM_PATH } from '../scim/request.ts'
import type { AdminContext } from './context.ts'
import { Problem } from './problems.ts'
import { apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

const params = z.object({ connection: idParam })

export const connectionReadingRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db, publicUrl }) => {
  const baseOf = baseUrlFor(publicUrl)
  api.route({
    method: 'GET',
    url: '/connections/:connection',
    config: { right: 'read' },
    schema: {
      summary: 'A connection: its provider, its SCIM address, its apps',
      tags: ['connections'],
      params,
      response: { 200: connection, ...problems('not-found') },
    },
    handler: async (request) => {
      const key = { tenant: apiKeyOf(request).tenant, connection: request.params.connection }
      const found = await readConnection(db, key)
      if (found === undefined) throw noConnection(key)
      const address = `${baseOf(request)}${SCIM_PATH}`
      return {
        ...found,
        address,
        addressFrom: publicUrl === undefined ? ('request' as const) : ('ROLLCALL_PUBLIC_URL' as const),
      }
    },
  })
  api.route({
    method: 'GET',
    url: '/connections/:connection/unknown-calls',
    config: { right: 'read' },
    schema: {
      summary: 'Calls that reached no connection: not signed in, or beside the SCIM address',
      description:
        'Those that carry a secret of this connection that opens nothing, or an API key of the tenant, are shown to all. Those that carry nothing known are shown to owners of the only tenant.',
      tags: ['connections'],
      params,
      querystring: unknownCallQuery,
      response: { 200: unknownCalls, ...problems('not-found') },
    },
    handler: async (request) => {
      const { tenant, role } = apiKeyOf(request)
      const key = { tenant, connection: request.params.connection }
      if (!(await hasConnection(db, key))) throw noConnection(key)
      const hidden = await whyHidden(db, role)
      const items = await unknownCallsAfter(db, { ...key, ...request.query, nobodys: hidden === null })
      return { items, hidden }
    },
  })
}

/** A call that is nobody's may be somebody else's: where there is one tenant only, there is nobody else. */
async function whyHidden(db: Queryable, role: string): Promise<'owners-only' | 'several-tenants' | null> {
  if (!(await isOnlyTenant(db))) return 'several-tenants'
  return role === 'owner' ? null : 'owners-only'
}

const noConnection = ({ connection: id }: { connection: string }): Problem =>
  new Problem('not-found', `There is no connection "${id}" in this tenant.`)
