/** Who is served first, and how often an app is called, through the whole product. */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openDb, type Db } from '../../src/store/db.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { until } from '../support/wait.ts'

interface Call {
  readonly seq: number
  readonly method: string
  readonly path: string
  readonly status: number
  readonly correlationId: string
}

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
afterEach(async () => {
  await cxone.control('DELETE', '/faults')
  await pauseOver()
})

let count = 0
const fresh = (): string => `agent${++count}@acme.test`
const rowOf = async (identity: string) =>
  (await db.query('select * from delivery where identity_id = $1', [identity])).rows[0] as Record<string, unknown>
const inState = (identity: string, state: string) =>
  until(
    () => rowOf(identity),
    (row) => row['state'] === state,
  )
const stoodInBy = (identity: string, code: string) =>
  until(
    () => rowOf(identity),
    (row) => row['code'] === code,
  )
/** As if the time had come that the app asked to wait for. */
const pauseOver = async (): Promise<void> => {
  await db.query(`update app set paused_until = now() where paused_until > now()`)
  await db.query(`update rate_bucket set blocked_until = now() where blocked_until > now()`)
}
const callsSince = async (seq: number): Promise<Call[]> => {
  const calls = await cxone.control<Call[]>('GET', `/calls?since=${seq}&limit=10000`)
  return calls.filter((call) => call.path.includes('/user-management/'))
}
const lastCall = async (): Promise<number> =>
  (await cxone.control<Call[]>('GET', '/calls?limit=20000')).at(-1)?.seq ?? 0
const isWrite = ({ method, path }: Call): boolean => method !== 'GET' && !path.includes('/search')

async function pushed(): Promise<string> {
  const made = await scim('POST', '/Users', userOf(fresh()))
  expect(made.status).toBe(201)
  await inState(made.body.id, 'delivered')
  return made.body.id
}
const deactivate = (id: string) =>
  scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'active', value: false }))
const rename = (id: string) =>
  scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'userName', value: fresh() }))

describe('a deactivation', () => {
  test('behind a refused rename and a 429 that asks for five minutes is the next that the app is asked to do', async () => {
    const id = await pushed()
    await cxone.control('POST', '/faults', {
      faults: [
        {
          match: { method: 'PUT' },

          effect: { status: 400, body: { message: 'The user name is not possible.' } },
        },
      ],
    })
    await rename(id)
    await stoodInBy(id, 'value-invalid')
    await cxone.control('POST', '/faults', {
      faults: [
        { match: { path: '/user-management/' }, times: 1, effect: { status: 429, headers: { 'Retry-After': '300' } } },
      ],
    })
    await rename(id)
    await stoodInBy(id, 'throttled')
    const asked = await lastCall()
    expect((await deactivate(id)).status).toBe(200)
    expect(await rowOf(id)).toMatchObject({ urgency: 2, attempts: 0, state: 'due', code: null })
    const { rows } = await db.query(`select extract(epoch from paused_until - now()) > 200 as paused from app`)
    expect(rows).toEqual([{ paused: true }])
    // The sweep has come by meanwhile: the bucket and the pause hold for a deactivation too.
    await pause(2_500)
    expect(await callsSince(asked)).toEqual([])
    await pauseOver()
    await inState(id, 'delivered')
    const write = (await callsSince(asked)).find(isWrite)
    expect(write?.path).toMatch(/\/users\/deactivate$/)
  })

  test('goes before everything that was there first', async () => {
    const leaver = await pushed()
    await cxone.outage(60)
    const others = await Promise.all(Array.from({ length: 12 }, () => scim('POST', '/Users', userOf(fresh()))))
    await until(
      async () => (await db.query('select from app where failures > 0')).rows,
      ({ length }) => length === 1,
    )
    await deactivate(leaver)
    const asked = await lastCall()
    await cxone.control('DELETE', '/faults')
    await inState(leaver, 'delivered')
    for (const { body } of others) await inState(body.id, 'delivered')
    const writes = (await callsSince(asked)).filter((call) => isWrite(call) && call.status === 200)
    // At most what tried for all before the deactivation came: one.
    expect(writes.findIndex(({ path }) => path.endsWith('/users/deactivate'))).toBeLessThanOrEqual(1)
  })
})

test('after an outage one delivery tries, and the others follow only once it got through', async () => {
  await cxone.outage(60)
  const made = await Promise.all(Array.from({ length: 6 }, () => scim('POST', '/Users', userOf(fresh()))))
  await until(
    async () => (await db.query('select from app where failures >= 2')).rows,
    ({ length }) => length === 1,
  )
  const { rows } = await db.query(
    `select count(*) filter (where attempts > 0) as blamed from delivery where wanted > delivered`,
  )
  expect(rows).toEqual([{ blamed: 0 }])
  await cxone.control('DELETE', '/faults')
  for (const { body } of made) await inState(body.id, 'delivered')
  expect((await db.query('select failures, probe_token from app')).rows).toEqual([{ failures: 0, probe_token: null }])
})

test('every call carries an id of its own, that begins with the plan or the delivery it belongs to', async () => {
  const asked = await lastCall()
  const id = await pushed()
  const calls = await callsSince(asked)
  const ids = calls.map(({ correlationId }) => correlationId)
  expect(ids.length).toBeGreaterThan(2)
  expect(new Set(ids).size).toBe(ids.length)
  const { rows } = await db.query<{ id: string; delivery_id: string }>(
    'select plan.id, delivery_id from plan join delivery on delivery.id = delivery_id where identity_id = $1',
    [id],
  )
  const belongs = new RegExp(`^(?:delivery-${rows[0]?.delivery_id}|${rows[0]?.id})\\.[0-9a-f]{8}$`)
  for (const one of ids) expect(one).toMatch(belongs)
  const create = calls.find(({ method, path }) => method === 'POST' && path.endsWith('/v1/users'))
  expect(create?.correlationId).toContain(rows[0]?.id)
})
