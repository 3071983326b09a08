/**
 * Brings a database to the schema this version needs.
 * Decides order and locking of migrations; must not change data outside the numbered files.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { Client } from 'pg'
import { connectionConfig, databaseUnavailable, settleSession } from './db.ts'

/** Arbitrary, constant: whoever holds it migrates, everybody else waits. */
const LOCK = 7_265_515_411n

const FOLDER = new URL('./migrations/', import.meta.url)

export class MigrationError extends Error {
  override readonly name = 'MigrationError'
}

interface Migration {
  readonly name: string
  readonly sql: string
  readonly sha256: string
}

/**
 * Applies what is missing, each file in a transaction of its own, under an advisory lock: two processes may start on
 * one database at once. Throws {@link MigrationError} when the database is newer than this version, a file that was
 * applied has been changed since, or the connection is lost.
 */
export async function migrate(url: string): Promise<void> {
  const client = new Client(connectionConfig(url))
  await client.connect()
  // Unheard, the end of the connection would end the process; the statement under way fails by itself.
  client.on('error', () => undefined)
  try {
    await bringUpToDate(client)
  } catch (error) {
    throw databaseUnavailable(error) ? connectionLost(error) : error
  } finally {
    await client.end()
  }
}

const connectionLost = (cause: unknown): MigrationError =>
  new MigrationError(
    'The connection to the database was lost while its schema was looked at or brought up to date. A migration is kept whole or not at all: start again once the database answers.',
    { cause },
  )

async function bringUpToDate(client: Client): Promise<void> {
  // Whoever waits for another process, or builds an index, may take as long as it takes.
  await settleSession(client, 0)
  await client.query('select pg_advisory_lock($1)', [LOCK.toString()])
  await client.query(
    'create table if not exists migration (name text primary key, sha256 text not null, applied_at timestamptz not null default now())',
  )
  const files = await readMigrations()
  const { rows } = await client.query<{ name: string; sha256: string }>('select name, sha256 from migration')
  const applied = new Map(rows.map((row) => [row.name, row.sha256]))
  assertKnown(applied, files)
  for (const file of files) if (!applied.has(file.name)) await apply(client, file)
}

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).toSorted()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(new URL(name, FOLDER), 'utf8')
      return { name, sql, sha256: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

function assertKnown(applied: ReadonlyMap<string, string>, files: readonly Migration[]): void {
  const known = new Map(files.map((file) => [file.name, file.sha256]))
  for (const [name, sha256] of applied) {
    const ours = known.get(name)
    if (ours === undefined) {
      throw new MigrationError(
        `The database has migration ${name}, which this version does not know: it was used by a newer Rollcall. Start that version, or restore a backup made before the upgrade.`,
      )
    }
    if (ours !== sha256) {
      throw new MigrationError(
        `Migration ${name} was changed after it had been applied to this database. Restore the file of the released version.`,
      )
    }
  }
}

async function apply(client: Client, file: Migration): Promise<void> {
  await client.query('begin')
  try {
    await client.query(file.sql)
    await client.query('insert into migration (name, sha256) values ($1, $2)', [file.name, file.sha256])
    await client.query('commit')
  } catch (cause) {
    if (databaseUnavailable(cause)) throw cause
    await client.query('rollback')
    throw new MigrationError(
      `Migration ${file.name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}
