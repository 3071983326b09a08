/**
 * The routes of a resource type: RFC 7644 sections 3.2 to 3.6.
 * Decides methods, statuses and headers, the same for every type; must not know a type.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { locationOf, versionTag } from '../../scim/encode.ts'
import { ScimError } from '../../scim/errors.ts'
import { searchParameters, type QueryParameters } from '../../scim/list-query.ts'
import type { Projection } from '../../scim/projection.ts'
import { GROUP, USER } from '../../scim/schema/resource-type.ts'
import { callOf, projectionOf, type ResourceRequest } from './call.ts'
import type { Call, Endpoint, ResourceView } from './endpoint.ts'
import { sendPieces } from './pieces.ts'
import { isKnown } from './preconditions.ts'
import type { ScimOptions } from './request.ts'
import { search } from './search.ts'

interface Shown {
  readonly call: Call
  readonly view: ResourceView
  readonly projection: Projection | undefined
}

/** Registers an endpoint at the path of its type, such as `/Users`. */
export function resourceRoutes(scim: FastifyInstance, options: ScimOptions, endpoint: Endpoint): void {
  const path = (endpoint.kind === 'User' ? USER : GROUP).endpoint
  const callFor = (request: FastifyRequest): Call => callOf(options, request, endpoint.kind)
  const searchBy = async (
    request: FastifyRequest,
    reply: FastifyReply,
    query: QueryParameters,
  ): Promise<FastifyReply> =>
    sendPieces(reply, await search(endpoint, callFor(request), { query, now: options.operations.now() }))
  const one = `${path}/:id`

  scim.post(path, async (request: ResourceRequest, reply) => {
    const call = callFor(request)
    const projection = projectionOf(request, call)
    const view = await endpoint.create(call, request.body)
    void reply.code(201).header('location', locationOf(call.type, view.id, call.baseUrl))
    return answer(reply, { call, view, projection: projection ?? view.written })
  })
  scim.get(path, (request: ResourceRequest, reply) => searchBy(request, reply, request.query))
  scim.post(`${path}/.search`, (request: ResourceRequest, reply) =>
    searchBy(request, reply, searchParameters(request.body)),
  )
  scim.get(one, async (request: ResourceRequest, reply) => {
    const call = callFor(request)
    const projection = projectionOf(request, call)
    const view = await endpoint.read(call, request.params.id)
    const tag = await tagOf(view, projection)
    if (!isKnown(request.headers['if-none-match'], tag)) return answer(reply, { call, view, projection })
    return bodiless(reply.code(304).header('etag', tag))
  })
  scim.put(one, async (request: ResourceRequest, reply) => {
    const call = callFor(request)
    const projection = projectionOf(request, call)
    const view = await endpoint.replace(call, { id: request.params.id, body: request.body })
    return answer(reply, { call, view, projection: projection ?? view.written })
  })
  scim.patch(one, async (request: ResourceRequest, reply) => {
    const call = callFor(request)
    const projection = projectionOf(request, call)
    const view = await endpoint.patch(call, { id: request.params.id, body: request.body })
    if (endpoint.patchAnswers === 'resource' || projection !== undefined)
      return answer(reply, { call, view, projection: projection ?? view.written })
    return bodiless(reply.code(204).header('etag', versionTag(view.version)))
  })
  scim.delete(one, async (request: ResourceRequest, reply) => {
    await endpoint.remove(callFor(request), request.params.id)
    return bodiless(reply.code(204))
  })
  refuseOtherMethods(scim, path, 'GET, POST')
  refuseOtherMethods(scim, `${path}/.search`, 'POST')
  refuseOtherMethods(scim, one, 'GET, PUT, PATCH, DELETE')
}

/** RFC 7643 section 3.1: Content-Location is what `meta.location` says. */
async function answer(reply: FastifyReply, { call, view, projection }: Shown): Promise<FastifyReply> {
  void reply
    .header('etag', await tagOf(view, projection))
    .header('content-location', locationOf(call.type, view.id, call.baseUrl))
  const ready = await view.ready?.(projection)
  return ready === undefined ? sendPieces(reply, view.text(projection)) : reply.send(ready)
}

const tagOf = async (view: ResourceView, projection: Projection | undefined): Promise<string> =>
  view.tag === undefined ? versionTag(view.version) : view.tag(projection)

const bodiless = (reply: FastifyReply): FastifyReply => reply.removeHeader('content-type').send()

/** Every method that is not allowed is 405 with `Allow` (RFC 9110 section 15.5.6); OPTIONS asks for just that (9.3.7). */
export function refuseOtherMethods(scim: FastifyInstance, url: string, allow: string): void {
  const answered = [...allow.split(', '), 'HEAD', 'OPTIONS']
  scim.options(url, async (_request, reply) => bodiless(reply.code(204).header('allow', allow)))
  scim.route({
    method: scim.supportedMethods.filter((method) => !answered.includes(method)),
    url,
    handler: async () => undefined,
    // Before the body is read: what it holds does not matter.
    onRequest: async (request, reply) => {
      void reply.header('allow', allow)
      throw new ScimError(405, `${request.method} is not possible here; possible: ${allow}.`)
    },
  })
}
