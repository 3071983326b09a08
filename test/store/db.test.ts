import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseUnavailable, openDb, type Db } from '../../src/store/db.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { uncaughtDuring } from '../support/uncaught.ts'
import { until } from '../support/wait.ts'

let database: TestDatabase
let db: Db
let other: Db
beforeAll(async () => {
  database = await createTestDatabase()
  db = openDb(database.url, { max: 2 })
  other = openDb(database.url, { max: 1 })
})
afterAll(async () => {
  await db.close()
  await other.close()
  await database.drop()
})

/** Ends the session, when it is in the state asked for. */
const cut = (pid: number, state: string) =>
  until(
    async () =>
      (
        await other.query('select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and state = $2', [
          pid,
          state,
        ])
      ).rowCount,
    (found) => found === 1,
  )

describe('a transaction whose connection is lost', () => {
  test.each([
    ['during a statement', 'active'],
    ['between two statements', 'idle in transaction'],
  ])('%s fails, and only the transaction does', async (_, state) => {
    const uncaught = await uncaughtDuring(async () => {
      const outcome = await db
        .transaction(async (tx) => {
          const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
          const ended = cut(rows[0]?.pid ?? 0, state)
          if (state === 'idle in transaction') await ended
          await until(
            () => tx.query('select pg_sleep(0.2)'),
            () => false,
          )
        })
        .catch((error: unknown) => error)
      expect(databaseUnavailable(outcome)).toBe(true)
      expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    })
    expect(uncaught).toEqual([])
  })
})
