// Decides what becomes of fields that UserHub owns when an update of an agent names them: nothing, a refusal, or a
// change of the employee (facts 0, 5.1).
import { beforeEach, expect, test } from 'vitest'
import type { Answer, Body, Row } from '../caller.ts'
import { active, oneWho, stateOf, USERS } from '../switch-case.ts'
import { testCaller } from '../test-caller.ts'

const sim = testCaller({ users: 60, before: (fresh) => fresh.set({ agentIdentity: 'taken' }) })
let agent: Row
let state: Body

beforeEach(async () => {
  state = await stateOf(sim)
  agent = (await sim.acd('GET', `/agents/${(await oneWho(sim, active)).id}`)).body.agents[0] as Row
})

const update = (change: Record<string, unknown>): Promise<Answer> =>
  sim.acd('PUT', `/agents/${String(agent['agentId'])}`, { agent: { agentId: agent['agentId'], ...change } })
const user = async () => (await sim.control('GET', `/users/${String(agent['userID'])}`)).body

const PLAIN: readonly (readonly [string, unknown, string])[] = [
  ['firstName', 'Zed', 'firstName'],
  ['lastName', 'Zulu', 'lastName'],
  ['middleName', 'Q', 'middleName'],
  ['emailAddress', 'z@alpenglow.example', 'emailAddress'],
  ['userName', 'z@alpenglow.example', 'userName'],
  ['timeZone', 'UTC', 'timeZone'],
  ['federatedId', 'z-1', 'externalIdentity'],
  ['isBillable', false, 'billable'],
  ['userType', 'Robot', 'type'],
]

test.each(PLAIN)('%s is carried to the employee and nothing else is', async (name, value, field) => {
  const before = await user()
  expect((await update({ [name]: value })).body).toEqual({ error: null })
  const after: Record<string, unknown> = { ...before, [field]: value }
  expect(await user()).toEqual({ ...after, fullName: `${String(after['firstName'])} ${String(after['lastName'])}` })
})

test('team, role, licence boxes and activity are carried too, in the words of UserHub', async () => {
  const [team] = state['acdTeams'] as Row[]
  const manager = state.roles.find((role) => role['roleName'] === 'Manager')
  await update({ teamId: String(team?.['teamId']), roleId: manager?.['roleId'], digitalEngagementEnabled: true })
  await update({ customerCard: true })
  const after = await user()
  expect(after).toMatchObject({ teamId: team?.['teamUuid'], roleUUID: manager?.['roleId'] })
  expect((after['applicationAttributes'] as Record<string, unknown>)['ACD']).toContainEqual({ name: 'Customer Card', values: ['true'], objects: [] }) // prettier-ignore
  const shown = (await sim.acd('GET', `/agents/${String(agent['agentId'])}`)).body.agents[0]
  expect(shown).toMatchObject({ DigitalEngagementEnabled: true, customerCard: true, profileName: 'Manager' })
  await update({ isActive: false })
  expect((await user()).status).toBe('DELETED')
  await sim.set({ inactiveAgentWrites: 'taken' })
  await update({ isActive: true })
  expect((await user()).status).toBe('ACTIVE')
  await sim.set({ inactiveAgentWrites: 'refused' })
})

test('a name that is taken is refused, and nothing of the update is done', async () => {
  const before = await user()
  const { body } = await update({ userName: state.users[1]?.userName, city: 'Nowhere' })
  expect(body.error).toContain('already taken')
  expect(await user()).toEqual(before)
  expect((await sim.acd('GET', `/agents/${String(agent['agentId'])}`)).body.agents[0]).toEqual(agent)
})

test('where such fields are refused, saying what is there already is no change', async () => {
  await sim.set({ agentIdentity: 'refused' })
  const same = { firstName: agent['firstName'], teamId: String(agent['teamId']), isActive: true, city: 'Porto' }
  expect((await update(same)).body).toEqual({ error: null })
  const { body } = await update({ ...same, firstName: 'Zed', city: 'Lisboa' })
  expect(body.error).toContain('firstName')
  expect((await sim.control('GET', `/agents/${String(agent['agentId'])}`)).body['own']).toMatchObject({ city: 'Porto' })
})

test('where they are left alone, the rest of the update is done', async () => {
  await sim.set({ agentIdentity: 'ignored' })
  const before = await user()
  expect((await update({ firstName: 'Zed', teamId: '520001', city: 'Porto' })).body).toEqual({ error: null })
  expect(await user()).toEqual(before)
  expect((await sim.acd('GET', `/agents/${String(agent['agentId'])}`)).body.agents[0]).toMatchObject({ city: 'Porto' })
})

test('groups of UserHub that are something else never touch those of the ACD', async () => {
  await sim.set({ userHubGroups: 'separate' })
  const id = String(agent['userID'])
  await sim.control('PUT', `/agents/${id}/groups`, { groups: [1002] })
  await sim.control('PUT', `/users/${id}`, { groupIds: ['1005'] })
  expect((await sim.control('GET', `/agents/${id}`)).body['groups']).toEqual([1002])
  await sim.api('POST', `${USERS}/deactivate`, { userIds: [id] })
  await sim.api('POST', `${USERS}/${id}/revive`)
  expect((await sim.control('GET', `/agents/${id}`)).body['groups']).toEqual([1002])
  await sim.set({ userHubGroups: 'acdGroups' })
})
