// Decides that every state of the ways in can be made and is then seen as facts 1, 2 and 8 say: keys, clients, rights,
// clock, single sign-on; and that calls are counted so that "nothing was written" can be shown.
import { inflateRawSync } from 'node:zlib'
import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import type { Row } from './caller.ts'
import { active, keyPair, oneWho, signInAnswer, stateOf, USERS } from './switch-case.ts'
import { clientSignIn } from './switch-cases-ways.ts'
import { testCaller } from './test-caller.ts'

const sim = testCaller({ users: 60 })

const KEYS = '/access-key-management/v1/access-keys'
const status = async () => (await sim.api('GET', USERS)).status

test.each([
  ['switched off', { isActive: false }, 'inactive'],
  ['expired', { expiresAt: '2020-01-01T00:00:00Z' }, 'expired'],
])('a key that is %s gives no token, to nobody', async (_what, patch, named) => {
  await sim.set({ keyRefusal: 'told' })
  await sim.control('PUT', `/access-keys/${sim.simulator.accessKeyId}`, patch)
  const direct = await signInAnswer(sim, keyPair(sim))
  const client = await clientSignIn(sim, 'post')
  expect([direct.status, client.status]).toEqual([401, 400])
  for (const { body } of [direct, client]) expect(body['errorDescription']).toContain(named)
  await sim.set({ keyRefusal: 'same' })
  expect((await signInAnswer(sim, keyPair(sim))).body['errorDescription']).toContain('unknown, inactive')
})

test('a key works until it expires, by the clock of the business unit', async () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
  await sim.control('PUT', `/access-keys/${sim.simulator.accessKeyId}`, { expiresAt: inAnHour })
  expect((await signInAnswer(sim, keyPair(sim))).status).toBe(200)
  await sim.control('PUT', '/clock', { offsetSeconds: 3601 })
  expect((await signInAnswer(sim, keyPair(sim))).status).toBe(401)
})

test('an owner who is deactivated by hand takes keys and tokens along', async () => {
  await sim.set({ keyRefusal: 'told' })
  const { serviceUserId } = await stateOf(sim)
  expect((await sim.control('POST', `/users/${serviceUserId}/deactivate`)).body.status).toBe('DELETED')
  const { status: refused, body } = await signInAnswer(sim, keyPair(sim))
  expect([refused, body['errorDescription'], await status()]).toEqual([401, expect.stringContaining('owner'), 401])
  expect((await sim.control('POST', `/users/${serviceUserId}/deactivate`)).status).toBe(400)
  await sim.set({ keyRefusal: 'same' })
})

test('a client that is disabled, or not authorized for the tenant, gets no token and is told apart', async () => {
  const refused = async (patch: object) => {
    await sim.control('PUT', '/client', patch)
    const answer = await clientSignIn(sim, 'encoded')
    return [answer.status, answer.body.error, answer.body['errorDescription']]
  }
  expect(await refused({ isEnabled: false })).toEqual([401, 'invalid_client', expect.stringContaining('disabled')])
  expect(await refused({ isEnabled: true, isAuthorized: false })).toEqual([
    401,
    'unauthorized_client',
    expect.stringMatching(/^Client application .* not authorized for user$/),
  ])
  expect(await refused({ isAuthorized: true })).toEqual([200, undefined, undefined])
})

test('a wrong key behind a good client is no wrong client', async () => {
  const answer = await clientSignIn(sim, 'encoded', { password: 'no' })
  expect([answer.status, answer.body.error]).toEqual([400, 'invalid_grant'])
})

test('a right is withheld together with those that imply it', async () => {
  await sim.control('PUT', '/service-role', { without: ['employees.create'] })
  expect([await status(), (await sim.api('POST', USERS, {})).status]).toEqual([200, 403])
  const { body } = await sim.control('PUT', '/service-role', { without: ['employees.view'] })
  expect((body['permissions'] as string[]).filter((name) => name.startsWith('employees'))).toEqual([])
  expect([await status(), (await sim.api('POST', '/authorization/v1/roles/search')).status]).toEqual([403, 200])
  expect((await sim.control('PUT', '/service-role', { without: ['flying'] })).body.error).toContain('employees.view')
})

test('any role can be given rights, and only those that there are', async () => {
  const given = { roleName: 'Manager', permissions: ['employees.create'] }
  expect((await sim.control('PUT', '/role', given)).body).toEqual({
    role: 'Manager',
    permissions: given.permissions,
    status: 'ACTIVE',
  })
  expect((await sim.control('PUT', '/role', { roleName: 'Manager' })).status).toBe(400)
  expect((await sim.control('PUT', '/role', { roleName: 'Manager', permissions: ['flying'] })).status).toBe(400)
})

test('with the right to its own keys only, the caller sees and changes no other', async () => {
  const { accessKeyId } = sim.simulator
  const { accessKeys, serviceUserId } = await stateOf(sim)
  const other = accessKeys.find((key) => key.accessKeyId !== accessKeyId) as Row
  await sim.control('PUT', '/service-role', { permissions: ['myAccessKey.view', 'myAccessKey.create'] })
  const listed = async (query: string) => (await sim.api('GET', `${KEYS}${query}`)).body.accessKeys
  expect((await listed('')).map((key) => key.accessKeyId)).toEqual([accessKeyId])
  expect(await listed(`?userId=${other.userId}`)).toEqual([])
  expect((await sim.api('GET', `${KEYS}/${accessKeyId}`)).body.resultSet).toMatchObject({ userId: serviceUserId })
  expect((await sim.api('GET', `${KEYS}/${other.accessKeyId}`)).status).toBe(404)
  expect((await sim.api('POST', KEYS, { userId: other.userId })).status).toBe(404)
  expect((await sim.api('POST', KEYS, { userId: serviceUserId })).status).toBe(200)
  expect((await sim.api('DELETE', `${KEYS}/${accessKeyId}`)).status).toBe(403)
})

test('keys can be made with a past, and no read tells when they end', async () => {
  const { id } = await oneWho(sim, active)
  const expiresAt = '2030-01-01T00:00:00Z'
  const made = (await sim.control('POST', '/access-keys', { userId: id, lastUsedDate: '2020-02-02', expiresAt })).body
  const { accessKeySecret } = made as unknown as { accessKeySecret: string }
  const [listed] = (await sim.api('GET', `${KEYS}?userId=${id}`)).body.accessKeys
  expect(listed).toMatchObject({ accessKeyId: made['accessKeyId'], lastUsedDate: '2020-02-02', isActive: true })
  expect(listed).not.toHaveProperty('expiresAt')
  const shown = (await stateOf(sim)).accessKeys.find(({ accessKeyId }) => accessKeyId === made['accessKeyId'])
  expect(shown).toMatchObject({ expiresAt })
  expect((await signInAnswer(sim, { accessKeyId: made['accessKeyId'], accessKeySecret })).status).toBe(200)
  expect((await sim.control('POST', '/access-keys', { userId: id, expiresAt: 'soon' })).status).toBe(400)
})

test.each([0, 600, -600])(
  'with a clock %i s off, the Date header and the tokens are off as much',
  async (offsetSeconds) => {
    await sim.control('PUT', '/clock', { offsetSeconds })
    const { headers, body } = await signInAnswer(sim, keyPair(sim))
    const expected = Date.now() / 1000 + offsetSeconds
    for (const seen of [Date.parse(headers.get('date') ?? '') / 1000, decodeJwt(body.id_token).iat ?? 0])
      expect(Math.abs(seen - expected)).toBeLessThan(60)
    const unknown = await sim.issuer('GET', '/nothing')
    expect(Math.abs(Date.parse(unknown.headers.get('date') ?? '') / 1000 - expected)).toBeLessThan(60)
    expect((await sim.control('PUT', '/clock', { offsetSeconds: 'late' })).status).toBe(400)
  },
)

test('calls are counted by method and by what they are for, from a number on', async () => {
  const last = (await sim.control('GET', '/calls')).rows.at(-1) as Row
  const count = async () => (await sim.control('GET', `/calls/count?since=${last.seq}`)).body
  await sim.issuer('GET', '/.well-known/openid-configuration')
  await signInAnswer(sim, keyPair(sim))
  await clientSignIn(sim, 'post')
  await sim.api('POST', '/user-management/v2/users/search', {})
  await sim.acd('GET', '/business-unit')
  expect(await count()).toEqual({ total: 5, byMethod: { GET: 2, POST: 3 }, signIns: 2, reads: 3, writes: 0 })
  await sim.api('POST', USERS, {})
  await sim.acd('DELETE', '/groups/1000/agents', { agents: [] })
  expect(await count()).toMatchObject({ total: 7, byMethod: { DELETE: 1 }, writes: 2 })
  expect((await stateOf(sim)).calls).toMatchObject({ writes: 2, byMethod: { DELETE: 1 } })
})

test('a first sign-in makes an account with default role and team, the NameID in it, and active', async () => {
  const { authenticators, teams } = await stateOf(sim)
  const nameId = 'Jay.Timmer@alpenglow.example'
  const first = (await sim.control('POST', '/jit', { nameId, firstName: 'Jay', lastName: 'Timmer' })).body
  expect(first).toMatchObject({
    created: true,
    user: {
      userName: nameId,
      emailAddress: nameId,
      firstName: 'Jay',
      externalIdentity: nameId,
      status: 'ACTIVE',
      scimManaged: false,
      teamId: teams.find((team) => team['isDefault'])?.id,
      loginAuthenticatorId: authenticators[1]?.id,
    },
  })
  const { user } = (await sim.api('GET', `/user-management/v3/users/${first.user.id}`)).body
  expect(user).toMatchObject({ role: 'Agent', status: 'ACTIVE' })
  expect((await sim.acd('GET', `/agents/${first.user.id}`)).body.agents[0]).toMatchObject({ federatedId: nameId })
  const again = (await sim.control('POST', '/jit', { nameId: nameId.toLowerCase() })).body
  expect([again['created'], again.user.id]).toEqual([false, first.user.id])
  await sim.control('POST', `/users/${first.user.id}/deactivate`)
  expect((await sim.control('POST', '/jit', { nameId })).body.error).toContain('DELETED')
})

test('entity id and assertion URL hold the tenant, and the sign-on URL is the bare issuer', async () => {
  const { issuer } = sim.simulator
  const { tenantId } = (await sim.issuer('GET', '/.well-known/cxone-configuration')).body
  expect((await sim.control('GET', '/sso')).body).toEqual({
    entityId: `${issuer}/${tenantId}`,
    assertionUrl: `${issuer}/auth/authorize?tenantId=${tenantId}`,
    signOnUrl: issuer,
    idpEndpointUrl: null,
  })
  const page = await sim.issuer('GET', '/')
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html'])
})

test('the assertion URL sends a browser to the provider with a request that names both', async () => {
  const { assertionUrl, entityId } = (await sim.control('GET', '/sso')).body as Record<string, unknown>
  const path = String(assertionUrl).slice(sim.simulator.issuer.length)
  expect((await sim.issuer('GET', path)).headers.get('content-type')).toBe('text/html')
  expect((await sim.issuer('GET', '/auth/authorize?tenantId=nobody')).status).toBe(400)
  await sim.control('PUT', '/sso', { idpEndpointUrl: 'https://idp.example/saml?app=7' })
  const sent = await fetch(`${String(assertionUrl)}&RelayState=desk`, { redirect: 'manual' })
  const target = new URL(sent.headers.get('location') ?? '')
  expect([sent.status, target.host, target.searchParams.get('app')]).toEqual([302, 'idp.example', '7'])
  expect(target.searchParams.get('RelayState')).toBe('desk')
  const xml = inflateRawSync(Buffer.from(target.searchParams.get('SAMLRequest') ?? '', 'base64')).toString()
  expect(xml).toContain(`>${String(entityId)}<`)
  expect(xml).toContain(`AssertionConsumerServiceURL="${String(assertionUrl)}"`)
  expect((await sim.control('PUT', '/sso', { idpEndpointUrl: 'nowhere' })).status).toBe(400)
})

test('a reset mends client, clock, Account Settings and single sign-on', async () => {
  await sim.control('PUT', '/client', { isEnabled: false })
  await sim.control('PUT', '/clock', { offsetSeconds: 600 })
  await sim.control('PUT', '/account-settings', { create: false, defaultRole: 'Manager', attributes: { team: true } })
  await sim.control('PUT', '/sso', { idpEndpointUrl: 'https://idp.example' })
  await sim.control('POST', '/reset')
  const { client, accountSettings, sso } = (await stateOf(sim)) as unknown as Record<string, Row>
  expect(client).toMatchObject({ isEnabled: true, isAuthorized: true })
  expect(accountSettings).toMatchObject({ create: true, defaultRole: null, attributes: { team: false } })
  expect(sso).toMatchObject({ idpEndpointUrl: null })
  expect((await sim.control('GET', '/clock')).body).toMatchObject({ offsetSeconds: 0 })
  const wrong = await sim.control('PUT', '/account-settings', { attributes: { shoeSize: true } })
  expect(wrong.body.error).toContain('primaryRole')
})

test('the table of switches says which half each belongs to', async () => {
  const { rows } = await sim.control('GET', '/switches/table')
  const partOf = (name: string): unknown => rows.find((row) => row.name === name)?.['part']
  expect(['clientAuth', 'putMissing', 'acdVersions', 'scimDelete'].map(partOf)).toEqual([
    'ways',
    'userHub',
    'acd',
    'scim',
  ])
})
