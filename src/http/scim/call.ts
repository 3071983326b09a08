/**
 * From an HTTP request to a call of an endpoint.
 * Decides who calls, in which world, and what is forgiven to them; must not carry it out.
 */
import type { FastifyRequest } from 'fastify'
import type { Caller, Result } from '../../operations/context.ts'
import { parseProjection, type Projection } from '../../scim/projection.ts'
import { QUIRKS } from '../../scim/quirks.ts'
import { GROUP, USER, type ResourceType } from '../../scim/schema/resource-type.ts'
import { scimRefusal } from '../errors.ts'
import type { Call, Endpoint } from './endpoint.ts'
import { preconditions } from './preconditions.ts'
import { notesOf, scimRequest, type ScimOptions } from './request.ts'

export type ScimQuery = Record<string, string | string[] | undefined>
export type ResourceRequest = FastifyRequest<{ Params: { id: string }; Querystring: ScimQuery }>

const STANDARD_TYPES: readonly ResourceType[] = [USER, GROUP]

/** The resource types of the caller's tenant, with its extensions. */
export function typesOf(options: ScimOptions, request: FastifyRequest): readonly ResourceType[] {
  return options.types?.(scimRequest(request).credential.tenant) ?? STANDARD_TYPES
}

export function callOf(options: ScimOptions, request: FastifyRequest, kind: Endpoint['kind']): Call {
  const type = typesOf(options, request).find(({ name }) => name === kind)
  if (type === undefined) throw new TypeError(`there is no resource type ${kind}`)
  return {
    caller: callerOf(request),
    type,
    baseUrl: options.baseUrl(request),
    asKept: options.asKept?.(scimRequest(request).credential.tenant) ?? false,
    reading: { quirks: QUIRKS[scimRequest(request).credential.profile], note: notesOf(request) },
    check: preconditions(request.headers),
  }
}

export function callerOf(request: FastifyRequest): Caller {
  const { tenant, connection, confirmSeconds } = scimRequest(request).credential
  const confirm = confirmSeconds === null ? {} : { confirm: { seconds: confirmSeconds } }
  return { tenant, connection, actor: `connection:${connection}`, ...confirm }
}

export function projectionOf(request: ResourceRequest, call: Call): Projection | undefined {
  const { attributes, excludedAttributes } = request.query
  const query = { attributes: joined(attributes), excludedAttributes: joined(excludedAttributes) }
  return parseProjection(query, call.type, call.reading.note)
}

const joined = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(',') : value

/** The value of a use-case, or its refusal in SCIM's words. */
export function settled<T>(result: Result<T>): T {
  if (!result.ok) throw scimRefusal(result.refusal)
  return result.value
}
