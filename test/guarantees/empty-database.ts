/**
 * A database without a schema, for tests of the first start. Must not be used where the schema is needed: support/database
 * clones it.
 */
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { testServer, type TestDatabase } from '../support/database.ts'
import { withDatabase } from '../support/test-server.ts'

export type { TestDatabase } from '../support/database.ts'

export async function createEmptyDatabase(): Promise<TestDatabase> {
  const { url, prefix } = await testServer()
  const name = `${prefix}_${randomBytes(6).toString('hex')}`
  const run = async (statement: string): Promise<void> => {
    const client = new Client(url)
    await client.connect()
    try {
      await client.query(statement)
    } finally {
      await client.end()
    }
  }
  await run(`create database ${name}`)
  return { url: withDatabase(url, name), drop: () => run(`drop database ${name} with (force)`) }
}
