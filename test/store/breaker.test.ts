import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createUser } from '../../src/operations/create-user.ts'
import { breakerOf, endProbe, pauseApp, readOutlook, resumeApp } from '../../src/store/apps.ts'
import { settleDelivery, type LeasedDelivery } from '../../src/store/deliveries.ts'
import { endDeadLeases, giveBack, leaseDeliveries, renewLeases } from '../../src/store/leases.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

const APP = { tenant: 'acme', app: 'cxone' }
const DOWN = { why: 'no answer within 20 s', longest: 10 }

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'])])
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.db.query('truncate identity, delivery, link, event, plan cascade')
  await world.db.query('update app set failures = 0, paused_until = null, probe_until = null, failing_since = null')
})

async function pushed(userName: string, urgency = 0): Promise<string> {
  const made = await createUser(world.operations, caller(), { userName, active: true })
  if (!made.ok) throw new Error(made.refusal.kind)
  await world.db.query('update delivery set urgency = $2 where identity_id = $1', [made.value.id, urgency])
  return made.value.id
}

const lease = (limit = 9, more: { failedFirst?: boolean } = {}) =>
  leaseDeliveries(world.db, APP, { limit, token: randomUUID(), ...more })
const identities = (rows: readonly LeasedDelivery[]) => rows.map(({ identity }) => identity)
const pauseOver = () => world.db.query(`update app set paused_until = now() - interval '1 millisecond'`)
const state = async () => (await breakerOf(world.db, APP))?.state
/** The row says that the app was out of reach when it was tried. */
const outOfReach = (delivery: LeasedDelivery) =>
  settleDelivery(world.db, delivery, {
    state: 'retrying',
    code: 'unreachable',
    detail: 'no answer',
    retryIn: 0,
    countAttempt: false,
  })

describe('a breaker', () => {
  test('that is closed lets as many rows through as are asked for', async () => {
    for (const n of [1, 2, 3]) await pushed(`u${n}@acme.test`)
    expect(await lease()).toHaveLength(3)
    expect(await breakerOf(world.db, APP)).toEqual({
      state: 'closed',
      failures: 0,
      since: null,
      until: null,
      why: null,
    })
  })
  test('that is open lets none through, and says since when, until when and why', async () => {
    await pushed('mia@acme.test')
    expect(await pauseApp(world.db, APP, DOWN)).toMatchObject({ opened: true })
    expect(await pauseApp(world.db, APP, DOWN)).toMatchObject({ opened: false })
    expect(await lease()).toEqual([])
    expect(await breakerOf(world.db, APP)).toMatchObject({
      state: 'open',
      failures: 1,
      since: expect.any(Date),
      until: expect.any(Date),
      why: DOWN.why,
    })
  })
  test('that is half-open lets one row through however many ask at once, the most urgent', async () => {
    await pushed('a@acme.test')
    const leaver = await pushed('b@acme.test', 2)
    await pushed('c@acme.test', 1)
    await pauseApp(world.db, APP, DOWN)
    await pauseOver()
    expect(await state()).toBe('half-open')
    const lots = await Promise.all(Array.from({ length: 8 }, () => lease()))
    expect(identities(lots.flat())).toEqual([leaver])
    expect(lots.flat()[0]).toMatchObject({ probe: true })
  })
  test('closes for everybody once something gets through', async () => {
    for (const n of [1, 2, 3]) await pushed(`u${n}@acme.test`)
    await pauseApp(world.db, APP, DOWN)
    await pauseOver()
    const [probe] = await lease()
    if (probe === undefined) throw new Error('nobody tried')
    await settleDelivery(world.db, probe, { state: 'delivered', countAttempt: false })
    expect(await lease()).toEqual([])
    expect(await resumeApp(world.db, APP)).toBe(true)
    expect(await state()).toBe('closed')
    expect(await lease()).toHaveLength(2)
  })
  test('opens again for longer when the one that tried fails, and then another tries', async () => {
    const first = await pushed('a@acme.test', 2)
    const second = await pushed('b@acme.test', 2)
    const third = await pushed('c@acme.test')
    await pauseApp(world.db, APP, DOWN)
    const tried: string[] = []
    for (let n = 0; n < 4; n++) {
      await pauseOver()
      const [probe] = await lease()
      if (probe === undefined) throw new Error('nobody tried')
      tried.push(probe.identity)
      await pauseApp(world.db, APP, DOWN)
      await outOfReach(probe)
    }
    expect(tried).toEqual([first, second, third, first])
    expect(await breakerOf(world.db, APP)).toMatchObject({ state: 'open', failures: 5 })
  })
  test('lets another try where the one that tried found nothing out, was given back, or died', async () => {
    for (const n of [1, 2, 3, 4]) await pushed(`u${n}@acme.test`)
    await pauseApp(world.db, APP, DOWN)
    await pauseOver()
    const probe = async (): Promise<LeasedDelivery> => {
      const [only, ...others] = await lease()
      if (only === undefined) throw new Error('nobody tried')
      expect(others).toEqual([])
      return only
    }
    await endProbe(world.db, await probe())
    await giveBack(world.db, [await probe()])
    await probe()
    expect(await lease()).toEqual([])
    await endDeadLeases(world.db)
    await world.db.query(`update app set probe_until = probe_until - interval '3 seconds'`)
    await probe()
  })
  test('is tried by one as long as that one is at work', async () => {
    await pushed('a@acme.test')
    await pushed('b@acme.test')
    await pauseApp(world.db, APP, DOWN)
    await pauseOver()
    const held = await lease()
    await world.db.query(`update app set probe_until = now() + interval '1 second'`)
    await renewLeases(world.db, held)
    const { rows } = await world.db.query(`select from app where probe_until > now() + interval '10 seconds'`)
    expect(rows).toHaveLength(1)
  })
})

describe('lanes', () => {
  test('go in their order: deactivations, what is waited for, everything else, deactivations that failed', async () => {
    const order = [-1, 0, 1, 2]
    const ids = await Promise.all(order.map((urgency) => pushed(`lane${urgency}@acme.test`, urgency)))
    await world.db.query(`update delivery set next_at = now() - interval '1 hour' where urgency = -1`)
    const seen: string[] = []
    for (let n = 0; n < 4; n++) seen.push(...identities(await lease(1)))
    expect(seen).toEqual(ids.toReversed())
  })
  test('a deactivation that failed is first in its turn, and one only', async () => {
    const failed = [await pushed('a@acme.test', -1), await pushed('b@acme.test', -1)]
    const leaver = await pushed('c@acme.test', 2)
    expect(new Set(identities(await lease(2, { failedFirst: true })))).toEqual(new Set([failed[0], leaver]))
    expect(identities(await lease(2, { failedFirst: true }))).toEqual([failed[1]])
  })
  test('a failure for its own sake puts a row down, one for the sake of the app does not', async () => {
    const outcome = async (urgency: number, countAttempt: boolean): Promise<unknown> => {
      await world.db.query('truncate identity, delivery, link, event, plan cascade')
      await pushed('mia@acme.test', urgency)
      const [held] = await lease(1, { failedFirst: true })
      if (held === undefined) throw new Error('nothing was due')
      await settleDelivery(world.db, held, { state: 'retrying', code: 'x', detail: 'y', retryIn: 1, countAttempt })
      return (await world.db.query<{ urgency: number }>('select urgency from delivery')).rows[0]?.urgency
    }
    expect([await outcome(2, true), await outcome(-1, true), await outcome(1, true), await outcome(0, true)]).toEqual([
      -1, -1, 0, 0,
    ])
    expect([await outcome(2, false), await outcome(1, false)]).toEqual([2, 1])
  })
})

describe('the outlook of an app', () => {
  test('counts what goes before a change that is waited for, and nothing else', async () => {
    for (const [n, urgency] of [2, 1, 0, 0, -1].entries()) await pushed(`u${n}@acme.test`, urgency)
    expect(await readOutlook(world.db, APP)).toEqual({ open: false, backlog: 2 })
  })
  test('is open until something got through', async () => {
    await pauseApp(world.db, APP, DOWN)
    expect(await readOutlook(world.db, APP)).toMatchObject({ open: true })
    await pauseOver()
    expect(await readOutlook(world.db, APP)).toMatchObject({ open: true })
    await resumeApp(world.db, APP)
    expect(await readOutlook(world.db, APP)).toMatchObject({ open: false })
  })
})
