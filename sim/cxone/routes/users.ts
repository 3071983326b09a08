// Decides how the user endpoints of facts 4.2 look from outside: paths, rights, statuses, bodies. What they do is in
// create-user.ts, update-user.ts, status.ts and search-users.ts.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createUser } from '../create-user.ts'
import { toObject, toTexts } from '../input.ts'
import { projection, type ReadVersion } from '../projections.ts'
import type { StoredUser } from '../records.ts'
import { Refusal } from '../refusal.ts'
import { listIdentities, listUsers, searchUsers } from '../search-users.ts'
import { deactivateUsers, reviveUser } from '../status.ts'
import { updateUser, userById } from '../update-user.ts'
import { invalid } from '../user-fields.ts'
import { moment, type World } from '../world.ts'

const VIEW = { config: { needs: 'employees.view' } } as const
const CREATE = { config: { needs: 'employees.create' } } as const
const EDIT = { config: { needs: 'employees.edit' } } as const
const AUTHENTICATOR = { config: { needs: 'loginAuthenticators.edit' } } as const

export function userRoutes(app: FastifyInstance, world: World): void {
  reads(app, world)
  writes(app, world)
}

function reads(app: FastifyInstance, world: World): void {
  app.get('/user-management/v1/users', VIEW, (request) => listUsers(request.query as Record<string, unknown>, world))
  app.get('/user-management/v1/users/:userId', VIEW, (request) => readOne(request, 'v1', world))
  app.get('/user-management/v3/users/:userId', VIEW, (request) => readOne(request, 'v3', world))
  app.get('/user-management/v1/users/:userId/identities', VIEW, (request) => {
    const { id, fullName } = visibleUser(request, world)
    return { user: { id, fullName } }
  })
  app.get('/user-management/v2/users/identities', VIEW, (request) => {
    const { skip, top, ...page } = listIdentities(request.query as Record<string, unknown>, world)
    return { ...page, _links: links({ skip, top, total: page.totalRecords }) }
  })
  app.post('/user-management/v2/users/search', VIEW, (request, reply) => {
    const page = searchUsers(request.body, world)
    if (page.totalRecords === 0 && world.switches.emptySearch === 'noContent') return reply.code(204).send()
    return reply.send(page)
  })
}

function writes(app: FastifyInstance, world: World): void {
  app.post('/user-management/v1/users', CREATE, (request, reply) => {
    const user = about(request, createUser(request.body, world))
    return reply.code(world.switches.createStatus).send({ ...DONE, message: 'User created', uuid: user.id })
  })
  app.put('/user-management/v1/users', EDIT, (request) => {
    about(request, updateUser(request.body, world))
    return { ...DONE, message: 'User updated' }
  })
  app.post('/user-management/v1/users/deactivate', EDIT, (request) => {
    const ids = toTexts(toObject(request.body, 'the body')['userIds'], 'userIds')
    if (request.call !== null && ids.length === 1 && ids[0] !== undefined) request.call.userId = ids[0]
    const kept = ids.filter((id) => isScimsAlone(id, world))
    const others = ids.filter((id) => !kept.includes(id))
    return { notDeletedUserIds: [...kept, ...deactivateUsers(others, request.caller?.id ?? '', world)] }
  })
  app.post('/user-management/v1/users/:userId/revive', EDIT, (request) => {
    if (isScimsAlone(idOf(request), world))
      throw invalid('SCIM_MANAGED', 'the status of this user is changed through SCIM only')
    const user = about(request, reviveUser(idOf(request), world))
    return { success: true, uuid: user.id }
  })
  app.put('/user-management/v1/users/:userId/login-authenticator', AUTHENTICATOR, (request, reply) =>
    assign(request, reply, world),
  )
}

/** Whether the status of this user is changed through SCIM only (facts 3.3). */
function isScimsAlone(id: string, { store, switches }: World): boolean {
  return switches.scimManaged !== 'none' && store.users.get(id)?.scimManaged === true
}

const DONE = { success: true, message: '', error: null, msg: null } as const

function readOne(request: FastifyRequest, version: ReadVersion, world: World): { user: Record<string, unknown> } {
  return { user: projection(version, world.store, world.switches)(visibleUser(request, world)) }
}

function visibleUser(request: FastifyRequest, world: World): StoredUser {
  const user = userById(idOf(request), world)
  if (user.status === 'DELETED' && world.switches.getDeleted === 'notFound') {
    throw new Refusal('unknown', 'USER_NOT_FOUND', `there is no user ${user.id}`)
  }
  return user
}

function assign(request: FastifyRequest, reply: FastifyReply, world: World): FastifyReply {
  const { authenticatorId } = toObject(request.body, 'the body')
  const user = userById(idOf(request), world)
  const authenticator = world.store.authenticators.find(({ id }) => id === authenticatorId)
  if (authenticator === undefined)
    throw invalid('LOGIN_AUTHENTICATOR_NOT_FOUND', 'authenticatorId names no login authenticator')
  world.store.change(user.id, { loginAuthenticatorId: authenticator.id }, moment(world))
  return reply.send({ success: true, message: 'Login authenticator assigned' })
}

/** The id in the path, noted in the record of the call. */
function idOf(request: FastifyRequest): string {
  const { userId } = request.params as { userId: string }
  if (request.call !== null) request.call.userId = userId
  return userId
}

function about(request: FastifyRequest, user: StoredUser): StoredUser {
  if (request.call !== null) request.call.userId = user.id
  return user
}

function links(page: { skip: number; top: number; total: number }): Record<string, string | null> {
  const at = (skip: number): string => `/user-management/v2/users/identities?skip=${skip}&top=${page.top}`
  const next = page.skip + page.top
  return {
    self: at(page.skip),
    next: page.top > 0 && next < page.total ? at(next) : null,
    previous: page.skip > 0 ? at(Math.max(0, page.skip - page.top)) : null,
  }
}
