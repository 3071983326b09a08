/**
 * A database of its own for one run, on the server that DATABASE_URL names.
 * Must not touch any other database there.
 */
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { DemoProblem } from './problem.ts'

export interface RunDatabase {
  readonly url: string
  readonly name: string
  drop(): Promise<void>
}

const PREFIX = 'rollcall_demo_'

/** Makes it, and removes those of runs that were killed. Throws {@link DemoProblem} where that is not possible. */
export async function makeRunDatabase(server: string): Promise<RunDatabase> {
  const name = `${PREFIX}${randomBytes(5).toString('hex')}`
  // The session stays open under the name of the database: as long as it is there, the run is.
  const client = new Client({ connectionString: server, application_name: name, keepAlive: true })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await dropLeftovers(client)
    await client.query(`create database ${name}`)
  } catch (error) {
    await client.end().catch(() => undefined)
    throw DemoProblem.of({
      what: 'The demo cannot make a database of its own on the server of DATABASE_URL',
      why: reasonFor(error),
      wayOut:
        'start the server and give its user the right to create databases, or unset DATABASE_URL: then the demo runs a PostgreSQL of its own',
    })
  }
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    name,
    drop: async () => {
      // A server that is gone has taken its sessions along; the next run removes what is left.
      await client.query(`drop database if exists ${name} with (force)`).catch(() => undefined)
      await client.end().catch(() => undefined)
    },
  }
}

async function dropLeftovers(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`
    select database.datname as name from pg_catalog.pg_database database
    where database.datname ~ '^${PREFIX}[0-9a-f]{10}$'
      and not exists (select from pg_catalog.pg_stat_activity session where session.application_name = database.datname)`)
  for (const { name } of rows) {
    // Somebody else's, or removed by another demo in the same moment.
    await client.query(`drop database if exists ${name} with (force)`).catch(() => undefined)
  }
}

function reasonFor(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Several addresses were tried: the message of the whole is empty.
  const told = error instanceof AggregateError ? error.errors.map(reasonFor).join(', ') : error.message
  return told === '' ? 'it does not answer' : told
}
