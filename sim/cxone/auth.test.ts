// Decides that discovery and tokens are as facts 1 and 2 have them.
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { call } from './caller.ts'
import { testCaller } from './test-caller.ts'

let now = Date.parse('2026-03-01T10:00:00Z')
const sim = testCaller({ users: 20, now: () => now })

const keyPair = (): Record<string, string> => ({
  accessKeyId: sim.simulator.accessKeyId,
  accessKeySecret: sim.simulator.accessKeySecret,
})

const tokens = (body: unknown = keyPair()) => sim.issuer('POST', '/authentication/v1/token/access-key', body)

const client = async () =>
  (await sim.control('GET', '/state')).body.client as { clientId: string; clientSecret: string }

test('openid-configuration names this address as issuer and its token endpoint', async () => {
  const { body } = await sim.issuer('GET', '/.well-known/openid-configuration')
  expect(body.issuer).toBe(sim.simulator.issuer)
  expect(body.token_endpoint).toBe(`${sim.simulator.issuer}/auth/token`)
  expect(body.jwks_uri).toBe(`${sim.simulator.issuer}/auth/jwks`)
})

test('tenant discovery needs no token, knows its tenant and refuses another', async () => {
  const plain = await sim.issuer('GET', '/.well-known/cxone-configuration')
  const named = await sim.issuer('GET', `/.well-known/cxone-configuration?tenantId=${plain.body.tenantId}`)
  const other = await sim.issuer('GET', '/.well-known/cxone-configuration?tenantId=someone-else')
  expect(named.body).toEqual(plain.body)
  expect(named.body).toMatchObject({ auth_endpoint: sim.simulator.issuer, area: 'na1' })
  expect(other.status).toBe(404)
})

test('the APIs are found only below api_endpoint, so a client that makes up the host finds nothing', async () => {
  const headers = { accept: 'application/json', authorization: `Bearer ${sim.accessToken}` }
  const beside = await call('GET', `${sim.simulator.issuer}/user-management/v1/users`, { headers })
  const below = await sim.api('GET', '/user-management/v1/users')
  expect([beside.status, below.status]).toEqual([404, 200])
})

test('the access key gives a token as JSON and as a form', async () => {
  const json = await tokens()
  const form = await tokens(new URLSearchParams(keyPair()))
  for (const { status, body } of [json, form]) {
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 })
    expect(Object.keys(body)).toEqual(expect.arrayContaining(['access_token', 'refresh_token', 'id_token']))
  }
})

test.each([
  ['a wrong secret', () => ({ ...keyPair(), accessKeySecret: 'no' })],
  ['an unknown key', () => ({ ...keyPair(), accessKeyId: '__proto__' })],
  ['no key', () => ({})],
  ['numbers', () => ({ accessKeyId: 1, accessKeySecret: 2 })],
])('%s gets 401 with error and errorDescription', async (_what, body) => {
  const answer = await tokens(body())
  expect(answer.status).toBe(401)
  expect(answer.body).toEqual({ error: 'invalid_client', errorDescription: expect.any(String) })
})

test('both tokens are RS256, verify against the published keys and carry the claims', async () => {
  const { body } = await tokens()
  const keys = createLocalJWKSet(JSON.parse((await sim.issuer('GET', '/auth/jwks')).text) as JSONWebKeySet)
  const { body: tenant } = await sim.issuer('GET', '/.well-known/cxone-configuration')
  for (const token of [body.id_token, body.access_token] as string[]) {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer: sim.simulator.issuer,
      currentDate: new Date(now),
    })
    expect(protectedHeader.alg).toBe('RS256')
    expect(payload).toMatchObject({
      tenantId: tenant.tenantId,
      icClusterId: tenant.cluster,
      role: { legacyId: 'Provisioning Service' },
    })
    expect(payload['icBUId']).toEqual(expect.any(Number))
  }
})

test('the sub of the id_token is the service user, and that user can be read', async () => {
  const { sub } = decodeJwt((await tokens()).body.id_token)
  const { body } = await sim.api('GET', `/user-management/v3/users/${sub}`)
  expect(body.user).toMatchObject({
    userName: 'svc.provisioning@alpenglow.example',
    billable: false,
    role: 'Provisioning Service',
  })
})

test('an access token stops working when its time is up', async () => {
  const before = await sim.api('GET', '/user-management/v1/users')
  now += 3_600_000
  const after = await sim.api('GET', '/user-management/v1/users')
  expect([before.status, after.status]).toEqual([200, 401])
})

test('a refresh token gives a new token once', async () => {
  const { body } = await tokens()
  const first = await sim.issuer('POST', '/public/user/refresh', { token: body.refresh_token })
  const again = await sim.issuer('POST', '/public/user/refresh', { token: body.refresh_token })
  const next = await sim.issuer('POST', '/public/user/refresh', { token: first.body.refresh_token })
  expect([first.status, again.status, next.status]).toEqual([200, 401, 200])
  expect(again.body.error).toBe('invalid_grant')
})

test('a refresh without a token is refused', async () => {
  expect((await sim.issuer('POST', '/public/user/refresh', {})).status).toBe(401)
  expect((await sim.issuer('POST', '/public/user/refresh')).status).toBe(401)
})

const grant = (extra: Record<string, string> = {}) =>
  new URLSearchParams({
    grant_type: 'password',
    username: keyPair()['accessKeyId']!,
    password: keyPair()['accessKeySecret']!,
    ...extra,
  })

test('a registered client gets a token for the key, with Basic and with post authentication', async () => {
  const { clientId, clientSecret } = await client()
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')
  const url = `${sim.simulator.issuer}/auth/token`
  const withBasic = await call('POST', url, { body: grant(), headers: { authorization: `Basic ${basic}` } })
  const withPost = await call('POST', url, { body: grant({ client_id: clientId, client_secret: clientSecret }) })
  expect([withBasic.status, withPost.status]).toEqual([200, 200])
  const refreshed = new URLSearchParams({
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: withPost.body.refresh_token,
  })
  expect((await call('POST', url, { body: refreshed })).status).toBe(200)
})

test('the password grant tells a wrong client, a wrong key and a wrong grant apart', async () => {
  const { clientId, clientSecret } = await client()
  const pair = { client_id: clientId, client_secret: clientSecret }
  const unencoded = Buffer.from(`${clientId}:${clientSecret}%`).toString('base64')
  const url = `${sim.simulator.issuer}/auth/token`
  const noClient = await call('POST', url, { body: grant() })
  const badBasic = await call('POST', url, { body: grant(), headers: { authorization: `Basic ${unencoded}` } })
  const badKey = await call('POST', url, { body: grant({ ...pair, password: 'no' }) })
  const badGrant = await call('POST', url, { body: grant({ ...pair, grant_type: 'client_credentials' }) })
  expect([noClient, badBasic, badKey, badGrant].map(({ status, body }) => [status, body.error])).toEqual([
    [401, 'invalid_client'],
    [401, 'invalid_client'],
    [400, 'invalid_grant'],
    [400, 'unsupported_grant_type'],
  ])
})

test('deactivating the owner kills the key, its tokens and its refresh tokens', async () => {
  const state = (await sim.control('GET', '/state')).body
  const { body } = await tokens()
  await sim.control('PUT', `/users/${state.serviceUserId}`, { status: 'DELETED' })
  expect((await sim.api('GET', '/user-management/v1/users')).status).toBe(401)
  expect((await tokens()).status).toBe(401)
  expect((await sim.issuer('POST', '/public/user/refresh', { token: body.refresh_token })).status).toBe(401)
})
