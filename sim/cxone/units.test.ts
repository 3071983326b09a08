// Decides that several business units at one issuer stay apart: one address signs in to all, and what is known of one
// is good for no other (facts 1.2, 2.1).
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from './caller.ts'
import { type CxoneSimulator, startCxoneSimulator, type UnitAccess } from './server.ts'

let simulator: CxoneSimulator
let units: readonly [UnitAccess, UnitAccess]

beforeAll(async () => {
  simulator = await startCxoneSimulator({ users: 8, units: 2 })
  units = simulator.units as [UnitAccess, UnitAccess]
})
afterAll(() => simulator.close())

const signIn = ({ accessKeyId, accessKeySecret }: UnitAccess) =>
  call('POST', `${simulator.issuer}/authentication/v1/token/access-key`, { body: { accessKeyId, accessKeySecret } })
const discovered = async (query: string) =>
  (await call('GET', `${simulator.issuer}/.well-known/cxone-configuration${query}`)).body
const users = (apiEndpoint: unknown, token: string) =>
  call('GET', `${String(apiEndpoint)}/user-management/v1/users`, {
    headers: { accept: 'application/json', authorization: `Bearer ${token}` },
  })

test('a token says of which unit it is, and discovery by that leads to its people and to no others', async () => {
  const seen: string[][] = []
  for (const unit of units) {
    const { id_token, access_token } = (await signIn(unit)).body
    expect(decodeJwt(id_token)['tenantId']).toBe(unit.tenantId)
    const { api_endpoint, tenantId } = await discovered(`?tenantId=${unit.tenantId}`)
    expect(tenantId).toBe(unit.tenantId)
    seen.push((await users(api_endpoint, access_token)).body.users.map(({ id }) => id))
  }
  const [one = [], other = []] = seen
  expect([one.length > 0, other.length > 0, one.some((id) => other.includes(id))]).toEqual([true, true, false])
})

test('the token of one is good for nothing at the other, and without a name discovery tells of the first', async () => {
  const { access_token } = (await signIn(units[1])).body
  const first = await discovered('')
  expect(first.tenantId).toBe(units[0].tenantId)
  expect((await users(first['api_endpoint'], access_token)).status).toBe(401)
})

test('a refresh, and a client of the first, lead to the unit of the key', async () => {
  const refreshed = await call('POST', `${simulator.issuer}/public/user/refresh`, {
    body: { token: (await signIn(units[1])).body.refresh_token },
  })
  const { clientId, clientSecret } = (await call('GET', `${units[0].control}/state`)).body.client
  const { accessKeyId: username, accessKeySecret: password } = units[1]
  const pair = { client_id: clientId, client_secret: clientSecret }
  const granted = await call('POST', `${simulator.issuer}/auth/token`, {
    body: new URLSearchParams({ grant_type: 'password', username, password, ...pair }),
  })
  for (const { body } of [refreshed, granted]) expect(decodeJwt(body.id_token)['tenantId']).toBe(units[1].tenantId)
})

test('each has a control, switches, troubles and a log of its own', async () => {
  const [one, other] = units
  const tokens = await Promise.all(units.map(async (unit) => (await signIn(unit)).body.access_token))
  const endpoints = await Promise.all(units.map(({ tenantId }) => discovered(`?tenantId=${tenantId}`)))
  const faults = { faults: [{ match: { path: '/users' }, effect: { status: 503 } }] }
  await call('POST', `${other.control}/faults`, { body: faults })
  const answers = await Promise.all(endpoints.map((at, index) => users(at['api_endpoint'], tokens[index] ?? '')))
  expect(answers.map(({ status }) => status)).toEqual([200, 503])
  const [mine, theirs] = await Promise.all(
    [one, other].map(async ({ control }) => (await call('GET', `${control}/calls`)).rows.map(({ path }) => path)),
  )
  expect(theirs?.every((path) => path.startsWith('/api-na1-2/'))).toBe(true)
  expect(mine?.some((path) => path.startsWith('/api-na1-2/'))).toBe(false)
})

test('single sign-on at the issuer is by the tenant', async () => {
  await call('PUT', `${units[1].control}/sso`, { body: { idpEndpointUrl: 'https://idp.example/two' } })
  const at = ({ tenantId }: UnitAccess) =>
    fetch(`${simulator.issuer}/auth/authorize?tenantId=${tenantId}`, { redirect: 'manual' })
  const [one, other] = await Promise.all(units.map(at))
  expect([one?.status, other?.status]).toEqual([200, 302])
  expect(other?.headers.get('location')).toContain('https://idp.example/two')
})
