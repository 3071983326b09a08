/**
 * /api/v1/apps/{app}/differences, /api/v1/differences, and the mode of an app: what would be done to everybody, and saying
 * that it is to be done.
 * Decides addresses, rights and statuses; must not compare anything, nor touch an app.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  difference,
  differencePersonPage,
  differencePersonQuery,
  differenceRequest,
  differenceStarted,
  type Difference,
  type DifferencePerson,
} from '../../contract/difference.ts'
import { enforcement, modeSet } from '../../contract/mode.ts'
import { idParam } from '../../contract/paging.ts'
import { setMode, type ModeRefusal } from '../../operations/set-mode.ts'
import { appStanding } from '../../store/views/apps.ts'
import { listDifferencePeople, readDifference, type DifferenceRow } from '../../store/views/differences.ts'
import { noSuchApp } from './apps.ts'
import type { AdminContext } from './context.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import { unusable } from './policies.ts'
import { Problem } from './problems.ts'
import { actorOf, apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

const params = z.object({ app: idParam })

export const differenceRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, context) => {
  await api.register(readingRoutes, context)
  await api.register(modeRoutes, context)
  const { db, startRun, policies } = context

  api.route({
    method: 'POST',
    url: '/apps/:app/differences',
    config: { right: 'act' },
    schema: {
      summary: 'Find out what the policy in force, or another one, would do to everybody',
      description:
        'A run that reads the app once and writes nothing to it. Its id is that of the difference, which is kept for some days.',
      tags: ['policies'],
      params,
      body: differenceRequest.nullish(),
      response: { 202: differenceStarted, ...problems('not-found', 'conflict', 'policy-invalid') },
    },
    handler: async (request, reply) => {
      const key = apiKeyOf(request)
      const { app } = request.params
      const standing = await appStanding(db, { tenant: key.tenant, app })
      if (standing === 'none') throw noSuchApp(app)
      if (standing === 'detached') throw isDetached(app)
      const { text, document } = request.body ?? {}
      const written = text === undefined ? { document } : { text }
      const given = text !== undefined || document !== undefined
      const read = given ? policies.read(key.tenant, written) : undefined
      if (read?.problems !== undefined) throw unusable(read.problems)
      const input = { app, ...(read === undefined ? {} : { policy: read.policy.document }) }
      const run = await startRun({ tenant: key.tenant, workflow: 'difference', input, actor: actorOf(key) })
      return reply.code(202).header('location', `/api/v1/differences/${run}`).send({ run })
    },
  })
}

const readingRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db }) => {
  api.route({
    method: 'GET',
    url: '/differences/:id',
    config: { right: 'read' },
    schema: {
      summary: 'What would be done to everybody, in numbers',
      tags: ['policies'],
      params: z.object({ id: z.uuid() }),
      response: { 200: difference, ...problems('not-found') },
    },
    handler: async (request) => {
      const { id } = request.params
      const found = await readDifference(db, { tenant: apiKeyOf(request).tenant, id })
      if (found === undefined) throw noSuchDifference(id)
      return shown(found)
    },
  })

  api.route({
    method: 'GET',
    url: '/differences/:id/people',
    config: { right: 'read' },
    schema: {
      summary: 'The same by name: everybody for whom something would be done, or could not be',
      tags: ['policies'],
      params: z.object({ id: z.uuid() }),
      querystring: differencePersonQuery,
      response: { 200: differencePersonPage, ...problems('not-found') },
    },
    handler: async (request) => {
      const { tenant } = apiKeyOf(request)
      const { id } = request.params
      const { limit, cursor, kind } = request.query
      if ((await readDifference(db, { tenant, id })) === undefined) throw noSuchDifference(id)
      const after = decodeCursor(cursor, z.int())
      const { items, next } = await listDifferencePeople(db, { tenant, id, kind, limit, after })
      return {
        items: items.map(({ detail, ...person }) => ({ ...person, ...(detail as Detail) })),
        next: encodeCursor(next),
      }
    },
  })
}

/** As workflows/difference.ts keeps them. */
type Detail = Omit<DifferencePerson, 'connection' | 'identity' | 'userName'>
type Kept = Pick<Difference, 'numbers' | 'inForce' | 'differing' | 'warnings'>
const NOT_YET: Kept = { numbers: null, inForce: null, differing: 0, warnings: [] }

const shown = ({ numbers, ...row }: DifferenceRow): Difference => ({
  ...row,
  ...(numbers === null ? NOT_YET : (numbers as Kept)),
})

const modeRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db, wake }) => {
  api.route({
    method: 'POST',
    url: '/apps/:app/enforce',
    config: { right: 'act' },
    schema: {
      summary: 'Have an app written to from now on',
      description:
        'Only by somebody who names the difference that they have looked at. What had been planned is due at once.',
      tags: ['apps'],
      params,
      body: enforcement,
      response: { 200: modeSet, ...problems('not-found', 'conflict') },
    },
    handler: async (request) => {
      const key = apiKeyOf(request)
      const { app } = request.params
      const { difference: id, hash } = request.body
      const asked = { tenant: key.tenant, app, actor: actorOf(key), enforce: { difference: id, hash } }
      const result = await setMode({ db, wake }, asked)
      if (!result.ok) throw refused(result.refusal, app)
      const { changed, due } = result
      return { app, mode: 'enforce' as const, changed, due }
    },
  })

  api.route({
    method: 'POST',
    url: '/apps/:app/observe',
    config: { right: 'act' },
    schema: {
      summary: 'Write nothing to an app any more: accept, link and plan only',
      tags: ['apps'],
      params,
      response: { 200: modeSet, ...problems('not-found', 'conflict') },
    },
    handler: async (request) => {
      const key = apiKeyOf(request)
      const { app } = request.params
      const result = await setMode({ db, wake }, { tenant: key.tenant, app, actor: actorOf(key) })
      if (!result.ok) throw refused(result.refusal, app)
      return { app, mode: 'observe' as const, changed: result.changed, due: result.due }
    },
  })
}

function refused(refusal: ModeRefusal, app: string): Problem {
  switch (refusal.kind) {
    case 'no-such-app':
      return noSuchApp(app)
    case 'detached':
      return isDetached(app)
    case 'pinned':
      return new Problem(
        'conflict',
        `rollcall.yaml says mode: ${refusal.mode} for the app "${app}". Change it there and start the server again, or take the line out to decide it here.`,
      )
    case 'not-seen':
      return new Problem('conflict', `${refusal.why} Look again: rollcall app enforce ${app}`)
  }
}

export const isDetached = (app: string): Problem =>
  new Problem('conflict', `The app "${app}" is no longer in rollcall.yaml. Declare it again first.`)

const noSuchDifference = (id: string): Problem =>
  new Problem(
    'not-found',
    `There is no difference ${id} (any more). The command rollcall policy preview makes one; the newest of each app are kept.`,
  )
