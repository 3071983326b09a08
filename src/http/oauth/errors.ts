/**
 * How the token endpoint says no: RFC 6749 section 5.2.
 * Decides status, headers and body of each error; must not repeat what the client sent.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SignInRefused } from '../auth/refusal.ts'
import { scimErrorOf } from '../errors.ts'
import { logFault } from '../fault-log.ts'

/** The codes of RFC 6749 section 5.2 that can arise here, and those of section 4.1.2.1 for what is not the client's fault. */
const STATUSES = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_scope: 400,
  unsupported_grant_type: 400,
  temporarily_unavailable: 503,
  server_error: 500,
} as const

export type OauthCode = keyof typeof STATUSES

/** `message` is public, and holds neither quotes nor backslashes nor letters outside ASCII (`error_description`). */
export class OauthError extends Error {
  override readonly name = 'OauthError'
  readonly code: OauthCode
  readonly headers: Readonly<Record<string, string>>
  constructor(code: OauthCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.code = code
    this.headers = headers
  }
}

/** Unknown client, wrong secret and revoked secret are one answer. RFC 6749: 401 names the scheme that can be used. */
export const invalidClient = (): OauthError =>
  new OauthError('invalid_client', 'This client is not known here, or its secret is not right.', {
    'www-authenticate': 'Basic realm="rollcall", charset="UTF-8"',
  })

export function answerOauthError(cause: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, headers, error, description } = wordsOf(cause, request)
  return reply
    .code(status)
    .headers(headers)
    .header('pragma', 'no-cache')
    .type('application/json')
    .send(JSON.stringify({ error, error_description: description.replaceAll(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, '') }))
}

function wordsOf(cause: unknown, request: FastifyRequest) {
  if (cause instanceof OauthError)
    return { status: STATUSES[cause.code], headers: cause.headers, error: cause.code, description: cause.message }
  // RFC 6749 has no code for it; this is the one that says to come again.
  if (cause instanceof SignInRefused)
    return { status: cause.status, headers: cause.headers, error: 'temporarily_unavailable', description: cause.detail }
  const { error, fault } = scimErrorOf(cause, request.id)
  if (fault) logFault(request, cause, 'a request for an access token failed')
  const code: OauthCode =
    error.status === 503 ? 'temporarily_unavailable' : error.status >= 500 ? 'server_error' : 'invalid_request'
  const headers: Record<string, string> = error.status === 503 ? { 'retry-after': '5' } : {}
  return { status: error.status, headers, error: code, description: descriptions[error.status] ?? error.detail }
}

/** Where the words for other addresses would mislead. */
const descriptions: Readonly<Record<number, string>> = {
  413: 'The body is larger than the 16 KiB that are accepted here.',
  415: 'Send content-type application/x-www-form-urlencoded.',
}
