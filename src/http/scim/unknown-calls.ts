/**
 * Remembers calls that reached no connection: not signed in, or beside the SCIM address.
 * Decides which calls those are and what is kept of one: no query, no body, nothing of a secret but its hash, and that
 * only until it has been looked up. Must not slow down or change an answer.
 */
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { recognise } from '../../contract/provider-call.ts'
import type { CarriedForm, UnknownCall } from '../../operations/record-unknown-calls.ts'
import { knownScimRequest, SCIM_PATH } from './request.ts'
import type { UnknownCallLog } from './unknown-call-log.ts'

const LONGEST = 300
const LONGEST_SECRET = 4_096

/** Has every answered call looked at, wherever it went. */
export function rememberUnknownCalls(server: FastifyInstance, log: UnknownCallLog): void {
  server.addHook('onResponse', (request, reply, done) => {
    if (isUnknown(request, reply)) log.record(callOf(request, reply))
    done()
  })
}

/** What a provider adds to its base URL: a call for it that nobody answers was meant for us. */
const MEANT_FOR_SCIM =
  /\/(?:scim|users|groups|serviceproviderconfigs?|schemas|resourcetypes|bulk|me|\.search)(?:\/|\?|$)/i

function isUnknown(request: FastifyRequest, reply: FastifyReply): boolean {
  if (knownScimRequest(request) !== undefined || reply.statusCode < 400) return false
  if (isBelow(request.url, SCIM_PATH)) return true
  return reply.statusCode === 404 && !isBelow(request.url, '/api') && MEANT_FOR_SCIM.test(request.url)
}

const isBelow = (url: string, path: string): boolean =>
  url.startsWith(path) && ['/', '?', undefined].includes(url[path.length])

function callOf(request: FastifyRequest, reply: FastifyReply): UnknownCall {
  const userAgent = request.headers['user-agent'] ?? null
  const carried = carriedBy(request.headers.authorization)
  const { provider } = recognise({ method: request.method, path: request.url, userAgent, body: null })
  return {
    at: new Date(),
    method: request.method.slice(0, 20),
    path: storable(request.url.split('?', 1)[0] ?? ''),
    status: reply.statusCode,
    address: storable(request.ip),
    userAgent: userAgent === null ? null : storable(userAgent),
    provider: provider ?? null,
    ...carried,
  }
}

const storable = (text: string): string => text.slice(0, LONGEST).toWellFormed().replaceAll('\0', '\uFFFD')

/** Three parts, the first of which is a JSON object in base64url: a token that somebody signed. RFC 7519 section 3. */
const JWT = /^eyJ[\w-]+\.[\w-]+\.[\w-]*$/

/** The secrets that the header may have meant: as a bearer token, or as the password of HTTP Basic. */
function carriedBy(header: string | undefined): { form: CarriedForm; sha256: readonly string[] } {
  const given = header?.trim() ?? ''
  const [, scheme = '', rest = given] = /^(bearer|basic)(?:\s+(.*))?$/is.exec(given) ?? []
  if (rest === '' || /^(?:bearer|basic)$/i.test(rest)) return { form: 'nothing', sha256: [] }
  if (rest.length > LONGEST_SECRET) return { form: 'secret', sha256: [] }
  if (scheme.toLowerCase() !== 'basic')
    return { form: JWT.test(rest) ? 'foreign-jwt' : 'secret', sha256: [hashOf(rest.trim())] }
  const [user = '', ...password] = Buffer.from(rest, 'base64').toString('utf8').split(':')
  return { form: 'secret', sha256: [password.join(':'), user].filter((it) => it !== '').map(hashOf) }
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
