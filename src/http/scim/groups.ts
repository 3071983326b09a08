/**
 * /Groups: RFC 7644 section 3, for the Group resource.
 * Decides which use-case a request means and how its result is shown; must not decide what a document may hold (scim) or
 * how it is kept (store).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { createGroup } from '../../operations/create-group.ts'
import type { Caller, Result } from '../../operations/context.ts'
import { deleteGroup } from '../../operations/delete-group.ts'
import { patchGroup } from '../../operations/patch-group.ts'
import { replaceGroup } from '../../operations/replace-group.ts'
import { locationOf, versionTag } from '../../scim/encode.ts'
import { ScimError } from '../../scim/errors.ts'
import { parseGroup } from '../../scim/group.ts'
import { parseListQuery } from '../../scim/list-query.ts'
import { parseGroupPatch } from '../../scim/patch/members.ts'
import { parseProjection, type Projection } from '../../scim/projection.ts'
import { QUIRKS } from '../../scim/quirks.ts'
import { GROUP } from '../../scim/schema/resource-type.ts'
import { compileGroupFilter } from '../../store/views/group-filter.ts'
import { listGroups, readGroup, type StoredGroup } from '../../store/views/groups.ts'
import { scimRefusal } from '../errors.ts'
import { groupListText, groupText, sendPieces, type GroupView } from './group-text.ts'
import { notesOf, scimRequest, type ScimOptions } from './request.ts'

type GroupRequest = FastifyRequest<{
  Params: { id: string }
  Querystring: Record<string, string | string[] | undefined>
}>

/** Ids are UUIDs of ours; any other text is the id of nobody. */
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

export async function groupRoutes(scim: FastifyInstance, options: ScimOptions): Promise<void> {
  const { operations } = options

  scim.post('/Groups', async (request: GroupRequest, reply) => {
    const view = viewOf(options, request)
    const parsed = parseGroup(request.body, { mode: 'create', ...readingOf(request) })
    const group = settled(
      await createGroup(operations, callerOf(request), { ...parsed, reading: memberReading(request) }),
    )
    void reply.code(201).header('location', locationOf(GROUP, group.id, view.baseUrl))
    return answerGroup(reply, view, group)
  })

  scim.get('/Groups', async (request: GroupRequest, reply) => {
    const query = parseListQuery(request.query, GROUP, notesOf(request))
    const where = query.filter === undefined ? {} : { where: compileGroupFilter(query.filter) }
    const page = await listGroups(operations.db, callerOf(request), {
      offset: query.startIndex - 1,
      limit: query.count,
      ...where,
    })
    const view = { ...viewOf(options, request), projection: query.projection }
    return sendPieces(reply, groupListText(view, { ...page, startIndex: query.startIndex }))
  })

  scim.get('/Groups/:id', async (request: GroupRequest, reply) => {
    const view = viewOf(options, request)
    const id = idOf(request)
    const group = await readGroup(operations.db, view.world, id)
    if (group === undefined) throw scimRefusal({ kind: 'no-such-group', id })
    return answerGroup(reply, view, group)
  })

  scim.put('/Groups/:id', async (request: GroupRequest, reply) => {
    const view = viewOf(options, request)
    const id = idOf(request)
    const reading = readingOf(request)
    // The members do not depend on what is there, the rest of the document may.
    const { members } = parseGroup(request.body, { mode: 'replace', ...reading })
    const replaced = await replaceGroup(operations, callerOf(request), {
      id,
      members,
      reading: memberReading(request),
      next: (current) =>
        parseGroup(withoutMembers(request.body), { mode: 'replace', current: current.document, ...reading }).document,
    })
    return answerGroup(reply, view, settled(replaced))
  })

  scim.patch('/Groups/:id', async (request: GroupRequest, reply) => {
    const view = viewOf(options, request)
    const patch = parseGroupPatch(request.body, readingOf(request))
    const reading = memberReading(request)
    const check = (): void => undefined
    const group = settled(await patchGroup(operations, callerOf(request), { id: idOf(request), patch, reading, check }))
    // RFC 7644 section 3.5.2: 204 where no attributes are asked for, and no look at a large group (facts 12).
    if (view.projection !== undefined) return answerGroup(reply, view, group)
    return reply.code(204).header('etag', versionTag(group.version)).removeHeader('content-type').send()
  })

  scim.delete('/Groups/:id', async (request: GroupRequest, reply) => {
    const check = (): void => undefined
    settled(await deleteGroup(operations, callerOf(request), { id: idOf(request), check }))
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
  scim.route({ method: ['PUT', 'PATCH', 'DELETE'], url: '/Groups', handler: refuse('GET, POST') })
  scim.route({ method: ['POST'], url: '/Groups/:id', handler: refuse('GET, PUT, PATCH, DELETE') })
}

/** Group writes never wait for an app, whatever the connection says: DESIGN 4.1. */
function callerOf(request: FastifyRequest): Caller {
  const { tenant, connection } = scimRequest(request).credential
  return { tenant, connection, actor: `connection:${connection}` }
}

const readingOf = (request: FastifyRequest) => ({
  quirks: QUIRKS[scimRequest(request).credential.profile],
  note: notesOf(request),
})

const memberReading = (request: FastifyRequest) => {
  const { quirks, note } = readingOf(request)
  return { unknownMembers: quirks.unknownMembers, note }
}

function withoutMembers(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body
  return Object.fromEntries(Object.entries(body).filter(([name]) => name.toLowerCase() !== 'members'))
}

function idOf(request: GroupRequest): string {
  const id = request.params.id.toLowerCase()
  if (!ID.test(id)) throw scimRefusal({ kind: 'no-such-group', id: request.params.id })
  return id
}

function settled<T>(result: Result<T>): T {
  if (!result.ok) throw scimRefusal(result.refusal)
  return result.value
}

function viewOf(options: ScimOptions, request: GroupRequest): GroupView {
  return {
    db: options.operations.db,
    world: callerOf(request),
    baseUrl: options.baseUrl(request),
    projection: projectionOf(request),
  }
}

const projectionOf = (request: GroupRequest): Projection | undefined => {
  const { attributes, excludedAttributes } = request.query
  return parseProjection(
    { attributes: joined(attributes), excludedAttributes: joined(excludedAttributes) },
    GROUP,
    notesOf(request),
  )
}

const joined = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value

const answerGroup = (reply: FastifyReply, view: GroupView, group: StoredGroup): Promise<FastifyReply> =>
  sendPieces(reply.header('etag', versionTag(group.version)), groupText(view, group))
