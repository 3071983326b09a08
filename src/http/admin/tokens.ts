/**
 * /api/v1/tokens: what opens a connection.
 * Decides addresses, rights and statuses; must not show a token but in the answer that makes it.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { createdToken, token, tokenPage, tokenQuery, tokenRequest } from '../../contract/token.ts'
import { createToken } from '../../operations/create-token.ts'
import { revokeToken } from '../../operations/revoke-token.ts'
import { listTokens, type TokenRow } from '../../store/views/tokens.ts'
import type { AdminContext } from './context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { Problem } from './problems.ts'
import { actorOf, apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

export const tokenRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db }) => {
  const one = async (tenant: string, id: number): Promise<TokenRow> => {
    const { items } = await listTokens(db, { tenant, id, limit: 1 })
    const [item] = items
    if (item !== undefined) return item
    throw new Problem('not-found', `There is no token ${id}. The command rollcall token list shows those there are.`)
  }

  api.route({
    method: 'GET',
    url: '/tokens',
    config: { right: 'read' },
    schema: {
      summary: 'Tokens, client secrets and passwords, newest first',
      tags: ['tokens'],
      querystring: tokenQuery,
      response: { 200: tokenPage, ...problems() },
    },
    handler: async (request) => {
      const { tenant } = apiKeyOf(request)
      const { connection, limit, cursor } = request.query
      const before = decodeCursor(cursor, z.int())
      const { items, next } = await listTokens(db, { tenant, connection, limit, before })
      return { items: [...items], next: encodeCursor(next) }
    },
  })

  api.route({
    method: 'POST',
    url: '/tokens',
    config: { right: 'act' },
    schema: {
      summary: 'Make a token for a connection; the answer is the only one that shows it',
      tags: ['tokens'],
      body: tokenRequest,
      response: { 201: createdToken, ...problems('not-found') },
    },
    handler: async (request, reply) => {
      const key = apiKeyOf(request)
      const { connection, name = null, expires: text } = request.body
      const expires = text === undefined ? null : new Date(text)
      if (expires !== null && expires <= new Date())
        throw new Problem('invalid', 'body.expires: this is over. Write an instant in the future.')
      const asked = { tenant: key.tenant, connection, name, expires, actor: actorOf(key) }
      const made = await createToken({ db }, asked)
      if (made === undefined)
        throw new Problem('not-found', `There is no connection ${connection}. rollcall.yaml declares them.`)
      return reply.code(201).send({ ...(await one(key.tenant, made.id)), token: made.token })
    },
  })

  api.route({
    method: 'POST',
    url: '/tokens/:token/revoke',
    config: { right: 'act' },
    schema: {
      summary: 'Revoke a token, client secret or password for ever',
      description:
        'It opens nothing any more after two seconds at most, in every process. With a client secret end the access tokens it was used for. Revoking twice changes nothing.',
      tags: ['tokens'],
      params: z.object({ token: z.coerce.number<string>().int().min(1).max(Number.MAX_SAFE_INTEGER) }),
      response: { 200: token, ...problems('not-found') },
    },
    handler: async (request) => {
      const key = apiKeyOf(request)
      const id = request.params.token
      await revokeToken({ db }, { tenant: key.tenant, id, actor: actorOf(key) })
      return one(key.tenant, id)
    },
  })
}
