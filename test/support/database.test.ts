import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from './database.ts'

let first: TestDatabase
let second: TestDatabase

beforeAll(async () => {
  ;[first, second] = await Promise.all([createTestDatabase(), createTestDatabase()])
})

afterAll(async () => {
  await Promise.all([first.drop(), second.drop()])
})

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client(url)
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

test('a test database has the schema of the product', async () => {
  expect(await query(first.url, `select to_regclass('migration') is not null as there`)).toEqual([{ there: true }])
})

test('what is written to one test database is not seen in another', async () => {
  await query(first.url, 'create table seen ()')
  expect(await query(second.url, `select to_regclass('seen') as seen`)).toEqual([{ seen: null }])
})

test('a dropped test database is gone even while a session is open', async () => {
  const database = await createTestDatabase()
  const client = new Client(database.url)
  client.on('error', () => undefined)
  await client.connect()
  await database.drop()
  await expect(query(database.url, 'select 1')).rejects.toThrow('does not exist')
})
