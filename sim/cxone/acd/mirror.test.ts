// Decides that what UserHub writes shows in the ACD after the lag and not before, in the order it was written, and that
// the ACD never waits for itself. Time is moved by hand.
import { expect, test } from 'vitest'
import { type Row, replacementFor, somebody } from '../caller.ts'
import { active, oneWho, USERS } from '../switch-case.ts'
import { testCaller } from '../test-caller.ts'

let now = Date.parse('2026-03-01T09:00:00.000Z')
const sim = testCaller({
  users: 60,
  now: () => now,
  before: (fresh) => fresh.set({ acdLagMs: 5000, reviveSkills: 'kept' }),
})

const agentOf = async (id: string): Promise<Row | undefined> => (await sim.acd('GET', `/agents/${id}`)).body.agents?.[0]

async function rename(id: string, lastName: string): Promise<void> {
  const read = (await sim.api('GET', `/user-management/v3/users/${id}`)).body.user
  await sim.api('PUT', USERS, { ...replacementFor(read), lastName })
}

test('a new employee has no agent before the lag is over, in any read or write', async () => {
  const { uuid } = (await sim.api('POST', USERS, somebody())).body
  now += 4999
  expect((await sim.acd('GET', `/agents/${uuid}`)).status).toBe(404)
  expect((await sim.acd('GET', '/agents?searchString=sam.sample')).body.agents).toEqual([])
  expect((await sim.acd('POST', `/agents/${uuid}/skills`, { skills: [{ skillId: 4_300_001 }] })).status).toBe(404)
  expect((await sim.control('GET', '/state')).body['mirrorBehind']).toBe(1)
  now += 1
  expect(await agentOf(uuid)).toMatchObject({ userName: somebody()['userName'], isActive: true })
  expect((await sim.control('GET', '/state')).body['mirrorBehind']).toBe(0)
})

test('changes show one after the other, each after its own lag', async () => {
  const { id } = await oneWho(sim, active)
  const before = (await agentOf(id))?.['lastName']
  const seen: unknown[] = []
  await rename(id, 'One')
  now += 3000
  await rename(id, 'Two')
  for (const step of [1999, 1, 2999, 1]) {
    now += step
    seen.push((await agentOf(id))?.['lastName'])
  }
  expect(seen).toEqual([before, 'One', 'One', 'Two'])
})

test('the mirror catches up when told to, whatever the lag', async () => {
  const { uuid } = (await sim.api('POST', USERS, somebody())).body
  expect((await sim.control('POST', '/mirror/catch-up')).body).toEqual({ applied: 1 })
  expect(await agentOf(uuid)).toMatchObject({ isActive: true })
  now += 5000
  expect((await sim.control('POST', '/mirror/catch-up')).body).toEqual({ applied: 0 })
})

test('what the ACD changes by itself is there at once, and nothing older comes after it', async () => {
  const { id } = await oneWho(sim, active)
  const { agentId } = (await sim.control('GET', `/agents/${id}`)).body
  const teams = (await sim.acd('GET', '/teams?top=100')).body.teams
  await rename(id, 'Pending')
  await sim.acd('POST', `/teams/${String(teams[0]?.['teamId'])}/agents`, { agents: [{ agentId }] })
  expect(await agentOf(id)).toMatchObject({ teamId: teams[0]?.['teamId'] })
  await sim.acd('POST', '/groups/1004/agents', { agents: [{ agentId }] })
  expect(await agentOf(id)).toMatchObject({ teamId: teams[0]?.['teamId'] })
  now += 10_000
  expect(await agentOf(id)).toMatchObject({ teamId: teams[0]?.['teamId'], lastName: 'Pending' })
  expect(
    (await sim.acd('GET', `/agents/${String(agentId)}/groups`)).body.agentGroups.map((row) => row['groupId']),
  ).toContain(1004)
})

test('a session outlives a deactivation by the lag, and skills by a revive', async () => {
  const { id } = await oneWho(sim, active)
  const skills = [{ skillId: 4_300_001, proficiency: 2 }]
  await sim.control('PUT', `/agents/${id}/skills`, { skills })
  await sim.control('POST', `/agents/${id}/login`)
  await sim.api('POST', `${USERS}/deactivate`, { userIds: [id] })
  expect((await sim.control('GET', '/state')).body.sessions).toHaveLength(1)
  now += 5000
  expect((await sim.control('GET', '/state')).body.sessions).toHaveLength(0)
  expect(await agentOf(id)).toMatchObject({ isActive: false, inactiveDate: expect.any(String) })
  await sim.api('POST', `${USERS}/${id}/revive`)
  now += 5000
  expect(await agentOf(id)).toMatchObject({ isActive: true, inactiveDate: null })
  expect((await sim.control('GET', `/agents/${id}`)).body.skills).toHaveLength(1)
})

test('a logout that takes a while is over after it, and a second one does not make it longer', async () => {
  await sim.set({ logoutLagMs: 2000 })
  const { id } = await oneWho(sim, active)
  const { agentId } = (await sim.control('POST', `/agents/${id}/login`)).body
  expect((await sim.acd('POST', `/agents/${String(agentId)}/logout`)).status).toBe(202)
  now += 1999
  expect((await sim.acd('GET', '/agents-states')).body['agentStates']).toHaveLength(1)
  await sim.acd('POST', `/agents/${String(agentId)}/logout`)
  now += 1
  expect((await sim.acd('GET', '/agents-states')).body['agentStates']).toHaveLength(0)
  await sim.set({ logoutLagMs: 0 })
})

test('a login authenticator set in UserHub is read in v3 and in the agent', async () => {
  const { id } = await oneWho(sim, active)
  const { authenticators } = (await sim.control('GET', '/state')).body
  for (const { id: authenticatorId } of authenticators) {
    await sim.api('PUT', `${USERS}/${id}/login-authenticator`, { authenticatorId })
    now += 5000
    const user = (await sim.api('GET', `/user-management/v3/users/${id}`)).body.user
    expect([user['loginAuthenticatorId'], (await agentOf(id))?.['LoginAuthenticatorId']]).toEqual([authenticatorId, authenticatorId]) // prettier-ignore
  }
  const roles = (await sim.api('POST', '/authorization/v1/roles/search')).body.roles
  const known = authenticators.map((one) => one.id)
  expect(known).toEqual(expect.arrayContaining(roles.flatMap((role) => role['loginAuthenticatorId'] ?? [])))
  expect(roles.some((role) => role['loginAuthenticatorId'] !== null)).toBe(true)
})
