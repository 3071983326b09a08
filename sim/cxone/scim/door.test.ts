// Decides who reaches native SCIM, by which credentials and rights, and what is not there (facts 3.1, 3.4).
import { expect, test } from 'vitest'
import { call } from '../caller.ts'
import { active, keyPair, oneWho } from '../switch-case.ts'
import { resource, SCIM } from '../switch-cases-scim.ts'
import { testCaller } from '../test-caller.ts'

const sim = testCaller({ users: 20 })

const at = (path: string, authorization: string, accept = 'application/json') =>
  call('GET', `${sim.apiEndpoint}${path}`, { headers: { accept, authorization } })
const bearer = () => `Bearer ${sim.accessToken}`
const basic = (pair: Record<string, string> = keyPair(sim)) =>
  `Basic ${Buffer.from(Object.values(pair).join(':')).toString('base64')}`

test('bearer and Basic each have their own paths', async () => {
  const { id } = await oneWho(sim, active)
  const open = [await at(`${SCIM}/Users/${id}`, bearer()), await at(`/basic-auth${SCIM}/Users/${id}`, basic())]
  expect(open.map(({ status, body }) => [status, body.id])).toEqual([
    [200, id],
    [200, id],
  ])
  const crossed = [await at(`${SCIM}/Users/${id}`, basic()), await at(`/basic-auth${SCIM}/Users/${id}`, bearer())]
  expect(crossed.map(({ status, body }) => [status, Object.keys(body)[0]])).toEqual([
    [401, 'timestamp'],
    [401, 'timestamp'],
  ])
})

test.each([
  ['a wrong secret', { accessKeySecret: 'no' }, {}],
  ['an unknown key', { accessKeyId: 'no' }, {}],
  ['a key that is off', {}, { isActive: false }],
  ['an expired key', {}, { expiresAt: '2020-01-01T00:00:00Z' }],
])('Basic with %s is 401', async (_what, pair, key) => {
  await sim.control('PUT', `/access-keys/${sim.simulator.accessKeyId}`, key)
  expect((await at(`/basic-auth${SCIM}/Schemas`, basic({ ...keyPair(sim), ...pair }))).status).toBe(401)
})

test('Basic notes the use of the key, also for whom a colon is in no part', async () => {
  await sim.control('PUT', `/access-keys/${sim.simulator.accessKeyId}`, { lastUsedDate: null })
  await at(`/basic-auth${SCIM}/Schemas`, 'Basic bm9jb2xvbg==')
  await at(`/basic-auth${SCIM}/Schemas`, basic())
  const { accessKeys } = (await sim.control('GET', '/state')).body
  expect(accessKeys.find((key) => key.accessKeyId === sim.simulator.accessKeyId)?.['lastUsedDate']).not.toBeNull()
})

test('each call asks for its right', async () => {
  const { id } = await oneWho(sim, active)
  const statuses = async () => [
    (await sim.api('GET', `${SCIM}/Users/${id}`)).status,
    (await sim.api('POST', `${SCIM}/Users`, resource())).status,
    (await sim.api('PUT', `${SCIM}/Users/${id}`, {})).status,
    (await sim.api('PATCH', `${SCIM}/Users/${id}`, {})).status,
    (await sim.api('GET', `${SCIM}/Schemas`)).status,
  ]
  await sim.control('PUT', '/service-role', { permissions: [] })
  expect(await statuses()).toEqual([403, 403, 403, 403, 200])
  await sim.control('PUT', '/service-role', { permissions: ['employees.create'] })
  expect(await statuses()).toEqual([200, 201, 403, 403, 200])
  await sim.control('PUT', '/service-role', { permissions: ['employees.edit'] })
  expect(await statuses()).toEqual([200, 403, 400, 400, 200])
})

test.each(['Groups', 'ServiceProviderConfig', 'ResourceTypes', 'Me', 'Bulk', 'Users/.search'])(
  '%s is not there',
  async (path) => {
    const answer = await sim.api('GET', `${SCIM}/${path}`)
    expect([answer.status, answer.body['schemas']]).toEqual([404, ['urn:ietf:params:scim:api:messages:2.0:Error']])
  },
)

test('nobody is deleted', async () => {
  const { id } = await oneWho(sim, active)
  expect((await sim.api('DELETE', `${SCIM}/Users/${id}`)).status).toBe(404)
  expect((await sim.control('GET', `/users/${id}`)).body.status).toBe('ACTIVE')
})

test('schemas say which attributes there are, and come with startIndex and itemsPerPage', async () => {
  const { body } = await sim.api('GET', `${SCIM}/Schemas`)
  expect(body).toMatchObject({ totalResults: 2, startIndex: 1, itemsPerPage: 2 })
  const [core, nice] = body['Resources'] as { attributes: { name: string }[] }[]
  expect(core?.attributes.map(({ name }) => name)).toContain('timezone')
  expect(nice?.attributes.map(({ name }) => name)).toEqual(['team', 'loginAuthenticator'])
})

test('application/scim+json is asked for and understood, but for a tenant that does not know it', async () => {
  expect((await at(`${SCIM}/Schemas`, bearer(), 'application/scim+json')).status).toBe(200)
  await sim.set({ scimMediaType: 'unknown' })
  expect((await at(`${SCIM}/Schemas`, bearer(), 'application/scim+json')).text).toBe('No known way to render data')
  await sim.set({ scimMediaType: 'known' })
})

test('a tenant without native SCIM says so at every path of it, to everybody', async () => {
  const paths = [`${SCIM}/Users`, `/basic-auth${SCIM}/Users`, `${SCIM}/ServiceProviderConfig`]
  for (const [value, status] of [
    ['notFound', 404],
    ['forbidden', 403],
    ['html', 200],
  ] as const) {
    // prettier-ignore
    await sim.set({ nativeScim: value })
    for (const path of paths) expect((await at(path, 'Bearer nonsense')).status).toBe(status)
  }
  await sim.set({ nativeScim: 'answers' })
})

test.each([
  ['broken JSON', '{"userName":', 'application/json', 400, 'invalidSyntax'],
  ['a list', '[]', 'application/scim+json', 400, 'invalidValue'],
  ['nothing', '', 'application/json', 400, 'invalidValue'],
  ['a body of 2 MB', JSON.stringify({ userName: 'x'.repeat(2_000_000) }), 'application/json', 413, undefined],
])('%s is refused in SCIM', async (...[, body, type, status, scimType]) => {
  const headers = { accept: 'application/json', authorization: bearer(), 'content-type': type }
  const answer = await call('POST', `${sim.apiEndpoint}${SCIM}/Users`, { body, headers })
  expect([answer.status, answer.body['scimType'], answer.body.status]).toEqual([status, scimType, String(status)])
})
