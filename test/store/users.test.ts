import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createUser } from '../../src/operations/create-user.ts'
import { deleteUser } from '../../src/operations/delete-user.ts'
import { patchUser } from '../../src/operations/patch-user.ts'
import { replaceUser } from '../../src/operations/replace-user.ts'
import { parsePatch } from '../../src/scim/patch/parse.ts'
import type { UserDocument } from '../../src/scim/resource.ts'
import { USER } from '../../src/scim/schema/resource-type.ts'
import { readUser } from '../../src/store/users.ts'
import { listUsers } from '../../src/store/views/users.ts'
import { caller, documentOf, openTestWorld, tenant, type TestWorld } from './world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'], ['okta', 'entra']), tenant('bravo', ['cxone'])])
})
afterAll(() => world.close())
beforeEach(async () => {
  world.woken.length = 0
  await world.db.query('truncate identity, delivery, link, event, plan cascade')
})

const document = (userName: string, more: object = {}): UserDocument => ({ userName, active: true, ...more })

async function created(userName: string, more: object = {}, who = caller()) {
  const result = await createUser(world.operations, who, document(userName, more))
  if (!result.ok) throw new Error(result.refusal.kind)
  return result.value
}

const patch = (id: string, ...Operations: object[]) =>
  patchUser(world.operations, caller(), {
    id,
    operations: parsePatch({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations }, USER),
    note: () => {},
  })

const rows = async (table: 'delivery' | 'event' | 'link', columns: string): Promise<object[]> =>
  (await world.db.query(`select ${columns} from ${table} order by 1`)).rows

describe('accepting a user', () => {
  test('commits identity, event and delivery together and wakes the app', async () => {
    const user = await created('mia@acme.test')
    expect(await readUser(world.db, caller(), user.id)).toMatchObject({
      id: user.id,
      version: 1,
      document: { userName: 'mia@acme.test' },
    })
    expect(await rows('event', 'kind, actor, data')).toEqual([
      { kind: 'user.created', actor: 'connection:okta', data: { userName: 'mia@acme.test', active: true, version: 1 } },
    ])
    expect(await rows('delivery', 'subject, wanted, delivered, state, urgency')).toEqual([
      { subject: 'name:mia@acme.test', wanted: 1, delivered: 0, state: 'due', urgency: 0 },
    ])
    expect(world.woken).toEqual(['acme/cxone'])
  })
  test('refuses a name that another has in any case, and writes nothing', async () => {
    await created('mia@acme.test')
    const again = await createUser(world.operations, caller(), document('MIA@acme.test'))
    expect(again).toEqual({ ok: false, refusal: { kind: 'user-name-taken', userName: 'MIA@acme.test' } })
    expect(await rows('event', 'kind')).toHaveLength(1)
    expect(await rows('delivery', 'wanted')).toEqual([{ wanted: 1 }])
  })
  test('of one name by many at once accepts one', async () => {
    const results = await Promise.all(
      Array.from({ length: 12 }, () => createUser(world.operations, caller(), document('mia@acme.test'))),
    )
    expect(results.filter((result) => result.ok)).toHaveLength(1)
    expect(await rows('event', 'kind')).toHaveLength(1)
  })
  test('lets another connection and another tenant have the same name', async () => {
    await created('mia@acme.test')
    await created('mia@acme.test', {}, caller('acme', 'entra'))
    await created('mia@acme.test', {}, caller('bravo'))
    expect(await listUsers(world.db, caller(), { from: { offset: 0 }, limit: 10 })).toMatchObject({ total: 1 })
  })
  test('whose account another identity already asks for leaves that one in charge', async () => {
    const first = await created('mia@acme.test')
    const second = await created('mia@acme.test', {}, caller('acme', 'entra'))
    expect(await rows('delivery', 'identity_id, wanted')).toEqual([{ identity_id: first.id, wanted: 1 }])
    expect(await rows('link', 'identity_id, state, why')).toEqual([
      {
        identity_id: second.id,
        state: 'disputed',
        why: expect.stringContaining('mia@acme.test of the connection okta asks for the account'),
      },
    ])
  })
  test('under the name of somebody deleted takes the delivery row over', async () => {
    const first = await created('mia@acme.test')
    await deleteUser(world.operations, caller(), first.id)
    const second = await created('mia@acme.test')
    expect(await rows('delivery', 'identity_id, wanted, urgency')).toEqual([
      { identity_id: second.id, wanted: 3, urgency: 0 },
    ])
  })
})

describe('changing a user', () => {
  test('counts one more wanted change and moves the version', async () => {
    const user = await created('mia@acme.test')
    await patch(user.id, { op: 'replace', path: 'title', value: 'Lead' })
    expect(await readUser(world.db, caller(), user.id)).toMatchObject({ version: 2, document: { title: 'Lead' } })
    expect(await rows('delivery', 'wanted, urgency')).toEqual([{ wanted: 2, urgency: 0 }])
  })
  test('to what it is already writes nothing', async () => {
    const user = await created('mia@acme.test', { title: 'Lead' })
    const same = await patch(user.id, { op: 'replace', path: 'title', value: 'Lead' })
    const put = await replaceUser(world.operations, caller(), {
      id: user.id,
      replacement: () => ({ title: 'Lead', active: true, userName: 'mia@acme.test' }),
    })
    expect([same, put]).toMatchObject([
      { ok: true, value: { version: 1 } },
      { ok: true, value: { version: 1 } },
    ])
    expect(await rows('event', 'kind')).toHaveLength(1)
  })
  test('to inactive is urgent and clears what held the row back', async () => {
    const user = await created('mia@acme.test')
    await world.db.query(
      `update delivery set state = 'retrying', attempts = 9, next_at = now() + interval '10 minutes'`,
    )
    await patch(user.id, { op: 'replace', path: 'active', value: false })
    expect(await rows('delivery', 'state, urgency, attempts, next_at <= now() as due')).toEqual([
      { state: 'due', urgency: 2, attempts: 0, due: true },
    ])
  })
  test('goes to the lane of what is wanted now', async () => {
    const user = await created('mia@acme.test')
    const lane = async (): Promise<unknown> =>
      ((await rows('delivery', 'urgency')) as { urgency: number }[])[0]?.urgency
    const activate = (value: boolean) => patch(user.id, { op: 'replace', path: 'active', value })
    const retitle = (value: string) => patch(user.id, { op: 'replace', path: 'title', value })
    await activate(false)
    await retitle('Lead')
    expect(await lane()).toBe(2)
    await activate(true)
    expect(await lane()).not.toBe(2)
    await activate(false)
    await world.db.query('update delivery set urgency = -1')
    await retitle('Agent')
    expect(await lane()).toBe(-1)
    await activate(true)
    expect(await lane()).toBe(0)
    await world.db.query('update delivery set urgency = -1')
    await activate(false)
    expect(await lane()).toBe(2)
  })
  test('moves the subject with the name until there is an account', async () => {
    const user = await created('mia@acme.test')
    await patch(user.id, { op: 'replace', path: 'userName', value: 'Maria@acme.test' })
    expect(await rows('delivery', 'subject')).toEqual([{ subject: 'name:maria@acme.test' }])
    await world.db.query(`update delivery set subject = 'account:77'`)
    await patch(user.id, { op: 'replace', path: 'userName', value: 'mia@acme.test' })
    expect(await rows('delivery', 'subject')).toEqual([{ subject: 'account:77' }])
  })
  test('by fifty at once loses none of the changes', async () => {
    const user = await created('mia@acme.test')
    const paths = ['title', 'displayName', 'nickName', 'locale', 'timezone']
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, n) => patch(user.id, { op: 'replace', path: paths[n % 5], value: `v${n}` })),
    )
    expect(results.every((result) => result.ok)).toBe(true)
    const now = await readUser(world.db, caller(), user.id)
    expect(now?.version).toBe(51)
    expect(paths.every((path) => typeof now?.document[path] === 'string')).toBe(true)
    expect(await rows('delivery', 'wanted')).toEqual([{ wanted: 51 }])
  })
  test('to a name that is taken is refused and changes nothing', async () => {
    await created('mia@acme.test')
    const kim = await created('kim@acme.test')
    expect(await patch(kim.id, { op: 'replace', path: 'userName', value: 'Mia@Acme.test' })).toMatchObject({
      ok: false,
      refusal: { kind: 'user-name-taken' },
    })
    expect(await readUser(world.db, caller(), kim.id)).toMatchObject({
      version: 1,
      document: { userName: 'kim@acme.test' },
    })
  })
  test('of another world is not possible', async () => {
    const user = await created('mia@acme.test')
    for (const stranger of [caller('acme', 'entra'), caller('bravo')]) {
      expect(await deleteUser(world.operations, stranger, user.id)).toMatchObject({
        ok: false,
        refusal: { kind: 'no-such-user' },
      })
      expect(await readUser(world.db, stranger, user.id)).toBeUndefined()
    }
  })
})

describe('deleting a user', () => {
  test('takes it out of every read, keeps its row, frees its name and is urgent', async () => {
    const user = await created('mia@acme.test')
    expect(await deleteUser(world.operations, caller(), user.id)).toMatchObject({ ok: true })
    expect(await readUser(world.db, caller(), user.id)).toBeUndefined()
    expect(await listUsers(world.db, caller(), { from: { offset: 0 }, limit: 10 })).toEqual({
      total: 0,
      users: [],
      next: undefined,
    })
    expect(await rows('delivery', 'urgency, wanted')).toEqual([{ urgency: 2, wanted: 2 }])
    expect(await deleteUser(world.operations, caller(), user.id)).toMatchObject({
      ok: false,
      refusal: { kind: 'no-such-user' },
    })
  })
})

describe('listing users', () => {
  test('walks them in order of creation, each once, with the right total on every page', async () => {
    for (let n = 0; n < 7; n++) await created(`u${n}@acme.test`)
    const seen: string[] = []
    for (let offset = 0; offset < 8; offset += 3) {
      const page = await listUsers(world.db, caller(), { from: { offset }, limit: 3 })
      expect(page.total).toBe(7)
      seen.push(...page.users.map((user) => documentOf(user).userName))
    }
    expect(seen).toEqual(Array.from({ length: 7 }, (_, n) => `u${n}@acme.test`))
  })
  test('asked for none says how many there are', async () => {
    await created('mia@acme.test')
    expect(await listUsers(world.db, caller(), { from: { offset: 0 }, limit: 0 })).toEqual({
      total: 1,
      users: [],
      next: undefined,
    })
  })
  test('beyond the end is empty', async () => {
    await created('mia@acme.test')
    expect(await listUsers(world.db, caller(), { from: { offset: 5 }, limit: 3 })).toEqual({
      total: 1,
      users: [],
      next: undefined,
    })
  })
})
