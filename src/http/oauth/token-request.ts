/**
 * Reads a request for an access token.
 * Decides who the client says it is and what it asks for (RFC 6749 sections 2.3.1 and 4.4.2); must not decide whether that is right.
 */
import { readBasic } from '../auth/header.ts'
import { invalidClient, OauthError } from './errors.ts'

export interface TokenRequest {
  readonly clientId: string
  /** One secret, in each way it may have been meant: some clients encode it before they put it into Basic, some do not. */
  readonly secrets: readonly string[]
  /** Empty where none is asked for: all. */
  readonly scopes: readonly string[]
}

interface Sent {
  readonly authorization: string | undefined
  readonly form: URLSearchParams
  readonly query: URLSearchParams
}

const LONGEST = 2_048

/** Throws {@link OauthError}. */
export function readTokenRequest({ authorization, form, query }: Sent): TokenRequest {
  for (const name of ['client_id', 'client_secret', 'client_assertion'])
    if (query.has(name)) throw new OauthError('invalid_request', `Send ${name} in the body, never in the address.`)
  const grantType = only(form, 'grant_type')
  if (grantType === undefined) throw new OauthError('invalid_request', 'grant_type is missing.')
  if (grantType !== 'client_credentials')
    throw new OauthError('unsupported_grant_type', 'The only grant type here is client_credentials.')
  // Okta adds the scope to the address of the token endpoint, where its administrator has to write it.
  const scope = only(form, 'scope') ?? only(query, 'scope') ?? ''
  const scopes = [...new Set(scope.split(' ').filter((name) => name !== ''))]
  return { ...clientOf(authorization, form), scopes }
}

function clientOf(authorization: string | undefined, form: URLSearchParams): Omit<TokenRequest, 'scopes'> {
  const clientId = only(form, 'client_id')
  const secret = only(form, 'client_secret')
  if (authorization !== undefined && authorization.trim() !== '') {
    if (secret !== undefined)
      throw new OauthError('invalid_request', 'Send the client secret in the header or in the body, not in both.')
    const shown = inHeader(authorization)
    if (clientId !== undefined && !shown.clientIds.includes(clientId))
      throw new OauthError('invalid_request', 'client_id in the body is another client than in the header.')
    return { clientId: clientId ?? shown.clientIds[0] ?? '', secrets: shown.secrets }
  }
  if (clientId === undefined || secret === undefined) throw invalidClient()
  return { clientId, secrets: [secret] }
}

function inHeader(authorization: string): { clientIds: readonly string[]; secrets: readonly string[] } {
  const basic = /^basic\s+(.*)$/is.exec(authorization)?.[1]
  const [clientId, secret] = (basic === undefined ? undefined : readBasic(basic)) ?? []
  if (clientId === undefined || secret === undefined || secret === '' || authorization.length > LONGEST)
    throw invalidClient()
  return { clientIds: readings(clientId), secrets: readings(secret) }
}

/** As it is meant by RFC 6749 section 2.3.1, encoded as in a form, and as it stands. */
function readings(text: string): string[] {
  const decoded = new URLSearchParams(`x=${text.replaceAll('&', '%26')}`).get('x') ?? text
  return [...new Set([decoded, text])]
}

/** RFC 6749 section 3.2: without a value is the same as not there, and nothing may be there twice. */
function only(parameters: URLSearchParams, name: string): string | undefined {
  const [value, ...others] = parameters.getAll(name)
  if (others.length > 0) throw new OauthError('invalid_request', `${name} is there more than once.`)
  if (value !== undefined && value.length > LONGEST) throw new OauthError('invalid_request', `${name} is too long.`)
  return value === '' ? undefined : value
}
