/**
 * What is known of a SCIM request under way.
 * Decides what routes and the plugin share about one; must not read or answer it.
 */
import type { FastifyRequest } from 'fastify'
import type { OperationContext } from '../../operations/context.ts'
import type { TakeNote } from '../../scim/quirks.ts'
import type { ResourceType } from '../../scim/schema/resource-type.ts'
import type { ScimCredential } from '../../store/views/scim-credentials.ts'
import type { ExchangeLog } from './exchange-log.ts'
import type { UnknownCallLog } from './unknown-call-log.ts'

export const SCIM_PATH = '/scim/v2'
export const SCIM_MEDIA_TYPE = 'application/scim+json; charset=utf-8'

export interface ScimOptions {
  readonly operations: OperationContext
  readonly exchanges: ExchangeLog
  /** Hears of calls that reach no connection. */
  readonly unknownCalls?: UnknownCallLog
  /** Absolute, without a slash at the end: what `meta.location` begins with. */
  readonly baseUrl: (request: FastifyRequest) => string
  /** Whether the documents of a tenant show all they hold; without it, none do. */
  readonly asKept?: (tenant: string) => boolean
  /** The resource types of a tenant, with the extensions it declares; without it, those of RFC 7643. */
  readonly types?: (tenant: string) => readonly ResourceType[] | undefined
}

/** What is known of a request under way. */
export interface ScimRequest {
  readonly credential: ScimCredential
  readonly notes: { readonly code: string; readonly detail: string }[]
  why?: string
  /** Of the body as it came. */
  bodyBytes: number
}

const underWay = new WeakMap<FastifyRequest, ScimRequest>()

/** Call once a request is signed in. */
export function beginScimRequest(request: FastifyRequest, credential: ScimCredential): void {
  underWay.set(request, { credential, notes: [], bodyBytes: 0 })
}

/** Undefined for a request that has not passed sign-in. */
export const knownScimRequest = (request: FastifyRequest): ScimRequest | undefined => underWay.get(request)

/** The caller of a request that has passed sign-in. */
export function scimRequest(request: FastifyRequest): ScimRequest {
  const known = underWay.get(request)
  if (known === undefined) throw new TypeError('a SCIM route ran without sign-in')
  return known
}

/** Hears what was forgiven while reading this request. */
export const notesOf = (request: FastifyRequest): TakeNote => {
  const { notes } = scimRequest(request)
  return (code, detail) => {
    if (notes.length < 50) notes.push({ code, detail })
  }
}
