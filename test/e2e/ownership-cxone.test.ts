/**
 * Ownership in CXone, with a provider that waits for the answer: the simulator is a black box, and what it holds is what
 * counts.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDb, type Db } from '../../src/store/db.ts'
import { startCxoneForTest, type RawUser, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { until } from '../support/wait.ts'

let cxone: TestCxone
let rollcall: TestRollcall
let db: Db
let okta: ScimClient
let other: ScimClient
let agents: readonly RawUser[] = []
beforeAll(async () => {
  cxone = await startCxoneForTest({ users: 60 })
  rollcall = await startRollcallForTest({ apps: [cxone.app], delivery: 'confirm', confirmSeconds: 20 })
  db = openDb(rollcall.databaseUrl, { max: 2 })
  okta = scimClient(rollcall.base, rollcall.scimToken)
  other = scimClient(rollcall.base, rollcall.otherToken)
  const agent = await roleNamed('Agent')
  agents = (await cxone.state()).users.filter((user) => user['roleUUID'] === agent)
})
afterAll(async () => {
  await db.close()
  await rollcall.close()
  await cxone.close()
})

const roleNamed = async (name: string): Promise<string> => {
  const { roles } = await cxone.control<{ roles: { roleId: string; roleName: string }[] }>('GET', '/state')
  return roles.find(({ roleName }) => roleName === name)?.roleId ?? ''
}
let taken = 0
/** Somebody who works there already, nobody twice. */
function agentWho(that: (user: RawUser) => boolean): RawUser {
  const found = agents.slice(taken).findIndex(that)
  const agent = agents[taken + found]
  if (found < 0 || agent === undefined) throw new Error('the simulator has no such agent left')
  taken += found + 1
  return agent
}
const stored = (id: string) => cxone.control<RawUser>('GET', `/users/${id}`)
const text = (user: RawUser, name: string): string => String(user[name])
const asPushed = (user: RawUser, more: object = {}): object =>
  userOf(user.userName, { name: { givenName: text(user, 'firstName'), familyName: text(user, 'lastName') }, ...more })
const linkOf = async (identity: string) =>
  (await db.query<Record<string, unknown>>('select * from link where identity_id = $1', [identity])).rows[0]
const api = async (method: string, path: string, body?: object) => {
  const headers = { authorization: `Bearer ${rollcall.apiKey}`, 'content-type': 'application/json' }
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  return (await (await fetch(`${rollcall.address}/api/v1${path}`, init)).json()) as {
    items: { id: number; userName: string; why: string; account: string }[]
  }
}
const disputes = async (userName: string) =>
  (await api('GET', '/links?state=disputed&limit=200')).items.filter((item) => item.userName === userName)

describe('an agent who is there already', () => {
  test('is adopted with 201, and nothing of them changes until the provider changes something', async () => {
    const agent = agentWho(({ status }) => status === 'ACTIVE')
    const made = await okta('POST', '/Users', asPushed(agent, { timezone: 'Asia/Tokyo' }))
    expect(made.status).toBe(201)
    expect(await stored(agent.id)).toEqual(agent)
    expect(await linkOf(made.body.id)).toMatchObject({ state: 'linked', origin: 'adopted', account_id: agent.id })
    const mobile = { phoneNumbers: [{ type: 'mobile', value: '+15550107777' }] }
    expect((await okta('PATCH', `/Users/${made.body.id}`, patchOf({ op: 'replace', value: mobile }))).status).toBe(200)
    expect(await stored(agent.id)).toEqual({ ...agent, mobileNumber: '+15550107777' })
  })
  test('of another name is refused with 409 and the reason, and adopted once somebody has settled it', async () => {
    const agent = agentWho(({ status }) => status === 'ACTIVE')
    const lena = userOf(agent.userName, { name: { givenName: 'Lena', familyName: 'Fuchsbichler' }, externalId: 'x-1' })
    const refused = await okta('POST', '/Users', lena)
    expect(refused.status).toBe(409)
    expect(refused.body.detail).toContain(`${text(agent, 'firstName')} ${text(agent, 'lastName')}`)
    const [dispute] = await disputes(agent.userName)
    expect(dispute).toMatchObject({ account: agent.id, why: expect.stringContaining('another person') })
    await api('POST', `/links/${dispute?.id}/settle`, { as: 'adopt' })
    const made = await okta('POST', '/Users', lena)
    expect(made.status).toBe(201)
    expect(await stored(agent.id)).toEqual(agent)
    expect(await linkOf(made.body.id)).toMatchObject({ state: 'linked', account_id: agent.id, settled_as: null })
    expect(await disputes(agent.userName)).toEqual([])
  })
  test('with more rights than an agent, or the connector itself, is refused and untouched', async () => {
    const state = await cxone.control<{ serviceUserId: string }>('GET', '/state')
    const agent = agentWho(({ status }) => status === 'ACTIVE')
    await cxone.control('PUT', `/users/${agent.id}`, { secondaryRoleIds: [await roleNamed('Administrator')] })
    const supervisor = (await cxone.state()).users.find(
      (user) => user['billable'] === false && user.id !== state.serviceUserId,
    )
    for (const id of [agent.id, supervisor?.id ?? '', state.serviceUserId]) {
      const before = await stored(id)
      const refused = await okta('POST', '/Users', asPushed(before))
      expect(refused.status).toBe(409)
      expect(refused.body.detail).toMatch(/protected/)
      expect(await stored(id)).toEqual(before)
    }
  })
  test('and was deactivated comes back as themselves, with the role and team of a newcomer', async () => {
    const agent = agentWho(({ status }) => status === 'DELETED')
    const planner = await roleNamed('Workforce Planner')
    await cxone.control('PUT', `/users/${agent.id}`, { roleUUID: planner })
    const made = await okta('POST', '/Users', asPushed(agent))
    expect(made.status).toBe(201)
    const after = await until(
      () => stored(agent.id),
      (user) => user['roleUUID'] !== planner,
    )
    expect(after).toMatchObject({ roleUUID: await roleNamed('Agent'), firstName: agent['firstName'] })
    expect(after.status).not.toBe('DELETED')
    expect((await cxone.state()).users.filter(({ userName }) => userName === agent.userName)).toHaveLength(1)
  })
})

describe('somebody of two providers', () => {
  test('is created once; the second hears whose account it is, and cannot disable it', async () => {
    const userName = 'twice@acme.test'
    expect((await okta('POST', '/Users', userOf(userName))).status).toBe(201)
    const account = await cxone.userNamed(userName)
    const refused = await other('POST', '/Users', userOf(userName))
    expect(refused.status).toBe(409)
    expect(refused.body.detail).toContain('connection okta')
    const inactive = await other('POST', '/Users', userOf(userName, { active: false }))
    expect(inactive.status).toBe(201)
    expect((await other('DELETE', `/Users/${inactive.body.id}`)).status).toBe(204)
    await until(
      async () =>
        (await db.query<{ open: number }>('select count(*) as open from delivery where wanted > delivered')).rows,
      ([row]) => row?.open === 0,
    )
    expect(await cxone.userNamed(userName)).toEqual(account)
  })
})

describe('a name that comes back', () => {
  test('for the same person means the same account, also when it was deleted at the provider', async () => {
    const userName = 'back@acme.test'
    const first = await okta('POST', '/Users', userOf(userName, { externalId: 'b-1' }))
    const account = await cxone.userNamed(userName)
    expect((await okta('DELETE', `/Users/${first.body.id}`)).status).toBe(204)
    const second = await okta('POST', '/Users', userOf(userName, { externalId: 'b-2' }))
    expect(second.status).toBe(201)
    expect(second.body.id).not.toBe(first.body.id)
    const after = await until(
      () => cxone.userNamed(userName),
      (user) => user?.status !== 'DELETED',
    )
    expect(after?.id).toBe(account?.id)
    expect(await linkOf(second.body.id)).toMatchObject({ state: 'linked', account_id: account?.id })
  })
  test('for another person is refused, whether the old one was deleted or deactivated', async () => {
    const userName = 'recycled@acme.test'
    const first = await okta('POST', '/Users', userOf(userName))
    await okta('PATCH', `/Users/${first.body.id}`, patchOf({ op: 'replace', value: { active: false } }))
    const left = await until(
      () => cxone.userNamed(userName),
      (user) => user?.status === 'DELETED',
    )
    const lena = { name: { givenName: 'Lena', familyName: 'Berg' } }
    const back = await okta(
      'PATCH',
      `/Users/${first.body.id}`,
      patchOf({ op: 'replace', value: { active: true, ...lena } }),
    )
    expect(back.status).toBe(409)
    expect(back.body.detail).toMatch(/Mia Roth.*Lena Berg/)
    expect((await okta('GET', `/Users/${first.body.id}`)).body).toMatchObject({
      active: false,
      name: { givenName: 'Mia' },
    })
    expect((await okta('DELETE', `/Users/${first.body.id}`)).status).toBe(204)
    expect((await okta('POST', '/Users', userOf(userName, lena))).status).toBe(409)
    expect(await cxone.userNamed(userName)).toEqual(left)
  })
})

test('the last administrator is not disabled, and somebody is told', async () => {
  const administrator = await roleNamed('Administrator')
  const admins = (await cxone.state()).users.filter((user) => JSON.stringify(user).includes(administrator))
  const roles = { roleUUID: await roleNamed('Evaluator'), secondaryRoleIds: [] }
  for (const { id } of admins) await cxone.control('PUT', `/users/${id}`, roles)
  const userName = 'boss@acme.test'
  const made = await okta('POST', '/Users', userOf(userName))
  const account = await cxone.userNamed(userName)
  await cxone.control('PUT', `/users/${account?.id}`, { roleUUID: administrator, status: 'ACTIVE' })
  expect((await okta('DELETE', `/Users/${made.body.id}`)).status).toBe(204)
  const rows = await until(
    async () =>
      (await db.query<Record<string, unknown>>('select * from delivery where identity_id = $1', [made.body.id])).rows,
    ([row]) => row?.['state'] === 'disputed',
  )
  expect(rows).toMatchObject([{ code: 'protected', detail: expect.stringContaining('last active administrator') }])
  expect((await cxone.userNamed(userName))?.status).toBe('ACTIVE')
})
