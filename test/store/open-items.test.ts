import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { findUnmet } from '../../src/workflows/open-items.ts'
import { caller } from './world.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { APP, DONE, openItemsWorld, refusedFor, type ItemsWorld } from './open-items-world.ts'

let it: ItemsWorld
beforeAll(async () => {
  it = await openItemsWorld()
})
afterAll(() => it.world.close())
beforeEach(() => it.clear())

const rowsOf = async (columns: string): Promise<unknown[]> =>
  (await it.world.db.query(`select ${columns} from delivery order by id`)).rows

describe('an open item', () => {
  test('is one for each cause, however many wait, and says how many and what would mend it', async () => {
    await it.people(30)
    const [first, ...others] = await it.lease()
    if (first === undefined) throw new Error('nothing was due')
    await it.settle(first, refusedFor('unknown-role', 'Lead'))
    for (const one of others) await it.settle(one, refusedFor('unknown-role', 'Agnt'))
    await it.look()
    expect(await it.items()).toEqual(['29 unknown-role Agnt', '1 unknown-role Lead'])
    expect((await it.shown())[0]?.fix).toBe('The app says unknown-role. Make it there.')
  })
  test('does not count what is owed to a connection that has the app no more, and closes when nothing else waits', async () => {
    await it.people(2, 'okta')
    await it.people(3, 'other')
    await it.settleAll(refusedFor('right-missing'))
    await it.look()
    expect(await it.items()).toEqual(['5 right-missing'])
    const detach = (connection: string) =>
      it.world.db.query(`delete from connection_app where tenant_id = 'acme' and connection_id = $1`, [connection])
    await detach('other')
    expect(await it.items()).toEqual(['2 right-missing'])
    await detach('okta')
    await it.look()
    expect(await it.items()).toEqual([])
    await it.world.db.query(`insert into connection_app values ('acme', 'okta', 'cxone'), ('acme', 'other', 'cxone')`)
  })
  test('about people gathers all with one cause and names nobody', async () => {
    await it.people(4)
    await it.settleAll({
      state: 'refused',
      code: 'value-invalid',
      detail: 'mia@acme.test is no address.',
      retryIn: 86_400,
    })
    await it.look()
    expect(await it.items()).toEqual([])
    await it.pass(11)
    await it.look()
    expect(await it.items()).toEqual(['4 value-invalid'])
    expect((await it.shown())[0]?.fix).not.toContain('mia')
  })
  test('closes when the last who waited for it wants something else', async () => {
    await it.people(1)
    await it.settleAll(refusedFor('unknown-team', 'Old'))
    await it.look()
    await it.settleAll(refusedFor('unknown-team', 'New'))
    await it.look()
    expect(await it.items()).toEqual(['1 unknown-team New'])
  })
  test('is kept apart by tenant', async () => {
    const made = await createUser(it.world.operations, caller('bravo'), { userName: 'b@bravo.test', active: true })
    expect(made.ok).toBe(true)
    await it.people(1)
    await it.settleAll(refusedFor('unknown-role', 'Agnt'))
    await it.look()
    expect((await it.world.db.query('select tenant_id from open_item')).rows).toEqual([{ tenant_id: 'acme' }])
  })
})

describe('an app that does not answer', () => {
  test.each([
    ['unreachable', 60],
    ['throttled', 300],
  ])('is an open item when it was %s for longer than %i seconds, for everybody in it', async (code, seconds) => {
    await it.people(5)
    const [tried] = await it.lease(1)
    if (tried === undefined) throw new Error('nothing was due')
    await it.settle(tried, refusedFor(code))
    await it.pass(seconds - 1)
    await it.look()
    expect(await it.items()).toEqual([])
    await it.pass(2)
    await it.look()
    expect(await it.items()).toEqual([`5 ${code}`])
  })
  test.each<[string, Partial<Parameters<ItemsWorld['settleAll']>[0]>]>([
    ['something that got through', DONE],
    ['a refusal that only an app gives that answers', refusedFor('unknown-role', 'Agnt')],
  ])('is over with %s, although others still bear its code', async (_what, outcome) => {
    await it.people(3)
    await it.settleAll(refusedFor('unreachable'))
    await it.pass(61)
    await it.look()
    expect(await it.items()).toEqual(['3 unreachable'])
    await it.world.db.query('update delivery set next_at = now()')
    const [one] = await it.lease(1)
    if (one === undefined) throw new Error('nothing was due')
    await it.settle(one, outcome)
    await it.look()
    await findUnmet(it.world.db, () => undefined)
    await it.look()
    expect((await it.items()).filter((item) => item.includes('unreachable'))).toEqual([])
  })
  test('for less than a minute leaves nothing behind', async () => {
    await it.people(1)
    await it.settleAll(refusedFor('unreachable'))
    await it.settleAll(DONE)
    await it.look()
    await it.pass(3_600)
    await it.look()
    expect((await it.world.db.query('select state from open_item')).rows).toEqual([{ state: 'closed' }])
    expect((await it.world.db.query('select seq from alert')).rows).toEqual([])
  })
  test('a refused key is an open item at once, and over once the key is taken', async () => {
    await it.people(2)
    await it.settleAll(refusedFor('credentials-refused'))
    await it.look()
    expect(await it.items()).toEqual(['2 credentials-refused'])
    await it.settleAll(DONE)
    await it.look()
    expect(await it.items()).toEqual([])
  })
})

describe('while a role is missing', () => {
  test('one of those who wait is tried every so often for all of them', async () => {
    await it.people(20)
    await it.settleAll(refusedFor('unknown-role', 'Agnt'))
    await it.look()
    expect(await it.lease()).toEqual([])
    await it.pass(21)
    await it.look()
    const probes = await it.lease()
    expect(probes).toHaveLength(1)
    await it.look()
    expect(await it.lease()).toEqual([])
  })
  test('the first who gets through makes all others due, and the item is closed', async () => {
    await it.people(20)
    await it.settleAll(refusedFor('unknown-role', 'Agnt'))
    const other = (await it.lease()).length
    expect(other).toBe(0)
    await it.look()
    await it.pass(21)
    await it.look()
    const [probe] = await it.lease()
    if (probe === undefined) throw new Error('nobody was tried')
    expect(probe.waitedFor).toEqual({ kind: 'unknown-role', key: 'Agnt' })
    await it.settle(probe, DONE)
    await it.look()
    expect(await it.items()).toEqual([])
    expect(await it.lease()).toHaveLength(19)
  })
  test('those who wait for another role stay as they are', async () => {
    await it.people(2)
    const [first, second] = await it.lease()
    if (first === undefined || second === undefined) throw new Error('nothing was due')
    await it.settle(first, refusedFor('unknown-role', 'Agnt'))
    await it.settle(second, refusedFor('unknown-role', 'Lead'))
    await it.world.db.query('update delivery set next_at = now() where id = $1', [first.id])
    const [again] = await it.lease()
    if (again === undefined) throw new Error('it was not due')
    await it.settle(again, DONE)
    expect(await rowsOf('code, code_key')).toEqual([
      { code: null, code_key: '' },
      { code: 'unknown-role', code_key: 'Lead' },
    ])
  })
})

test('a cause that whoever met it had no time to write down is found, once for each and not for each who waits', async () => {
  await it.people(40)
  await it.settleAll(refusedFor('unknown-role', 'Agnt'))
  await it.world.db.query(
    `update delivery set code_key = 'Lead' where id in (select id from delivery order by id limit 5)`,
  )
  await it.world.db.query('truncate open_item cascade')
  await findUnmet(it.world.db, () => ({ 'unknown-role': 'Make it there.' }))
  await it.look()
  expect(await it.items()).toEqual(['35 unknown-role Agnt', '5 unknown-role Lead'])
  expect((await it.shown())[0]?.fix).toBe('The app says unknown-role. Make it there.')
})

test('meeting a cause that is known writes nothing, however often', async () => {
  await it.people(50)
  const version = async () => (await it.world.db.query('select xmin, ctid, xmax from open_item')).rows
  const [first, ...others] = await it.lease()
  if (first === undefined) throw new Error('nothing was due')
  await it.settle(first, refusedFor('unknown-role', 'Agnt'))
  const before = await version()
  for (const one of others) await it.settle(one, refusedFor('unknown-role', 'Agnt'))
  expect(await version()).toEqual(before)
})

test('what opened and closed when is in the event log', async () => {
  await it.people(1)
  await it.settleAll(refusedFor('unknown-role', 'Agnt'))
  await it.look()
  await it.settleAll(DONE)
  await it.look()
  const { rows } = await it.world.db.query(
    `select kind, app_id, data ->> 'key' as key from event where kind like 'open-item.%' order by seq`,
  )
  expect(rows).toEqual([
    { kind: 'open-item.opened', app_id: APP.app, key: 'Agnt' },
    { kind: 'open-item.closed', app_id: APP.app, key: 'Agnt' },
  ])
})
