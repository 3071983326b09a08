import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDb, type Db } from '../../src/store/db.ts'
import { migrate, MigrationError } from '../../src/store/migrate.ts'
import { openLossyConnection } from '../guarantees/lossy-connection.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { uncaughtDuring } from '../support/uncaught.ts'
import { until } from '../support/wait.ts'

let database: TestDatabase
let db: Db
beforeAll(async () => {
  database = await createTestDatabase()
  db = openDb(database.url)
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

/** Resolves when a session waits for the lock that `held` holds. */
const someoneWaits = () =>
  until(
    async () =>
      (
        await db.query(
          `select from pg_locks where locktype = 'advisory' and not granted
             and database = (select oid from pg_database where datname = current_database())`,
        )
      ).rowCount,
    (waiting) => (waiting ?? 0) > 0,
  )

/** Holds what migrations hold, meanwhile. */
const whileMigrating = (work: () => Promise<void>) =>
  db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock(7265515411)')
    await work()
  })

describe('a migration', () => {
  test('that loses its connection while another process migrates says so, and the process lives', async () => {
    const connection = await openLossyConnection(database.url)
    let outcome: unknown
    const uncaught = await uncaughtDuring(() =>
      whileMigrating(async () => {
        const migrating = migrate(connection.url).catch((error: unknown) => error)
        await someoneWaits()
        await connection.close()
        outcome = await migrating
      }),
    )
    expect(uncaught).toEqual([])
    expect(outcome).toBeInstanceOf(MigrationError)
    expect(outcome).toHaveProperty('message', expect.stringContaining('connection to the database was lost'))
  })
})
