import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openJobs } from '../../src/durable/jobs.ts'
import { answerLost, databaseUnavailable, openDb, type Db } from '../../src/store/db.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openLossyConnection } from '../guarantees/lossy-connection.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { uncaughtDuring } from '../support/uncaught.ts'
import { until } from '../support/wait.ts'

const STRANGE = [
  `default_transaction_isolation = 'repeatable read'`,
  'default_transaction_read_only = on',
  `datestyle = 'German'`,
]

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

describe('a session', () => {
  test('means the same whatever the defaults of the database are', async () => {
    const name = new URL(database.url).pathname.slice(1)
    for (const setting of STRANGE) await other.query(`alter database ${name} set ${setting}`)
    const strange = openDb(database.url, { max: 1 })
    const { rows } = await strange.query(
      `select current_setting('transaction_isolation') as isolation, current_setting('transaction_read_only') as "readOnly", '2026-03-04'::date::text as date`,
    )
    expect(rows).toEqual([{ isolation: 'read committed', readOnly: 'off', date: '2026-03-04' }])
    await migrate(database.url)
    const jobs = await openJobs({
      url: database.url,
      handlers: { wake: () => undefined, run: async () => undefined, sweep: async () => undefined },
      onError: (error) => expect.unreachable(String(error)),
    })
    await jobs.close()
    await strange.close()
    for (const setting of STRANGE) await other.query(`alter database ${name} reset ${setting.split(' ')[0]}`)
  })
  test('gives up a statement that takes too long, and is good for the next one', async () => {
    const hasty = openDb(database.url, { max: 1, statementSeconds: 0.2 })
    const slow = await hasty.query('select pg_sleep(60)').catch((error: unknown) => error)
    const inside = await hasty.transaction((tx) => tx.query('select pg_sleep(60)')).catch((error: unknown) => error)
    for (const error of [slow, inside]) {
      expect(databaseUnavailable(error)).toBe(true)
      expect(answerLost(error)).toBe(false)
    }
    expect((await hasty.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await hasty.close()
  })
  test('of a database that has gone without a word is given up, and its outcome is unknown', async () => {
    const connection = await openLossyConnection(database.url)
    const hasty = openDb(connection.url, { max: 1, statementSeconds: 1 })
    connection.fallSilentAt('pg_sleep(0)')
    const error = await hasty.transaction((tx) => tx.query('select pg_sleep(0)')).catch((cause: unknown) => cause)
    expect(databaseUnavailable(error)).toBe(true)
    expect(answerLost(error)).toBe(true)
    expect((await hasty.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await hasty.close()
    await connection.close()
  })
})
