import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DomainRefusal, Result } from '../../src/operations/context.ts'
import { createGroup } from '../../src/operations/create-group.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { deleteGroup } from '../../src/operations/delete-group.ts'
import { patchGroup } from '../../src/operations/patch-group.ts'
import { replaceGroup } from '../../src/operations/replace-group.ts'
import { parseGroupPatch } from '../../src/scim/patch/members.ts'
import type { NoteCode } from '../../src/scim/quirks.ts'
import { GROUP } from '../../src/scim/schema/resource-type.ts'
import { fanOutBatch } from '../../src/store/fan-outs.ts'
import { readMembersText } from '../../src/store/views/members.ts'
import { groupsOfUsers } from '../../src/store/views/user-groups.ts'
import { readGroup, type StoredGroup } from '../../src/store/views/groups.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  const connections = Array.from({ length: 30 }, (_, number) => `c${number}`)
  await world.declare([tenant('acme', ['cxone'], [...connections, 'entra']), tenant('bravo', ['cxone'])])
})
afterAll(() => world.close())

/** Each test has a connection of its own, which is a world without anybody. */
let tests = 0
const here = () => caller('acme', `c${tests}`)
beforeEach(async () => {
  tests += 1
  world.woken.length = 0
  await world.db.query('update app set reads_groups = false')
})

const notes: NoteCode[] = []
const reading = {
  unknownMembers: 'skip',
  baseUrl: 'https://acme.test/scim/v2',
  note: (code: NoteCode) => void notes.push(code),
} as const
const strict = { ...reading, unknownMembers: 'refuse' } as const

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.refusal.kind)
  return result.value
}

function refusalOf<T>(result: Result<T>): DomainRefusal {
  if (result.ok) throw new Error('This was to be refused, but it was accepted')
  return result.refusal
}

async function user(userName: string, who = here()): Promise<string> {
  return valueOf(await createUser(world.operations, who, { userName, active: true })).id
}

const group = async (displayName: string, ...members: string[]): Promise<StoredGroup> =>
  valueOf(
    await createGroup(world.operations, here(), { document: { displayName }, members: new Set(members), reading }),
  )

const patch = (id: string, ...Operations: object[]) =>
  patchGroup(world.operations, here(), {
    id,
    patch: parseGroupPatch({ Operations }, reading),
    type: GROUP,
    reading,
    check: () => undefined,
  })

const put = (id: string, displayName: string, members?: readonly string[]) =>
  replaceGroup(world.operations, here(), {
    id,
    members: members && new Set(members),
    next: () => ({ displayName }),
    reading,
  })

const add = (id: string, ...ids: string[]) =>
  patch(id, { op: 'add', path: 'members', value: ids.map((value) => ({ value })) })
const remove = (id: string, ...ids: string[]) =>
  patch(id, { op: 'remove', path: 'members', value: ids.map((value) => ({ value })) })
const destroy = (id: string) => deleteGroup(world.operations, here(), { id, check: () => undefined })

async function membersOf(id: string): Promise<string[]> {
  const asked = { group: id, parts: ['display'], baseUrl: '', limit: 100_000 } as const
  const { text } = await readMembersText(world.db, here(), asked)
  return (JSON.parse(`[${text}]`) as { display: string }[]).map(({ display }) => display).toSorted()
}

const rows = async (query: string): Promise<object[]> => {
  const all = `select to_jsonb(asked) - 'connection_id' as row from (${query}) as asked where connection_id = $1`
  const found = await world.db.query<{ row: object }>(all, [here().connection])
  return found.rows.map(({ row }) => row)
}

const versionOf = async (id: string): Promise<number | undefined> => (await readGroup(world.db, here(), id))?.version

/** Many users at once, not one by one: their ids. */
async function crowd(size: number): Promise<string[]> {
  const { rows: made } = await world.db.query<{ id: string }>(
    `insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, active, document, created_at, modified_at)
     select 'acme', $2, gen_random_uuid(), gen_random_uuid(), 'c' || n, 'c' || n, true,
            jsonb_build_object('userName', 'c' || n, 'active', true), now(), now()
     from generate_series(1, $1::integer) as n returning id`,
    [size, here().connection],
  )
  await world.db.query(
    `insert into delivery (tenant_id, app_id, subject, connection_id, identity_id, delivered, state)
     select tenant_id, 'cxone', connection_id || user_name_key, connection_id, id, 1, 'delivered' from identity where connection_id = $1`,
    [here().connection],
  )
  return made.map(({ id }) => id)
}

const due = async (): Promise<number> =>
  (
    await world.db.query<{ n: number }>(`select count(*) as n from delivery where wanted > 1 and connection_id = $1`, [
      here().connection,
    ])
  ).rows[0]?.n ?? 0

async function fanOutAll(size = 500): Promise<number> {
  for (let batches = 0; ; batches++) if ((await fanOutBatch(world.db, size)) === undefined) return batches
}

describe('a group', () => {
  test('is committed with its members and one event', async () => {
    const [mia, kim] = [await user('mia'), await user('kim')]
    const { id } = await group('Sales', mia, kim)
    expect(await membersOf(id)).toEqual(['kim', 'mia'])
    expect(
      await rows(
        'select connection_id, kind, actor, group_id, data from event where group_id is not null order by seq',
      ),
    ).toEqual([
      {
        kind: 'group.created',
        actor: `connection:${here().connection}`,
        group_id: id,
        data: { displayName: 'Sales', version: 1, added: [mia, kim].toSorted() },
      },
    ])
  })
  test('is refused under a name that another has in any case, and nothing is written', async () => {
    const mia = await user('mia')
    await group('Sales')
    const again = await createGroup(world.operations, here(), {
      document: { displayName: 'SALES' },
      members: new Set([mia]),
      reading,
    })
    expect(refusalOf(again)).toEqual({ kind: 'group-name-taken', displayName: 'SALES' })
    expect(await rows('select connection_id, member_id from membership')).toEqual([])
    const support = await group('Support')
    expect(refusalOf(await put(support.id, 'sales')).kind).toBe('group-name-taken')
    expect(await versionOf(support.id)).toBe(1)
  })
  test('of another connection or tenant may have the name, and frees it when it is deleted', async () => {
    const { id } = await group('Sales')
    const others = [caller('acme', 'entra'), caller('bravo')]
    for (const who of others)
      valueOf(
        await createGroup(world.operations, who, { document: { displayName: 'Sales' }, members: undefined, reading }),
      )
    valueOf(await destroy(id))
    expect((await group('sales')).id).not.toBe(id)
  })
  test('that does not differ is not written: no version, no event', async () => {
    const [mia, kim] = [await user('mia'), await user('kim')]
    const { id } = await group('Sales', mia, kim)
    notes.length = 0
    valueOf(await add(id, mia))
    valueOf(await remove(id, randomUUID()))
    valueOf(await put(id, 'Sales', [kim, mia]))
    valueOf(await patch(id, { op: 'replace', value: { id, displayName: 'Sales' } }))
    valueOf(await patch(id))
    expect(await versionOf(id)).toBe(1)
    expect(await rows('select connection_id, kind from event where group_id is not null')).toEqual([
      { kind: 'group.created' },
    ])
    expect(await rows('select connection_id, id from fan_out')).toEqual([])
    expect(notes).toEqual(expect.arrayContaining(['T15', 'T16', 'T17', 'T20']))
  })
  test('that is replaced keeps who stays, takes in who comes, and lets go who is not named', async () => {
    const [a, b, c] = [await user('a'), await user('b'), await user('c')]
    const { id } = await group('Sales', a, b)
    valueOf(await put(id, 'Sales', [b, c]))
    expect(await membersOf(id)).toEqual(['b', 'c'])
    expect(await rows(`select connection_id, data from event where kind = 'group.replaced'`)).toEqual([
      { data: { displayName: 'Sales', changed: [], version: 2, added: [c], removed: [a] } },
    ])
    valueOf(await put(id, 'Sales'))
    expect(await membersOf(id)).toEqual(['b', 'c'])
  })
  test('is left by those whom a filter over more than ids picks', async () => {
    const [mia, inner] = [await user('mia'), await group('Inner')]
    const { id } = await group('Sales', mia, inner.id)
    const kim = await user('kim')
    valueOf(
      await patch(
        id,
        { op: 'add', path: 'members', value: kim },
        { op: 'remove', path: 'members[type eq "User" and display sw "k"]' },
      ),
    )
    expect(await membersOf(id)).toEqual(['Inner', 'mia'])
    valueOf(await patch(id, { op: 'remove', path: `members[$ref ew "/Groups/${inner.id}"]` }))
    expect(await membersOf(id)).toEqual(['mia'])
    valueOf(await patch(id, { op: 'remove', path: `members[$ref eq "${reading.baseUrl}/Users/${mia}"]` }))
    expect(await membersOf(id)).toEqual([])
  })
  test('is changed wholly or not at all', async () => {
    const { id } = await group('Sales', await user('mia'))
    const kim = await user('kim')
    const refused = patch(
      id,
      { op: 'add', path: 'members', value: kim },
      { op: 'remove', path: 'members[type eq "User"]' },
      { op: 'add', path: 'members', value: id },
    )
    expect(refusalOf(await refused)).toEqual({ kind: 'group-in-itself', member: id })
    expect(await membersOf(id)).toEqual(['mia'])
    expect(await versionOf(id)).toBe(1)
  })
})

describe('members', () => {
  test('whom nobody knows are passed over with a note, or refused by name where that is wanted', async () => {
    const mia = await user('mia')
    const elsewhere = [await user('mia', caller('acme', 'entra')), await user('mia', caller('bravo'))]
    notes.length = 0
    const { id } = await group('Sales', mia, randomUUID(), 'nobody', ...elsewhere)
    expect(await membersOf(id)).toEqual(['mia'])
    expect(notes).toEqual(['T35'])
    const asked = { document: { displayName: 'Strict' }, members: new Set([mia, 'nobody']), reading: strict }
    expect(refusalOf(await createGroup(world.operations, here(), asked))).toEqual({
      kind: 'unknown-members',
      ids: ['nobody'],
      count: 1,
    })
  })
  test('that are groups make a circle with none, however long the way', async () => {
    const [a, b, c] = [await group('A'), await group('B'), await group('C')]
    valueOf(await add(a.id, b.id))
    valueOf(await add(b.id, c.id))
    expect(refusalOf(await add(c.id, a.id))).toEqual({ kind: 'group-in-itself', member: a.id })
    expect(refusalOf(await put(c.id, 'C', [a.id]))).toEqual({ kind: 'group-in-itself', member: a.id })
    expect(refusalOf(await add(a.id, a.id))).toEqual({ kind: 'group-in-itself', member: a.id })
    valueOf(await add(a.id, c.id))
  })
  test('that are groups make no circle when put into each other at once', async () => {
    for (let round = 0; round < 5; round++) {
      const [a, b, c] = [await group(`A${round}`), await group(`B${round}`), await group(`C${round}`)]
      const tried = await Promise.all([add(a.id, b.id), add(b.id, c.id), add(c.id, a.id)])
      expect(tried.filter((result) => result.ok)).toHaveLength(2)
    }
  })
  test('are in the groups that contain their group, indirectly', async () => {
    const [mia, kim] = [await user('mia'), await user('kim')]
    const inner = await group('Inner', mia, kim)
    const middle = await group('Middle', inner.id)
    const outer = await group('Outer', middle.id, mia)
    const groups = await groupsOfUsers(world.db, here(), [mia, kim])
    const seen = (id: string) => groups.get(id)?.map(({ displayName, direct }) => `${displayName} ${direct}`)
    expect(seen(mia)).toEqual(['Inner true', 'Middle false', 'Outer true'])
    expect(seen(kim)).toEqual(['Inner true', 'Middle false', 'Outer false'])
    valueOf(await destroy(middle.id))
    expect((await groupsOfUsers(world.db, here(), [kim])).get(kim)?.map(({ id }) => id)).toEqual([inner.id])
    expect(await membersOf(outer.id)).toEqual(['mia'])
    expect(await versionOf(outer.id)).toBe(2)
  })
})

describe('what a change of a group is to deliveries', () => {
  test('is nothing where no app reads groups, whatever changes', async () => {
    const members = await crowd(20)
    const { id } = await group('Sales', ...members)
    valueOf(await remove(id, ...members.slice(0, 5)))
    valueOf(await put(id, 'Support', []))
    valueOf(await destroy(id))
    await fanOutAll()
    expect(await due()).toBe(0)
    expect(await rows('select connection_id, id from fan_out')).toEqual([])
  })
  test('is one row for each who comes or goes, and no other, where an app reads groups', async () => {
    await world.db.query('update app set reads_groups = true')
    const members = await crowd(20)
    const { id } = await group('Sales', ...members.slice(0, 10))
    expect(await due()).toBe(10)
    valueOf(await add(id, ...members.slice(8, 12)))
    expect(await due()).toBe(12)
    expect(world.woken).toContain('acme/cxone')
    valueOf(await remove(id, ...members.slice(0, 3)))
    expect(
      await rows(
        `select connection_id, wanted from delivery where wanted > 1 and connection_id = '${here().connection}' order by wanted desc limit 4`,
      ),
    ).toEqual([{ wanted: 3 }, { wanted: 3 }, { wanted: 3 }, { wanted: 2 }])
    expect(await rows('select connection_id, id from fan_out')).toEqual([])
  })
  test.each([
    ['a new name', (id: string) => put(id, 'Support')],
    ['an empty list', (id: string) => patch(id, { op: 'replace', path: 'members', value: [] })],
    ['the end of the group', (id: string) => destroy(id)],
  ])('of all its members is one row for the workers: %s', async (_, change) => {
    const members = await crowd(1_200)
    const { id } = await group('Sales', ...members)
    await fanOutAll()
    await world.db.query('update app set reads_groups = true')
    valueOf(await change(id))
    expect(await due()).toBe(0)
    expect(await rows('select connection_id, id from fan_out')).toHaveLength(1)
    expect(world.woken).toContain('fan-out')
    // Pieces of 500: three, and at most one more that finds nothing left.
    expect(await fanOutAll()).toBeLessThanOrEqual(4)
    expect(await due()).toBe(1_200)
  })
  test('of very many members at once is one row as well', async () => {
    await world.db.query('update app set reads_groups = true')
    const members = await crowd(1_100)
    const { id } = await group('Sales', ...members)
    expect(await due()).toBe(0)
    await fanOutAll()
    expect(await due()).toBe(1_100)
    await world.db.query('update delivery set wanted = 1')
    valueOf(await put(id, 'Sales', members.slice(1_050)))
    expect(await due()).toBe(0)
    await fanOutAll()
    expect(await due()).toBe(1_050)
  })
  test('goes on after the last piece that was committed, and reaches members of members', async () => {
    const members = await crowd(50)
    const inner = await group('Inner', ...members)
    await world.db.query('update app set reads_groups = true')
    const outer = await group('Outer', inner.id)
    await fanOutAll(7)
    expect(await due()).toBe(50)
    await world.db.query('update delivery set wanted = 1')
    valueOf(await put(outer.id, 'Renamed'))
    await fanOutBatch(world.db, 7)
    await fanOutBatch(world.db, 7)
    const half = await due()
    expect(half).toBeLessThan(50)
    // Whoever was killed now has left the row where it was.
    await fanOutAll(7)
    expect(await due()).toBe(50)
    expect(await rows('select connection_id, wanted from delivery where wanted > 2')).toEqual([])
  })
})
