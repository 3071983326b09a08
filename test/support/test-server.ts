/**
 * The PostgreSQL of one test run: DATABASE_URL's, or one of our own that lives as long as the run. Makes the template
 * that every test database is cloned from. Must not be used by product code.
 */
import { join } from 'node:path'
import { Client } from 'pg'
import { migrate } from '../../src/store/migrate.ts'
import { startManagedPostgres } from '../../src/store/managed/start.ts'

export interface TestServer {
  /** A database to connect to for `create database`. */
  readonly url: string
  readonly template: string
  /** Prefix of the databases of this run. */
  readonly prefix: string
  /** Programs of the managed server, to save other servers a copy; missing with DATABASE_URL. */
  readonly binaries?: string
}

export interface RunningTestServer extends TestServer {
  stop(): Promise<void>
}

const quiet = { info: () => undefined, warn: (_: object, message: string) => console.warn(message) }

export function withDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}

async function makeTemplate(client: Client, url: string, template: string): Promise<void> {
  await client.query(`create database ${template}`)
  await migrate(withDatabase(url, template))
}

async function databasesLike(client: Client, pattern: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    'select d.datname as name from pg_catalog.pg_database d where d.datname ~ $1',
    [pattern],
  )
  return rows.map(({ name }) => name)
}

/** Databases of runs that nobody holds a session for any more: a run's name is its session's application_name. */
async function dropLeftovers(client: Client): Promise<void> {
  const { rows } = await client.query<{ run: string }>(
    `select a.application_name as run from pg_catalog.pg_stat_activity a where a.application_name like 'rollcall_test_%'`,
  )
  const running = new Set(rows.map(({ run }) => run))
  for (const name of await databasesLike(client, '^rollcall_test_[0-9a-z]+_')) {
    const run = name.split('_').slice(0, 3).join('_')
    if (!running.has(run)) await client.query(`drop database if exists ${name} with (force)`)
  }
}

async function onGivenServer(url: string, run: string): Promise<RunningTestServer> {
  const client = new Client({ connectionString: url, application_name: run, keepAlive: true })
  await client.connect()
  await dropLeftovers(client)
  const template = `${run}_template`
  await makeTemplate(client, url, template)
  const stop = async (): Promise<void> => {
    for (const name of await databasesLike(client, `^${run}_`)) await client.query(`drop database ${name} with (force)`)
    await client.end()
  }
  return { url, template, prefix: run, stop }
}

async function ownServer(directory: string): Promise<RunningTestServer> {
  const server = await startManagedPostgres({ dataDir: join(directory, 'server'), log: quiet })
  const client = new Client(server.url)
  await client.connect()
  try {
    await makeTemplate(client, server.url, 'rollcall_template')
  } finally {
    await client.end()
  }
  return {
    url: server.url,
    template: 'rollcall_template',
    prefix: 'rollcall_test',
    binaries: server.binaries,
    stop: () => server.stop(),
  }
}

/** Resolves when the template is ready. `directory` is the run's own. */
export function startTestServer(directory: string): Promise<RunningTestServer> {
  const given = process.env['DATABASE_URL']
  const run = `rollcall_test_${process.pid.toString(36)}${Date.now().toString(36)}`
  return given === undefined || given === '' ? ownServer(directory) : onGivenServer(given, run)
}
