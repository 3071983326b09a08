/**
 * The SCIM address: what all requests below /scim/v2 have in common.
 * Decides media types, sign-in, the form of every error and what is remembered of an exchange; must not know a resource.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errorBody, refusal, ScimError } from '../../scim/errors.ts'
import { searchParameters, type QueryParameters } from '../../scim/list-query.ts'
import type { SignIn } from '../auth.ts'
import { SignInRefused } from '../auth/refusal.ts'
import { scimErrorOf } from '../errors.ts'
import { logFault } from '../fault-log.ts'
import type { ExchangeLog } from './exchange-log.ts'
import { beginScimRequest, knownScimRequest, SCIM_MEDIA_TYPE, SCIM_PATH, type ScimOptions } from './request.ts'
import { checkAcceptable, checkUnpacked } from './acceptable.ts'
import { bulkRoutes } from './bulk.ts'
import { callOf, type ResourceRequest } from './call.ts'
import { discoveryRoutes } from './discovery.ts'
import type { Endpoint } from './endpoint.ts'
import { groupEndpoint } from './groups.ts'
import { sendPieces } from './pieces.ts'
import { refuseOtherMethods, resourceRoutes } from './resource-routes.ts'
import { searchAll } from './search.ts'
import { userEndpoint } from './users.ts'

export interface PluginOptions extends ScimOptions {
  readonly signIn: SignIn
}

export async function scimPlugin(scim: FastifyInstance, options: PluginOptions): Promise<void> {
  acceptScimJson(scim)
  const { signIn } = options
  scim.addHook('onRequest', async (request, reply) => {
    reply.type(SCIM_MEDIA_TYPE)
    const signedIn = await signIn.authenticate(request)
    beginScimRequest(request, signedIn.credential)
    signIn.enter(signedIn, reply)
    checkAcceptable(request.headers.accept)
  })
  scim.addHook('onResponse', async (request, reply) => remember(options.exchanges, request, reply))
  scim.setErrorHandler((error, request, reply) => answerError(error, request, reply))
  scim.setNotFoundHandler((request, reply) =>
    answerError(
      new ScimError(
        404,
        `There is nothing at ${request.url.split('?')[0]?.slice(0, 200)}; users are at ${SCIM_PATH}/Users, groups at ${SCIM_PATH}/Groups.`,
      ),
      request,
      reply,
    ),
  )
  const users = userEndpoint(options.operations)
  const groups = groupEndpoint(options.operations)
  resourceRoutes(scim, options, users)
  resourceRoutes(scim, options, groups)
  rootSearch(scim, options, [users, groups])
  discoveryRoutes(scim, options)
  bulkRoutes(scim, options, [users, groups])
  me(scim)
}

/** Over all resource types: RFC 7644 sections 3.4.2.1 and 3.4.3. */
function rootSearch(scim: FastifyInstance, options: ScimOptions, endpoints: readonly Endpoint[]): void {
  const answer = async (request: FastifyRequest, reply: FastifyReply, query: QueryParameters) => {
    const parts = endpoints.map((endpoint) => ({ endpoint, call: callOf(options, request, endpoint.kind) }))
    const { db, now } = options.operations
    return sendPieces(reply, await searchAll(parts, { query, db, now: now() }))
  }
  scim.get('/', (request: ResourceRequest, reply) => answer(request, reply, request.query))
  scim.post('/.search', (request, reply) => answer(request, reply, searchParameters(request.body)))
  refuseOtherMethods(scim, '/', 'GET')
  refuseOtherMethods(scim, '/.search', 'POST')
}

/** RFC 7644 section 3.11: a token here belongs to a provider, which is no user. */
function me(scim: FastifyInstance): void {
  const refuse = async (): Promise<never> => {
    throw new ScimError(501, 'A token of a connection is no user, so there is no /Me; users are at /Users.')
  }
  scim.all('/Me', refuse)
  scim.all('/Me/*', refuse)
}

const BODILESS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE'])

/** One reader for both media types, parameters ignored; anything else is 415. */
function acceptScimJson(scim: FastifyInstance): void {
  scim.removeAllContentTypeParsers()
  scim.addContentTypeParser(
    /^application\/(?:scim\+)?json\s*(?:;|$)/i,
    { parseAs: 'buffer' },
    async (request: FastifyRequest, body: Buffer) => {
      checkUnpacked(request.headers['content-encoding'])
      const known = knownScimRequest(request)
      if (known !== undefined) known.bodyBytes = body.byteLength
      // Some providers name a media type on requests that have no body (facts 3.2).
      if (body.byteLength === 0 && BODILESS.has(request.method)) return undefined
      return parseJson(body)
    },
  )
}

/** Making one costs more than most bodies. */
const UTF8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(body: Buffer): unknown {
  let text: string
  try {
    text = UTF8.decode(body)
  } catch {
    throw refusal('invalidSyntax', 'The body is not UTF-8.')
  }
  if (text.trim() === '') throw refusal('invalidSyntax', 'There is no body; a JSON object is needed.')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refusal('invalidSyntax', `The body is not JSON${placeOf(error)}.`)
  }
}

/** Where the reader stumbled. The rest of its message quotes the body, which may hold a password. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  if (error.message === 'Unexpected end of JSON input') return ': it ends too early'
  const [place] = / at position \d+(?: \(line \d+ column \d+\))?$/.exec(error.message) ?? []
  return place === undefined ? '' : `: it cannot be read${place}`
}

/** Every error below /scim/v2 has the form of RFC 7644 section 3.12. Also for errors before sign-in. */
export function answerError(cause: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { error, fault } = scimErrorOf(cause, request.id)
  if (fault) logFault(request, cause, 'a SCIM request failed')
  const known = knownScimRequest(request)
  if (known !== undefined) known.why = error.detail
  if (error instanceof SignInRefused) reply.headers(error.headers)
  if (error.status === 503) reply.header('retry-after', '5')
  return reply
    .code(error.status)
    .type(SCIM_MEDIA_TYPE)
    .send(JSON.stringify(errorBody(error)))
}

function remember(exchanges: ExchangeLog, request: FastifyRequest, reply: FastifyReply): void {
  const known = knownScimRequest(request)
  if (known === undefined) return
  const exchange = {
    at: new Date(),
    method: request.method,
    path: request.url,
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime * 100) / 100,
    requestId: request.id,
    body: request.body ?? null,
    understood: known.notes,
    ...(request.headers['user-agent'] === undefined ? {} : { userAgent: request.headers['user-agent'] }),
    ...(known.why === undefined ? {} : { why: known.why }),
  }
  exchanges.record(known.credential, exchange, known.bodyBytes)
}
