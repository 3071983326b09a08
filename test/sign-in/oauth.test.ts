import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { until } from '../support/wait.ts'
import { admin, ask, basic, bearer, grant, listed, openStage, type Instance, type Stage } from './stage.ts'

// Only ends what would never end.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const SECRET = 'first+secret/0123456789='
const NEXT = 'next-secret-0123456789'
const ENTRA = { grant_type: 'client_credentials', client_id: 'entra-client', client_secret: SECRET }
const connections = [
  {
    id: 'entra',
    profile: 'entra',
    oauth: {
      clientId: 'entra-client',
      secrets: [
        { value: SECRET, name: '2026' },
        { value: NEXT },
        { value: 'old-secret-0123456789', expires: '2020-01-31' },
      ],
    },
  },
  {
    id: 'ping',
    oauth: {
      clientId: 'ping-client',
      secrets: [{ value: 'ping-secret-0123456789' }],
      scopes: ['scim', 'users'],
      tokenSeconds: 60,
    },
  },
  { id: 'okta', tokens: [{ value: 'okta-token-0123456789' }] },
]

let stage: Stage
let one: Instance
let two: Instance
let sql: Client
beforeAll(async () => {
  stage = await openStage()
  one = await stage.start(connections)
  two = await stage.start(connections)
  sql = new Client(stage.databaseUrl)
  await sql.connect()
})
afterAll(async () => {
  await sql.end()
  await stage.close()
})

describe('an access token', () => {
  test.each([
    ['in the body', {}, {}],
    ['in the header', { client_id: '', client_secret: '' }, { authorization: basic('entra-client', SECRET) }],
    [
      'in the header, encoded as RFC 6749 wants it',
      { client_id: 'entra-client', client_secret: '' },
      { authorization: basic('entra%2Dclient', encodeURIComponent(SECRET)) },
    ],
    ['and the next secret', { client_secret: NEXT }, {}],
    ['and a scope', { scope: 'scim' }, {}],
    ['and a scope in the address, as Okta sends it', {}, { query: '?scope=scim' }],
  ])('is granted for client credentials %s, and opens the connection of the client', async (_, more, how) => {
    const granted = await grant(one, { ...ENTRA, ...more }, how)
    expect([granted.status, granted.body]).toEqual([
      200,
      { access_token: expect.stringMatching(/^rca_[\w-]{43}$/), token_type: 'Bearer', expires_in: 3600, scope: 'scim' },
    ])
    expect(granted.headers.get('cache-control')).toBe('no-store')
    expect(granted.headers.get('pragma')).toBe('no-cache')
    for (const instance of [one, two])
      expect((await ask(instance, bearer(granted.body['access_token']))).status).toBe(200)
  })

  test('is for one connection, for as long and for what its client may have', async () => {
    const client = { ...ENTRA, client_id: 'ping-client', client_secret: 'ping-secret-0123456789' }
    expect((await grant(one, client)).body).toMatchObject({ expires_in: 60, scope: 'scim users' })
    const granted = await grant(one, { ...client, scope: 'users' })
    expect(granted.body).toMatchObject({ scope: 'users' })
    const made = await fetch(`${one.address}/scim/v2/Users`, {
      method: 'POST',
      headers: {
        authorization: bearer(granted.body['access_token']),
        'content-type': 'application/scim+json',
      },
      body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'mia@ping.test' }),
    })
    expect(made.status).toBe(201)
    const totals = async (token: unknown) => (await ask(one, bearer(token))).body['totalResults']
    expect(await totals(granted.body['access_token'])).toBe(1)
    expect(await totals((await grant(one, ENTRA)).body['access_token'])).toBe(0)
  })

  test('ends when its time is over', async () => {
    const { access_token: token } = (await grant(one, ENTRA)).body
    expect((await ask(one, bearer(token))).status).toBe(200)
    await sql.query(`update access_token set expires_at = now() + interval '1 second'`)
    const refused = await until(
      () => ask(one, bearer(token)),
      ({ status }) => status !== 200,
    )
    expect([refused.status, refused.body['detail']]).toEqual([401, expect.stringMatching(/^This token has expired/)])
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"')
  })

  test('ends with the secret it was asked with, in every process, and those of the other secret go on', async () => {
    const [first, next] = [
      (await grant(one, ENTRA)).body['access_token'],
      (await grant(one, { ...ENTRA, client_secret: NEXT })).body['access_token'],
    ]
    for (const instance of [one, two])
      for (const token of [first, next]) expect((await ask(instance, bearer(token))).status).toBe(200)
    const secret = (await listed(one, 'entra')).find(({ name }) => name === '2026')
    expect(secret).toMatchObject({ kind: 'secret', state: 'valid' })
    expect((await admin(one, `/tokens/${secret?.id}/revoke`, { body: {} })).status).toBe(200)
    expect((await grant(two, ENTRA)).status).toBe(401)
    await pause(2_100)
    for (const instance of [one, two]) {
      expect((await ask(instance, bearer(first))).status).toBe(401)
      expect((await ask(instance, bearer(next))).status).toBe(200)
    }
  })

  test('is kept as a hash, is in no log, and is forgotten a day after its end', async () => {
    const { access_token: token } = (await grant(one, { ...ENTRA, client_secret: NEXT })).body
    const { rows } = await sql.query('select * from access_token')
    for (const place of [JSON.stringify(rows), one.logged()])
      for (const secret of [String(token), NEXT, SECRET]) expect(place).not.toContain(secret)
    await sql.query(`update access_token set expires_at = now() - interval '2 days'`)
    await grant(one, { ...ENTRA, client_secret: NEXT })
    expect((await sql.query('select from access_token')).rowCount).toBe(1)
  })
})

interface Refusal {
  readonly form: string | Readonly<Record<string, string>>
  readonly how?: { readonly authorization?: string; readonly query?: string }
  readonly status: number
  readonly error: string
}

describe('the token endpoint refuses, as RFC 6749 section 5.2 has it,', () => {
  const good = { ...ENTRA, client_secret: NEXT }
  const refusals: readonly (readonly [string, Refusal])[] = [
    ['no grant type', { form: { ...good, grant_type: '' }, status: 400, error: 'invalid_request' }],
    ['another grant type', { form: { ...good, grant_type: 'password' }, status: 400, error: 'unsupported_grant_type' }],
    ['a scope of another', { form: { ...good, scope: 'scim admin' }, status: 400, error: 'invalid_scope' }],
    ['no client', { form: { grant_type: 'client_credentials' }, status: 401, error: 'invalid_client' }],
    ['an unknown client', { form: { ...good, client_id: 'nobody' }, status: 401, error: 'invalid_client' }],
    [
      'a wrong secret',
      { form: { ...good, client_secret: 'wrong-secret-0123456789' }, status: 401, error: 'invalid_client' },
    ],
    [
      'an expired secret',
      { form: { ...good, client_secret: 'old-secret-0123456789' }, status: 401, error: 'invalid_client' },
    ],
    [
      'the secret of another client',
      { form: { ...good, client_secret: 'ping-secret-0123456789' }, status: 401, error: 'invalid_client' },
    ],
    [
      'a token for a secret',
      { form: { ...good, client_secret: 'okta-token-0123456789' }, status: 401, error: 'invalid_client' },
    ],
    [
      'a wrong secret in the header',
      {
        form: { grant_type: 'client_credentials' },
        how: { authorization: basic('entra-client', 'x') },
        status: 401,
        error: 'invalid_client',
      },
    ],
    [
      'a bearer token',
      {
        form: { grant_type: 'client_credentials' },
        how: { authorization: bearer('okta-token-0123456789') },
        status: 401,
        error: 'invalid_client',
      },
    ],
    [
      'a header that is no base64',
      {
        form: { grant_type: 'client_credentials' },
        how: { authorization: 'Basic !' },
        status: 401,
        error: 'invalid_client',
      },
    ],
    [
      'two ways at once',
      { form: good, how: { authorization: basic('entra-client', NEXT) }, status: 400, error: 'invalid_request' },
    ],
    [
      'a secret in the address',
      {
        form: { grant_type: 'client_credentials', client_id: 'entra-client' },
        how: { query: `?client_secret=${NEXT}` },
        status: 400,
        error: 'invalid_request',
      },
    ],
    [
      'a parameter that is there twice',
      { form: `${new URLSearchParams(good).toString()}&scope=scim&scope=scim`, status: 400, error: 'invalid_request' },
    ],
    ['a form that is none', { form: 'grant_type=%zz', status: 400, error: 'invalid_request' }],
    ['a form of 20 KB', { form: { ...good, x: 'x'.repeat(20_000) }, status: 413, error: 'invalid_request' }],
  ]
  test.each(refusals)('%s', async (_, { form, how = {}, status, error }) => {
    const refused = await grant(one, form, how)
    expect([refused.status, refused.body['error']]).toEqual([status, error])
    expect(refused.body['error_description']).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/)
    expect(refused.headers.get('content-type')).toMatch(/^application\/json/)
    expect(refused.headers.get('cache-control')).toBe('no-store')
    expect(refused.headers.get('www-authenticate')).toEqual(status === 401 ? expect.stringMatching(/^Basic /) : null)
    for (const secret of [NEXT, 'wrong-secret', 'nobody']) expect(refused.text).not.toContain(secret)
  })

  test('JSON, and every method but POST', async () => {
    const address = `${one.address}/oauth/token`
    const json = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(good),
    })
    expect([json.status, ((await json.json()) as { error: string }).error]).toEqual([415, 'invalid_request'])
    const get = await fetch(`${address}?grant_type=client_credentials`)
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST'])
  })
})

test('clients can read where to ask and how: RFC 8414', async () => {
  const read = await fetch(`${one.address}/.well-known/oauth-authorization-server`)
  expect([read.status, await read.json()]).toEqual([
    200,
    {
      issuer: one.address,
      token_endpoint: `${one.address}/oauth/token`,
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      scopes_supported: ['scim'],
    },
  ])
  expect((await fetch(`${one.address}/.well-known/oauth-authorization-server/other`)).status).toBe(404)
})

test('an issuer with a path has its metadata where RFC 8414 section 3.1 looks for it', async () => {
  const issuer = 'https://id.example.test/rollcall'
  const behind = await stage.start(connections, { publicUrl: issuer })
  const at = async (path: string) => {
    const response = await fetch(`${behind.address}/.well-known/oauth-authorization-server${path}`)
    return [response.status, ((await response.json()) as { issuer?: string }).issuer]
  }
  expect(await at('/rollcall')).toEqual([200, issuer])
  expect(await at('')).toEqual([200, issuer])
  expect(await at('/other')).toEqual([404, undefined])
  await behind.close()
})

test('what is taken out of the file ends, and stands in the list as withdrawn', async () => {
  const [entra, ...others] = connections
  const before = await stage.start(connections)
  const { access_token: token } = (await grant(before, { ...ENTRA, client_secret: NEXT })).body
  await before.close()
  const after = await stage.start([
    { ...entra, oauth: { clientId: 'entra-client', secrets: [{ value: 'third-secret-0123456789' }] } },
    ...others,
  ])
  expect((await grant(after, { ...ENTRA, client_secret: NEXT })).status).toBe(401)
  expect((await ask(after, bearer(token))).status).toBe(401)
  expect((await grant(after, { ...ENTRA, client_secret: 'third-secret-0123456789' })).status).toBe(200)
  expect((await listed(after, 'entra')).map(({ state }) => state)).toEqual([
    'valid',
    'withdrawn',
    'withdrawn',
    'revoked',
  ])
  await after.close()
})
