/**
 * Pages of everybody against what the table says, while people come, go and come back: whatever is remembered of earlier
 * pages, each page is the one that counting from the beginning would give.
 */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createUser } from '../../src/operations/create-user.ts'
import { deleteUser } from '../../src/operations/delete-user.ts'
import type { Db, Queryable } from '../../src/store/db.ts'
import { listUsers } from '../../src/store/views/users.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

let world: TestWorld
/** Landmarks are remembered of a database that is never emptied but by these tests: to be made anew after that. */
let db: Db
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', [], ['okta', 'entra']), tenant('bravo')])
})
async function empty(): Promise<void> {
  await world.db.query('truncate identity, event cascade')
  db = { ...world.db }
}
beforeEach(empty)
afterAll(() => world.close())

async function created(connection = 'okta', operations = world.operations): Promise<string> {
  const document = { userName: `${randomUUID()}@acme.test`, active: true }
  const result = await createUser(operations, caller('acme', connection), document)
  if (!result.ok) throw new Error(result.refusal.kind)
  return result.value.id
}

/** A row that has its number already. */
const LATE = `
  insert into identity (tenant_id, connection_id, id, seq, person_id, user_name, user_name_key, active, document, created_at, modified_at)
  overriding system value
  values ('acme', 'okta', gen_random_uuid(), $1, gen_random_uuid(), 'late', 'late', true, '{"userName":"late"}', now(), now())`

/** The database, where something happens before the statement that comes after so many others; once. */
function meanwhile(others: number, happens: () => Promise<unknown>): Db {
  let count = 0
  const query = (async (statement: { text: string }) => {
    if (count++ === others) await happens()
    return world.db.query(statement)
  }) as Queryable['query']
  return { ...world.db, query }
}

const inTable = async (): Promise<string[]> =>
  (
    await world.db.query<{ id: string }>(
      `select id from identity where tenant_id = 'acme' and connection_id = 'okta' and deleted_at is null and not undecided order by seq`,
    )
  ).rows.map(({ id }) => id)

async function expectPages(limit: number): Promise<void> {
  const all = await inTable()
  for (let offset = 0; offset <= all.length; offset += limit) {
    const { total, users } = await listUsers(db, caller(), { from: { offset }, limit })
    expect({ offset, total, ids: users.map(({ id }) => id) }).toEqual({
      offset,
      total: all.length,
      ids: all.slice(offset, offset + limit),
    })
  }
}

const HIDE = `update identity set undecided = $2 where id = $1`

describe('pages of everybody', () => {
  test('say who is there, however often people come, go and come back between them', async () => {
    const action = fc.oneof(
      fc.constant({ kind: 'create' as const }),
      fc.record({ kind: fc.constantFrom('delete' as const, 'hide' as const, 'show' as const), whom: fc.nat(30) }),
      fc.record({ kind: fc.constant('walk' as const), limit: fc.integer({ min: 1, max: 5 }) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 14 }), async (actions) => {
        await empty()
        const ids: string[] = []
        for (let n = 0; n < 9; n++) ids.push(await created())
        await created('entra')
        for (const step of actions) {
          if (step.kind === 'walk') await expectPages(step.limit)
          else if (step.kind === 'create') ids.push(await created())
          else {
            const id = ids[step.whom % ids.length] ?? ''
            if (step.kind === 'delete') await deleteUser(world.operations, caller(), id)
            else await world.db.query(HIDE, [id, step.kind === 'hide'])
          }
        }
        await expectPages(3)
      }),
      { numRuns: 40 },
    )
  })

  test('begin where the page before ended, without passing over everybody before', async () => {
    const gone = await created()
    for (let n = 0; n < 7; n++) await created()
    const asked: unknown[][] = []
    const query = ((statement: { text: string; values: unknown[] }) => {
      asked.push(statement.values)
      return world.db.query(statement)
    }) as Queryable['query']
    const watched: Db = { ...world.db, query }
    // The fifth value is how many rows are passed over.
    const passedOver = async (offset: number): Promise<unknown> => {
      await listUsers(watched, caller(), { from: { offset }, limit: 3 })
      return asked.at(-1)?.[4]
    }
    expect([await passedOver(0), await passedOver(3), await passedOver(6)]).toEqual([0, 0, 0])
    expect(await passedOver(4)).toBe(1)
    // Once somebody has gone, the next walk finds out where pages begin, and the one after it knows.
    await deleteUser(world.operations, caller(), gone)
    for (const offset of [0, 3, 6]) await passedOver(offset)
    expect([await passedOver(0), await passedOver(3)]).toEqual([0, 0])
  })

  test('are not begun at a row behind which somebody may still be written', async () => {
    for (let n = 0; n < 4; n++) await created()
    const late = await world.db.pool.connect()
    try {
      await late.query('begin')
      // As an accepting statement that has got its number and is not committed.
      await late.query('lock table identity in row exclusive mode')
      const { rows } = await late.query<{ seq: number }>(
        `select nextval(pg_get_serial_sequence('identity', 'seq')) as seq`,
      )
      for (let n = 0; n < 4; n++) await created()
      for (const offset of [0, 3, 6]) await listUsers(db, caller(), { from: { offset }, limit: 3 })
      await late.query(LATE, [rows[0]?.seq])
      await late.query('commit')
    } finally {
      late.release()
    }
    await expectPages(3)
  })

  test('are not begun at such a row either where the clock of whoever writes is slow', async () => {
    for (let n = 0; n < 4; n++) await created()
    const late = await world.db.pool.connect()
    const slow = { ...world.operations, now: () => new Date(Date.now() - 600_000) }
    let number: unknown
    // Somebody gets a number, and others who are numbered after that come first: all while a page is read.
    db = meanwhile(1, async () => {
      await late.query('begin')
      await late.query('lock table identity in row exclusive mode')
      const { rows } = await late.query<{ seq: number }>(
        `select nextval(pg_get_serial_sequence('identity', 'seq')) as seq`,
      )
      number = rows[0]?.seq
      for (let n = 0; n < 4; n++) await created('okta', slow)
    })
    try {
      await listUsers(db, caller(), { from: { offset: 0 }, limit: 6 })
      await late.query(LATE, [number])
      await late.query('commit')
    } finally {
      late.release()
    }
    await expectPages(3)
  })

  test('are not begun where somebody has gone while the page was read, whoever else has noticed', async () => {
    const ids: string[] = []
    for (let n = 0; n < 9; n++) ids.push(await created())
    await expectPages(3)
    const all = await inTable()
    // The page begins behind the sixth; then the first one goes, and another reader sees that.
    db = Object.assign(
      db,
      meanwhile(0, async () => {
        await deleteUser(world.operations, caller(), ids[0] ?? '')
        await listUsers(db, caller(), { from: { offset: 0 }, limit: 4 })
      }),
    )
    const { users } = await listUsers(db, caller(), { from: { offset: 6 }, limit: 2 })
    expect(users.map(({ id }) => id)).toEqual(all.slice(7, 9))
  })

  test('of another connection or tenant are counted apart', async () => {
    await created()
    await created('entra')
    for (const [who, total] of [
      [caller(), 1],
      [caller('acme', 'entra'), 1],
      [caller('bravo'), 0],
    ] as const)
      expect(await listUsers(world.db, who, { from: { offset: 0 }, limit: 0 })).toMatchObject({ total })
  })
})

test('totals are those of the table, whoever writes at the same time', async () => {
  const ids = await Promise.all(Array.from({ length: 60 }, () => created()))
  await Promise.all([
    ...ids.slice(0, 20).map((id) => deleteUser(world.operations, caller(), id)),
    ...Array.from({ length: 20 }, () => created()),
  ])
  const { total } = await listUsers(world.db, caller(), { from: { offset: 0 }, limit: 0 })
  expect(total).toBe(60)
  expect((await inTable()).length).toBe(60)
})
