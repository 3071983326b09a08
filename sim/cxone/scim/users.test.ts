// Decides that native SCIM makes, finds, shows and changes users as facts 3 say, in the one store that UserHub shows too.
import { expect, test } from 'vitest'
import type { Row } from '../caller.ts'
import { active, deleted, oneWho, stateOf, USERS } from '../switch-case.ts'
import { createBy, enable, patchBy, resource, SCIM, searchBy, storedUser } from '../switch-cases-scim.ts'
import { testCaller } from '../test-caller.ts'
import { OPTIONAL } from './account.ts'
import { NICE } from './show-user.ts'

const sim = testCaller({ users: 60 })

const read = async (id: string) => (await sim.api('GET', `${SCIM}/Users/${id}`)).body
const replace = (id: string, change: Record<string, unknown> = {}) =>
  sim.api('PUT', `${SCIM}/Users/${id}`, resource({ id, ...change }))

test('a new user has the role Agent and the default team, whatever was asked for, until an attribute is enabled', async () => {
  const state = await stateOf(sim)
  const team = state.teams.find((one) => one['isDefault'] === false) as Row
  const manager = state.roles.find((role) => role['roleName'] === 'Manager') as Row
  const asked = {
    displayName: 'Sammy',
    userType: 'Contractor',
    timezone: 'Europe/Rome',
    name: { givenName: 'Sam', middleName: 'Q', familyName: 'Sample' },
    phoneNumbers: [{ value: '+39 02 555', type: 'mobile' }],
    roles: [{ value: manager['roleId'], primary: true }],
    [NICE]: { team: { value: team.id }, loginAuthenticator: { value: state.authenticators[1]?.id } },
  }
  const plain = await storedUser(sim, (await createBy(sim, asked)).body.id)
  expect(plain).toMatchObject({
    role: 'Agent',
    displayName: 'Sam Sample',
    middleName: null,
    type: null,
    timeZone: null,
    mobileNumber: null,
    loginAuthenticatorId: null,
    scimManaged: true,
  })
  expect(plain['teamId']).not.toBe(team.id)
  await enable(sim, ...OPTIONAL)
  const other = await createBy(sim, { ...asked, userName: 'other@alpenglow.example' })
  expect(await storedUser(sim, other.body.id)).toMatchObject({
    role: 'Manager',
    displayName: 'Sammy',
    middleName: 'Q',
    type: 'Contractor',
    timeZone: 'Europe/Rome',
    mobileNumber: '+39 02 555',
    teamId: team.id,
    loginAuthenticatorId: state.authenticators[1]?.id,
  })
})

test('the answer spells timeZone, carries the extension, and a search row lacks phoneNumbers', async () => {
  await enable(sim, ...OPTIONAL)
  const asked = { timezone: 'Europe/Rome', phoneNumbers: [{ value: '+39 02 555' }] }
  const { status, body } = await createBy(sim, asked)
  expect(status).toBe(201)
  expect(body).toEqual(await read(body.id))
  expect(body).toMatchObject({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', NICE],
    timeZone: 'Europe/Rome',
    roles: [{ display: 'Agent', value: expect.any(String), primary: true }],
    [NICE]: { team: { display: 'Default Team', value: expect.any(String) } },
    meta: { resourceType: 'User' },
    active: true,
  })
  expect(body).not.toHaveProperty('timezone')
  const { phoneNumbers, ...row } = body
  expect(phoneNumbers).toEqual([{ value: '+39 02 555', type: 'mobile', primary: true }])
  const found = (await searchBy(sim, `userName eq "${body['userName'] as string}"`)).body
  expect(found).toEqual({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 1,
    Resources: [row],
  })
})

test('UserHub shows what SCIM wrote, and SCIM what UserHub wrote', async () => {
  const { id } = (await createBy(sim)).body
  const shown = (await sim.api('GET', `/user-management/v3/users/${id}`)).body.user
  expect(shown).toMatchObject({ userName: resource()['userName'], firstName: 'Sam', status: 'UNREGISTERED' })
  await sim.control('PUT', `/users/${id}`, { lastName: 'Drift' })
  expect((await read(id))['name']).toEqual({ givenName: 'Sam', familyName: 'Drift' })
})

test('without a role called Agent nobody is made, unless another is the default', async () => {
  await sim.control('PUT', '/role', { roleName: 'Agent', status: 'INACTIVE' })
  const refused = await createBy(sim)
  expect([refused.status, refused.body['scimType']]).toEqual([400, 'invalidValue'])
  expect(refused.body['detail']).toContain('Agent')
  await sim.control('PUT', '/account-settings', { defaultRole: 'Supervisor' })
  expect(await storedUser(sim, (await createBy(sim)).body.id)).toMatchObject({ role: 'Supervisor' })
})

test.each([
  ['no userName', { userName: undefined }, 'userName'],
  ['no name', { name: undefined }, 'name'],
  ['no family name', { name: { givenName: 'Sam' } }, 'familyName'],
  ['no address', { emails: [] }, 'emails'],
  ['a userName that is no address', { userName: 'sam' }, 'userName'],
  ['an active that is neither', { active: 'maybe' }, 'active'],
])('a create with %s is refused by name and makes nobody', async (_what, change, named) => {
  const answer = await createBy(sim, change)
  expect([answer.status, answer.body['scimType'], answer.body.status]).toEqual([400, 'invalidValue', '400'])
  expect(answer.body['detail']).toContain(named)
  expect((await stateOf(sim)).users).toHaveLength(60)
})

test('a name that is taken is a conflict of uniqueness, in a create, a PUT and a PATCH', async () => {
  const { userName } = await oneWho(sim, deleted)
  const { id } = await oneWho(sim, active)
  const taken = userName.toUpperCase()
  const answers = [
    await createBy(sim, { userName: taken }),
    await replace(id, { userName: taken }),
    await patchBy(sim, id, { path: 'userName', value: taken }),
  ]
  expect(answers.map(({ status, body }) => [status, body['scimType']])).toEqual(answers.map(() => [409, 'uniqueness']))
})

test('a PATCH without op sets what its paths name, and nothing else', async () => {
  await enable(sim, ...OPTIONAL)
  const before = await oneWho(sim, active)
  const team = (await stateOf(sim)).teams[2] as Row
  const answer = await patchBy(
    sim,
    before.id,
    { path: 'name.familyName', value: 'Patched' },
    { path: 'emails[type eq "work"].value', value: 'patched@alpenglow.example' },
    { path: 'timezone', value: 'UTC' },
    { path: `${NICE}:team`, value: team.name },
    { path: 'roles', value: [{ display: 'Manager' }] },
  )
  expect([answer.status, answer.body['name']]).toEqual([200, expect.objectContaining({ familyName: 'Patched' })])
  const managers = (await stateOf(sim)).roles.find((role) => role['roleName'] === 'Manager') as Row
  expect(await storedUser(sim, before.id)).toEqual({
    ...before,
    lastName: 'Patched',
    fullName: `${String(before['firstName'])} Patched`,
    emailAddress: 'patched@alpenglow.example',
    timeZone: 'UTC',
    teamId: team.id,
    role: 'Manager',
    roleUUID: managers['roleId'],
  })
})

test('a PUT changes the four fields, keeps role and team, and touches nothing that SCIM does not know', async () => {
  const before = await oneWho(sim, active)
  expect((await replace(before.id)).status).toBe(200)
  expect(await storedUser(sim, before.id)).toEqual({
    ...before,
    userName: resource()['userName'],
    emailAddress: resource()['userName'],
    firstName: 'Sam',
    lastName: 'Sample',
    fullName: 'Sam Sample',
  })
  expect((await replace(before.id, { active: undefined })).status).toBe(400)
  expect((await replace(before.id, { id: 'another' })).body['detail']).toContain('id')
})

test.each([
  ['PATCH with a string', (id: string, on: boolean) => patchBy(sim, id, { path: 'active', value: String(on) })],
  ['PATCH with a boolean', (id: string, on: boolean) => patchBy(sim, id, { path: 'active', value: on })],
  ['PUT', (id: string, on: boolean) => replace(id, { active: on })],
])('%s deactivates, says so again, and brings back', async (_how, set) => {
  const { id } = await oneWho(sim, active)
  const off = await set(id, false)
  expect([off.status, off.body['active'], (await storedUser(sim, id)).status]).toEqual([200, false, 'DELETED'])
  expect((await sim.acd('GET', `/agents/${id}`)).body.agents[0]).toMatchObject({ isActive: false })
  expect((await set(id, false)).status).toBe(200)
  const on = await set(id, true)
  expect([on.status, on.body['active'], (await storedUser(sim, id)).status]).toEqual([200, true, 'ACTIVE'])
})

test('a request that is refused does nothing of what it asked', async () => {
  const before = await oneWho(sim, active)
  const other = await oneWho(sim, ({ id, status }) => status === 'ACTIVE' && id !== before.id)
  const refused = await patchBy(
    sim,
    before.id,
    { path: 'active', value: 'false' },
    { path: 'userName', value: other.userName },
  )
  expect(refused.status).toBe(409)
  expect(await storedUser(sim, before.id)).toEqual(before)
})

test('whoever asks does not deactivate itself', async () => {
  const { serviceUserId } = await stateOf(sim)
  expect((await patchBy(sim, serviceUserId, { path: 'active', value: 'false' })).status).toBe(400)
  expect((await storedUser(sim, serviceUserId)).status).toBe('ACTIVE')
})

test('Account Settings forbid to create, to update and to deactivate, each by itself', async () => {
  const { id } = await oneWho(sim, active)
  const all = async () => [
    (await createBy(sim)).status,
    (await patchBy(sim, id, { path: 'name.familyName', value: 'Forbidden' })).status,
    (await patchBy(sim, id, { path: 'active', value: 'false' })).status,
  ]
  await sim.control('PUT', '/account-settings', { create: false, update: false, deactivate: false })
  expect(await all()).toEqual([403, 403, 403])
  await sim.control('PUT', '/account-settings', { update: true })
  expect(await all()).toEqual([403, 200, 403])
  await sim.control('PUT', '/account-settings', { deactivate: true, create: true })
  expect(await all()).toEqual([201, 200, 200])
})

test.each(['', '?filter=', '?startIndex=1&count=100'])('there is no listing: Users%s is refused', async (query) => {
  const answer = await sim.api('GET', `${SCIM}/Users${query}`)
  expect([answer.status, answer.body['scimType']]).toEqual([400, 'invalidFilter'])
})

test('users of UserHub are as they were where SCIM alone has their status', async () => {
  await sim.set({ scimManaged: 'created' })
  const { id } = (await createBy(sim)).body
  expect((await sim.api('POST', `${USERS}/deactivate`, { userIds: [id] })).body).toEqual({ notDeletedUserIds: [id] })
  await patchBy(sim, id, { path: 'active', value: 'false' })
  expect((await sim.api('POST', `${USERS}/${id}/revive`)).body.code).toBe('SCIM_MANAGED')
  expect((await storedUser(sim, id)).status).toBe('DELETED')
  await sim.set({ scimManaged: 'none' })
})
