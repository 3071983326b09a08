/**
 * /api/v1/links: whose accounts they are, and what people decide about it.
 * Decides addresses, rights and statuses; must not decide whose an account is.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { link, linkPage, linkQuery, settlement } from '../../contract/link.ts'
import { settleLink } from '../../operations/settle-link.ts'
import { listLinks } from '../../store/views/links.ts'
import type { AdminContext } from './context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { Problem } from './problems.ts'
import { actorOf, apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

export const linkRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db, wake }) => {
  api.route({
    method: 'GET',
    url: '/links',
    config: { right: 'read' },
    schema: {
      summary: 'Links between identities and accounts, newest first',
      tags: ['links'],
      querystring: linkQuery,
      response: { 200: linkPage, ...problems() },
    },
    handler: async (request) => {
      const { tenant } = apiKeyOf(request)
      const { app, state, limit, cursor } = request.query
      const before = decodeCursor(cursor, z.int())
      const { items, next } = await listLinks(db, { tenant, app, state, limit, before })
      return { items: [...items], next: encodeCursor(next) }
    },
  })

  api.route({
    method: 'POST',
    url: '/links/:id/settle',
    config: { right: 'act' },
    schema: {
      summary: 'Settle whose account it is',
      description: 'Kept until the next delivery has gone by it, which is due at once.',
      tags: ['links'],
      params: z.object({ id: z.coerce.number<string>().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
      body: settlement,
      response: { 200: link, ...problems('not-found', 'conflict') },
    },
    handler: async (request) => {
      const key = apiKeyOf(request)
      const { as, evenProtected } = request.body
      if (evenProtected && as !== 'adopt')
        throw new Problem('invalid', 'body.evenProtected: only an account that is adopted can be protected.')
      if (evenProtected && key.role !== 'owner')
        throw new Problem(
          'not-allowed',
          'Only a key with the role owner may settle that a protected account is adopted.',
        )
      const { id } = request.params
      const settled = await settleLink({ db, wake }, { tenant: key.tenant, id, as, evenProtected, actor: actorOf(key) })
      if (!settled.ok)
        throw new Problem(settled.refusal.kind === 'no-such-link' ? 'not-found' : 'conflict', settled.refusal.why)
      const { items } = await listLinks(db, { tenant: key.tenant, id, limit: 1 })
      const [item] = items
      if (item === undefined) throw new Problem('not-found', `The link ${id} is not there any more.`)
      return item
    },
  })
}
