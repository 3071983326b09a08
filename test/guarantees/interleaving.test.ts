import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ConnectorError, type Connector, type Outcome } from '../../src/connectors/contract.ts'
import { connect } from '../../src/connectors/memory/index.ts'
import { openTarget, type MemoryTarget } from '../../src/connectors/memory/target.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { deleteUser } from '../../src/operations/delete-user.ts'
import { patchUser } from '../../src/operations/patch-user.ts'
import { parsePatch } from '../../src/scim/patch/parse.ts'
import { USER } from '../../src/scim/schema/resource-type.ts'
import { completeDeliveries } from '../../src/store/configuration.ts'
import { reviveDeliveries, type LeasedDelivery } from '../../src/store/deliveries.ts'
import { leaseDeliveries } from '../../src/store/leases.ts'
import { deliver } from '../../src/workflows/deliver.ts'
import { openProtection } from '../../src/workflows/protection.ts'
import { caller, openTestWorld, tenant, type TestWorld } from '../store/world.ts'

const DECLARED = [tenant('acme', ['cxone'], ['okta', 'entra'])]

let world: TestWorld
let target: MemoryTarget
let connector: Connector
beforeAll(async () => {
  world = await openTestWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.db.query('truncate identity, delivery, link, event, plan cascade')
  await world.declare(DECLARED)
  await world.db.query('update app set paused_until = null, failures = 0')
  target = openTarget({ roles: [], teams: [] }, () => new Date())
  connector = connect(target)
})

async function pushed(userName: string, more: object = {}, who = caller()): Promise<string> {
  const made = await createUser(world.operations, who, { userName, active: true, ...more })
  if (!made.ok) throw new Error(made.refusal.kind)
  return made.value.id
}

const patch = (id: string, path: string, value: unknown) =>
  patchUser(world.operations, caller(), {
    id,
    operations: parsePatch({ Operations: [{ op: 'replace', path, value }] }, USER),
    note: () => {},
  })

const lease = (limit = 1): Promise<LeasedDelivery[]> =>
  leaseDeliveries(world.db, { tenant: 'acme', app: 'cxone' }, { limit, token: randomUUID() })

async function leaseOne(): Promise<LeasedDelivery> {
  const [delivery] = await lease()
  if (delivery === undefined) throw new Error('nothing is due')
  return delivery
}

const protectionOf = (by: Connector) =>
  openProtection({ connector: by, adopt: 'matching', protect: { userNames: [] }, now: () => new Date() })

const deliverWith = (by: Connector, delivery: LeasedDelivery) =>
  deliver(
    {
      db: world.db,
      target: {
        connector: by,
        mode: 'enforce',
        defaults: {},
        protection: protectionOf(by),
        policy: async () => undefined,
      },
      now: () => new Date(),
      newId: randomUUID,
      wakeAnswer: () => undefined,
      hash: (value) => JSON.stringify(value),
      log: { info: () => {}, warn: () => {} },
    },
    delivery,
  )

/** Delivers all that is due, and once more what that made due. */
async function drain(by = connector): Promise<void> {
  for (let lot = await lease(9); lot.length > 0; lot = await lease(9)) for (const one of lot) await deliverWith(by, one)
}

const makeDue = () => world.db.query(`update delivery set next_at = now() where wanted > delivered`)
const endLeases = () => world.db.query(`update delivery set lease_until = now() - interval '1 second'`)
const accounts = () => target.ids().map((id) => target.raw(id))
const rows = async (columns: string) =>
  (await world.db.query(`select ${columns} from delivery order by id`)).rows as object[]

/** Stops in front of a kind of change until it is let go. */
function stopsBefore(kind: string): { slow: Connector; reached: Promise<void>; go: () => void } {
  const at = Promise.withResolvers<void>()
  const held = Promise.withResolvers<void>()
  const slow: Connector = {
    ...connector,
    apply: async (change, key) => {
      if (change.kind === kind) {
        at.resolve()
        await held.promise
      }
      return connector.apply(change, key)
    },
  }
  return { slow, reached: at.promise, go: () => held.resolve() }
}

const UNANSWERED: Outcome = { ok: false, code: 'unreachable', retry: 'soon', detail: 'no answer within 20 s' }

/** Sends creates on their way, says that there was no answer, and lets them arrive when told. */
function losesAnswers(): { lossy: Connector; arrive: () => Promise<unknown> } {
  let late: () => Promise<unknown> = async () => undefined
  const lossy: Connector = {
    ...connector,
    apply: async (change, key) => {
      late = () => connector.apply(change, key)
      return UNANSWERED
    },
  }
  return { lossy, arrive: () => late() }
}

describe('a worker that has lost its lease', () => {
  test('does not leave a leaver active that it was reactivating', async () => {
    const id = await pushed('mia@x.test')
    await drain()
    await patch(id, 'active', false)
    await drain()
    await patch(id, 'active', true)
    const { slow, reached, go } = stopsBefore('reactivate')
    const first = deliverWith(slow, await leaseOne())
    await reached
    await endLeases()
    await patch(id, 'active', false)
    await drain()
    go()
    await first
    await drain()
    expect(accounts()).toMatchObject([{ state: 'inactive' }])
  })
  test('sends none of the steps that were left, and what it sent is put right', async () => {
    const id = await pushed('mia@x.test', { name: { familyName: 'a' } })
    await drain()
    await patch(id, 'name.familyName', 'b')
    await patch(id, 'userName', 'old@x.test')
    const { slow, reached, go } = stopsBefore('update')
    const first = deliverWith(slow, await leaseOne())
    await reached
    await endLeases()
    await patch(id, 'userName', 'new@x.test')
    await patch(id, 'name.familyName', 'c')
    await drain()
    go()
    await first
    await drain()
    expect(accounts()).toMatchObject([{ attributes: { userName: 'new@x.test', familyName: 'c' } }])
  })
  test('does not take the account away from its owner', async () => {
    const id = await pushed('mia@x.test')
    const seen = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const slow: Connector = {
      ...connector,
      readOne: async (kind, ref) => {
        seen.resolve()
        await held.promise
        return connector.readOne(kind, ref)
      },
    }
    const first = deliverWith(slow, await leaseOne())
    await seen.promise
    await endLeases()
    await drain()
    held.resolve()
    await first
    await patch(id, 'active', false)
    await drain()
    expect(accounts()).toMatchObject([{ state: 'inactive' }])
  })
})

describe('a create whose answer was lost', () => {
  test('and that arrives after its person has left is found and disabled', async () => {
    const id = await pushed('mia@x.test')
    const { lossy, arrive } = losesAnswers()
    await deliverWith(lossy, await leaseOne())
    await patch(id, 'active', false)
    await world.db.query('update app set paused_until = null')
    await drain()
    expect(await rows('state')).toEqual([{ state: 'retrying' }])
    await arrive()
    await makeDue()
    await drain()
    expect(accounts()).toMatchObject([{ state: 'inactive' }])
    expect(await rows('state')).toEqual([{ state: 'delivered' }])
  })
  test('is still known as ours after a refusal that says nothing about it', async () => {
    await pushed('mia@x.test')
    const { lossy, arrive } = losesAnswers()
    await deliverWith(lossy, await leaseOne())
    await world.db.query('update app set paused_until = null')
    await makeDue()
    const noRight: Connector = {
      ...connector,
      readOne: () => Promise.reject(new ConnectorError({ code: 'right-missing', retry: 'later', detail: 'no' })),
    }
    await drain(noRight)
    await arrive()
    await makeDue()
    await drain()
    expect(await rows('state')).toEqual([{ state: 'delivered' }])
    expect(accounts()).toHaveLength(1)
  })
  test('is not given to another person who got the name meanwhile', async () => {
    const mia = await pushed('mia@x.test', { name: { givenName: 'Mia', familyName: 'Roth' } })
    const during: Connector = {
      ...connector,
      apply: async (change, key) => {
        await deleteUser(world.operations, caller(), mia)
        await pushed('mia@x.test', { name: { givenName: 'Lena', familyName: 'Berg' } })
        return connector.apply(change, key)
      },
    }
    await deliverWith(during, await leaseOne())
    await drain()
    expect(accounts()).toMatchObject([{ attributes: { familyName: 'Roth' } }])
    expect(await rows('state')).toEqual([{ state: 'disputed' }])
  })
})

describe('an identity is never left without a delivery', () => {
  const complete = async (): Promise<void> => {
    await completeDeliveries(world.db)
    await drain()
  }
  test('when its app was off the list while it changed', async () => {
    const id = await pushed('mia@x.test')
    await drain()
    const off = DECLARED.map((one) => ({ ...one, connections: one.connections.map((it) => ({ ...it, apps: [] })) }))
    await world.declare(off)
    await patch(id, 'active', false)
    await world.declare(DECLARED)
    await drain()
    expect(accounts()).toMatchObject([{ state: 'inactive' }])
  })
  test('when the identity of the same name in another connection is deleted', async () => {
    const first = await pushed('mia@x.test', { active: false })
    await drain()
    await pushed('mia@x.test', {}, caller('acme', 'entra'))
    await deleteUser(world.operations, caller(), first)
    await drain()
    await complete()
    expect(accounts()).toMatchObject([{ attributes: { userName: 'mia@x.test' }, state: 'active' }])
  })
  test('when a POST waits for the DELETE that frees its name', async () => {
    const first = await pushed('mia@x.test')
    let second: Promise<string> | undefined
    await world.db.transaction(async (tx) => {
      const inside = { ...world.operations, db: { ...world.db, query: tx.query.bind(tx) } }
      await deleteUser(inside, caller(), first)
      second = pushed('mia@x.test')
      // It has to be waiting for the name before that is free.
      await world.db.query(`
        do $$ begin
          for n in 1..200 loop
            exit when exists (select from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into identity%' and datname = current_database());
            perform pg_sleep(0.02);
            perform pg_stat_clear_snapshot();
          end loop;
        end $$`)
    })
    await second
    await complete()
    expect(accounts()).toMatchObject([{ attributes: { userName: 'mia@x.test' } }])
  })
  test('when two connections have the same people before the app comes', async () => {
    await world.declare([tenant('acme', [], ['okta', 'entra'])])
    for (const connection of ['okta', 'entra']) await pushed('mia@x.test', {}, caller('acme', connection))
    expect(await world.declare(DECLARED)).toMatchObject({ deliveries: 1 })
  })
})

describe('what was refused or disputed', () => {
  test('is tried again when the provider sends the same once more', async () => {
    const id = await pushed('mia@x.test')
    await drain({
      ...connector,
      apply: async () => ({ ok: false, code: 'value-invalid', retry: 'never', detail: 'no' }),
    })
    expect(await rows('state')).toEqual([{ state: 'refused' }])
    await patch(id, 'active', true)
    await drain()
    expect(accounts()).toHaveLength(1)
  })
  test('passes when the name in the way is free again', async () => {
    const first = await pushed('x@x.test')
    await drain()
    await patch(first, 'userName', 'y@x.test')
    const rename = await leaseOne()
    await pushed('x@x.test')
    await drain()
    await deliverWith(connector, rename)
    expect(await rows('state')).toContainEqual({ state: 'disputed' })
    await makeDue()
    await reviveDeliveries(world.db)
    await drain()
    expect(accounts().map((account) => account?.attributes.userName)).toEqual(['y@x.test', 'x@x.test'])
  })
})

describe('an account that has gone from the app', () => {
  const elsewhere = (): Connector => connect(openTarget({ roles: [], teams: [] }, () => new Date()))
  test('is not created again at the next write', async () => {
    const id = await pushed('mia@x.test')
    await drain()
    const empty = elsewhere()
    await patch(id, 'title', 'a')
    await drain(empty)
    await patch(id, 'title', 'b')
    await drain(empty)
    expect((await empty.read('account')).records).toEqual([])
  })
  test('and comes back is disabled if its person has left', async () => {
    const id = await pushed('mia@x.test')
    await drain()
    await patch(id, 'title', 'a')
    await drain(elsewhere())
    await patch(id, 'active', false)
    await drain()
    expect(accounts()).toMatchObject([{ state: 'inactive' }])
  })
})

test('a clock that is ahead of the database holds nothing back', async () => {
  const id = await pushed('mia@x.test')
  await drain()
  const ahead = { ...world.operations, now: () => new Date(Date.now() + 600_000) }
  const operations = parsePatch({ Operations: [{ op: 'replace', path: 'active', value: false }] }, USER)
  await patchUser(ahead, caller(), { id, operations, note: () => {} })
  await drain()
  expect(accounts()).toMatchObject([{ state: 'inactive' }])
})

test('a row whose worker died is looked at once more a minute after it was delivered', async () => {
  await pushed('mia@x.test')
  await lease()
  await endLeases()
  await drain()
  expect(await rows(`state, recheck_at > now() + interval '30 seconds' as later`)).toEqual([
    { state: 'delivered', later: true },
  ])
  await world.db.query('update delivery set recheck_at = now()')
  expect(await reviveDeliveries(world.db)).toBe(1)
  await drain()
  expect(await rows('state, recheck_at')).toEqual([{ state: 'delivered', recheck_at: null }])
})
