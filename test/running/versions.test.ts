import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startRollcallForTest } from '../support/rollcall.ts'

let database: TestDatabase
let client: Client
beforeAll(async () => {
  database = await createTestDatabase()
  client = new Client(database.url)
  await client.connect()
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const rows = async (statement: string): Promise<unknown> => (await client.query(statement)).rows

test('an older version that finds a newer schema does not start, says why in plain words, and changes nothing', async () => {
  // What a newer version leaves behind: a migration, and what it did.
  await client.query(`insert into migration (name, sha256) values ('9999_from_the_future.sql', repeat('0', 64))`)
  await client.query('create table from_the_future (id int)')
  const tables = `select relname, relnatts from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`
  const before = [
    await rows(tables),
    await rows('select * from migration order by name'),
    await rows('select * from tenant'),
  ]
  const attempt = startRollcallForTest({ databaseUrl: database.url })
  await expect(attempt).rejects.toThrow(
    /9999_from_the_future\.sql, which this version does not know.*Start that version, or restore a backup/,
  )
  const after = [
    await rows(tables),
    await rows('select * from migration order by name'),
    await rows('select * from tenant'),
  ]
  expect(after).toEqual(before)
  // With the newer version gone, and its backup from before restored, the older one starts.
  await client.query(`delete from migration where name = '9999_from_the_future.sql'`)
  const rollcall = await startRollcallForTest({ databaseUrl: database.url })
  expect((await fetch(`${rollcall.address}/readyz`)).status).toBe(200)
  await rollcall.close()
})
