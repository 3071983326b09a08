// Decides that the user endpoints do what facts 4.2, 7 and 9 say, under the default switches.
import { expect, test } from 'vitest'
import { type Body, replacementFor, type Row, somebody } from './caller.ts'
import { testCaller } from './test-caller.ts'

const sim = testCaller({ users: 60 })

const USERS = '/user-management/v1/users'
const everybody = async (): Promise<Row[]> => (await sim.control('GET', '/state')).body.users
const mails = async () => (await sim.control('GET', '/mails')).rows
const created = async (body: unknown = somebody()): Promise<string> => (await sim.api('POST', USERS, body)).body.uuid
const stored = async (id: string): Promise<Body> => (await sim.control('GET', `/users/${id}`)).body
const read = async (id: string): Promise<Row> => (await sim.api('GET', `/user-management/v3/users/${id}`)).body.user
const someone = async (status: string, role = 'Agent'): Promise<Row> =>
  (await everybody()).find((user) => user.status === status && user['role'] === role)!

test('a created user gets an id, the default team and UNREGISTERED, and nobody is mailed', async () => {
  const answer = await sim.api('POST', USERS, {
    ...somebody(),
    timeZone: 'Europe/Rome',
    rank: 3,
    hireDate: '2026-02-01',
  })
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({ success: true, error: null, uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  const state = (await sim.control('GET', '/state')).body
  const team = state.teams.find((one) => one['isDefault'])!
  expect(await stored(answer.body.uuid)).toMatchObject({
    ...somebody(),
    status: 'UNREGISTERED',
    teamId: team.id,
    timeZone: 'Europe/Rome',
    rank: 3,
    billable: true,
    fullName: 'Sam Sample 1',
  })
  expect(await mails()).toEqual([])
})

test('status, password and anything else outside the request model is ignored', async () => {
  const id = await created({
    ...somebody(),
    status: 'ACTIVE',
    displayName: 'X',
    loginAuthenticatorId: 'y',
    divisionId: 3,
    __proto__x: 1,
  })
  expect(await stored(id)).toMatchObject({
    status: 'UNREGISTERED',
    displayName: 'Sam Sample 1',
    loginAuthenticatorId: null,
    divisionId: 1,
  })
})

test.each([
  ['no first name', { firstName: undefined }, 'firstName'],
  ['an empty last name', { lastName: ' ' }, 'lastName'],
  ['a number as name', { firstName: 7 }, 'firstName'],
  ['no role', { role: undefined }, 'role'],
  ['an unknown role', { role: 'Astronaut' }, 'Astronaut'],
  ['an inactive role', { role: 'Floor Walker' }, 'INACTIVE'],
  ['a draft role', { role: 'Senior Agent' }, 'DRAFT'],
  ['an unknown team', { teamId: 'nowhere' }, 'nowhere'],
  ['a userName without @', { userName: 'sam' }, 'userName'],
  ['a list as address', { emailAddress: [] }, 'emailAddress'],
  ['eleven secondary roles', { secondaryRoleIds: Array.from({ length: 11 }, () => 'x') }, '10'],
  ['a secondary role nobody knows', { secondaryRoleIds: ['constructor'] }, 'constructor'],
  ['attributes that are no map', { customAttributes: [] }, 'customAttributes'],
  ['an attribute without values', { customAttributes: { Language: { id: '1' } } }, 'customAttributes.Language.values'],
  [
    'licences of the wrong shape',
    { applicationAttributes: { ACD: [{ values: [] }] } },
    'applicationAttributes.ACD[0].name',
  ],
  ['a hire date that is none', { hireDate: 'soon' }, 'hireDate'],
])(
  'a create with %s is refused in the UserHub envelope that names it, and changes nothing',
  async (_what, change, named) => {
    const before = await everybody()
    const answer = await sim.api('POST', USERS, { ...somebody(), ...change })
    expect(answer.status).toBe(400)
    expect(Object.keys(answer.body)).toEqual(['code', 'details', 'hostName', 'entityType', 'errors'])
    expect(answer.body.details).toContain(named)
    expect(await everybody()).toEqual(before)
  },
)

test('a userName is taken whatever its case, and also when its holder is deactivated', async () => {
  const gone = await someone('DELETED')
  const answer = await sim.api('POST', USERS, { ...somebody(), userName: gone.userName.toUpperCase() })
  expect([answer.status, answer.body.code]).toEqual([400, 'USERNAME_ALREADY_EXISTS'])
})

test('several people may share one e-mail address', async () => {
  const { emailAddress } = somebody()
  const first = await created()
  const second = await created({ ...somebody(2), emailAddress })
  expect((await stored(first))['emailAddress']).toBe((await stored(second))['emailAddress'])
})

test('read, modify, write leaves everything else as it was, also what no read returns', async () => {
  for (const user of (await everybody()).filter(({ status }) => status !== 'DELETED')) {
    const answer = await sim.api('PUT', USERS, { ...replacementFor(await read(user.id)), lastName: 'Changed' })
    expect(answer.body).toMatchObject({ success: true })
    expect(await stored(user.id)).toEqual({
      ...user,
      lastName: 'Changed',
      fullName: `${String(user['firstName'])} Changed`,
    })
  }
  expect(await mails()).toEqual([])
})

test('an update built from a search row loses what search rows lack', async () => {
  const agent = await someone('ACTIVE')
  const { body } = await sim.api('POST', '/user-management/v2/users/search', { filter: { id: [agent.id] } })
  await sim.api('PUT', USERS, replacementFor(body.users[0]!))
  expect(await stored(agent.id)).toMatchObject({ customAttributes: {}, applicationAttributes: {}, acdInfos: [] })
})

test('the id of an update belongs into the body', async () => {
  const agent = await someone('ACTIVE')
  const { id: _id, ...without } = replacementFor(await read(agent.id))
  expect((await sim.api('PUT', `${USERS}/${agent.id}`, without)).status).toBe(404)
  expect((await sim.api('PUT', USERS, without)).body.details).toContain('id')
  expect((await sim.api('PUT', USERS, { ...without, id: 'nobody' })).status).toBe(404)
})

test('a rename keeps the id, frees the old name and may change only the case', async () => {
  const id = await created()
  const body = replacementFor(await read(id))
  const renamed = await sim.api('PUT', USERS, { ...body, userName: 'sam.other@alpenglow.example' })
  const cased = await sim.api('PUT', USERS, { ...body, userName: 'Sam.Other@alpenglow.example' })
  expect([renamed.status, cased.status]).toEqual([200, 200])
  expect((await stored(id)).userName).toBe('Sam.Other@alpenglow.example')
  expect(await created(somebody(1))).not.toBe(id)
  const back = await sim.api('PUT', USERS, body)
  expect(back.body.code).toBe('USERNAME_ALREADY_EXISTS')
})

test('a changed address and a non-empty emailToBeVerified each send one verification mail', async () => {
  const agent = await someone('ACTIVE')
  const body = replacementFor(await read(agent.id))
  await sim.api('PUT', USERS, {
    ...body,
    emailAddress: 'new@alpenglow.example',
    emailToBeVerified: 'new@alpenglow.example',
  })
  await sim.api('PUT', USERS, {
    ...body,
    emailAddress: 'new@alpenglow.example',
    emailToBeVerified: 'third@alpenglow.example',
  })
  const sent = (await mails()).map(({ to, kind, userId }) => [to, kind, userId])
  expect(sent).toEqual([
    ['new@alpenglow.example', 'verification', agent.id],
    ['third@alpenglow.example', 'verification', agent.id],
  ])
})

test('each version of the read returns its own part of the record', async () => {
  const agent = await someone('ACTIVE')
  const v1 = (await sim.api('GET', `${USERS}/${agent.id}`)).body.user
  const v3 = await read(agent.id)
  const list = (await sim.api('GET', USERS)).body.users.find((row) => row.id === agent.id)!
  const found = (await sim.api('POST', '/user-management/v2/users/search', { filter: { id: [agent.id] } })).body
    .users[0]!
  const has = (row: Row, name: string): boolean => Object.hasOwn(row, name)
  const rows = [list, v1, found, v3]
  const seen = (name: string): boolean[] => rows.map((row) => has(row, name))
  expect(seen('displayName')).toEqual([false, false, true, true])
  expect(seen('middleName')).toEqual([false, false, true, true])
  expect(seen('loginAuthenticatorId')).toEqual([false, false, false, true])
  expect(seen('divisionId')).toEqual([false, false, true, false])
  expect(seen('customAttributes')).toEqual([false, true, false, true])
  for (const name of ['rank', 'hireDate', 'externalIdentity', 'emailToBeVerified'])
    expect(seen(name)).toEqual([false, false, false, false])
  expect(await stored(agent.id)).toHaveProperty('emailToBeVerified')
})

test('the v1 list shows deactivated people only when asked, and filters by name', async () => {
  const all = await everybody()
  const names = async (query: string) => (await sim.api('GET', `${USERS}${query}`)).body.users.map((row) => row.id)
  expect(await names('')).toEqual(all.filter(({ status }) => status !== 'DELETED').map(({ id }) => id))
  expect(await names('?includeDeleted=true')).toEqual(all.map(({ id }) => id))
  expect(await names('?includeDeletedAfter=2030-01-01')).toEqual(await names(''))
  expect(await names('?includeDeletedAfter=2000-01-01')).toEqual(await names('?includeDeleted=true'))
  const part = String(all[5]!['lastName']).toUpperCase()
  expect(await names(`?fullNameContains=${encodeURIComponent(part)}`)).toContain(all[5]!.id)
  expect(await names('?onlyImpersonated=true')).toEqual([])
  expect((await sim.api('GET', `${USERS}?includeDeleted=maybe`)).status).toBe(400)
  expect((await sim.api('GET', `${USERS}?includeDeletedAfter=maybe`)).status).toBe(400)
})

test('identities page through everybody with links', async () => {
  const first = (await sim.api('GET', '/user-management/v2/users/identities?top=40')).body
  const second = (await sim.api('GET', first._links.next)).body
  expect([first.users.length, second.users.length, first.totalRecords]).toEqual([40, 20, 60])
  expect([second._links.next, second._links.previous]).toEqual([
    null,
    '/user-management/v2/users/identities?skip=0&top=40',
  ])
  expect(Object.keys(first.users[0]!)).toEqual(['id', 'displayName', 'status'])
  const one = (await sim.api('GET', `${USERS}/${first.users[3]!.id}/identities`)).body
  expect(one).toEqual({ user: { id: first.users[3]!.id, fullName: first.users[3]!.displayName } })
})

test('a login authenticator is assigned by its own endpoint, and only one that exists', async () => {
  const agent = await someone('ACTIVE')
  const sso = (await sim.control('GET', '/state')).body.authenticators[1]!
  const path = `${USERS}/${agent.id}/login-authenticator`
  expect((await sim.api('PUT', path, { authenticatorId: sso.id })).body).toMatchObject({ success: true })
  expect((await read(agent.id))['loginAuthenticatorId']).toBe(sso.id)
  expect((await sim.api('PUT', path, { authenticatorId: 'none' })).status).toBe(400)
  expect((await sim.api('PUT', `${USERS}/nobody/login-authenticator`, { authenticatorId: sso.id })).status).toBe(404)
})
