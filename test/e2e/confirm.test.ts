import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openDb, type Db } from '../../src/store/db.ts'
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
  rollcall = await startRollcallForTest({ apps: [cxone.app], delivery: 'confirm', confirmSeconds: 5 })
  db = openDb(rollcall.databaseUrl, { max: 2 })
  scim = scimClient(rollcall.base, rollcall.scimToken)
})
afterAll(async () => {
  await db.close()
  await rollcall.close()
  await cxone.close()
})
afterEach(async () => {
  await cxone.control('DELETE', '/faults')
  await cxone.control('PUT', '/latency', { ms: 0 })
  await db.query('update app set paused_until = null, failures = 0')
})

let count = 0
const fresh = (): string => `waits${++count}@acme.test`

async function pushed(userName: string, more: object = {}): Promise<string> {
  const made = await scim('POST', '/Users', userOf(userName, more))
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  return made.body.id
}

const fault = (effect: object, match: object, times = 1) =>
  cxone.control('POST', '/faults', { faults: [{ match, times, effect }] })

const CREATE = { method: 'POST', path: '/users$' }
const UPDATE = { method: 'PUT', path: '/users' }
const REFUSED_EMAIL = { status: 400, body: { message: 'emailAddress is not valid', errorCode: 'INVALID_EMAIL' } }

const absent = async (userName: string): Promise<void> => {
  const found = await scim('GET', `/Users?filter=userName eq "${userName}"`)
  expect(found.body).toMatchObject({ totalResults: 0, Resources: [] })
  expect(await cxone.userNamed(userName)).toBeUndefined()
}

describe('a provider that waits', () => {
  test('hears 201 when the account is written and read back', async () => {
    const userName = fresh()
    await pushed(userName)
    expect(await cxone.userNamed(userName)).toMatchObject({ firstName: 'Mia' })
    expect((await db.query('select * from confirmation')).rows).toEqual([])
  })

  test('does not see a create that is not decided, and sees it afterwards', async () => {
    await cxone.control('PUT', '/latency', { ms: 150 })
    const userName = fresh()
    const making = scim('POST', '/Users', userOf(userName))
    await until(
      async () => (await db.query('select * from confirmation')).rows.length,
      (waiting) => waiting === 1,
    )
    expect((await scim('GET', `/Users?filter=userName eq "${userName}"`)).body.totalResults).toBe(0)
    const { status, body } = await making
    expect(status).toBe(201)
    expect((await scim('GET', `/Users/${body.id}`)).status).toBe(200)
  })

  test('hears that the name is disputed, and the create is in no read', async () => {
    const stranger = (await cxone.state()).users.find((user) => user.status === 'ACTIVE')
    const userName = String(stranger?.userName)
    const before = (await scim('GET', '/Users?count=0')).body.totalResults
    const refused = await scim(
      'POST',
      '/Users',
      userOf(userName, { name: { givenName: 'Quite', familyName: 'Another' } }),
    )
    expect(refused).toMatchObject({ status: 409, body: { status: '409', scimType: 'uniqueness' } })
    expect(refused.body.detail).toContain(cxone.app.id)
    expect((await scim('GET', `/Users?filter=userName eq "${userName}"`)).body.totalResults).toBe(0)
    expect((await scim('GET', '/Users?count=0')).body.totalResults).toBe(before)
    expect(await cxone.userNamed(userName)).toEqual(stranger)
  })

  test('hears that a value is refused; the same create again has the same id, another one has not', async () => {
    const userName = fresh()
    const body = userOf(userName, { externalId: 'x-1' })
    await fault(REFUSED_EMAIL, CREATE)
    const refused = await scim('POST', '/Users', body)
    expect(refused).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
    await absent(userName)
    const attempt = await lastAttempt()
    expect((await scim('GET', `/Users/${attempt}`)).status).toBe(404)
    expect(
      (await scim('PATCH', `/Users/${attempt}`, patchOf({ op: 'replace', value: { active: false } }))).status,
    ).toBe(404)
    await fault(REFUSED_EMAIL, CREATE)
    expect((await scim('POST', '/Users', { ...body, externalId: 'x-2' })).status).toBe(400)
    expect(await lastAttempt()).not.toBe(attempt)
    const made = await scim('POST', '/Users', body)
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({ id: attempt, externalId: 'x-1' })
    expect(await cxone.userNamed(userName)).toBeDefined()
  })

  test('hears that a change is refused, and the user is as before', async () => {
    const id = await pushed(fresh())
    const before = (await scim('GET', `/Users/${id}`)).body
    await fault(REFUSED_EMAIL, UPDATE)
    const refused = await scim(
      'PATCH',
      `/Users/${id}`,
      patchOf({ op: 'replace', path: 'name.givenName', value: 'Bad' }),
    )
    expect(refused).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } })
    const { meta, ...after } = (await scim('GET', `/Users/${id}`)).body
    expect(after).toEqual({ ...before, meta: undefined })
    expect(meta).toMatchObject({ lastModified: (before.meta as { lastModified?: string }).lastModified })
    await scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'name.givenName', value: 'Good' }))
    expect(await cxone.userNamed(before.userName)).toMatchObject({ firstName: 'Good' })
  })

  test('hears 2xx when a change is half done, and what is left is told otherwise', async () => {
    const id = await pushed(fresh())
    // The update gets through, the rename does not.
    const taken = String((await cxone.state()).users[3]?.userName)
    const answer = await scim(
      'PATCH',
      `/Users/${id}`,
      patchOf(
        { op: 'replace', path: 'name.givenName', value: 'Half' },
        { op: 'replace', path: 'userName', value: taken },
      ),
    )
    expect(answer.status).toBe(200)
    expect((await scim('GET', `/Users/${id}`)).body.userName).toBe(taken)
    expect(await rowOf(id)).toMatchObject({ state: 'refused', code: 'name-taken' })
  })

  test('goes back to the newest version that was answered 2xx, not further', async () => {
    const id = await pushed(fresh())
    await fault({ delayMs: 400 }, UPDATE)
    const first = scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'name.givenName', value: 'First' }))
    await until(
      async () => (await db.query('select * from confirmation where identity_id = $1', [id])).rows.length,
      (waiting) => waiting === 1,
    )
    await fault(REFUSED_EMAIL, UPDATE, 1)
    const second = await scim(
      'PATCH',
      `/Users/${id}`,
      patchOf({ op: 'replace', path: 'name.familyName', value: 'Second' }),
    )
    expect((await first).status).toBe(200)
    const now = (await scim('GET', `/Users/${id}`)).body.name as { givenName: string; familyName: string }
    expect(now.givenName).toBe('First')
    expect(now.familyName).toBe(second.status === 200 ? 'Second' : 'Roth')
  })

  test('of two creates of one name at once hears 201 and 409, also when the first is refused', async () => {
    const userName = fresh()
    await fault(REFUSED_EMAIL, CREATE)
    const answers = await Promise.all([1, 2, 3].map(() => scim('POST', '/Users', userOf(userName))))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 400, 409])
    expect((await cxone.state()).users.filter((user) => user.userName === userName)).toHaveLength(1)
  })
})

describe('a provider that need not wait', () => {
  test('is answered at once when the app as a whole is at fault, and the breaker keeps the next from waiting', async () => {
    await cxone.outage(3)
    const names = [fresh(), fresh(), fresh()]
    for (const name of names) await pushed(name)
    expect((await db.query('select * from confirmation')).rows).toEqual([])
    for (const name of names)
      await until(
        () => cxone.userNamed(name),
        (user) => user !== undefined,
      )
  })

  test('is answered at once for a deactivation and a deletion', async () => {
    const id = await pushed(fresh())
    await cxone.control('PUT', '/latency', { ms: 300 })
    expect((await scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: { active: false } }))).status).toBe(200)
    expect((await scim('DELETE', `/Users/${id}`)).status).toBe(204)
    expect((await db.query('select * from confirmation')).rows).toEqual([])
  })

  test('is answered 2xx when time is over; a refusal that comes later leaves the identity in place', async () => {
    const slow = await startRollcallForTest({ apps: [cxone.app], delivery: 'confirm', confirmSeconds: 1 })
    try {
      const client = scimClient(slow.base, slow.scimToken)
      await cxone.control('POST', '/faults', {
        faults: [{ match: CREATE, times: 1, effect: { ...REFUSED_EMAIL, delayMs: 1_800 } }],
      })
      const made = await client('POST', '/Users', userOf(fresh()))
      expect(made.status).toBe(201)
      const own = openDb(slow.databaseUrl, { max: 1 })
      const row = await until(
        async () => (await own.query('select state, code from delivery')).rows[0] as { state: string; code: string },
        ({ state }) => state === 'refused',
      )
      await own.close()
      expect(row.code).toBe('value-invalid')
      expect((await client('GET', `/Users/${made.body.id}`)).status).toBe(200)
    } finally {
      await slow.close()
    }
  })

  test('is answered as soon as the change is committed where no app is attached', async () => {
    const stranger = scimClient(rollcall.base, rollcall.strangerToken)
    expect((await stranger('POST', '/Users', userOf(fresh()))).status).toBe(201)
  })
})

const lastAttempt = async (): Promise<string> =>
  (await db.query('select identity_id from refused_attempt order by id desc limit 1')).rows[0].identity_id as string

const rowOf = async (identity: string) => {
  const read = async () =>
    (await db.query('select * from delivery where identity_id = $1', [identity])).rows[0] as Record<string, unknown>
  return until(read, ({ state }) => state !== 'due' && state !== 'retrying')
}
