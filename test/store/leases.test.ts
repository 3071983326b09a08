import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createUser } from '../../src/operations/create-user.ts'
import { settleDelivery, type LeasedDelivery } from '../../src/store/deliveries.ts'
import { endDeadLeases, giveBack, leaseDeliveries } from '../../src/store/leases.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

const APP = { tenant: 'acme', app: 'cxone' }

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'])])
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.db.query('truncate identity, delivery, link, event, plan cascade')
  for (const userName of ['mia@acme.test', 'noor@acme.test']) {
    const made = await createUser(world.operations, caller(), { userName, active: true })
    if (!made.ok) throw new Error(made.refusal.kind)
  }
})

const lease = () => leaseDeliveries(world.db, APP, { limit: 9, token: randomUUID() })

interface Row {
  readonly token: string | null
  /** Seconds from now. */
  readonly lease: number | null
  readonly next: number
  readonly attempts: number
}

async function rowOf({ id }: LeasedDelivery): Promise<Row | undefined> {
  const { rows } = await world.db.query<Row>(
    `select lease_token as token, attempts, round(extract(epoch from lease_until - now()))::int as lease,
            round(extract(epoch from next_at - now()))::int as next from delivery where id = $1`,
    [id],
  )
  return rows[0]
}

describe('a row whose work failed here', () => {
  test('is due again after a back-off that grows, and can then be taken', async () => {
    const [failed, other] = await lease()
    if (failed === undefined || other === undefined) throw new Error('nothing was due')
    await giveBack(world.db, [failed])
    expect(await rowOf(failed)).toEqual({ token: null, lease: null, next: 1, attempts: 1 })
    expect(await rowOf(other)).toMatchObject({ token: other.token })
    await world.db.query('update delivery set next_at = now()')
    const [again, ...more] = await lease()
    if (again === undefined) throw new Error('it was not due')
    expect([again.id, more]).toEqual([failed.id, []])
    await giveBack(world.db, [again])
    expect(await rowOf(again)).toMatchObject({ next: 2, attempts: 2 })
  })
  test('is left to who has it now, if its lease had run out', async () => {
    const [late] = await lease()
    if (late === undefined) throw new Error('nothing was due')
    await world.db.query(`update delivery set lease_until = now() - interval '1 second'`)
    const [now] = await lease()
    await giveBack(world.db, [late])
    expect(await rowOf(late)).toMatchObject({ token: now?.token, attempts: 0 })
  })
})

describe('leases of a process that is surely dead', () => {
  test('run out within seconds, and only then are its rows given to another', async () => {
    const held = await lease()
    expect(await endDeadLeases(world.db)).toBe(2)
    expect(await lease()).toEqual([])
    for (const row of held) expect((await rowOf(row))?.lease).toBe(2)
    await world.db.query(`update delivery set lease_until = lease_until - interval '3 seconds'`)
    expect(new Set((await lease()).map(({ id }) => id))).toEqual(new Set(held.map(({ id }) => id)))
  })
  test('still fence: who was taken for dead writes nothing once another has the row', async () => {
    const [dead] = await lease()
    if (dead === undefined) throw new Error('nothing was due')
    await endDeadLeases(world.db)
    await world.db.query(`update delivery set lease_until = lease_until - interval '3 seconds'`)
    await lease()
    expect(await settleDelivery(world.db, dead, { state: 'delivered', countAttempt: false })).toBe('lost')
  })
  test('are not made longer where they end sooner', async () => {
    await lease()
    await world.db.query(`update delivery set lease_until = now() + interval '500 milliseconds'`)
    await endDeadLeases(world.db)
    const { rows } = await world.db.query(`select from delivery where lease_until > now() + interval '1 second'`)
    expect(rows).toEqual([])
  })
})
