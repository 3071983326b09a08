// Decides how native SCIM looks from outside (facts 3.1): paths, rights, statuses and media type. What the calls do is
// search.ts and write-user.ts.
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { toObject } from '../input.ts'
import type { StoredUser } from '../records.ts'
import { Refusal } from '../refusal.ts'
import { userById } from '../update-user.ts'
import type { World } from '../world.ts'
import type { ScimAddress } from './door.ts'
import { errorBody, toldBy } from './errors.ts'
import { schemaList } from './schemas.ts'
import { searchUsers } from './search.ts'
import { showUser } from './show-user.ts'
import { createScimUser, patchScimUser, replaceScimUser, type Writing } from './write-user.ts'

const PREFIX = { bearer: '/scim/v2', basic: '/basic-auth/scim/v2' } as const

/** Both sign-ins, at one of the two addresses. */
export function scimPlugin(app: FastifyInstance, { world, at }: { world: World; at: ScimAddress['at'] }): void {
  for (const signIn of ['bearer', 'basic'] as const) {
    void app.register(async (scim) => scimRoutes(scim, { world, scim: { at, signIn } }), { prefix: PREFIX[signIn] })
  }
}

interface Door {
  readonly world: World
  readonly scim: ScimAddress
}

function scimRoutes(app: FastifyInstance, { world, scim }: Door): void {
  const view = { config: { scim, needs: 'employees.view' } } as const
  const create = { config: { scim, needs: 'employees.create' } } as const
  const edit = { config: { scim, needs: 'employees.edit' } } as const
  answerErrors(app, world)
  app.addHook('preParsing', async (request, _reply, payload) => {
    refuseMediaType(request, world)
    return payload
  })
  app.get('/Users', view, (request, reply) => searchUsers(request.query as Record<string, unknown>, reply, world))
  app.get('/Users/:userId', view, (request, reply) => send(reply, visibleUser(request, world), world))
  app.post('/Users', create, (request, reply) => {
    const user = createScimUser(toObject(request.body, 'the body'), world)
    if (request.call !== null) request.call.userId = user.id
    return send(reply.code(world.switches.scimCreateStatus), user, world)
  })
  app.put('/Users/:userId', edit, (request, reply) => send(reply, replaceScimUser(writing(request), world), world))
  app.patch('/Users/:userId', edit, (request, reply) => {
    const user = patchScimUser(writing(request), world)
    return world.switches.scimPatchAnswer === 'noContent' ? reply.code(204).send() : send(reply, user, world)
  })
  app.get('/Schemas', { config: { scim } }, (request) => schemaList(request.url))
  absent(app, { world, scim })
}

/** No DELETE of users, no groups, no ServiceProviderConfig, nothing else (facts 3.1). */
function absent(app: FastifyInstance, { world, scim }: Door): void {
  app.delete('/Users/:userId', { config: { scim } }, (request, reply) => {
    const status = world.switches.scimDelete
    const said = { code: 'NOT_SUPPORTED', detail: 'users cannot be deleted', path: request.url }
    return reply.code(status).send(errorBody({ status }, said, world.switches))
  })
  app.all('/*', { config: { scim } }, (request) => {
    throw new Refusal('unknown', 'NO_SUCH_PATH', `there is no ${request.method} here`)
  })
}

function writing(request: FastifyRequest): Writing {
  const { userId: id } = request.params as { userId: string }
  if (request.call !== null) request.call.userId = id
  return { id, actorId: request.caller?.id ?? '', body: toObject(request.body, 'the body') }
}

function visibleUser(request: FastifyRequest, world: World): StoredUser {
  const { userId } = request.params as { userId: string }
  if (request.call !== null) request.call.userId = userId
  const user = userById(userId, world)
  if (user.status === 'DELETED' && world.switches.scimReadsDeactivated === 'notFound')
    throw new Refusal('unknownUser', 'USER_NOT_FOUND', `there is no user ${userId}`)
  return user
}

function send(reply: FastifyReply, user: StoredUser, world: World): FastifyReply {
  return reply.send(showUser(user, 'single', world))
}

function refuseMediaType({ headers }: FastifyRequest, { switches }: World): void {
  if (switches.scimMediaType === 'known' || !/^application\/scim\+json/i.test(headers['content-type'] ?? '')) return
  throw Object.assign(new Error('send application/json'), { statusCode: 415 })
}

function answerErrors(app: FastifyInstance, world: World): void {
  app.setErrorHandler((error: FastifyError | Refusal, request, reply) => {
    const path = request.url
    if (error instanceof Refusal) {
      const told = toldBy(error, world.switches)
      const said = { code: error.code, detail: error.message, path }
      return reply.code(told.status).send(errorBody(told, said, world.switches))
    }
    const { statusCode: status, message: detail } = error
    if (status === undefined || status >= 500) throw error
    return reply.code(status).send(errorBody({ status }, { code: 'BAD_REQUEST', detail, path }, world.switches))
  })
}
