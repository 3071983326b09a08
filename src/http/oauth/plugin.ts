/**
 * OAuth 2.0 for providers that fetch short-lived tokens: the token endpoint, and what clients can read about it.
 * Decides addresses, media types and methods; must not decide who a client is.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Db } from '../../store/db.ts'
import type { SignIn } from '../auth.ts'
import { answerOauthError, OauthError } from './errors.ts'
import { openGrant } from './grant.ts'
import { readTokenRequest } from './token-request.ts'

export interface OauthOptions {
  readonly db: Db
  readonly signIn: Pick<SignIn, 'failures' | 'gateOf' | 'uses'>
  /** Where others reach this server, without a slash at the end: the issuer. */
  readonly issuer: (request: FastifyRequest) => string
}

export const TOKEN_PATH = '/oauth/token'
const METADATA_PATH = '/.well-known/oauth-authorization-server'
const LARGEST_BODY = 16_384

export async function oauthPlugin(scope: FastifyInstance, { db, signIn, issuer }: OauthOptions): Promise<void> {
  const grant = openGrant(db, signIn)
  acceptForms(scope)
  scope.setErrorHandler(answerOauthError)
  scope.post(TOKEN_PATH, { bodyLimit: LARGEST_BODY }, async (request, reply) => {
    const asked = readTokenRequest({
      authorization: request.headers.authorization,
      form: request.body instanceof URLSearchParams ? request.body : new URLSearchParams(),
      query: new URL(request.url, 'http://here').searchParams,
    })
    return reply.header('pragma', 'no-cache').send(await grant(asked, request.ip))
  })
  scope.route({
    method: ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'],
    url: TOKEN_PATH,
    onRequest: async (_request, reply) => {
      reply.code(405).header('allow', 'POST').type('application/json')
      return reply.send({ error: 'invalid_request', error_description: 'Use POST (RFC 6749 section 3.2).' })
    },
    handler: async () => undefined,
  })
  metadata(scope, issuer)
}

/** RFC 8414. An issuer with a path has its metadata below the address of that path (section 3.1). */
function metadata(scope: FastifyInstance, issuer: OauthOptions['issuer']): void {
  scope.get(METADATA_PATH, (request, reply) => reply.send(metadataOf(issuer(request))))
  scope.get<{ Params: { '*': string } }>(`${METADATA_PATH}/*`, (request, reply) => {
    const own = issuer(request)
    if (URL.parse(own)?.pathname === `/${request.params['*']}`) return reply.send(metadataOf(own))
    return reply.code(404).send({ error: 'invalid_request', error_description: 'There is no such issuer here.' })
  })
}

const metadataOf = (issuer: string) => ({
  issuer,
  token_endpoint: `${issuer}${TOKEN_PATH}`,
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  grant_types_supported: ['client_credentials'],
  // Section 2 requires it and section 3.2 wants empty lists left out; clients stumble where it is missing.
  response_types_supported: [],
  scopes_supported: ['scim'],
})

/** RFC 6749 section 4.4.2: forms only. Without a body there is nothing to read. */
function acceptForms(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser(
    /^application\/x-www-form-urlencoded\s*(?:;|$)/i,
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => {
      if (/%(?![0-9a-f]{2})/i.test(body)) throw new OauthError('invalid_request', 'The form has a broken percent sign.')
      return new URLSearchParams(body)
    },
  )
}
