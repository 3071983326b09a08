import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createUser } from '../../src/operations/create-user.ts'
import { endPause, pauseApp } from '../../src/store/apps.ts'
import type { Queryable } from '../../src/store/db.ts'
import {
  appsDue,
  countWaiting,
  retryNow,
  reviveDeliveries,
  settleDelivery,
  type DeliveryResult,
  type LeasedDelivery,
} from '../../src/store/deliveries.ts'
import { readSubject } from '../../src/store/delivery-subject.ts'
import { leaseDeliveries, renewLeases } from '../../src/store/leases.ts'
import { linkAccount } from '../../src/store/links.ts'
import { storePlan } from '../../src/store/plans.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

const APP = { tenant: 'acme', app: 'cxone' }
const done: DeliveryResult = { state: 'delivered', countAttempt: false }

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'], ['okta', 'entra']), tenant('bravo', ['cxone'])])
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.db.query('truncate identity, delivery, link, event, plan cascade')
  await endPause(world.db, APP)
})

async function pushed(userName: string, who = caller()): Promise<string> {
  const result = await createUser(world.operations, who, { userName, active: true })
  if (!result.ok) throw new Error(result.refusal.kind)
  return result.value.id
}

async function leasedOne(): Promise<LeasedDelivery> {
  const [delivery] = await leaseDeliveries(world.db, APP, { limit: 1, token: randomUUID() })
  if (delivery === undefined) throw new Error('nothing was due')
  return delivery
}

const row = async (): Promise<Record<string, unknown> | undefined> =>
  (await world.db.query<Record<string, unknown>>('select * from delivery')).rows[0]
const storedPlan = (delivery: LeasedDelivery, more: object = {}) =>
  storePlan(world.db, delivery, { id: randomUUID(), hash: 'h', steps: [], state: 'applying', ...more })

describe('a lease', () => {
  test('gives each due row to one worker', async () => {
    for (let n = 0; n < 6; n++) await pushed(`u${n}@acme.test`)
    const lots = await Promise.all(
      Array.from({ length: 4 }, () => leaseDeliveries(world.db, APP, { limit: 2, token: randomUUID() })),
    )
    const ids = lots.flat().map((delivery) => delivery.id)
    expect(ids).toHaveLength(6)
    expect(new Set(ids).size).toBe(6)
  })
  test('takes deactivations first', async () => {
    await pushed('a@acme.test')
    const late = await pushed('b@acme.test')
    await world.db.query('update delivery set urgency = 2 where identity_id = $1', [late])
    expect((await leasedOne()).identity).toBe(late)
  })
  test('takes nothing that is not due, disputed, paused, detached or of another tenant', async () => {
    await pushed('mia@acme.test')
    const empty = async () => (await leaseDeliveries(world.db, APP, { limit: 9, token: randomUUID() })).length
    await world.db.query(`update delivery set next_at = now() + interval '1 hour'`)
    expect(await empty()).toBe(0)
    await world.db.query(`update delivery set next_at = now(), state = 'disputed'`)
    expect(await empty()).toBe(0)
    await world.db.query(`update delivery set state = 'due'`)
    await pauseApp(world.db, APP, { why: 'it asked for it', longest: 900, until: new Date(Date.now() + 60_000) })
    expect(await empty()).toBe(0)
    await endPause(world.db, APP)
    await world.declare([
      { ...tenant('acme', ['cxone'], ['okta', 'entra']), connections: [] },
      tenant('bravo', ['cxone']),
    ])
    expect(await empty()).toBe(0)
    await world.declare([tenant('acme', ['cxone'], ['okta', 'entra']), tenant('bravo', ['cxone'])])
    expect(
      await leaseDeliveries(world.db, { tenant: 'bravo', app: 'cxone' }, { limit: 9, token: randomUUID() }),
    ).toEqual([])
    expect(await empty()).toBe(1)
  })
  test('that ran out is given to another, and its first holder writes nothing any more', async () => {
    await pushed('mia@acme.test')
    const first = await leasedOne()
    await world.db.query(`update delivery set lease_until = now() - interval '1 second'`)
    const second = await leasedOne()
    expect(second.id).toBe(first.id)
    expect(await storedPlan(first)).toBe(false)
    expect(await linkAccount(world.db, first, { account: 'a1', origin: 'created' })).toBe('lost')
    expect(await settleDelivery(world.db, first, done)).toBe('lost')
    expect(await renewLeases(world.db, [first])).toEqual([first.id])
    expect(await settleDelivery(world.db, second, done)).toBe('settled')
  })
  test('that is renewed goes on', async () => {
    await pushed('mia@acme.test')
    const held = await leasedOne()
    await world.db.query(`update delivery set lease_until = now() + interval '1 second'`)
    expect(await renewLeases(world.db, [held])).toEqual([])
    const { rows } = await world.db.query(`select lease_until > now() + interval '10 seconds' as longer from delivery`)
    expect(rows).toEqual([{ longer: true }])
  })
})

describe('settling', () => {
  test('delivers what was wanted when the lease was taken, and no more', async () => {
    const id = await pushed('mia@acme.test')
    const held = await leasedOne()
    await world.db.query('update delivery set wanted = wanted + 1, urgency = 2 where identity_id = $1', [id])
    await settleDelivery(world.db, held, done)
    expect(await row()).toMatchObject({ wanted: 2, delivered: 1, state: 'due', urgency: 2, lease_token: null })
    await settleDelivery(world.db, await leasedOne(), done)
    expect(await row()).toMatchObject({ wanted: 2, delivered: 2, state: 'delivered', urgency: 0 })
  })
  test('a refusal keeps the wish and says why', async () => {
    await pushed('mia@acme.test')
    await settleDelivery(world.db, await leasedOne(), {
      state: 'refused',
      code: 'value-invalid',
      detail: 'no such time zone',
      retryIn: 86_400,
      countAttempt: true,
      event: { kind: 'delivery.refused', data: { code: 'value-invalid' } },
    })
    expect(await row()).toMatchObject({
      wanted: 1,
      delivered: 0,
      state: 'refused',
      attempts: 1,
      detail: 'no such time zone',
    })
    expect((await world.db.query(`select kind, app_id from event where kind like 'delivery%'`)).rows).toEqual([
      { kind: 'delivery.refused', app_id: 'cxone' },
    ])
    expect(await reviveDeliveries(world.db)).toBe(0)
    await world.db.query('update delivery set next_at = now()')
    expect(await reviveDeliveries(world.db)).toBe(1)
  })
  test('a deactivation that fails is due again, but lets others go before it', async () => {
    const leaver = await pushed('mia@acme.test')
    await world.db.query('update delivery set urgency = 2 where identity_id = $1', [leaver])
    await settleDelivery(world.db, await leasedOne(), {
      state: 'retrying',
      code: 'not-verified',
      detail: 'still there',
      retryIn: 0,
      countAttempt: true,
    })
    await pushed('kim@acme.test')
    await world.db.query(`update delivery set next_at = now() - interval '1 minute' where identity_id <> $1`, [leaver])
    expect((await leasedOne()).identity).not.toBe(leaver)
    expect((await leasedOne()).identity).toBe(leaver)
  })
  test('a new wish ends the back-off of a refusal that comes after it', async () => {
    const id = await pushed('mia@acme.test')
    const held = await leasedOne()
    await world.db.query('update delivery set wanted = wanted + 1 where identity_id = $1', [id])
    await settleDelivery(world.db, held, {
      state: 'refused',
      code: 'x',
      detail: 'y',
      retryIn: 86_400,
      countAttempt: true,
    })
    expect(await row()).toMatchObject({ state: 'due', attempts: 0 })
    expect(await leasedOne()).toMatchObject({ wanted: 2 })
  })
})

describe('an intent', () => {
  test('is kept with the plan, before anything is sent, and goes when the account is linked', async () => {
    const id = await pushed('mia@acme.test')
    const held = await leasedOne()
    const intent = { identity: id, userName: 'mia@acme.test', attributes: {}, at: '2026-11-24T10:00:00.000Z' }
    expect(await storedPlan(held, { intent })).toBe(true)
    expect(await row()).toMatchObject({ intent })
    expect(await linkAccount(world.db, held, { account: 'a1', origin: 'created' })).toBe('linked')
    expect(await row()).toMatchObject({ intent: null, subject: 'account:a1' })
    expect(await readSubject(world.db, held)).toMatchObject({ account: 'a1', active: true, deleted: false })
    expect((await world.db.query('select identity_id, state from link')).rows).toEqual([
      { identity_id: id, state: 'linked' },
    ])
  })
  test('an account has one owner', async () => {
    await pushed('mia@acme.test')
    await linkAccount(world.db, await leasedOne(), { account: 'a1', origin: 'created' })
    await pushed('kim@acme.test')
    expect(await linkAccount(world.db, await leasedOne(), { account: 'a1', origin: 'adopted' })).toBe('owned')
    expect((await world.db.query(`select state from link where state = 'linked'`)).rows).toHaveLength(1)
  })
})

describe('an app in trouble', () => {
  test('is left alone twice as long each time, at most a quarter of an hour, and at least as long as it asked', async () => {
    const waits: number[] = []
    for (let n = 0; n < 12; n++) {
      await world.db.query('update app set paused_until = null')
      waits.push(Math.round((await pauseApp(world.db, APP, { why: 'down', longest: 900 })).seconds))
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900])
    const asked = await pauseApp(world.db, APP, { why: 'asked', longest: 900, until: new Date(Date.now() + 3_600_000) })
    expect(Math.round(asked.seconds / 60)).toBe(60)
    expect(Math.round((await pauseApp(world.db, APP, { why: 'down', longest: 900 })).seconds / 60)).toBe(60)
  })
  test('is not left alone longer because many calls were under way when it went down', async () => {
    await world.db.query('update app set failures = 8, paused_until = null')
    const waits = await Promise.all(
      Array.from({ length: 16 }, () => pauseApp(world.db, APP, { why: 'down', longest: 900 })),
    )
    expect(Math.max(...waits.map(({ seconds }) => seconds))).toBeLessThan(257)
    expect((await world.db.query(`select failures from app where tenant_id = 'acme'`)).rows).toEqual([{ failures: 9 }])
  })
  test('is swept again when its pause is over', async () => {
    await pushed('mia@acme.test')
    expect(await appsDue(world.db)).toEqual([APP])
    await pauseApp(world.db, APP, { why: 'down', longest: 900 })
    expect(await appsDue(world.db)).toEqual([])
    await endPause(world.db, APP)
    expect(await appsDue(world.db)).toEqual([APP])
  })
  test('can be tried at once by a person, disputes apart', async () => {
    await pushed('mia@acme.test')
    await pushed('kim@acme.test')
    await world.db.query(
      `update delivery set state = 'retrying', next_at = now() + interval '1 hour' where subject like 'name:mia%'`,
    )
    await world.db.query(`update delivery set state = 'disputed' where subject like 'name:kim%'`)
    expect(await retryNow(world.db, APP)).toBe(1)
    expect(await countWaiting(world.db, APP)).toEqual({ waiting: 1, stuck: 1 })
  })
})

describe('what was only observed', () => {
  const observed: DeliveryResult = { state: 'observed', countAttempt: false }
  const mode = (to: string): Promise<unknown> =>
    world.db.query('update app set mode = $1 where tenant_id = $2', [to, 'acme'])
  beforeEach(() => mode('observe'))
  afterEach(() => mode('enforce'))

  test('is done with while the app is observed', async () => {
    await pushed('u@acme.test')
    expect(await settleDelivery(world.db, await leasedOne(), observed)).toBe('settled')
    expect(await row()).toMatchObject({ state: 'observed', delivered: 1, wanted: 1 })
  })

  test('is due where the app was enforced meanwhile', async () => {
    await pushed('u@acme.test')
    const delivery = await leasedOne()
    await mode('enforce')
    expect(await settleDelivery(world.db, delivery, observed)).toBe('due')
    expect(await row()).toMatchObject({ state: 'due', delivered: 0, wanted: 1 })
    expect((await leasedOne()).mode).toBe('enforce')
  })

  test('is due also where it is written down in the very moment in which the app is enforced', async () => {
    await pushed('u@acme.test')
    const delivery = await leasedOne()
    const settled = await world.db.transaction(async (tx) => {
      await tx.query(`update app set mode = 'enforce' where tenant_id = 'acme'`)
      const settling = settleDelivery(world.db, delivery, observed)
      while (!(await waitsForLock(tx)));
      return { settling }
    })
    expect(await settled.settling).toBe('due')
  })
})

/** Somebody waits for what the transaction has locked. */
const waitsForLock = async (tx: Queryable): Promise<boolean> =>
  (
    await tx.query<{ waits: boolean }>(
      `select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waits`,
    )
  ).rows[0]?.waits === true
