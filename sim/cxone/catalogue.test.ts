// Decides that roles, teams and access keys can be looked up as facts 4.4, 4.5 and 4.8 say.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Body, type Caller, startCaller } from './caller.ts'

let sim: Caller
let state: Body

beforeAll(async () => {
  sim = await startCaller()
  state = (await sim.control('GET', '/state')).body
})
afterAll(() => sim.close())

const roles = async (body?: unknown) => (await sim.api('POST', '/authorization/v1/roles/search', body)).body.roles

test('role search finds the four roles that come with the box, and keeps inactive ones apart by status', async () => {
  const active = (await roles({ filter: { status: ['ACTIVE'] } })).map((role) => role['roleName'])
  expect(active).toEqual(expect.arrayContaining(['Agent', 'Manager', 'Administrator', 'Evaluator']))
  expect(active).not.toContain('Floor Walker')
  expect((await roles()).map((role) => role['roleName'])).toEqual(
    expect.arrayContaining([...active, 'Floor Walker', 'Senior Agent']),
  )
})

test('a role row carries the id, the rights as objects and no hint of who has it', async () => {
  const [first] = await roles({ filter: { roleName: ['administrator'] } })
  const byId = await roles({ filter: { roleId: [first!['roleId']] } })
  expect(byId).toEqual([first])
  expect(first).toMatchObject({ roleName: 'Administrator', status: 'ACTIVE', internal: 1, modifiable: 0 })
  expect(first!['permissions']).toContainEqual({ permission: 'employees.edit' })
})

test('role search pages when asked', async () => {
  const all = await roles()
  const pages = [
    ...(await roles({ page: { pageSize: 4, pageNo: 1 } })),
    ...(await roles({ page: { pageSize: 4, pageNo: 2 } })),
  ]
  expect(pages).toEqual(all.slice(0, 8))
  expect(await roles({ page: { pageSize: 4, pageNo: 9 } })).toEqual([])
})

test('team search v4 finds by name, division and id, and always has a Default Team', async () => {
  const search = async (body: unknown) => (await sim.api('POST', '/user-management/v4/teams/search', body)).body
  const all = await search({})
  expect(all['totalRecords']).toBe(state.teams.length)
  const [standard] = (await search({ filter: { name: ['Default Team'] } })).teams
  expect(standard).toMatchObject({ name: 'Default Team', isDefault: true, status: 'ACTIVE' })
  expect(Object.keys(standard!)).toEqual([
    'id',
    'name',
    'description',
    'status',
    'leadUserId',
    'teamCustomAttributes',
    'isDefault',
  ])
  const emea = await search({ filter: { divisionId: [3] }, orderBy: { name: 'DESC' }, top: 1 })
  expect([emea.teams.length, Number(emea['totalRecords']) > 1]).toEqual([1, true])
  expect((await search({ filter: { status: ['INACTIVE'] } }))['totalRecords']).toBe(state.teams.length)
})

test('team search v1 filters by status and by being the default', async () => {
  const search = async (filter: unknown) =>
    (await sim.api('POST', '/user-management/v1/teams/search', { filter })).body.teams
  expect((await search({ isDefault: [true] })).map(({ name }) => name)).toEqual(['Default Team'])
  expect((await search({ status: ['INACTIVE'] })).map(({ name }) => name)).toEqual(['Denver Night Desk'])
})

test('a team is read in v1 and v3, and an unknown one is not there', async () => {
  const team = state.teams[2]!
  const v3 = await sim.api('GET', `/user-management/v3/teams/${team.id}`)
  const v1 = await sim.api('GET', `/user-management/v1/teams/${team.id}`)
  expect(v3.body.team).toEqual(team)
  expect(v1.body.team).toEqual(team)
  expect((await sim.api('GET', '/user-management/v3/teams/none')).status).toBe(404)
})

test('a team is made and changed, and bad ones are refused by name of the field', async () => {
  const path = '/user-management/v3/teams'
  const lead = state.users[3]!.id
  const made = await sim.api('POST', path, { name: 'Night Shift', status: 'ACTIVE', leadUserId: lead, divisionId: 2 })
  expect(made.body).toMatchObject({ httpCode: 200, team: { name: 'Night Shift', divisionId: 2 } })
  const changed = await sim.api('PUT', path, {
    id: made.body.team.id,
    name: 'Late Shift',
    status: 'INACTIVE',
    leadUserId: null,
  })
  expect(changed.status).toBe(200)
  const read = (await sim.api('GET', `${path}/${made.body.team.id}`)).body.team
  expect(read).toMatchObject({ name: 'Late Shift', status: 'INACTIVE', leadUserId: null, divisionId: 2 })
  const bad: [Record<string, unknown>, string][] = [
    [{ status: 'ACTIVE' }, 'name'],
    [{ name: 'x', status: 'OPEN' }, 'status'],
    [{ name: 'default team', status: 'ACTIVE' }, 'default team'],
    [{ name: 'x', status: 'ACTIVE', leadUserId: 'nobody' }, 'leadUserId'],
    [{ name: 'x', status: 'ACTIVE', isDefault: true }, 'isDefault'],
  ]
  for (const [body, named] of bad) {
    const answer = await sim.api('POST', path, body)
    expect([answer.status, answer.body.details]).toEqual([400, expect.stringContaining(named)])
  }
  expect((await sim.api('PUT', path, { id: 'none', name: 'x', status: 'ACTIVE' })).status).toBe(404)
})

test('access keys are listed by owner and read by id, never with their secret', async () => {
  const base = '/access-key-management/v1/access-keys'
  const own = await sim.api('GET', `${base}?userId=${state.serviceUserId}`)
  expect(own.body.accessKeys).toHaveLength(1)
  expect(own.body.accessKeys[0]).toMatchObject({
    accessKeyId: sim.simulator.accessKeyId,
    isActive: true,
    lastUsedDate: expect.any(String),
  })
  const all = await sim.api('GET', base)
  expect(all.body['totalRecords']).toBe(2)
  const one = await sim.api('GET', `${base}/${sim.simulator.accessKeyId}`)
  expect(one.body.resultSet).toEqual(own.body.accessKeys[0])
  for (const { text } of [own, all, one]) expect(text).not.toContain('accessKeySecret')
  expect((await sim.api('GET', `${base}/none`)).status).toBe(404)
})
