// Decides that groups, teams and who is in them can be read and changed as facts 5.3 and 5.5 say, and that UserHub knows.
import { beforeEach, expect, test } from 'vitest'
import type { Body, Row } from '../caller.ts'
import { active, deleted, oneWho } from '../switch-case.ts'
import { testCaller } from '../test-caller.ts'

const sim = testCaller({ users: 60 })
let state: Body
let userId: string
let agentId: number

beforeEach(async () => {
  state = (await sim.control('GET', '/state')).body
  userId = (await oneWho(sim, active)).id
  agentId = Number((await sim.control('PUT', `/agents/${userId}/groups`, { groups: [] })).body['agentId'])
})

const v3 = async (): Promise<Row> => (await sim.api('GET', `/user-management/v3/users/${userId}`)).body.user
const groupsHeld = async () => (await sim.acd('GET', `/agents/${agentId}/groups`)).body.agentGroups
const teams = async (): Promise<Row[]> => (await sim.acd('GET', '/teams?top=100')).body.teams

test('groups are listed whole, made, renamed, and a name is taken once', async () => {
  expect((await sim.acd('GET', '/groups')).body.groups).toEqual(state.groups)
  const made = await sim.acd('POST', '/groups', {
    groups: [{ groupName: 'Pilots', notes: 'new' }, { groupName: 'PILOTS' }],
  })
  expect(made.body).toMatchObject({ errorCount: 1, results: [{ success: true }, { success: false }] })
  const id = String(made.body.results[0]?.['groupId'])
  expect((await sim.acd('PUT', `/groups/${id}?groupName=Co-Pilots`)).status).toBe(200)
  expect((await sim.acd('GET', `/groups/${id}`)).body).toMatchObject({
    groupName: 'Co-Pilots',
    notes: 'new',
    isActive: true,
  })
  expect((await sim.acd('PUT', `/groups/${id}?groupName=night shift`)).status).toBe(400)
  expect((await sim.acd('GET', '/groups/1')).status).toBe(404)
})

test('an agent joins and leaves a group, and foreign ids of the user stay', async () => {
  await sim.control('PUT', `/users/${userId}`, { groupIds: ['view-9'] })
  const joined = await sim.acd('POST', '/groups/1003/agents', { agents: [{ agentId }, { agentId: 1 }] })
  expect(joined.body).toMatchObject({
    errorCount: 1,
    agentResults: [
      { agentId, success: true },
      { agentId: 1, success: false },
    ],
  })
  expect((await groupsHeld()).map((group) => group['groupId'])).toEqual([1003])
  expect((await v3())['groupIds']).toEqual(['view-9', '1003'])
  const inside = (await sim.acd('GET', '/groups/1003/agents?top=100')).body.agents
  const outside = (await sim.acd('GET', '/groups/1003/agents?assigned=false&top=100')).body.agents
  expect(inside.map((row) => row['agentId'])).toContain(agentId)
  expect(outside.map((row) => row['agentId'])).not.toContain(agentId)
  await sim.acd('DELETE', '/groups/1003/agents', { agents: [{ agentId }] })
  expect([await groupsHeld(), (await v3())['groupIds']]).toEqual([[], ['view-9']])
})

test('groups written in UserHub are groups of the agent, and of a retired one nobody becomes a member', async () => {
  await sim.control('PUT', `/users/${userId}`, { groupIds: ['1002', 'view-9'] })
  expect((await groupsHeld()).map((group) => group['groupName'])).toEqual(['Key Accounts'])
  const { body } = await sim.acd('POST', '/groups/1011/agents', { agents: [{ agentId }] })
  expect(body.agentResults[0]).toMatchObject({ success: false, error: expect.stringContaining('Launch 2024') })
})

test('an inactive agent joins nothing', async () => {
  const { id } = await oneWho(sim, deleted)
  const gone = (await sim.control('GET', `/agents/${id}`)).body
  const { body } = await sim.acd('POST', '/groups/1000/agents', { agents: [{ agentId: gone['agentId'] }] })
  expect(body.agentResults[0]?.['success']).toBe(false)
})

test('teams carry both ids, a headcount and the features that are billed', async () => {
  const rows = await teams()
  expect(rows.map((team) => team['teamUuid'])).toEqual(state.teams.map(({ id }) => id))
  const people = state.users.filter((user) => user.status !== 'DELETED' && user['teamId'] === rows[2]?.['teamUuid'])
  expect(rows[2]?.['agentCount']).toBe(people.length)
  const bills = rows.map(
    (team) => Object.keys(team).filter((name) => name.endsWith('Enabled') && team[name] === true).length,
  )
  expect(bills[0]).toBe(0)
  expect(new Set(bills).size).toBeGreaterThan(2)
  const id = String(rows[2]?.['teamId'])
  expect((await sim.acd('GET', `/teams/${id}`)).body).toEqual(rows[2])
  const members = (await sim.acd('GET', `/teams/${id}/agents?top=100`)).body.agents
  const all = state.users.filter((user) => user['teamId'] === rows[2]?.['teamUuid'])
  expect(members.map((row) => row['userID'])).toEqual(all.map((user) => user.id))
})

test('a move between teams ends in UserHub, and out of a team there must be a way into another', async () => {
  const rows = await teams()
  const to = rows[3] as Row
  await sim.acd('POST', `/teams/${String(to['teamId'])}/agents`, { agents: [{ agentId }] })
  expect((await v3())['teamId']).toBe(to['teamUuid'])
  const nowhere = await sim.acd('DELETE', `/teams/${String(to['teamId'])}/agents`, { agents: [{ agentId }] })
  expect([nowhere.status, nowhere.body['error_description']]).toEqual([400, expect.stringContaining('transferTeamId')])
  const path = `/teams/${String(to['teamId'])}/agents?transferTeamId=${String(rows[0]?.['teamId'])}`
  expect((await sim.acd('DELETE', path, { agents: [{ agentId }] })).body['errorCount']).toBe(0)
  expect((await v3())['teamId']).toBe(rows[0]?.['teamUuid'])
  expect((await sim.acd('DELETE', path, { agents: [{ agentId }] })).body['errorCount']).toBe(1)
})

test('nobody is moved into a closed team', async () => {
  const closed = (await teams()).find((team) => team['isActive'] === false)
  const { status } = await sim.acd('POST', `/teams/${String(closed?.['teamId'])}/agents`, { agents: [{ agentId }] })
  expect(status).toBe(400)
})

test('a team is made and changed in the ACD and known in UserHub; one with agents closes only by force', async () => {
  const made = await sim.acd('POST', '/teams', {
    teams: [{ teamName: 'Pilots', wfoEnabled: true }, { teamName: 'pilots' }],
  })
  expect(made.body).toMatchObject({ errorCount: 1, results: [{ success: true }, { success: false }] })
  const teamId = String(made.body.results[0]?.['teamId'])
  expect((await sim.acd('GET', `/teams/${teamId}`)).body).toMatchObject({
    wfoEnabled: true,
    qm2Enabled: false,
    agentCount: 0,
  })
  await sim.acd('POST', `/teams/${teamId}/agents`, { agents: [{ agentId }] })
  const team = { teamName: 'Pilots', isActive: false, qm2Enabled: true }
  expect((await sim.acd('PUT', `/teams/${teamId}`, { team })).status).toBe(400)
  expect((await sim.acd('PUT', `/teams/${teamId}`, { team, forceInactive: true })).status).toBe(200)
  expect((await sim.acd('GET', `/teams/${teamId}`)).body).toMatchObject({
    isActive: false,
    wfoEnabled: true,
    qm2Enabled: true,
  })
  const found = await sim.api('POST', '/user-management/v4/teams/search', { filter: { name: ['Pilots'] } })
  expect(found.body.teams[0]).toMatchObject({ status: 'INACTIVE' })
})
