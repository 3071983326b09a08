/**
 * /api/v1/apps/:app/doctor: examining the set-up of an app, and what was found last.
 * Decides addresses, rights and statuses; must not examine anything itself.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { answerShapes, examineBody, lastExamination } from '../../contract/doctor.ts'
import { idParam } from '../../contract/paging.ts'
import { runStarted } from '../../contract/run.ts'
import { appStanding } from '../../store/views/apps.ts'
import { readExamination } from '../../store/views/doctor.ts'
import { noSuchApp } from './apps.ts'
import type { AdminContext } from './context.ts'
import { Problem } from './problems.ts'
import { actorOf, apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

const params = z.object({ app: idParam })

export const doctorRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db, startRun }) => {
  const read = async (key: { tenant: string; app: string }) => {
    if ((await appStanding(db, key)) === 'none') throw noSuchApp(key.app)
    return readExamination(db, key)
  }

  api.route({
    method: 'GET',
    url: '/apps/:app/doctor',
    config: { right: 'read' },
    schema: {
      summary: 'What the doctor found last in the set-up of an app',
      tags: ['apps'],
      params,
      response: { 200: lastExamination, ...problems('not-found') },
    },
    handler: async (request) => {
      const { shapes: _, ...last } = await read({ tenant: apiKeyOf(request).tenant, app: request.params.app })
      return lastExamination.parse(last)
    },
  })

  api.route({
    method: 'GET',
    url: '/apps/:app/doctor/shapes',
    config: { right: 'read' },
    schema: {
      summary: 'What the answers of an app looked like in the last examination: fields and types, no values',
      tags: ['apps'],
      params,
      response: { 200: answerShapes, ...problems('not-found') },
    },
    handler: async (request) => {
      const { at, shapes } = await read({ tenant: apiKeyOf(request).tenant, app: request.params.app })
      return answerShapes.parse({ at, shapes })
    },
  })

  api.route({
    method: 'POST',
    url: '/apps/:app/doctor',
    config: { right: 'act' },
    schema: {
      summary: 'Examine the set-up of an app, now',
      description: 'Writes nothing to the app. The run has a step for each finding, and the examination as its result.',
      tags: ['apps'],
      params,
      body: examineBody,
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
          `The app "${app}" is no longer in rollcall.yaml, so there is nothing to examine. Declare it again first.`,
        )
      const { accept } = request.body
      const run = await startRun({
        tenant: key.tenant,
        workflow: 'examine-app',
        input: { app, accept },
        actor: actorOf(key),
      })
      return reply.code(202).header('location', `/api/v1/runs/${run}`).send({ run })
    },
  })
}
