// Decides that the seeded business unit is reproducible, believable and quick to make.
import { expect, test } from 'vitest'
import type { StoredUser } from './records.ts'
import { seedTenant } from './seed.ts'
import { Store } from './store.ts'

const storeOf = (seed: number, people: number): Store => new Store(seed, people, seedTenant(seed))
const dump = (store: Store): string =>
  JSON.stringify([
    [...store.users.values()],
    [...store.roles.values()],
    [...store.teams.values()],
    [...store.keys.values()],
    [...store.acd.agents.values()].map((agent) => ({ ...agent, skills: [...agent.skills], groups: [...agent.groups] })),
    [...store.acd.skills.values()],
    [...store.acd.groups.values()],
    [...store.teams.keys()].map((id) => store.acd.teamOf(id)),
    store.acd.businessUnit,
    store.templates,
  ])
const count = (users: readonly StoredUser[], by: (user: StoredUser) => unknown): number => new Set(users.map(by)).size

test('the same seed gives the same everything, another seed other ids and another key', () => {
  expect(dump(storeOf(7, 100))).toBe(dump(storeOf(7, 100)))
  const ids = new Set(storeOf(7, 100).users.keys())
  expect([...storeOf(8, 100).users.keys()].filter((id) => ids.has(id))).toEqual([])
  expect(seedTenant(7).accessKeySecret).not.toBe(seedTenant(8).accessKeySecret)
})

test('users created later get the same ids for the same seed', () => {
  const later = (seed: number): string[] => {
    const { ids } = storeOf(seed, 10)
    return [ids.uuid(), ids.uuid()]
  }
  expect(later(3)).toEqual(later(3))
  expect(later(3)).not.toEqual(later(4))
})

test.each([0, 1, 2, 5, 60, 500])('%i people are as many records, never without the service user', (people) => {
  const store = storeOf(1, people)
  const service = store.users.get(store.serviceUserId)!
  expect(store.users.size).toBe(Math.max(1, people))
  expect([service.status, service.billable, service.applicationAttributes]).toEqual(['ACTIVE', false, {}])
  expect(store.keysOf(service.id)).toHaveLength(1)
  expect(count([...store.users.values()], (user) => user.userName.toLowerCase())).toBe(store.users.size)
})

test('sixty people are a mixed crowd in several places', () => {
  const store = storeOf(1, 60)
  const users = [...store.users.values()]
  const having = (status: string): number => users.filter((user) => user.status === status).length
  expect(having('PENDING')).toBeGreaterThanOrEqual(2)
  expect(having('DELETED')).toBeGreaterThanOrEqual(2)
  expect(having('BLOCKED')).toBeGreaterThanOrEqual(2)
  expect(having('UNREGISTERED')).toBeGreaterThanOrEqual(1)
  expect(having('ACTIVE')).toBeGreaterThan(40)
  expect(count(users, (user) => user.timeZone)).toBeGreaterThanOrEqual(6)
  expect(count(users, (user) => user.customAttributes['Language']?.values[0]?.value)).toBeGreaterThanOrEqual(6)
})

test('every seeded record is consistent with the rest', () => {
  const store = storeOf(5, 400)
  for (const user of store.users.values()) {
    expect(store.roles.get(user.roleUUID)?.status).toBe('ACTIVE')
    expect(store.teams.get(user.teamId)?.status).toBe('ACTIVE')
    expect(store.authenticators.map(({ id }) => id)).toContain(user.loginAuthenticatorId)
    expect(user.deletedDate !== null).toBe(user.status === 'DELETED')
    expect(store.holdersOf(user.userName.toUpperCase())).toEqual([user])
    expect(() => new Intl.DateTimeFormat('en', { timeZone: user.timeZone ?? '' })).not.toThrow()
  }
})

test('every agent has an employee, skills and groups there are, and somebody of its team to report to', () => {
  const { acd, users, teams } = storeOf(5, 400)
  expect([...acd.agents.values()].map(({ userId }) => userId)).toEqual([...users.keys()])
  for (const { mirror, own, skills, groups } of acd.agents.values()) {
    for (const id of skills.keys()) expect(acd.skills.get(id)?.isActive).toBe(true)
    for (const id of groups) expect(acd.groups.has(id)).toBe(true)
    const lead = acd.agents.get(own.reportToId ?? 0)
    if (lead !== undefined) expect(teams.get(mirror.teamId)?.leadUserId).toBe(lead.userId)
  }
  const agents = [...acd.agents.values()]
  expect(agents.filter(({ own }) => own.reportToId != null).length).toBeGreaterThan(300)
  expect(agents.filter(({ skills }) => skills.size >= 2).length).toBeGreaterThan(250)
  expect(agents.some(({ groups }) => groups.size > 0)).toBe(true)
})

test('supervisors lead the teams they are in', () => {
  const store = storeOf(1, 60)
  const leads = [...store.teams.values()].flatMap((team) =>
    team.leadUserId === null ? [] : [{ team, lead: store.users.get(team.leadUserId)! }],
  )
  expect(leads.length).toBeGreaterThanOrEqual(5)
  for (const { team, lead } of leads) {
    expect(lead.teamId).toBe(team.id)
    expect(store.roles.get(lead.roleUUID)?.roleName).toBe('Supervisor')
  }
})

test('there are always the four roles of the box and one default team', () => {
  const store = storeOf(99, 1)
  for (const name of ['Agent', 'Manager', 'Administrator', 'Evaluator'])
    expect(store.roleNamed(name)?.status).toBe('ACTIVE')
  expect([...store.teams.values()].filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual([
    'Default Team',
  ])
})

test('twenty thousand people in fifty teams have unique names', () => {
  const store = storeOf(1, 20_000)
  expect([store.users.size, store.teams.size]).toEqual([20_000, 50])
  expect(new Set([...store.teams.values()].map(({ name }) => name)).size).toBe(50)
  expect(count([...store.users.values()], (user) => user.userName)).toBe(20_000)
})
