/**
 * The calls by which each provider tests a connection, and what else it cannot do without, as data.
 * Decides the calls and what a right answer is (facts 1.1, 1.3, 1.6, 2.2, 2.4, 3.2, 3.3, 11 E1 and E2); must not send one.
 */
import type { Provider } from './guide/shape.ts'

export type Expected = 'list' | 'empty list' | 'refused sign-in' | 'not found' | 'json'

export interface TestCall {
  readonly step: string
  /** Behind the base URL, as the provider writes it. `{{random}}` is a random id. */
  readonly path: string
  /** What it signs in with. */
  readonly as: 'token' | 'another token' | 'nothing'
  readonly expect: Expected
}

export interface ProviderTests {
  /** Of each call, besides the credential. Nothing else is sent: no User-Agent where none stands here. */
  readonly headers: Readonly<Record<string, string>>
  readonly calls: readonly TestCall[]
}

const call = (step: string, path: string, expect: Expected): TestCall => ({ step, path, expect, as: 'token' })

const STRANGERS: readonly TestCall[] = [
  { step: 'without a token', path: '/Users?startIndex=1&count=1', as: 'nothing', expect: 'refused sign-in' },
  { step: 'with a wrong token', path: '/Users?startIndex=1&count=1', as: 'another token', expect: 'refused sign-in' },
]

const UNKNOWN_ID = call('somebody who is not there', '/Users/{{random}}', 'not found')

export const PROVIDER_TESTS: Readonly<Record<Provider, ProviderTests>> = {
  okta: {
    headers: {
      'user-agent': 'Okta SCIM Client 1.0.0',
      accept: 'application/scim+json',
      'accept-charset': 'utf-8',
    },
    calls: [
      call('test of the connection', '/Users?startIndex=1&count=2', 'list'),
      call('test of the connection, groups', '/Groups?startIndex=1&count=100', 'list'),
      call(
        'a name that nobody has',
        '/Users?filter=userName%20eq%20%22{{random}}%22&startIndex=1&count=100',
        'empty list',
      ),
      call(
        'a group that is not there',
        '/Groups?filter=displayName%20eq%20%22{{random}}%22&startIndex=1&count=100',
        'empty list',
      ),
      call('a base URL that ends in a slash', '//Users?startIndex=1&count=2', 'list'),
      UNKNOWN_ID,
      ...STRANGERS,
    ],
  },
  entra: {
    headers: { accept: 'application/scim+json' },
    calls: [
      call('test of the connection', '/Users?filter=userName%20eq%20%22{{random}}%22', 'empty list'),
      call(
        'test of the connection, groups',
        '/Groups?excludedAttributes=members&filter=displayName%20eq%20%22{{random}}%22',
        'empty list',
      ),
      call(
        'the same with aadOptscim062020',
        '/Users?aadOptscim062020&filter=userName%20eq%20%22{{random}}%22',
        'empty list',
      ),
      call('a match by externalId', '/Users?filter=externalId%20eq%20%22{{random}}%22', 'empty list'),
      call(
        'a match by work address',
        '/Users?filter=emails%5Btype%20eq%20%22work%22%5D.value%20eq%20%22{{random}}%22',
        'empty list',
      ),
      call(
        'a reference',
        '/Users?filter=id%20eq%20%22{{random}}%22%20and%20manager%20eq%20%22{{random}}%22&attributes=id',
        'empty list',
      ),
      call('discovery of the schemas', '/Schemas', 'list'),
      UNKNOWN_ID,
      ...STRANGERS,
    ],
  },
  onelogin: {
    headers: { 'user-agent': '', 'content-type': 'application/scim+json' },
    calls: [
      call('test of the connection', '/Users?filter=userName+eq+%22{{random}}%22&', 'empty list'),
      call('import of users', '/Users', 'list'),
      call('import of groups', '/Groups', 'list'),
      call('somebody who is not there', '/Users/{{random}}?', 'not found'),
      ...STRANGERS,
    ],
  },
  generic: {
    headers: { accept: 'application/scim+json' },
    calls: [
      call('what the server can do', '/ServiceProviderConfig', 'json'),
      call('discovery of the resource types', '/ResourceTypes', 'list'),
      call('discovery of the schemas', '/Schemas', 'list'),
      call('list of users', '/Users?startIndex=1&count=1', 'list'),
      call('list of groups', '/Groups?startIndex=1&count=1', 'list'),
      call('a name that nobody has', '/Users?filter=userName%20eq%20%22{{random}}%22', 'empty list'),
      UNKNOWN_ID,
      ...STRANGERS,
    ],
  },
}

export interface Heard {
  readonly status: number
  readonly contentType: string | undefined
  /** Where a redirect points. */
  readonly location: string | undefined
  readonly text: string
}

const STATUS = { list: 200, 'empty list': 200, json: 200, 'refused sign-in': 401, 'not found': 404 } as const

/** What a provider could not live with in an answer; undefined when it could. */
export function faultOf(expected: Expected, heard: Heard): string | undefined {
  const { status, location } = heard
  if (status >= 300 && status < 400)
    return `it points to ${location ?? 'another address'}, and a provider does not follow: give it the address that answers itself`
  const body = bodyOf(heard)
  if (body === undefined)
    return `${status} and ${heard.contentType ?? 'no content type'}: what answered was not Rollcall but something before it, such as a proxy or a firewall`
  if (status !== STATUS[expected]) return wrongStatus(expected, { heard, body })
  if (!/^application\/scim\+json\b/i.test(heard.contentType ?? ''))
    return `the content type is ${heard.contentType ?? 'missing'} and not application/scim+json`
  if (status >= 400) return errorFault(body, status)
  return expected === 'json' ? undefined : listFault(body, expected)
}

function bodyOf({ text }: Heard): Readonly<Record<string, unknown>> | undefined {
  try {
    const body: unknown = JSON.parse(text)
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : undefined
  } catch {
    return undefined
  }
}

function wrongStatus(
  expected: Expected,
  { heard, body }: { heard: Heard; body: Readonly<Record<string, unknown>> },
): string {
  const detail = typeof body['detail'] === 'string' ? `: ${body['detail']}` : ''
  if (expected === 'refused sign-in')
    return heard.status === 429
      ? `429${detail}; too many failed sign-ins came from here, so it cannot be told`
      : `answered ${heard.status} to somebody who is not signed in; 401 would be right`
  return `answered ${heard.status}${detail}`
}

/** Facts 11: an Error with `detail` and a status that is text. */
function errorFault(body: Readonly<Record<string, unknown>>, status: number): string | undefined {
  const { schemas, detail } = body
  if (!Array.isArray(schemas) || !schemas.includes('urn:ietf:params:scim:api:messages:2.0:Error'))
    return 'the error is not a SCIM Error'
  if (body['status'] !== String(status)) return 'the status in the error is not the text of the status'
  return typeof detail === 'string' && detail !== '' ? undefined : 'the error has no detail'
}

function listFault(body: Readonly<Record<string, unknown>>, expected: Expected): string | undefined {
  const { schemas, totalResults, Resources } = body
  if (!Array.isArray(schemas) || !schemas.includes('urn:ietf:params:scim:api:messages:2.0:ListResponse'))
    return 'the answer is not a SCIM ListResponse'
  if (!Number.isInteger(totalResults)) return 'totalResults is not a whole number'
  if (expected !== 'empty list') return undefined
  const found = totalResults !== 0 || (Array.isArray(Resources) && Resources.length > 0)
  return found ? 'somebody was found who cannot be there: the filter or the query was lost on the way' : undefined
}
