/**
 * /Users: RFC 7644 section 3, for the User resource.
 * Decides which use-case a request means and how its result is shown; must not decide what a document may hold (scim) or
 * how it is kept (store).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createUser } from '../../operations/create-user.ts'
import type { Caller, Result } from '../../operations/context.ts'
import { deleteUser } from '../../operations/delete-user.ts'
import { patchUser } from '../../operations/patch-user.ts'
import { replaceUser } from '../../operations/replace-user.ts'
import { encodeUser, listResponse, locationOf, versionTag } from '../../scim/encode.ts'
import { ScimError } from '../../scim/errors.ts'
import { parseListQuery } from '../../scim/list-query.ts'
import { parsePatch } from '../../scim/patch/parse.ts'
import { parseProjection, type Projection } from '../../scim/projection.ts'
import { QUIRKS } from '../../scim/quirks.ts'
import { parseUser } from '../../scim/resource.ts'
import { USER } from '../../scim/schema/resource-type.ts'
import { listUsers, readUser, type StoredUser } from '../../store/views/users.ts'
import { scimRefusal } from '../errors.ts'
import { notesOf, scimRequest, type ScimOptions } from './request.ts'

type UserRequest = FastifyRequest<{
  Params: { id: string }
  Querystring: Record<string, string | string[] | undefined>
}>

/** Ids are UUIDs of ours; any other text is the id of nobody. */
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export async function userRoutes(scim: FastifyInstance, options: ScimOptions): Promise<void> {
  const { operations } = options

  scim.post('/Users', async (request: UserRequest, reply) => {
    const projection = projectionOf(request)
    const document = parseUser(request.body, { mode: 'create', ...readingOf(request) })
    const user = settled(await createUser(operations, callerOf(request), document))
    return answerUser(
      reply.code(201).header('location', locationOf(USER, user.id, options.baseUrl(request))),
      options,
      { request, user, projection },
    )
  })

  scim.get('/Users', async (request: UserRequest, reply) => {
    const query = parseListQuery(request.query, USER, notesOf(request))
    const { projection } = query
    const { sortBy } = query
    const page = await listUsers(operations.db, callerOf(request), {
      from: { offset: query.startIndex - 1 },
      limit: query.count,
      filter: query.filter,
      sort: sortBy && { by: sortBy, descending: query.sortOrder === 'descending' },
      baseUrl: options.baseUrl(request),
    })
    const resources = page.users.map((user) => present(options, { request, user, projection }))
    return reply.send(
      JSON.stringify(listResponse({ totalResults: page.total, startIndex: query.startIndex, resources })),
    )
  })

  scim.get('/Users/:id', async (request: UserRequest, reply) => {
    const projection = projectionOf(request)
    const id = idOf(request)
    const user = await readUser(operations.db, callerOf(request), id)
    if (user === undefined) throw scimRefusal({ kind: 'no-such-user', id })
    return answerUser(reply, options, { request, user, projection })
  })

  scim.put('/Users/:id', async (request: UserRequest, reply) => {
    const projection = projectionOf(request)
    const id = idOf(request)
    const replaced = await replaceUser(operations, callerOf(request), {
      id,
      replacement: (current) => parseUser(request.body, { mode: 'replace', current, ...readingOf(request) }),
    })
    return answerUser(reply, options, { request, user: settled(replaced), projection })
  })

  scim.patch('/Users/:id', async (request: UserRequest, reply) => {
    const projection = projectionOf(request)
    const operationsAsked = parsePatch(request.body, USER, readingOf(request))
    const patched = await patchUser(operations, callerOf(request), {
      id: idOf(request),
      operations: operationsAsked,
      note: notesOf(request),
    })
    return answerUser(reply, options, { request, user: settled(patched), projection })
  })

  scim.delete('/Users/:id', async (request: UserRequest, reply) => {
    settled(await deleteUser(operations, callerOf(request), idOf(request)))
    return reply.code(204).removeHeader('content-type').send()
  })

  refuseOtherMethods(scim)
}

/** 405 with `Allow`, RFC 9110 section 15.5.6. */
function refuseOtherMethods(scim: FastifyInstance): void {
  const refuse = (allow: string) => async (request: FastifyRequest, reply: FastifyReply) => {
    void reply.header('allow', allow)
    throw new ScimError(405, `${request.method} is not possible here; possible: ${allow}.`)
  }
  scim.route({ method: ['PUT', 'PATCH', 'DELETE'], url: '/Users', handler: refuse('GET, POST') })
  scim.route({ method: ['POST'], url: '/Users/:id', handler: refuse('GET, PUT, PATCH, DELETE') })
}

const callerOf = (request: FastifyRequest): Caller => {
  const { tenant, connection, confirmSeconds } = scimRequest(request).credential
  const confirm = confirmSeconds === null ? {} : { confirm: { seconds: confirmSeconds } }
  return { tenant, connection, actor: `connection:${connection}`, ...confirm }
}

const readingOf = (request: FastifyRequest) => ({
  quirks: QUIRKS[scimRequest(request).credential.profile],
  note: notesOf(request),
})

function idOf(request: UserRequest): string {
  const id = request.params.id.toLowerCase()
  if (!ID.test(id)) throw scimRefusal({ kind: 'no-such-user', id: request.params.id })
  return id
}

function settled<T>(result: Result<T>): T {
  if (!result.ok) throw scimRefusal(result.refusal)
  return result.value
}

const projectionOf = (request: UserRequest): Projection | undefined => {
  const { attributes, excludedAttributes } = request.query
  return parseProjection(
    { attributes: joined(attributes), excludedAttributes: joined(excludedAttributes) },
    USER,
    notesOf(request),
  )
}

const joined = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value

interface Shown {
  readonly request: FastifyRequest
  readonly user: StoredUser
  readonly projection: Projection | undefined
}

const present = (options: ScimOptions, { request, user, projection }: Shown) =>
  encodeUser({ ...user, baseUrl: options.baseUrl(request) }, projection)

const answerUser = (reply: FastifyReply, options: ScimOptions, shown: Shown): FastifyReply =>
  reply.header('etag', versionTag(shown.user.version)).send(JSON.stringify(present(options, shown)))
