/**
 * A database of its own for a test file, with the schema in it: cloned from the run's template, so that files neither
 * see nor wait for each other. Must not be used by product code.
 */
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Client, DatabaseError } from 'pg'
import { inject } from 'vitest'
import { until } from './wait.ts'
import { withDatabase, type TestServer } from './test-server.ts'

export interface TestDatabase {
  readonly url: string
  /** Cuts every session and removes the database. */
  drop(): Promise<void>
}

/** The run's PostgreSQL; the first call of a run starts it. */
export async function testServer(): Promise<TestServer> {
  const answer: unknown = JSON.parse(await text(connect(join(inject('runDirectory'), 'ask'))))
  if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(String(answer.error))
  return answer as TestServer
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client(url)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Call in `beforeAll`, and `drop()` in `afterAll`. The database is empty but for the schema. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url, template, prefix } = await testServer()
  const name = `${prefix}_${randomBytes(6).toString('hex')}`
  await run(url, `create database ${name} template ${template}`)
  return { url: withDatabase(url, name), drop: () => drop(url, name) }
}

async function drop(url: string, name: string): Promise<void> {
  const dropped = () =>
    run(url, `drop database ${name} with (force)`).then(
      () => true,
      (error: unknown) => {
        // Autovacuum is at it, which only a superuser may end: it ends by itself.
        if (error instanceof DatabaseError && error.code === '42501') return false
        throw error
      },
    )
  await until(dropped, (done) => done)
}
