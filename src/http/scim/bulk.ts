/**
 * POST /Bulk: RFC 7644 section 3.7.
 * Decides which endpoint does an operation and what the client hears of it; must not decide order or references (scim/bulk).
 *
 * Each operation is committed by itself, as if it had been a request, but never waits for an app: a thousand waits would
 * be no answer.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import {
  BULK_RESPONSE_SCHEMA,
  bulkPlace,
  orderBulk,
  parseBulk,
  withIds,
  type BulkMethod,
  type BulkOperation,
} from '../../scim/bulk.ts'
import { locationOf, versionTag } from '../../scim/encode.ts'
import { errorBody, refusal, ScimError } from '../../scim/errors.ts'
import { shown, type JsonObject } from '../../scim/json.ts'
import { scimErrorOf } from '../errors.ts'
import { logFault } from '../fault-log.ts'
import { callOf } from './call.ts'
import type { Call, Endpoint, ResourceView } from './endpoint.ts'
import { ifMatch } from './preconditions.ts'
import type { ScimOptions } from './request.ts'
import { refuseOtherMethods } from './resource-routes.ts'

export function bulkRoutes(scim: FastifyInstance, options: ScimOptions, endpoints: readonly Endpoint[]): void {
  scim.post('/Bulk', async (request, reply) => {
    const { operations, failOnErrors } = parseBulk(request.body)
    const { order, circular } = orderBulk(operations)
    const work: Work = { request, options, endpoints, ids: new Map() }
    const results = new Map<number, JsonObject>()
    let failures = 0
    for (const index of order) {
      if (failures >= failOnErrors) break
      const operation = operations[index]
      if (operation === undefined) continue
      const { failed, result } = await attempt(work, operation, circular.has(index))
      if (failed) failures += 1
      results.set(index, result)
    }
    const inOrder = [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result)
    return reply.send(JSON.stringify({ schemas: [BULK_RESPONSE_SCHEMA], Operations: inOrder }))
  })
  refuseOtherMethods(scim, '/Bulk', 'POST')
}

interface Work {
  readonly request: FastifyRequest
  readonly options: ScimOptions
  readonly endpoints: readonly Endpoint[]
  /** Of what was created, by bulkId. */
  readonly ids: Map<string, string>
}

async function attempt(
  work: Work,
  operation: BulkOperation,
  circular: boolean,
): Promise<{ failed: boolean; result: JsonObject }> {
  const { method, bulkId } = operation
  const named = { method, ...(bulkId === undefined ? {} : { bulkId }) }
  try {
    if (circular)
      throw new ScimError(
        409,
        'This operation and others refer to each other in a circle; create them first, then link them.',
      )
    return { failed: false, result: { ...named, ...(await carryOut(work, operation)) } }
  } catch (cause) {
    const { error, fault } = scimErrorOf(cause, work.request.id)
    if (fault) logFault(work.request, cause, 'an operation of a bulk request failed')
    const response = { ...errorBody(error) } as unknown as JsonObject
    const { baseUrl } = callOf(work.options, work.request, 'User')
    const location = method === 'POST' ? {} : { location: `${baseUrl}/${operation.path.replace(/^\//, '')}` }
    return { failed: true, result: { ...named, ...location, status: String(error.status), response } }
  }
}

const STATUS = { POST: '201', PUT: '200', PATCH: '200', DELETE: '204' } as const satisfies Record<BulkMethod, string>

const isMethod = (method: string): method is BulkMethod => Object.hasOwn(STATUS, method)

async function carryOut(work: Work, operation: BulkOperation): Promise<JsonObject> {
  const { method, bulkId } = operation
  if (!isMethod(method))
    throw refusal('invalidSyntax', `method must be POST, PUT, PATCH or DELETE, not ${shown(method)}`)
  const { endpoint, id } = targetOf(work, operation)
  const call = callWith(work, endpoint, operation)
  if (method === 'DELETE') {
    await endpoint.remove(call, id)
    return { location: locationOf(call.type, id, call.baseUrl), status: STATUS[method] }
  }
  if (operation.data === undefined) throw refusal('invalidSyntax', `data is missing: ${method} needs it`)
  const view = await written(endpoint, call, { method, id, body: withIds(operation.data, work.ids) })
  if (method === 'POST' && bulkId !== undefined) work.ids.set(bulkId, view.id)
  return {
    location: locationOf(call.type, view.id, call.baseUrl),
    version: versionTag(view.version),
    status: STATUS[method],
  }
}

function targetOf(
  { endpoints, ids }: Work,
  { method, bulkId, path }: BulkOperation,
): { endpoint: Endpoint; id: string } {
  const { name, id = '' } = bulkPlace(path, ids) ?? {}
  const endpoint = endpoints.find(({ kind }) => `${kind}s`.toLowerCase() === name)
  if (endpoint === undefined)
    throw refusal('invalidValue', `path must be such as /Users or /Users/<id>, not ${shown(path)}`)
  if ((method === 'POST') !== (id === ''))
    throw refusal(
      'invalidValue',
      `${method} goes to ${method === 'POST' ? '/Users or /Groups' : 'one resource'}, not to ${shown(path)}`,
    )
  if (method === 'POST' && (bulkId ?? '') === '')
    throw refusal('invalidValue', 'bulkId is missing: every POST needs one, by which the client knows the result')
  return { endpoint, id }
}

function callWith({ options, request }: Work, endpoint: Endpoint, { version }: BulkOperation): Call {
  const call = callOf(options, request, endpoint.kind)
  const { tenant, connection, actor } = call.caller
  return { ...call, caller: { tenant, connection, actor }, check: ifMatch(version) }
}

interface Write {
  readonly method: Exclude<BulkMethod, 'DELETE'>
  readonly id: string
  readonly body: unknown
}

function written(endpoint: Endpoint, call: Call, { method, id, body }: Write): Promise<ResourceView> {
  if (method === 'POST') return endpoint.create(call, body)
  return method === 'PUT' ? endpoint.replace(call, { id, body }) : endpoint.patch(call, { id, body })
}
