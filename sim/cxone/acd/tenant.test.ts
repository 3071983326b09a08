// Decides that ceilings, versions, security profiles, keys and the past of agents can be read as facts 4.8, 5.4 and 5.7
// say.
import { beforeEach, expect, test } from 'vitest'
import type { Body, Row } from '../caller.ts'
import { active, oneWho } from '../switch-case.ts'
import { testCaller } from '../test-caller.ts'

const sim = testCaller({ users: 60 })
let state: Body

beforeEach(async () => {
  state = (await sim.control('GET', '/state')).body
})

test('the business unit tells its ceilings and which tenant it is', async () => {
  const { body } = await sim.acd('GET', '/business-unit')
  expect(body).toEqual(state['businessUnit'])
  expect(body).toMatchObject({ isIntegratedTenant: true, userLimit: expect.any(Number), features: expect.any(Array) })
  await sim.control('PUT', '/business-unit', { userLimit: 7, isIntegratedTenant: false })
  expect((await sim.acd('GET', '/business-unit')).body).toMatchObject({ userLimit: 7, isIntegratedTenant: false })
})

test('deactivating makes room under the limit, and a revive needs it', async () => {
  const occupied = state.users.filter(({ status }) => status !== 'DELETED').length
  await sim.control('PUT', '/business-unit', { userLimit: occupied })
  const gone = state.users.find(({ status }) => status === 'DELETED') as Row
  const revive = () => sim.api('POST', `/user-management/v1/users/${gone.id}/revive`)
  const refused = await revive()
  expect([refused.status, refused.body.code]).toEqual([400, 'USER_LIMIT_REACHED'])
  const { id } = await oneWho(sim, active)
  await sim.api('POST', '/user-management/v1/users/deactivate', { userIds: [id] })
  expect((await revive()).status).toBe(200)
})

test('versions 20 to 34 are named', async () => {
  const { apiInfo } = (await sim.acd('GET', '/apiversion')).body as unknown as { apiInfo: Row[] }
  const versions = new Set(apiInfo.map((row) => row['version']))
  expect([versions.size, versions.has('v20.0'), versions.has('v34.0')]).toEqual([15, true, true])
  const { versionInfo } = (await sim.acd('GET', '/apiversionreleaseinfo')).body as unknown as { versionInfo: Row[] }
  expect(versionInfo).toHaveLength(15)
})

test('every zone of the people is among the time zones, and their countries among the countries', async () => {
  const { timeZones } = (await sim.acd('GET', '/timezones')).body as unknown as { timeZones: Row[] }
  const { countries } = (await sim.acd('GET', '/countries')).body as unknown as { countries: Row[] }
  expect(timeZones.map((row) => row['timeZoneId'])).toEqual(
    expect.arrayContaining(state.users.map((user) => user['timeZone'])),
  )
  const lived = state.users.flatMap((user) => user['country'] ?? [])
  expect(countries.map((row) => row['countryCode'])).toEqual(expect.arrayContaining(lived))
})

test('every role is a security profile that carries its id, and agents name theirs', async () => {
  const { profiles } = (await sim.acd('GET', '/security-profiles')).body as unknown as { profiles: Row[] }
  expect(profiles.map((profile) => profile['roleId'])).toEqual(state.roles.map((role) => role['roleId']))
  const { id, ...user } = await oneWho(sim, active)
  const agent = (await sim.acd('GET', `/agents/${id}`)).body.agents[0]
  const own = profiles.find((profile) => profile['securityProfileId'] === agent?.['profileId'])
  expect(own?.['roleId']).toBe(user['roleUUID'])
  const { profile } = (await sim.acd('GET', `/security-profiles/${String(agent?.['profileId'])}`)).body
  expect((profile as Row)['assignedAgents']).toContainEqual(expect.objectContaining({ agentId: agent?.['agentId'] }))
  expect((await sim.acd('GET', '/security-profiles/1')).status).toBe(404)
})

const RANGE = 'startDate=2025-06-01T00:00:00Z&endDate=2026-05-01T00:00:00Z'

test('a seeded agent has a past that ends with the last login and is the same each time', async () => {
  const { id } = await oneWho(sim, active)
  const { agentId, lastLogin } = (await sim.control('PUT', `/agents/${id}`, { lastLogin: '2026-01-04T08:00:00.000Z' }))
    .body
  const read = () => sim.acd('GET', `/agents/${String(agentId)}/login-history?${RANGE}`)
  const first = (await read()).body['agentLogins'] as Row[]
  expect(first.at(-1)?.['loginDate']).toBe(lastLogin)
  expect((await read()).body['agentLogins']).toEqual(first)
  const { body } = await sim.acd('GET', `/agents/${String(agentId)}/performance?${RANGE}`)
  expect(body['agentPerformance']).toEqual([expect.objectContaining({ agentId, loginTime: 'PT160H', availableTime: 'PT146H40M' })]) // prettier-ignore
  const states = (await sim.acd('GET', `/agents/${String(agentId)}/state-history?${RANGE}&top=100`)).body
  expect(states['totalRecords']).toBe(80)
})

test('whoever never logged in has no past, and an unknown range is refused', async () => {
  const { id } = await oneWho(sim, ({ status }) => status === 'UNREGISTERED')
  const { agentId, lastLogin } = (await sim.control('GET', `/agents/${id}`)).body
  expect(lastLogin).toBeNull()
  const { body } = await sim.acd('GET', `/agents/${String(agentId)}/login-history?${RANGE}`)
  expect(body['agentLogins']).toEqual([])
  for (const query of ['', 'startDate=2026-01-01', 'startDate=2026-02-01&endDate=2026-01-01'])
    expect((await sim.acd('GET', `/agents/${String(agentId)}/login-history?${query}`)).status).toBe(400)
})

test('everybody who worked in a range is in the performance of all, page by page', async () => {
  const worked = state.agents.filter((agent) => agent['lastLogin'] !== null)
  const pages: Row[] = []
  for (let skip = 0; skip < 100; skip += 50)
    pages.push(...((await sim.acd('GET', `/agents/performance?startDate=2025-01-10&endDate=2026-01-06&skip=${skip}`)).body['agentPerformance'] as Row[])) // prettier-ignore
  const ids = pages.map((row) => row['agentId'])
  const recent = worked.filter((agent) => String(agent['lastLogin']) > '2025-02')
  expect(ids).toEqual(expect.arrayContaining(recent.map((agent) => agent['agentId'])))
  expect(new Set(ids).size).toBe(ids.length)
})

test('a login of today is in the history until now', async () => {
  const { id } = await oneWho(sim, active)
  const { agentId, lastLogin } = (await sim.control('POST', `/agents/${id}/login`)).body
  const range = `startDate=${new Date(Date.now() - 60_000).toISOString()}&endDate=${new Date(Date.now() + 60_000).toISOString()}`
  const { body } = await sim.acd('GET', `/agents/${String(agentId)}/login-history?${range}`)
  expect((body['agentLogins'] as Row[]).map((row) => row['loginDate'])).toEqual([lastLogin])
})
