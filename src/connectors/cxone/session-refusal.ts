/**
 * What it means that CXone, or something before it, did not sign us in (facts, sections 2.1, 2.2, 2.6 and 7).
 * Decides code, words and what would be right; must not call anything, nor repeat a secret.
 */
import { ConnectorError, type HttpResponse } from '../contract.ts'
import type { CxoneConfig } from './config.ts'
import { parse, refused, sayings } from './refusal.ts'

/** A sign-in that was made, for words about it. */
export interface SignIn {
  /** Such as `the sign-in at https://…`. */
  readonly what: string
  readonly auth: CxoneConfig['auth']
}

/** There is no service of this kind at the address, as far as one can tell: another address may have it. */
export class NoSuchService extends ConnectorError {}

/** Reads a refusal out of CXone's own answer to a sign-in that was no success. `now` dates a Retry-After in seconds. */
export function refusedSignIn(response: HttpResponse, { what, auth }: SignIn, now: Date): ConnectorError {
  const { status } = response
  if (status === 404 || status === 405 || status === 410) {
    const detail = `There is nothing to sign in with at this address: ${what} was answered with ${status} (is the area or issuer right?).`
    return new NoSuchService({ code: 'answer-unexpected', retry: 'later', detail })
  }
  const body = hideSecrets(response.text, auth)
  if (status !== 400 && status !== 401 && status !== 403) return refused({ ...response, text: body }, what, now)
  const said = sayings(body)
  const words = said === '' ? '.' : `: ${said}${/[.!?]$/.test(said) ? '' : '.'}`
  const detail = `CXone answered ${status} to ${what}${words} ${remedy(errorCode(body), said, auth)}`
  return new ConnectorError({ code: 'credentials-refused', retry: 'later', detail })
}

/** An answer that is none of CXone's: a proxy, a portal, or another server altogether. Also for successes and for discovery. */
export function fromBetween(response: HttpResponse, what: string): ConnectorError | undefined {
  const { status, headers, text } = response
  if (status === 407)
    return unexpected(`A proxy on the way wants a sign-in of its own (407) before it passes on ${what}.`)
  if (status >= 300 && status < 400) {
    const to = URL.parse(headers['location'] ?? '')?.origin ?? 'another address'
    return new NoSuchService({
      code: 'answer-unexpected',
      retry: 'later',
      detail: `${capital(what)} was answered with ${status}, go to ${to}. That is not followed, since secrets would go along; if it is CXone's own address, name it as issuer.`,
    })
  }
  const isPage = /html/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(text)
  if (!isPage || status >= 500 || status === 429) return undefined
  return new NoSuchService({
    code: 'answer-unexpected',
    retry: 'later',
    detail: `${capital(what)} was answered with ${status} and a web page instead of JSON: a proxy or portal on the way has answered, or this is no address of CXone's services. Let this machine reach the address directly, and see whether the area or issuer is right.`,
  })
}

const unexpected = (detail: string): ConnectorError =>
  new ConnectorError({ code: 'answer-unexpected', retry: 'later', detail })

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const KEY =
  'Check that id and secret of the access key belong together and are complete (a secret may end in =), that the key is active, that its user has not been deactivated, and that it is a key of this cloud.'

/** What OAuth's error codes say (RFC 6749, section 5.2), for a password grant with a registered application. */
const REMEDIES: Readonly<Record<string, (auth: NonNullable<CxoneConfig['auth']['application']>) => string>> = {
  invalid_client: ({ authMethod, encoding }) =>
    `Check client id and secret of the application and that it is enabled, and that it was registered for ${authMethod}: \`authMethod\` says so here.${authMethod === 'client_secret_basic' ? ` If id or secret have special characters, try \`encoding: ${encoding === 'form' ? 'plain' : 'form'}\`.` : ''}`,
  unauthorized_client: () => NOT_ITS_GRANT,
  unsupported_grant_type: () => NOT_ITS_GRANT,
  invalid_scope: () => 'Take `scope` out of the application, or name those that it was registered for.',
}

const NOT_ITS_GRANT =
  'The application may not sign in with user name and password, which only back-end applications may: have NICE register it as one.'

function remedy(code: string, said: string, auth: CxoneConfig['auth']): string {
  const { application } = auth
  // The words of NICE's own list of errors (section 7).
  if (/not authori[sz]ed for user/i.test(said))
    return 'The application is not allowed for this user: it has to be registered for the tenant that the access key belongs to, or for all.'
  const coded = application && REMEDIES[code]?.(application)
  if (coded !== undefined) return coded
  const known =
    application === undefined || code !== 'invalid_grant' ? '' : 'The application is known, the access key is refused. '
  const ofTheKey = (UNSURE.test(said) ? undefined : KEY_WORDS.find(([words]) => words.test(said)))?.[1] ?? KEY
  return `${application === undefined || known !== '' ? known : 'Check client id and secret of the application. '}${ofTheKey}`
}

/** It names several causes, or is about the application. */
const UNSURE = /\bor\b|client|application/i

/** What a service may say of a key; its words are not documented. */
const KEY_WORDS: readonly (readonly [RegExp, string])[] = [
  [/expired/i, 'The access key has expired: make a new one for the same user, and put it where rollcall.yaml says.'],
  [
    /deactivat|inactive|disabled|deleted/i,
    'The key or its user is no longer active: keys of a user who was deactivated are over for good. Make the user active again, and a new key for them.',
  ],
]

function errorCode(body: string): string {
  const parsed = parse(body)
  if (typeof parsed !== 'object' || parsed === null || !('error' in parsed)) return ''
  return typeof parsed.error === 'string' ? parsed.error.toLowerCase() : ''
}

/** A service that repeats what it was sent does not get it into a log. */
export function hideSecrets(text: string, { accessKeySecret, application }: CxoneConfig['auth']): string {
  const secrets = [accessKeySecret, ...(application === undefined ? [] : [application.clientSecret])]
  return secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), text)
}
