// Decides that agents are listed, found, read and changed as facts 5.1 and 5.7 say, and that an update of what the ACD
// owns touches nothing else.
import { beforeEach, expect, test } from 'vitest'
import type { Body, Row } from '../caller.ts'
import { active, oneWho } from '../switch-case.ts'
import { NEW_AGENT } from './agent-fields.ts'
import { testCaller } from '../test-caller.ts'

const sim = testCaller({ users: 60 })
let state: Body

beforeEach(async () => {
  state = (await sim.control('GET', '/state')).body
})

const someAgent = async (): Promise<Row> => {
  const { id } = await oneWho(sim, active)
  return (await sim.acd('GET', `/agents/${id}`)).body.agents[0] as Row
}
const idOf = (agent: Row): string => String(agent['agentId'])

test('the list comes fifty at a time and its links lead through everybody once', async () => {
  const first = (await sim.acd('GET', '/agents')).body
  expect(first.agents).toHaveLength(50)
  expect(first).toMatchObject({ totalRecords: 60, hiddenAgents: 0, businessUnitId: expect.any(Number) })
  const { searchParams, pathname } = new URL(first._links.next)
  expect(pathname).toMatch(/\/incontactapi\/services\/v31\.0\/agents$/)
  const next = (await sim.acd('GET', `/agents?${searchParams.toString()}`)).body
  expect(next.agents).toHaveLength(10)
  expect(next._links.next).toBeNull()
  const ids = [...first.agents, ...next.agents].map((agent) => agent['userID'])
  expect(ids).toEqual(state.users.map(({ id }) => id))
})

test('every employee has an agent with an integer id and the employee in it', async () => {
  const { agents } = (await sim.acd('GET', '/agents?top=100')).body
  for (const [index, user] of state.users.entries()) {
    expect(agents[index]).toMatchObject({
      agentId: expect.any(Number),
      userID: user.id,
      userName: user.userName,
      firstName: user['firstName'],
      teamUuId: user['teamId'],
      isActive: user.status !== 'DELETED',
      locked: user.status === 'BLOCKED',
      inactiveDate: user['deletedDate'],
      LoginAuthenticatorId: user['loginAuthenticatorId'],
      federatedId: user['externalIdentity'],
      isBillable: user['billable'],
    })
  }
})

test('the list filters by activity, lock, text and last change, cuts fields and orders', async () => {
  const names = async (query: string) => (await sim.acd('GET', `/agents?top=100&${query}`)).body.agents
  const inactive = await names('isActive=false')
  expect(inactive.length).toBe(state.users.filter(({ status }) => status === 'DELETED').length)
  expect((await names('isLocked=true')).every((agent) => agent['locked'] === true)).toBe(true)
  const { userName } = await oneWho(sim, active)
  expect((await names(`searchString=${encodeURIComponent(userName)}`)).map((agent) => agent.userName)).toEqual([
    userName,
  ])
  const since = new Date().toISOString()
  await sim.control('PUT', `/users/${state.serviceUserId}`, { lastName: 'Changed' })
  expect((await names(`updateSince=${since}`)).map((agent) => agent['userID'])).toEqual([state.serviceUserId])
  const [short] = await names('fields=agentId,userName')
  expect(Object.keys(short ?? {})).toEqual(['agentId', 'userName'])
  const ordered = (await names('orderBy=userName desc')).map((agent) => agent.userName)
  expect(ordered).toEqual(
    state.users
      .map((user) => user.userName)
      .toSorted()
      .toReversed(),
  )
})

test.each(['skip=x', 'isActive=maybe', 'updateSince=soon'])(
  'a list asked with %s is refused by name',
  async (query) => {
    const { status, body } = await sim.acd('GET', `/agents?${query}`)
    expect([status, body['error_description']]).toEqual([400, expect.stringContaining(query.split('=')[0] ?? '')])
  },
)

test('one agent is a list of one, by either id', async () => {
  const agent = await someAgent()
  expect((await sim.acd('GET', `/agents/${idOf(agent)}`)).body).toEqual({ agents: [agent] })
  expect((await sim.acd('GET', `/agents/${idOf(agent)}?fields=city`)).body).toEqual({
    agents: [{ city: agent['city'] }],
  })
})

test('a search names the agents it wants, and a row says when one is not there', async () => {
  const agent = await someAgent()
  const { body } = await sim.acd('POST', '/agents/search', { agentIds: [agent['agentId'], 1], fields: 'agentId' })
  expect(body).toMatchObject({ totalRecords: 1, errorCount: 1 })
  expect(body['agentResults']).toEqual([
    [{ agentRecord: { agentId: agent['agentId'] }, success: true, error: null }],
    [{ success: false, error: expect.stringContaining('1') }],
  ])
})

const CHANGES: Record<string, unknown> = {
  country: 'PT',
  city: 'Lisboa',
  internalId: 'E-77',
  custom3: 'blue',
  reportToId: null,
  terminationDate: '2027-01-31',
  employmentType: 2,
  voiceThreshold: 3,
  useTeamVoiceThreshold: false,
}

test.each(Object.entries(CHANGES))(
  'an update of %s changes nothing else, in the ACD or in UserHub',
  async (name, value) => {
    const before = await someAgent()
    const userBefore = (await sim.control('GET', `/users/${String(before['userID'])}`)).text
    const body = { agent: { agentId: before['agentId'], [name]: value } }
    const answer = await sim.acd('PUT', `/agents/${idOf(before)}`, body)
    expect([answer.status, answer.body]).toEqual([200, { error: null }])
    const after = await someAgent()
    const shown = { ...before, [name]: value, lastUpdated: after['lastUpdated'] }
    const named = { employmentTypeName: after['employmentTypeName'], reportToName: after['reportToName'] }
    expect(after).toEqual({ ...shown, ...(name === 'employmentType' || name === 'reportToId' ? named : {}) })
    expect((await sim.control('GET', `/users/${String(before['userID'])}`)).text).toBe(userBefore)
  },
)

test('a value of the wrong kind is refused inside a 200, and nothing changes', async () => {
  const before = await someAgent()
  for (const wrong of [
    { voiceThreshold: 'many' },
    { useTeamChatThreshold: 'yes' },
    { reportToId: 1 },
    { agentId: 1 },
  ]) {
    const body = { agent: { agentId: before['agentId'], ...wrong } }
    const answer = await sim.acd('PUT', `/agents/${idOf(before)}`, body)
    expect([answer.status, typeof answer.body.error]).toEqual([200, 'string'])
  }
  expect(await someAgent()).toEqual(before)
})

test('a batch does what it can and counts what it cannot', async () => {
  const agent = await someAgent()
  const agents = [
    { agentId: agent['agentId'], city: 'Porto' },
    { agentId: 1, city: 'Porto' },
  ]
  const { status, body } = await sim.acd('PUT', '/agents', { agents })
  expect([status, body['errorCount'], body.agentResults.map((row) => row['success'])]).toEqual([200, 1, [true, false]])
  expect((await someAgent())['city']).toBe('Porto')
})

test('an agent logs in at the desk, is put into a state, is logged out, and only then has none', async () => {
  const agent = await someAgent()
  await sim.control('POST', `/agents/${idOf(agent)}/login`)
  await sim.acd('POST', `/agents/${idOf(agent)}/state?state=Available`)
  const states = (await sim.acd('GET', '/agents-states')).body['agentStates'] as Row[]
  expect(states.map((row) => [row['agentId'], row['agentStateName']])).toEqual([[agent['agentId'], 'Available']])
  expect((await sim.acd('POST', `/agents/${idOf(agent)}/state?state=Dancing`)).status).toBe(400)
  expect((await sim.acd('POST', `/agents/${idOf(agent)}/logout`)).status).toBe(200)
  expect((await sim.acd('GET', '/agents-states')).body['agentStates']).toEqual([])
})

test('only who is active can log in', async () => {
  const { id } = await oneWho(sim, ({ status }) => status === 'PENDING')
  expect((await sim.control('POST', `/agents/${id}/login`)).status).toBe(400)
})

test('an agent made in the ACD has an employee, where that works at all', async () => {
  await sim.set({ agentCreate: 'creates' })
  const teams = (await sim.acd('GET', '/teams?top=1')).body.teams
  const agent = {
    firstName: 'Ada',
    lastName: 'Acd',
    teamId: String(teams[0]?.['teamId']),
    profileId: 6001,
    emailAddress: 'ada@alpenglow.example',
    userName: 'ada@alpenglow.example',
    timeZone: 'UTC',
    country: 'US',
    city: 'Denver',
  }
  const { body } = await sim.acd('POST', '/agents', { agents: [agent, { ...agent }, { firstName: 'x' }] })
  expect(body.agentResults.map((row) => row['success'])).toEqual([true, false, false])
  const made = (await sim.acd('GET', `/agents/${String(body.agentResults[0]?.['agentId'])}`)).body.agents[0]
  expect(made).toMatchObject({ city: 'Denver', userName: 'ada@alpenglow.example', profileName: 'Agent' })
  await sim.set({ agentCreate: 'refused' })
})

test('every field the ACD owns can be read, until a tenant hides some', async () => {
  expect(Object.keys(await someAgent())).toEqual(expect.arrayContaining(Object.keys(NEW_AGENT)))
})
