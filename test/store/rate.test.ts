import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openHttp } from '../../src/connectors/http.ts'
import { openPace, paced } from '../../src/connectors/pace.ts'
import { openDb, type Db } from '../../src/store/db.ts'
import { slowDown, takeTokens, type RateLimits } from '../../src/store/rate.ts'
import { openTestWorld, tenant, type TestWorld } from './world.ts'

const KEY = { tenant: 'acme', bucket: 'cxone' }
const LIMITS: RateLimits = { startPerSecond: 5, perSecond: 100, burst: 10 }

let world: TestWorld
let other: Db
beforeAll(async () => {
  world = await openTestWorld()
  other = openDb(world.url, { max: 4 })
  await world.declare([tenant('acme'), tenant('bravo')])
})
afterAll(async () => {
  await other.close()
  await world.close()
})
beforeEach(() => world.db.query('truncate rate_bucket'))

const take = (want: number, more: { keep?: number; need?: number } = {}, limits = LIMITS) =>
  takeTokens(world.db, KEY, { need: want, keep: 0, want, ...more, ...limits })
/** As if so many seconds had gone by. */
const later = (seconds: number) =>
  world.db.query(
    `update rate_bucket set refilled_at = refilled_at - make_interval(secs => $1),
       blocked_until = blocked_until - make_interval(secs => $1), slowed_at = slowed_at - make_interval(secs => $1)`,
    [seconds],
  )
const rate = async () => Math.round(((await take(0)).rate ?? 0) * 100) / 100

/** So slow that nothing comes in while a test runs, however slow the machine. */
const STILL: RateLimits = { ...LIMITS, startPerSecond: 0.01 }
const set = (columns: string) => world.db.query(`update rate_bucket set ${columns}`)

describe('a bucket', () => {
  test('is full to begin with, gives no more than it holds, and says when one more can be had', async () => {
    expect(await take(7, {}, STILL)).toMatchObject({ granted: 7, rate: 0.01 })
    expect(await take(7, { need: 1 }, STILL)).toMatchObject({ granted: 3 })
    const { granted, wait } = await take(1, { need: 0 }, STILL)
    expect(granted).toBe(0)
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(100)
  })
  test('fills with time, and never beyond its burst', async () => {
    await take(10, {}, STILL)
    await later(550)
    expect(await take(10, { need: 0 }, STILL)).toMatchObject({ granted: 5 })
    await later(360_000)
    expect(await take(100, { need: 0 }, STILL)).toMatchObject({ granted: 10 })
  })
  test('leaves what it is asked to leave', async () => {
    expect(await take(10, { keep: 0.2 }, STILL)).toMatchObject({ granted: 8 })
    expect(await take(1, { keep: 0.2 }, STILL)).toMatchObject({ granted: 0 })
    expect(await take(1, {}, STILL)).toMatchObject({ granted: 1 })
  })
  test('of one tenant is none of another', async () => {
    await take(10)
    const stranger = { ...LIMITS, need: 10, want: 10, keep: 0 }
    expect(await takeTokens(world.db, { tenant: 'bravo', bucket: 'cxone' }, stranger)).toMatchObject({ granted: 10 })
  })
  test('never grants more than it holds, however many ask at once', async () => {
    const lots = await Promise.all(
      Array.from({ length: 24 }, (_, n) =>
        takeTokens(n % 2 === 0 ? world.db : other, KEY, { need: 0, want: 2, keep: 0, ...LIMITS, startPerSecond: 0.2 }),
      ),
    )
    expect(lots.reduce((sum, { granted }) => sum + granted, 0)).toBeLessThanOrEqual(11)
  })
})

describe('the rate', () => {
  test('rises while calls wait and nobody complains, up to its bound, and not for a process at rest', async () => {
    await take(10)
    await later(1)
    await take(0)
    expect(await rate()).toBe(5)
    await set('tokens = 0, rate = 5')
    await later(1)
    await take(100)
    expect(await rate()).toBe(10)
    for (let n = 0; n < 40; n++) {
      await later(1)
      await take(1000)
    }
    expect(await rate()).toBe(100)
  })
  test('halves when the app complains, once for all calls under way, and then rises slowly', async () => {
    await take(1)
    await set('rate = 80')
    await Promise.all(Array.from({ length: 6 }, () => slowDown(world.db, KEY)))
    expect(await rate()).toBe(40)
    await set('tokens = 7, rate = 0.4')
    await later(2)
    await slowDown(world.db, KEY)
    expect((await world.db.query('select tokens, rate from rate_bucket')).rows).toEqual([{ tokens: 0, rate: 0.2 }])
    await set('tokens = 0, rate = 20')
    await later(1)
    await take(1000)
    expect(await rate()).toBe(20.25)
    await later(2)
    await slowDown(world.db, KEY)
    expect(await rate()).toBeCloseTo(10.13, 1)
    await set('rate = 0.3')
    await later(2)
    await slowDown(world.db, KEY)
    expect(await rate()).toBe(0.2)
  })
  test('halves when the app says how long to wait, too: nothing is to be had until then, and it fills from then on', async () => {
    await take(1)
    await slowDown(world.db, KEY, new Date(Date.now() + 300_000))
    expect(await rate()).toBe(2.5)
    const { granted, wait } = await take(1)
    expect(granted).toBe(0)
    expect(Math.round(wait / 10)).toBe(30)
    await later(200)
    expect(await take(1)).toMatchObject({ granted: 0 })
    // Until 101 seconds ago: what came in since then, not before.
    await set('rate = 2.5')
    await later(101)
    expect(await take(10, { need: 0 })).toMatchObject({ granted: 2 })
    await later(3600)
    // A second's worth, and no burst any more.
    expect(await take(10, { need: 0 })).toMatchObject({ granted: 2 })
  })
})

test('two processes together never call an app more often than its rate allows', async () => {
  let calls = 0
  const server = createServer((_request, response) => {
    calls++
    response.end()
  })
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  const limits: RateLimits = { startPerSecond: 40, perSecond: 40, burst: 5 }
  const clients = [world.db, other].map((db) => {
    const http = openHttp()
    const pace = openPace(
      {
        take: (asked) => takeTokens(db, KEY, { ...asked, ...limits }),
        slowDown: (until) => slowDown(db, KEY, until),
      },
      limits,
    )
    return { http, pace, fetch: paced(http.fetch, pace, () => 0) }
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const begun = performance.now()
  await Promise.all(clients.flatMap(({ fetch }) => Array.from({ length: 30 }, () => fetch({ method: 'GET', url }))))
  const seconds = (performance.now() - begun) / 1000
  expect(calls).toBe(60)
  // Tokens that were there and those that came: a slow machine only makes this truer.
  expect(calls).toBeLessThanOrEqual(limits.burst + limits.perSecond * seconds)
  for (const { http, pace } of clients) {
    pace.close()
    await http.close()
  }
  server.close()
})
