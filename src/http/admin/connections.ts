/**
 * /api/v1/connections: moving from one provider to another.
 * Decides addresses, rights and statuses; must not decide who is the same person.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { handover, handoverRequest } from '../../contract/handover.ts'
import { idParam } from '../../contract/paging.ts'
import { handOver } from '../../operations/hand-over.ts'
import type { AdminContext } from './context.ts'
import { Problem } from './problems.ts'
import { actorOf, apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

export const connectionRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db, wake }) => {
  api.route({
    method: 'POST',
    url: '/connections/:connection/handover',
    config: { right: 'act' },
    schema: {
      summary: 'Hand the accounts of a connection over to another, or show what that would do',
      description:
        'One part of them; go on with `after` until `next` is null. Each account changes its owner by itself.',
      tags: ['connections'],
      params: z.object({ connection: idParam }),
      body: handoverRequest,
      response: { 200: handover, ...problems('not-found', 'conflict') },
    },
    handler: async (request) => {
      const key = apiKeyOf(request)
      const from = request.params.connection
      const result = await handOver({ db, wake }, { ...request.body, tenant: key.tenant, from, actor: actorOf(key) })
      if (result.ok) return { steps: [...result.steps], next: result.next ?? null }
      throw new Problem(result.refusal.kind === 'no-such-connection' ? 'not-found' : 'conflict', result.refusal.why)
    },
  })
}
