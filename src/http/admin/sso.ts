/**
 * /api/v1/apps/:app/sso: setting up single sign-on, checking what a provider gave, and who would be locked out.
 * Decides addresses, rights and statuses; must not judge anything itself.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { idParam } from '../../contract/paging.ts'
import { runStarted } from '../../contract/run.ts'
import {
  lockOutBody,
  signOnCheckBody,
  signOnChecked,
  signOnGivenBody,
  signOnGuide,
  signOnQuery,
} from '../../contract/sso.ts'
import { appStanding } from '../../store/views/apps.ts'
import { baseUrlFor } from '../proxies.ts'
import { noSuchApp } from './apps.ts'
import type { AdminContext } from './context.ts'
import { Problem } from './problems.ts'
import { actorOf, apiKeyOf } from './sign-in.ts'
import type { SignOnAnswer } from './sso-checks.ts'
import { problems } from './statuses.ts'

const params = z.object({ app: idParam })
const url = '/apps/:app/sso'

export const signOnRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db, signOn, publicUrl }) => {
  const baseUrl = baseUrlFor(publicUrl)
  /** Turns what is no answer into a refusal. */
  const answered = async <T>(
    key: { tenant: string; app: string },
    answer: () => Promise<SignOnAnswer<T>>,
  ): Promise<T> => {
    const standing = await appStanding(db, key)
    if (standing === 'none') throw noSuchApp(key.app)
    const given = standing === 'detached' ? undefined : await answer()
    if (given === undefined) throw detached(key.app)
    if (given === 'none') throw notOfThisType(key.app)
    return given
  }

  api.route({
    method: 'GET',
    url,
    config: { right: 'read' },
    schema: {
      summary: 'What to paste on which side for single sign-on into an app, and what is watched',
      description: 'Asks the app where its people sign in. With the ticket for its support.',
      tags: ['apps'],
      params,
      querystring: signOnQuery,
      response: { 200: signOnGuide, ...problems('not-found', 'conflict', 'unavailable') },
    },
    handler: async (request) => {
      const key = { tenant: apiKeyOf(request).tenant, app: request.params.app }
      const asked = { ...request.query, base: baseUrl(request) }
      const guide = await answered(key, () => signOn.guide(key, asked))
      if ('trouble' in guide) throw new Problem('unavailable', guide.trouble)
      return guide
    },
  })

  api.route({
    method: 'POST',
    url: `${url}/check`,
    config: { right: 'read' },
    schema: {
      summary: "Check a provider's metadata or certificate, or a captured response; nothing is kept",
      tags: ['apps'],
      params,
      body: signOnCheckBody,
      response: { 200: signOnChecked, ...problems('not-found', 'conflict') },
    },
    handler: async (request) => {
      const key = { tenant: apiKeyOf(request).tenant, app: request.params.app }
      return answered(key, () => signOn.check(key, request.body))
    },
  })

  api.route({
    method: 'PUT',
    url: `${url}/given`,
    config: { right: 'act' },
    schema: {
      summary: "Check a provider's metadata or certificate, and watch it from now on",
      description: 'What cannot be used is not kept. What was given before is replaced.',
      tags: ['apps'],
      params,
      body: signOnGivenBody,
      response: { 200: signOnChecked, ...problems('not-found', 'conflict') },
    },
    handler: async (request) => {
      const apiKey = apiKeyOf(request)
      const key = { tenant: apiKey.tenant, app: request.params.app }
      return answered(key, () => signOn.give(key, { ...request.body, actor: actorOf(apiKey) }))
    },
  })
}

export const lockOutRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db, startRun }) => {
  api.route({
    method: 'POST',
    url: `${url}/accounts`,
    config: { right: 'act' },
    schema: {
      summary: 'Find out who would be locked out, now',
      description: 'Reads all accounts of the app and writes nothing. The run has the list as its result.',
      tags: ['apps'],
      params,
      body: lockOutBody,
      response: { 202: runStarted, ...problems('not-found', 'conflict') },
    },
    handler: async (request, reply) => {
      const apiKey = apiKeyOf(request)
      const { tenant } = apiKey
      const { app } = request.params
      const standing = await appStanding(db, { tenant, app })
      if (standing === 'none') throw noSuchApp(app)
      if (standing === 'detached') throw detached(app)
      const input = { app, ...request.body }
      const run = await startRun({ tenant, workflow: 'find-locked-out', input, actor: actorOf(apiKey) })
      return reply.code(202).header('location', `/api/v1/runs/${run}`).send({ run })
    },
  })
}

const detached = (app: string): Problem =>
  new Problem(
    'conflict',
    `The app "${app}" is no longer in rollcall.yaml, so nobody asks it any more. Declare it again first.`,
  )

const notOfThisType = (app: string): Problem =>
  new Problem(
    'conflict',
    `"${app}" is an app of a type whose single sign-on is not set up with Rollcall; that of CXone is.`,
  )
