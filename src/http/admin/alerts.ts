/**
 * /api/v1/alerts: trying who is told of open items.
 * Decides addresses, rights and statuses; must not send anything itself, nor show an address or a secret.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { alertTest } from '../../contract/alert.ts'
import { idParam } from '../../contract/paging.ts'
import type { AdminContext } from './context.ts'
import { Problem } from './problems.ts'
import { apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

export const alertRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { alerts }) => {
  api.route({
    method: 'POST',
    url: '/alerts/:alert/test',
    config: { right: 'act' },
    schema: {
      summary: 'Send a test message now, once, and say what happened',
      tags: ['alerts'],
      params: z.object({ alert: idParam }),
      response: { 200: alertTest, ...problems('not-found') },
    },
    handler: async (request) => {
      const { tenant } = apiKeyOf(request)
      const id = request.params.alert
      const sent = await alerts.test({ tenant, id })
      if (sent === undefined) throw noSuchAlert(id, alerts.ids(tenant))
      return { alert: id, sent: sent.ok, detail: sent.detail }
    },
  })
}

const noSuchAlert = (id: string, known: readonly string[]): Problem =>
  new Problem(
    'not-found',
    known.length === 0
      ? `There is no alert "${id}": rollcall.yaml declares none under alerts.`
      : `There is no alert "${id}". rollcall.yaml declares: ${known.join(', ')}.`,
  )
