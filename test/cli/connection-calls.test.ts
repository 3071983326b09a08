/** Who calls, and what for: shown on everything that providers were recorded to send. */
import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../src/contract/exchange.ts'
import type { Provider } from '../../src/contract/guide/shape.ts'
import { recognise, type Recognised, type SeenCall } from '../../src/contract/provider-call.ts'
import { observeExchange, observeUnknownCall, strayAddress } from '../../src/contract/watching.ts'
import type { UnknownCall } from '../../src/contract/connection.ts'
import { recordings, type AtOnce, type RecordedRequest } from '../idp/recording.ts'

const FOLDERS = { 'okta-oin': 'okta', 'okta-aiw': 'okta', entra: 'entra', onelogin: 'onelogin' } as const

const requestsOf = (one: RecordedRequest | AtOnce) => ('atOnce' in one ? one.atOnce : [one])

/** As the server sees it: a header that is null in the file is not sent. */
function callsOf(folder: string): { file: string; call: SeenCall }[] {
  return recordings(folder).flatMap(({ file, headers, requests }) =>
    requests.flatMap(requestsOf).map((request) => {
      const sent = new Map(
        Object.entries({ ...headers, ...request.headers }).map(([name, value]) => [name.toLowerCase(), value]),
      )
      const path = `/scim/v2${request.path}`.replaceAll('{{random}}', 'b7a3c1d2-0001-4000-8000-000000000000')
      return {
        file,
        call: { method: request.method, path, userAgent: sent.get('user-agent') ?? null, body: request.body ?? null },
      }
    }),
  )
}

describe.each(Object.entries(FOLDERS))('of what %s sends', (folder, provider) => {
  const calls = callsOf(folder)

  test('nothing is taken for the call of another provider, and much is known', () => {
    const seen = calls.map(({ file, call }) => ({ file, path: call.path, provider: recognise(call).provider }))
    expect(seen.filter((it) => it.provider !== undefined && it.provider !== provider)).toEqual([])
    expect(seen.filter((it) => it.provider === provider).length).toBeGreaterThan(seen.length / 6)
  })

  test('everything is said in words', () => {
    for (const { call } of calls) expect(recognise(call).what).toMatch(/^[a-z]+ [-a-z0-9/]/)
  })
})

describe('the test of a connection is known by its form', () => {
  const call = (path: string, userAgent: string | null = null): Recognised =>
    recognise({ method: 'GET', path: `/scim/v2${path}`, userAgent, body: null })
  const GUID = 'b7a3c1d2-0001-4000-8000-00000000abcd'

  test.each<[string, string | null, readonly Provider[], Provider | undefined]>([
    ['/Users?startIndex=1&count=2', 'Okta SCIM Client 1.0.0', ['okta'], 'okta'],
    ['/Users?startIndex=1&count=1', null, ['okta'], undefined],
    ['/Users?startIndex=1&count=100', 'Okta SCIM Client 1.0.0', [], 'okta'],
    [`/Users?filter=userName%20eq%20%22${GUID}%22`, null, ['entra'], 'entra'],
    [`/Users?aadOptscim062020&filter=externalId+eq+"${GUID}"`, 'x', ['onelogin'], 'entra'],
    [`/Users?aadOptscim062020&filter=emails[type%20eq%20"work"].value%20eq%20"${GUID}"`, 'x', ['entra'], 'entra'],
    ['/Users?filter=userName%20eq%20%22ann%40acme.test%22', null, [], undefined],
    ['/Users?filter=userName+eq+%22nobody%22&', '', ['onelogin'], 'onelogin'],
    ['/Users/u1?', '', [], 'onelogin'],
  ])('%s by %j', (...[path, userAgent, testOf, provider]) => {
    expect(call(path, userAgent)).toMatchObject({ testOf, provider, testOfGroups: false })
  })

  test("Entra's question for groups is half of a test, and proves nothing by itself", () => {
    const path = `/Groups?excludedAttributes=members&filter=displayName%20eq%20%22${GUID}%22`
    expect(call(path)).toMatchObject({ testOf: ['entra'], testOfGroups: true })
  })
})

const exchange = (more: Partial<Exchange>): Exchange => ({
  id: 1,
  time: '2026-11-24T10:00:00.000Z',
  method: 'GET',
  path: '/scim/v2/Users?startIndex=1&count=2',
  status: 200,
  durationMs: 3,
  requestId: 'r1',
  userAgent: 'Okta SCIM Client 1.0.0',
  understood: [],
  why: null,
  body: null,
  ...more,
})
const connectionOf = (profile: Provider) => ({
  id: 'door',
  profile,
  address: 'https://scim.acme.test/scim/v2',
})
const observed = (more: Partial<Exchange>, profile: Provider = 'okta') =>
  observeExchange(exchange(more), connectionOf(profile))

describe('what is said of a call', () => {
  test('that is right', () => {
    expect(observed({})).toEqual({
      step: 'Okta listed 2 users from place 1: its test of the connection.',
      ok: true,
      detail: 'Answered 200: that is right.',
      proves: true,
    })
  })

  test.each<[string, Partial<Exchange>, Provider, RegExp]>([
    [
      'Okta at a connection for Entra',
      {},
      'entra',
      /This is Okta, by its User-Agent, but door has the profile entra\. Write `profile: okta`/,
    ],
    [
      'Entra at a connection for Okta',
      {
        method: 'PATCH',
        path: '/scim/v2/Users/u1',
        userAgent: null,
        body: { Operations: [{ op: 'Replace', path: 'active', value: 'False' }] },
      },
      'okta',
      /This is Microsoft Entra ID, by the form of its changes/,
    ],
    [
      'a base URL twice',
      { path: '/scim/v2/scim/v2/Users?startIndex=1&count=2', status: 404 },
      'okta',
      /\/scim\/v2 twice\. In the field "SCIM connector base URL" paste https:\/\/scim\.acme\.test\/scim\/v2\./,
    ],
    [
      'a base URL with a resource',
      { path: '/scim/v2/Users/Users?startIndex=1&count=2', status: 404 },
      'okta',
      /ends in a resource/,
    ],
    ['small letters', { path: '/scim/v2/users?startIndex=1&count=2', status: 404 }, 'okta', /capital letter/],
    [
      'a body that is not JSON',
      { method: 'POST', path: '/scim/v2/Users', status: 415, why: 'Send JSON.' },
      'okta',
      /Answered 415: Send JSON\. The body came as something else/,
    ],
    ['an answer in another form', { status: 406 }, 'okta', /Accept header/],
    ['a name that is taken', { method: 'POST', path: '/scim/v2/Users', status: 409 }, 'okta', /who else has the name/],
    [
      'a template that is no JSON',
      { method: 'POST', path: '/scim/v2/Users', status: 400, userAgent: '' },
      'onelogin',
      /JSON template/,
    ],
    [
      'an id from elsewhere',
      { path: '/scim/v2/Users/b7a3c1d2-0001-4000-8000-00000000abcd', status: 404 },
      'okta',
      /let it match again/,
    ],
    ['a fault of ours', { status: 503, requestId: 'abc' }, 'okta', /ours.*under abc/],
  ])('%s is to be corrected', (...[, more, profile, words]) => {
    const { ok, proves, detail } = observed(more, profile)
    expect({ ok, proves }).toEqual({ ok: false, proves: false })
    expect(detail).toMatch(words)
  })

  test.each<[string, Partial<Exchange>, Provider, RegExp]>([
    [
      'the older PATCH',
      {
        method: 'PATCH',
        path: '/scim/v2/Users/u1',
        userAgent: null,
        body: { Operations: [{ op: 'Add', path: 'title', value: 'x' }] },
      },
      'entra',
      /\?aadOptscim062020/,
    ],
    ['SCIM 1.1', { understood: [{ code: 'scim-1.1', detail: '' }], userAgent: '' }, 'onelogin', /SCIM v2/],
    [
      'a password',
      { understood: [{ code: 'password-discarded', detail: '' }], userAgent: null },
      'entra',
      /thrown away/,
    ],
    ['a slow answer', { durationMs: 20_000 }, 'okta', /took 20 s/],
    ['Okta at a generic connection', {}, 'generic', /`profile: okta`/],
  ])('%s works as it is, and is told', (...[, more, profile, words]) => {
    const { ok, detail } = observed(more, profile)
    expect(ok).toBe(true)
    expect(detail).toMatch(words)
  })

  test("Okta's password is no news", () => {
    expect(observed({ understood: [{ code: 'password-discarded', detail: '' }] }).detail).toBe(
      'Answered 200: that is right.',
    )
  })

  test('that was refused says so, and why', () => {
    const taken = { method: 'POST', path: '/scim/v2/Users', status: 409, why: 'Taken.', body: { userName: 'ann' } }
    expect(observed(taken)).toMatchObject({
      step: 'Okta created the user "ann", which was refused.',
      detail: expect.stringMatching(/^Answered 409: Taken\. Look for/),
    })
  })

  test('OneLogin takes a 404 for its test', () => {
    const test = { path: '/scim/v2/Users?filter=userName+eq+%22x%22&', status: 404, userAgent: '' }
    expect(observed(test, 'onelogin')).toMatchObject({ ok: true, proves: true })
  })
})

describe('what is said of a call that reached no connection', () => {
  const call = (more: Partial<UnknownCall>): UnknownCall => ({
    id: 1,
    time: '2026-11-24T10:00:00.000Z',
    method: 'GET',
    path: '/scim/v2/Users',
    status: 401,
    address: '198.51.100.7',
    userAgent: 'Okta SCIM Client 1.0.0',
    provider: 'okta',
    carried: 'unknown',
    ...more,
  })

  test.each<[Partial<UnknownCall>, RegExp]>([
    [{}, /a token that no connection knows\. Compare the field "Authorization"/],
    [{ carried: 'nothing' }, /Authentication Mode must be HTTP Header/],
    [{ carried: 'nothing', provider: 'entra' }, /field "Secret Token"/],
    [{ carried: 'foreign-jwt', provider: 'entra' }, /"Secret Token" is empty/],
    [{ carried: 'revoked' }, /was revoked or taken out/],
    [{ carried: 'expired' }, /has expired/],
    [{ carried: 'detached' }, /no longer in rollcall\.yaml/],
    [{ carried: 'api-key' }, /opens the admin API.*make a new API key/],
    [{ carried: 'client-secret' }, /\/oauth\/token/],
    [
      { carried: 'valid', path: '/Users', status: 404 },
      /The base URL lacks \/scim\/v2\. In the field "SCIM connector base URL" paste https:\/\/scim\.acme\.test\/scim\/v2\.$/,
    ],
    [{ carried: 'unknown', path: '/scim/Users', status: 404 }, /lacks \/scim\/v2.*And then: .*no connection knows/],
    [{ status: 429 }, /Too many calls that could not sign in/],
  ])('%j', (more, words) => {
    const { ok, proves, detail } = observeUnknownCall(call(more), connectionOf('okta'))
    expect({ ok, proves }).toEqual({ ok: false, proves: false })
    expect(detail).toMatch(words)
  })

  test.each([
    ['/scim/v2/Users', undefined],
    ['/scim/v2/scim/v2/Users', 'The base URL has /scim/v2 twice.'],
    ['/Users', 'The base URL lacks /scim/v2.'],
    ['/scim/v2/v2/Groups', 'The base URL has /v2 twice.'],
    ['/rollcall/scim/v2/Users', 'The base URL has something before /scim/v2 that is not there, or other letters.'],
    ['/Users/Users', 'The base URL ends in a resource, which the provider adds itself.'],
  ])('the address %s', (path, words) => expect(strayAddress(path)).toBe(words))
})
