import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createRun } from '../../src/durable/runs.ts'
import type { Account } from '../../src/identity/account.ts'
import { objection } from '../../src/operations/set-mode.ts'
import { listGone, listPresent, ownersOf, peopleOf, settledNames } from '../../src/store/difference-people.ts'
import * as differences from '../../src/store/differences.ts'
import { listDifferencePeople, observedPlans, readDifference } from '../../src/store/views/differences.ts'
import { listening, sequentialScans, type Asked } from './plans.ts'
import { openTestWorld, tenant, type TestWorld } from './world.ts'

const APP = { tenant: 'acme', app: 'cxone' }
/** Tables that grow with the directory or with use. */
const BIG = ['identity', 'delivery', 'link', 'plan', 'difference_account', 'difference_person']

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'], ['okta', 'big']), tenant('globex', ['cxone'])])
})
afterAll(() => world.close())
beforeEach(() => world.db.query('truncate run, difference cascade'))

const begin = async (key = APP): Promise<string> => {
  const id = await createRun(world.db, { tenant: key.tenant, workflow: 'difference', actor: 'key:test', input: {} })
  await differences.beginDifference(world.db, { id, ...key, policyVersion: null, givenHash: null })
  return id
}
const account = (id: string): Account => ({ id, state: 'active', attributes: { userName: `u${id}` } })
const person = (userName: string, ...kinds: string[]): differences.NewPerson => ({
  connection: 'okta',
  identity: randomUUID(),
  userName,
  kinds,
  detail: {},
})

describe('a difference', () => {
  test('is of one tenant, with the people in it', async () => {
    const id = await begin()
    await differences.writePeople(world.db, id, { from: 0, people: [person('mia', 'create')], compared: 1 })
    expect(await readDifference(world.db, { tenant: 'acme', id })).toMatchObject({ id, app: 'cxone', people: 1 })
    expect(await readDifference(world.db, { tenant: 'globex', id })).toBeUndefined()
    expect((await listDifferencePeople(world.db, { tenant: 'globex', id, limit: 9 })).items).toEqual([])
  })

  test('lists its people page by page, and by kind', async () => {
    const id = await begin()
    const people = [person('ann', 'create', 'mail'), person('bob', 'update'), person('cid', 'create')]
    await differences.writePeople(world.db, id, { from: 0, people, compared: 3 })
    const list = async (kind: string | undefined, after: number | undefined, limit: number) => {
      const page = await listDifferencePeople(world.db, { tenant: 'acme', id, kind, after, limit })
      return [page.items.map(({ userName }) => userName), page.next]
    }
    expect(await list(undefined, undefined, 2)).toEqual([['ann', 'bob'], 1])
    expect(await list(undefined, 1, 2)).toEqual([['cid'], undefined])
    expect(await list('create', undefined, 9)).toEqual([['ann', 'cid'], undefined])
    expect(await list('mail', undefined, 9)).toEqual([['ann'], undefined])
  })

  test('has a page once, also when it is written again', async () => {
    const id = await begin()
    await differences.writePeople(world.db, id, { from: 0, people: [person('ann'), person('bob')], compared: 2 })
    await differences.writePeople(world.db, id, { from: 1, people: [person('cid')], compared: 2 })
    const { items } = await listDifferencePeople(world.db, { tenant: 'acme', id, limit: 9 })
    expect(items.map(({ userName }) => userName)).toEqual(['ann', 'cid'])
  })

  test('forgets the app as it was read when it is done, and who would own what with it', async () => {
    const id = await begin()
    await differences.keepAccounts(world.db, id, [{ key: 'u1', account: account('1') }])
    const known = { givenName: null, familyName: null, employeeNumber: null }
    const owner = { connection: 'okta', identity: randomUUID(), userName: 'mia', deleted: false, known }
    await differences.claimAccounts(world.db, id, [{ key: 'u1', account: account('1'), owner }])
    expect(await differences.findAccounts(world.db, id, { ids: [], keys: ['u1'] })).toEqual([
      { key: 'u1', account: account('1'), claimedBy: owner },
    ])
    await differences.endDifference(world.db, id, { numbers: {}, hash: 'abc' })
    expect(await differences.findAccounts(world.db, id, { ids: ['1'], keys: [] })).toEqual([])
    expect(await readDifference(world.db, { tenant: 'acme', id })).toMatchObject({ state: 'done', hash: 'abc' })
  })

  test('makes room: the newest five of an app stay, and nobody else loses theirs', async () => {
    const other = await begin({ tenant: 'globex', app: 'cxone' })
    const ids: string[] = []
    for (let at = 0; at < 7; at++) ids.push(await begin())
    const { rows } = await world.db.query<{ id: string }>('select id from difference')
    expect(rows.map(({ id }) => id).toSorted()).toEqual([other, ...ids.slice(2)].toSorted())
    await world.db.query(`update difference set created_at = now() - interval '31 days' where tenant_id = 'acme'`)
    const last = await begin()
    expect((await world.db.query(`select from difference where tenant_id = 'acme'`)).rows).toHaveLength(1)
    expect(await readDifference(world.db, { tenant: 'acme', id: last })).toBeDefined()
  })
})

test('no statement of a comparison scans a big table', async () => {
  await world.db.query(`
    insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, active, document, created_at,
                          modified_at, deleted_at)
    select 'acme', 'big', gen_random_uuid(), gen_random_uuid(), 'u' || n, 'u' || n, true,
           jsonb_build_object('userName', 'u' || n, 'title', repeat('x', 300)), now(), now(),
           case when n % 50 = 0 then now() end
    from generate_series(1, 6000) as n`)
  await world.db.query(`
    insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id, origin)
    select tenant_id, 'cxone', connection_id, id, 'linked', user_name, 'created' from identity`)
  await world.db.query(`
    insert into delivery (tenant_id, app_id, subject, connection_id, identity_id, delivered, state)
    select tenant_id, 'cxone', 'name:' || user_name_key, connection_id, id, 1, 'delivered' from identity`)
  await world.db.query(`
    insert into plan (id, tenant_id, app_id, delivery_id, hash, state, steps, created_at)
    select gen_random_uuid(), tenant_id, app_id, id, 'x', 'observed', '[{"kind": "create"}]', now() from delivery`)
  const id = await begin()
  for (let from = 0; from < 6000; from += 500)
    await differences.keepAccounts(
      world.db,
      id,
      Array.from({ length: 500 }, (_, n) => ({ key: `u${from + n}`, account: account(`${from + n}`) })),
    )
  const people = Array.from({ length: 6000 }, (_, n) => person(`u${n}`, 'update'))
  await differences.writePeople(world.db, id, { from: 0, people, compared: 6000 })
  await world.db.query('analyze')

  const asked: Asked[] = []
  const db = listening(world.db, asked)
  const page = { connection: 'big', limit: 200 }
  const present = await listPresent(db, APP, { ...page, after: 100 })
  expect(present).toHaveLength(200)
  const gone = await listGone(db, APP, { ...page, after: '00000000-0000-0000-0000-000000000000' })
  expect(gone).toHaveLength(120)
  const names = present.map(({ userNameKey }) => userNameKey)
  expect((await ownersOf(db, APP, names)).size).toBe(200)
  await settledNames(db, APP, { connection: 'big', keys: names })
  const ids = present.map(({ identity }) => identity)
  expect((await peopleOf(db, { tenant: 'acme', connection: 'big' }, ids)).size).toBe(200)
  await differences.findAccounts(db, id, { ids: ['1', '2'], keys: names })
  await differences.listKept(db, id, { after: '3', limit: 200 })
  await listDifferencePeople(db, { tenant: 'acme', id, after: 3000, limit: 50 })
  await observedPlans(db, APP)
  expect(await sequentialScans(world.db, asked, BIG)).toEqual([])
})

describe('an app is enforced by who has seen what that does', () => {
  const seen = {
    app: 'cxone',
    done: true,
    verdict: 'whole',
    given: false,
    policyVersion: 3,
    hash: 'abc',
    seconds: 60,
  } as const
  test.each([
    ['nothing at all', undefined, /no such difference/],
    ['another app', { ...seen, app: 'other' }, /no such difference/],
    ['a policy that is not in force', { ...seen, given: true }, /not in force/],
    ['half of it', { ...seen, done: false }, /not done/],
    ['an app that was out of reach', { ...seen, verdict: 'unreachable' as const }, /could not be read/],
    ['something else', { ...seen, hash: 'other' }, /another one/],
    ['what an older policy does', { ...seen, policyVersion: 2 }, /Another policy/],
    ['what it did an hour ago', { ...seen, seconds: 3600 }, /quarter of an hour/],
  ])('not who has seen %s', (_, looked, why) => {
    expect(objection({ policyVersion: 3 }, looked, { app: 'cxone', hash: 'abc' })).toMatch(why)
  })
  test('who has', () => {
    expect(objection({ policyVersion: 3 }, seen, { app: 'cxone', hash: 'abc' })).toBeUndefined()
  })
})
