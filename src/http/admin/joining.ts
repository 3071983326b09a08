/**
 * /api/v1/people/join and /part: which identities are one human.
 * Decides addresses, rights and statuses; must not guess who is.
 */
import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { joinRequest, partRequest, personJoined } from '../../contract/person.ts'
import { joinTwo, partOne, type JoinResult } from '../../operations/join-people.ts'
import type { AdminContext } from './context.ts'
import { Problem } from './problems.ts'
import { actorOf, apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

export const joiningRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db }) => {
  api.route({
    method: 'POST',
    url: '/people/join',
    config: { right: 'act' },
    schema: {
      summary: 'Say that two identities are one human',
      tags: ['people'],
      body: joinRequest,
      response: { 200: personJoined, ...problems('not-found') },
    },
    handler: async (request) => {
      const key = apiKeyOf(request)
      return changed(await joinTwo({ db }, { ...request.body, tenant: key.tenant, actor: actorOf(key) }))
    },
  })

  api.route({
    method: 'POST',
    url: '/people/part',
    config: { right: 'act' },
    schema: {
      summary: 'Say that an identity is a human of its own',
      tags: ['people'],
      body: partRequest,
      response: { 200: personJoined, ...problems('not-found') },
    },
    handler: async (request) => {
      const key = apiKeyOf(request)
      const context = { db, newId: randomUUID }
      return changed(await partOne(context, { ...request.body, tenant: key.tenant, actor: actorOf(key) }))
    },
  })
}

function changed(result: JoinResult): { changed: boolean } {
  if (result.ok) return { changed: result.changed }
  const { connection, userName } = result.missing
  throw new Problem('not-found', `Nobody has the user name "${userName}" in the connection ${connection}.`)
}
