// Decides that the control API shows all of the ACD half and can make it drift behind every client.
import { beforeEach, expect, test } from 'vitest'
import { type Row, somebody } from '../caller.ts'
import { active, oneWho, stateOf } from '../switch-case.ts'
import { testCaller } from '../test-caller.ts'

const sim = testCaller({ users: 60 })
let userId: string

beforeEach(async () => {
  userId = (await oneWho(sim, active)).id
})

test('the state holds agents, skills, assignments, groups, members, sessions, keys, teams and ceilings', async () => {
  await sim.control('PUT', `/agents/${userId}/skills`, {
    skills: [{ skillId: 4_300_002, proficiency: 4, isActive: false }],
  })
  await sim.control('PUT', `/agents/${userId}/groups`, { groups: [1005] })
  const { agentId } = (await sim.control('POST', `/agents/${userId}/login`)).body
  const state = await stateOf(sim)
  expect(state.agents).toHaveLength(60)
  expect(state.agents.find((agent) => agent.userId === userId)).toMatchObject({
    agentId,
    groups: [1005],
    isActive: true,
  })
  expect(state.assignments).toContainEqual({ agentId, skillId: 4_300_002, proficiency: 4, isActive: false })
  expect(state.members).toContainEqual({ groupId: 1005, agentId })
  expect(state.sessions).toEqual([expect.objectContaining({ agentId, until: null, endsAt: null })])
  expect(state).toMatchObject({
    skills: expect.any(Array),
    groups: expect.any(Array),
    businessUnit: { isActive: true },
  })
  expect((state['acdTeams'] as Row[]).length).toBe(state.teams.length)
})

test('people who serve as templates are active and differ in what they are charged for', async () => {
  const { templates, users } = await stateOf(sim)
  const attributes = (templates as Row[]).map(
    ({ userId: id }) => users.find((user) => user.id === id)?.['applicationAttributes'],
  )
  expect(attributes).toHaveLength(2)
  expect(attributes[0]).not.toEqual(attributes[1])
})

test('a skill is renamed, retired and made behind the back of a client', async () => {
  await sim.control('PUT', '/skills/4300002', { skillName: 'Invoices', isActive: false })
  expect((await sim.acd('GET', '/skills/4300002')).body).toMatchObject({ skillName: 'Invoices', isActive: false })
  const made = (await sim.control('POST', '/skills', { skillName: 'Fresh' })).body
  expect((await sim.acd('GET', `/skills/${String(made['skillId'])}`)).body).toEqual(made)
  expect((await sim.control('PUT', '/skills/1', {})).status).toBe(404)
})

test('a group is renamed, retired and made, a team renamed, closed and given features', async () => {
  await sim.control('PUT', '/groups/1001', { groupName: 'Dawn', isActive: false, notes: 'closed' })
  expect((await sim.acd('GET', '/groups/1001')).body).toMatchObject({
    groupName: 'Dawn',
    isActive: false,
    notes: 'closed',
  })
  const { groupId } = (await sim.control('POST', '/groups', { groupName: 'Dusk' })).body
  expect((await sim.acd('GET', `/groups/${String(groupId)}`)).body).toMatchObject({ groupName: 'Dusk', isActive: true })
  const team = (await stateOf(sim)).teams[2] as Row
  await sim.control('PUT', `/teams/${team.id}`, {
    name: 'Elsewhere',
    status: 'INACTIVE',
    features: { wfoEnabled: true },
  })
  const shown = (await sim.acd('GET', `/teams?searchString=elsewhere`)).body.teams[0]
  expect(shown).toMatchObject({ teamUuid: team.id, teamName: 'Elsewhere', isActive: false, wfoEnabled: true })
})

test('an agent is changed by either id, and a wrong field or skill is refused by name', async () => {
  const { agentId } = (await sim.control('PUT', `/agents/${userId}`, { city: 'Porto', lastLogin: null })).body
  const { body } = await sim.control('GET', `/agents/${String(agentId)}`)
  expect(body).toMatchObject({
    userId,
    lastLogin: null,
    own: { city: 'Porto' },
    settings: { city: 'Porto', voiceThreshold: 1 },
  })
  const wrong = await sim.control('PUT', `/agents/${userId}`, { userName: 'x' })
  expect([wrong.status, wrong.body.error]).toEqual([400, expect.stringContaining('userName')])
  expect((await sim.control('PUT', `/agents/${userId}/skills`, { skills: [{ skillId: 1 }] })).status).toBe(404)
  expect((await sim.control('GET', '/agents/1')).status).toBe(404)
})

test('a skill or group that is stuck is neither given nor taken, whatever else the call asks for', async () => {
  const { agentId } = (await sim.control('PUT', `/agents/${userId}/groups`, { groups: [1005] })).body
  await sim.control('PUT', `/agents/${userId}/skills`, { skills: [{ skillId: 4_300_001 }] })
  await sim.control('PUT', '/stuck', { skills: [4_300_001], groups: [1005, 1006] })
  const skills = [
    { skillId: 4_300_001, isActive: false },
    { skillId: 4_300_002, isActive: true },
  ]
  const added = await sim.acd('POST', `/agents/${String(agentId)}/skills`, { skills })
  expect(added.body.resultSet).toMatchObject({ errorCount: 1, skillResults: [{ success: false }, { success: true }] })
  expect((await sim.acd('DELETE', `/skills/4300001/agents/${String(agentId)}`)).status).toBe(400)
  for (const [method, group] of [
    ['POST', 1006],
    ['DELETE', 1005],
  ] as const)
    expect((await sim.acd(method, `/groups/${group}/agents`, { agents: [{ agentId }] })).body['errorCount']).toBe(1)
  const made = await sim.api('POST', '/user-management/v1/users', { ...somebody(), groupIds: ['1006'] })
  expect(made.status).toBe(400)
  const { body } = await sim.control('GET', `/agents/${userId}`)
  expect(body['groups']).toEqual([1005])
  expect(body.skills.map((held) => held['skillId'])).toEqual([4_300_001, 4_300_002])
  expect((await sim.control('PUT', '/stuck', {})).body).toEqual({ skills: [], groups: [] })
  expect((await sim.acd('DELETE', `/skills/4300001/agents/${String(agentId)}`)).status).toBe(200)
})

test('a reset brings back the seeded ACD', async () => {
  const { skills, groups, agents } = await stateOf(sim)
  await sim.control('PUT', '/skills/4300002', { isActive: false })
  await sim.control('PUT', '/groups/1001', { isActive: false })
  await sim.control('PUT', `/agents/${userId}`, { city: 'Porto' })
  await sim.control('POST', '/reset')
  expect(await stateOf(sim)).toMatchObject({ skills, groups, agents })
})
