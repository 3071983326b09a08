import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openDb, type Db } from '../../src/store/db.ts'
import { createTestDatabase } from '../support/database.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { until } from '../support/wait.ts'

let cxone: TestCxone
let rollcall: TestRollcall
let db: Db
let scim: ScimClient
beforeAll(async () => {
  cxone = await startCxoneForTest()
  rollcall = await startRollcallForTest({ apps: [cxone.app] })
  db = openDb(rollcall.databaseUrl, { max: 2 })
  scim = scimClient(rollcall.base, rollcall.scimToken)
})
afterAll(async () => {
  await db.close()
  await rollcall.close()
  await cxone.close()
})
beforeEach(() => cxone.control('DELETE', '/faults'))

let count = 0
const fresh = (): string => `agent${++count}@acme.test`

const deliveryOf = async (identity: string) =>
  (await db.query('select * from delivery where identity_id = $1', [identity])).rows[0] as Record<string, unknown>
const settled = (identity: string) =>
  until(
    () => deliveryOf(identity),
    (row) => row['state'] !== 'due' && row['state'] !== 'retrying',
  )
const delivered = (identity: string) =>
  until(
    () => deliveryOf(identity),
    (row) => row['state'] === 'delivered',
  )

async function pushed(userName: string, more: object = {}): Promise<string> {
  const made = await scim('POST', '/Users', userOf(userName, more))
  expect(made.status).toBe(201)
  return made.body.id
}

describe('what a provider pushes reaches CXone', () => {
  test('a new person becomes an agent with the defaults of the app, and the account is linked', async () => {
    const userName = fresh()
    const id = await pushed(userName, { timezone: 'Europe/Berlin' })
    const row = await delivered(id)
    const agent = await cxone.userNamed(userName)
    expect(agent).toMatchObject({
      firstName: 'Mia',
      lastName: 'Roth',
      emailAddress: userName,
      timeZone: 'Europe/Berlin',
    })
    expect(row['subject']).toBe(`account:${agent?.id}`)
    expect((await db.query('select state, account_id, origin from link where identity_id = $1', [id])).rows).toEqual([
      { state: 'linked', account_id: agent?.id, origin: 'created' },
    ])
    const plans = (await db.query('select state, steps, outcomes from plan where delivery_id = $1', [row['id']])).rows
    expect(plans).toMatchObject([{ state: 'applied', steps: [{ kind: 'create' }], outcomes: [{ ok: true }] }])
  })
  test('a change of name, then of userName, changes that agent and sends no e-mail', async () => {
    const userName = fresh()
    const id = await pushed(userName)
    await delivered(id)
    const before = await cxone.userNamed(userName)
    await cxone.control('POST', `/users/${before?.id}/activate`)
    const mails = (await cxone.state()).mails.length
    await scim(
      'PATCH',
      `/Users/${id}`,
      patchOf(
        { op: 'replace', path: 'name.familyName', value: 'Roth-Berger' },
        { op: 'replace', path: 'userName', value: `new-${userName}` },
      ),
    )
    await until(
      () => cxone.userNamed(`new-${userName}`),
      (user) => user?.['lastName'] === 'Roth-Berger',
    )
    await delivered(id)
    expect((await cxone.state()).mails).toHaveLength(mails)
    expect(await cxone.userNamed(userName)).toBeUndefined()
  })
  test('a leaver is disabled, a returning one enabled, on the same account', async () => {
    const userName = fresh()
    const id = await pushed(userName)
    await delivered(id)
    const account = (await cxone.userNamed(userName))?.id
    await scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: { active: false } }))
    await until(
      () => cxone.userNamed(userName),
      (user) => user?.status === 'DELETED',
    )
    await delivered(id)
    await scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: { active: true } }))
    const back = await until(
      () => cxone.userNamed(userName),
      (user) => user?.status !== 'DELETED',
    )
    expect(back?.id).toBe(account)
  })
  test('a deleted identity leaves a disabled account behind', async () => {
    const userName = fresh()
    const id = await pushed(userName)
    await delivered(id)
    expect((await scim('DELETE', `/Users/${id}`)).status).toBe(204)
    await until(
      () => cxone.userNamed(userName),
      (user) => user?.status === 'DELETED',
    )
  })
  test('somebody who was never active gets no account', async () => {
    const userName = fresh()
    const id = await pushed(userName, { active: false })
    expect(await delivered(id)).toMatchObject({ detail: expect.stringContaining('nothing to disable') })
    expect(await cxone.userNamed(userName)).toBeUndefined()
  })
  test('a change of something CXone has no field for writes nothing there', async () => {
    const id = await pushed(fresh())
    await delivered(id)
    const before = (await cxone.state()).users
    await scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'title', value: 'Lead' }))
    await until(
      () => deliveryOf(id),
      (row) => row['state'] === 'delivered' && row['delivered'] === 2,
    )
    expect((await cxone.state()).users).toEqual(before)
  })
})

describe('an account that is there already', () => {
  test('and is protected is disputed and not touched, whatever happens to the identity', async () => {
    const before = (await cxone.state()).users.find((user) => user.status === 'ACTIVE')
    const id = await pushed(String(before?.userName))
    expect(await settled(id)).toMatchObject({ state: 'disputed', detail: expect.stringContaining('is protected') })
    await scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'active', value: false }))
    await until(
      () => deliveryOf(id),
      (row) => row['state'] === 'delivered',
    )
    await scim('DELETE', `/Users/${id}`)
    await until(
      () => deliveryOf(id),
      (row) => row['state'] === 'delivered' && row['wanted'] === row['delivered'],
    )
    expect(await cxone.userNamed(String(before?.userName))).toEqual(before)
  })
})

describe('trouble in between', () => {
  test('an outage delays a change and loses nothing', async () => {
    await cxone.outage(2)
    const userName = fresh()
    const id = await pushed(userName)
    await delivered(id)
    expect(await cxone.userNamed(userName)).toBeDefined()
  })
  test('a create whose answer is lost is found again and not made twice', async () => {
    await cxone.control('POST', '/faults', {
      faults: [{ match: { method: 'GET', path: '/user-management/' }, times: 2, effect: { drop: true } }],
    })
    const userName = fresh()
    const id = await pushed(userName)
    await delivered(id)
    expect((await cxone.state()).users.filter((user) => user.userName === userName)).toHaveLength(1)
  })
  test('a request to slow down is obeyed and then everything arrives', async () => {
    await cxone.control('PUT', '/limits', { requestsPerSecond: 20, burst: 6, retryAfter: 1 })
    const ids = await Promise.all(Array.from({ length: 4 }, () => pushed(fresh())))
    for (const id of ids) expect(await delivered(id)).toMatchObject({ wanted: 1, delivered: 1 })
    await cxone.control('PUT', '/limits', { requestsPerSecond: null, burst: 1, retryAfter: null })
  })
})

test('fifty changes of one person within a second end in the last one, with far fewer writes', async () => {
  const userName = fresh()
  const id = await pushed(userName)
  await delivered(id)
  const writes = async () =>
    Object.entries((await cxone.state()).calls.byRoute)
      .filter(([route]) => route.startsWith('PUT'))
      .reduce((sum, [, calls]) => sum + calls, 0)
  const before = await writes()
  for (let n = 1; n <= 50; n++) {
    expect(
      (await scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'name.givenName', value: `Mia${n}` })))
        .status,
    ).toBe(200)
  }
  await until(
    () => deliveryOf(id),
    (row) => row['wanted'] === row['delivered'],
  )
  expect(await cxone.userNamed(userName)).toMatchObject({ firstName: 'Mia50' })
  expect((await writes()) - before).toBeLessThan(40)
})

test('an app that is only observed is planned and not written to, until it is enforced', async () => {
  const database = await createTestDatabase()
  const own = openDb(database.url, { max: 1 })
  const observed = await startRollcallForTest({
    apps: [{ ...cxone.app, mode: 'observe' }],
    databaseUrl: database.url,
  })
  const userName = fresh()
  await scimClient(observed.base, observed.scimToken)('POST', '/Users', userOf(userName))
  const rows = await until(
    async () => (await own.query('select state, detail from delivery')).rows as { state: string; detail: string }[],
    ([row]) => row?.state === 'observed',
  )
  expect(rows).toEqual([{ state: 'observed', detail: 'would create' }])
  expect(await cxone.userNamed(userName)).toBeUndefined()
  // A process that still observes would go on observing.
  await observed.close()
  const enforced = await startRollcallForTest({ apps: [cxone.app], databaseUrl: database.url })
  await until(
    () => cxone.userNamed(userName),
    (user) => user !== undefined,
  )
  await enforced.close()
  await own.close()
  await database.drop()
  expect(await cxone.userNamed(userName)).toMatchObject({ lastName: 'Roth' })
})
