/**
 * The database at the start: of the customer, or a PostgreSQL of our own.
 * Decides which, and where its files are; must not know a table.
 */
import { every } from '../durable/timers.ts'
import { openFaultLog } from '../http/fault-log.ts'
import { acceptAbandoned } from '../store/confirmations.ts'
import { openDb, type Db } from '../store/db.ts'
import { endDeadLeases } from '../store/leases.ts'
import { defaultDataDir } from '../store/managed/data-directory.ts'
import { startManagedPostgres } from '../store/managed/start.ts'
import { migrate } from '../store/migrate.ts'
import { readOrMakeKey, secretBox, type SecretBox } from '../store/secrets.ts'
import { analyzeGrown } from '../store/statistics.ts'
import type { StartOptions, Surroundings } from './starting.ts'

/** Seconds between looks for tables that have grown. */
const ANALYZE_SECONDS = 2

export interface Database {
  readonly db: Db
  readonly url: string
  readonly secrets: SecretBox
}

/** Starts it if it is ours, brings its schema up to date, and opens it. The key file lives beside our own. */
export async function openDatabase(options: StartOptions, surroundings: Surroundings): Promise<Database> {
  const { settings } = options
  let chosen: string | undefined
  const dataDir = (): string => (chosen ??= chooseDataDir(options))
  const url = settings.databaseUrl ?? (await openPostgres(dataDir(), surroundings))
  await migrate(url)
  const db = await openPool(url, { ...surroundings, own: settings.databaseUrl === undefined })
  return { db, url, secrets: secretBox(settings.key ?? (await readOrMakeKey(dataDir()))) }
}

function chooseDataDir({ settings, log, env }: StartOptions): string {
  if (settings.dataDir !== undefined) return settings.dataDir
  const { dataDir, notice } = defaultDataDir({ cwd: process.cwd(), uid: process.getuid?.() ?? -1, env })
  if (notice !== undefined) log.warn(notice)
  return dataDir
}

async function openPostgres(dataDir: string, { log, closers }: Surroundings): Promise<string> {
  const postgres = await startManagedPostgres({ dataDir, log })
  closers.add('PostgreSQL', () => postgres.stop())
  return postgres.url
}

/** `own`: its server is ours and has just been started, so whoever had leases there, or waited for an answer, is dead. */
async function openPool(url: string, { log, closers, own }: Surroundings & { readonly own: boolean }): Promise<Db> {
  const fault = openFaultLog(log)
  const db = openDb(url, { onError: (error) => fault(error, 'a connection was lost') })
  closers.add('the database pool', () => db.close())
  if (own) {
    await endDeadLeases(db)
    await acceptAbandoned(db, 'all')
  }
  const onError = (error: unknown): void => fault(error, 'statistics were not brought up to date')
  closers.add(
    'statistics',
    every(ANALYZE_SECONDS, () => analyzeGrown(db), onError),
  )
  return db
}

/** Why requests cannot be served, if they cannot. */
export async function readiness(db: Db): Promise<string | undefined> {
  try {
    await db.query('select 1')
    return undefined
  } catch {
    return 'the database does not answer'
  }
}
