/** Statements that share sessions: what one of them does, or what becomes of its session, is nobody else's business. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createUser } from '../../src/operations/create-user.ts'
import { patchUser } from '../../src/operations/patch-user.ts'
import { parsePatch } from '../../src/scim/patch/parse.ts'
import { USER } from '../../src/scim/schema/resource-type.ts'
import {
  BY_KEY,
  connectionConfig,
  databaseUnavailable,
  openDb,
  OutcomeUnknown,
  writeByKey,
  type Db,
} from '../../src/store/db.ts'
import { openPipeline } from '../../src/store/pipeline.ts'
import { uncaughtDuring } from '../support/uncaught.ts'
import { until } from '../support/wait.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

let world: TestWorld
let other: Db
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme')])
  other = openDb(world.url, { max: 2 })
  await other.query('create table counter (id text primary key, value integer not null)')
  await other.query(`insert into counter values ('a', 0), ('b', 0)`)
})
afterAll(async () => {
  await other.close()
  await world.close()
})

const value = async (id: string) =>
  (await other.query<{ value: number }>('select value from counter where id = $1', [id])).rows[0]?.value

const sessions = async (name: string) =>
  (await other.query('select from pg_stat_activity where application_name = $1', [name])).rowCount

describe('a statement that waits for a row', () => {
  test('keeps nobody waiting behind it, and is done once the row is free', async () => {
    // The same row: so both go by the same session.
    const sharing = writeByKey('one row')
    const text = 'update counter set value = value + 1 where id = $1'
    let waiting: Promise<unknown> | undefined
    await other.transaction(async (tx) => {
      await tx.query(`select from counter where id = 'a' for update`)
      waiting = world.db.query({ ...sharing, name: 'increment', text, values: ['a'] })
      await world.db.query({ ...sharing, name: 'increment', text, values: ['b'] })
      expect(await value('b')).toBe(1)
    })
    await waiting
    expect(await value('a')).toBe(1)
  })
})

describe('statements that are sent behind one', () => {
  test('that could not be prepared fail for its reason, and work once it does', async () => {
    const ask = () =>
      world.db.query<{ one: number }>({ ...BY_KEY, name: 'not yet', text: 'select one from not_yet', values: [] })
    const outcomes = await Promise.allSettled(Array.from({ length: 6 }, ask))
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && String(outcome.reason))).toEqual(
      Array.from({ length: 6 }, () => 'error: relation "not_yet" does not exist'),
    )
    await other.query('create table not_yet as select 1 as one')
    const found = await Promise.all(Array.from({ length: 6 }, ask))
    expect(found.flatMap(({ rows }) => rows)).toEqual(Array.from({ length: 6 }, () => ({ one: 1 })))
  })
})

describe('a session that cannot be settled', () => {
  test('is not left open, and the next statement opens another', async () => {
    const name = `settling ${randomUUID()}`
    let settles = false
    const pipeline = openPipeline({
      config: { ...connectionConfig(world.url), application_name: name },
      connections: 1,
      settle: async () => {
        if (!settles) throw new Error('not settled')
      },
      onError: (error) => expect.unreachable(String(error)),
    })
    const ask = () => pipeline.query<{ one: number }>({ text: 'select 1 as one' })
    for (let tries = 0; tries < 3; tries++) await expect(ask()).rejects.toThrow('not settled')
    await until(
      () => sessions(name),
      (open) => open === 0,
    )
    settles = true
    expect((await ask()).rows).toEqual([{ one: 1 }])
    await pipeline.close()
  })
})

test('closing waits for what is under way', async () => {
  const db = openDb(world.url)
  const asked = Array.from({ length: 5 }, (_, n) =>
    db.query<{ n: number }>({ ...BY_KEY, text: 'select $1::int as n, pg_sleep(0.02)', values: [n] }),
  )
  await db.close()
  expect((await Promise.all(asked)).map(({ rows }) => rows[0]?.n)).toEqual([0, 1, 2, 3, 4])
})

describe('sessions that are cut while many write', () => {
  const CUT = `select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and application_name = 'rollcall' and pid <> pg_backend_pid()`
  interface Told {
    readonly userName: string
    readonly title: string
    /** `unknown` where nobody can tell. */
    readonly said: 'made' | 'not made' | 'unknown'
  }

  const told = async (work: () => Promise<{ ok: boolean }>): Promise<Told['said']> => {
    try {
      return (await work()).ok ? 'made' : 'not made'
    } catch (error) {
      if (error instanceof OutcomeUnknown) return 'unknown'
      expect(databaseUnavailable(error)).toBe(true)
      return 'not made'
    }
  }

  async function writeOne(n: number): Promise<Told[]> {
    const userName = `cut${n}@acme.test`
    let id = ''
    const created = await told(async () => {
      const result = await createUser(world.operations, caller(), { userName, active: true, title: 'new' })
      if (result.ok) id = result.value.id
      return result
    })
    if (created !== 'made') return [{ userName, title: 'new', said: created }]
    const asked = parsePatch({ Operations: [{ op: 'replace', path: 'title', value: 'old' }] }, USER)
    const patched = await told(() => patchUser(world.operations, caller(), { id, operations: asked, note: () => {} }))
    return [
      { userName, title: 'new', said: 'made' },
      { userName, title: 'old', said: patched },
    ]
  }

  test('lose nothing that was accepted, and double nothing', async () => {
    const all: Told[] = []
    let next = 0
    const uncaught = await uncaughtDuring(async () => {
      const writing = Array.from({ length: 8 }, async () => {
        while (next < 160) all.push(...(await writeOne(next++)))
      })
      for (let cuts = 0; cuts < 4; cuts++) {
        const from = next
        await until(
          async () => next,
          (now) => now >= Math.min(from + 30, 160),
        )
        await other.query(CUT).catch((error: unknown) => expect(databaseUnavailable(error)).toBe(true))
      }
      await Promise.all(writing)
    })
    expect(uncaught).toEqual([])
    const { rows } = await other.query<{ user_name: string; title: string; version: number; events: number }>(`
      select identity.user_name, identity.document ->> 'title' as title, identity.version,
             (select count(*) from event where event.identity_id = identity.id)::int as events
      from identity where identity.user_name like 'cut%'`)
    const kept = new Map(rows.map((row) => [row.user_name, row]))
    expect(kept.size).toBe(rows.length)
    for (const { userName, title, said } of all) {
      const row = kept.get(userName)
      const isThere = title === 'new' ? row !== undefined : row?.title === 'old'
      if (said !== 'unknown')
        expect({ userName, title, isThere }).toEqual({ userName, title, isThere: said === 'made' })
    }
    for (const { version, events, title } of rows) expect([version, events]).toEqual(title === 'old' ? [2, 2] : [1, 1])
    expect(all.some(({ said }) => said === 'made')).toBe(true)
  })
})
