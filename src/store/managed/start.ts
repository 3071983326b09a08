/**
 * The managed PostgreSQL: a server of our own for who has none. Decides the order of the start and that a server which
 * dies is started again; must not know what is stored in it.
 */
import type { ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { findBinaries } from './binaries.ts'
import { DATABASE, ROLE, writeConfiguration } from './configuration.ts'
import { pgDataOf, prepareDataDirectory } from './data-directory.ts'
import { ensureDatabase } from './database.ts'
import { reasonOf } from './error.ts'
import { initialise } from './initialise.ts'
import { launchServer, type LaunchInput } from './launch.ts'
import { holdDataDirectory, type Hold } from './lock.ts'
import { keepLogBounded } from './log-file.ts'
import type { RuntimeUser } from './runtime-user.ts'
import { PORT, socketDirectory } from './socket-directory.ts'
import { hasEnded, stopServer } from './stop.ts'
import { endLeftovers } from './takeover.ts'

/** Fits pino. */
export interface ManagedPostgresLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface ManagedPostgresOptions {
  /** Made if missing. One server a directory. */
  readonly dataDir: string
  readonly log: ManagedPostgresLog
  /** A folder with `bin`, `lib` and `share` of PostgreSQL, instead of the installed package. */
  readonly binaries?: string
}

export interface ManagedPostgres {
  /** Connection string of the product's role and database, over the socket. Stays the same over restarts. */
  readonly url: string
  /** The server's process now; changes when it had to be started again. */
  readonly pid: number
  /** For example `18.4`. */
  readonly version: string
  /** Where the programs were found; another server may be given them. */
  readonly binaries: string
  /** Cuts the sessions, writes everything and resolves when the server is gone. Harmless twice. */
  stop(): Promise<void>
}

/** Short, and its own for each data directory: it stands in the title of every process of the server. */
function clusterNameOf(dataDir: string): string {
  return `rollcall-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`
}

function urlOf(socketDir: string): string {
  // The port is said because PGPORT in the environment would count otherwise.
  return `postgresql://${ROLE}@localhost:${PORT}/${DATABASE}?host=${encodeURIComponent(socketDir)}`
}

interface Prepared {
  readonly launch: LaunchInput
  readonly log: ManagedPostgresLog
}

async function prepare(dataDir: string, user: RuntimeUser, options: ManagedPostgresOptions): Promise<Prepared> {
  const { log } = options
  const pgData = pgDataOf(dataDir)
  const { binaries, moved } = findBinaries({
    dataDir,
    user,
    ...(options.binaries === undefined ? {} : { given: options.binaries }),
  })
  if (moved !== undefined) log.info({ to: binaries.root }, `PostgreSQL's programs were copied: ${moved}`)
  const socketDir = socketDirectory(dataDir, user)
  const clusterName = clusterNameOf(dataDir)
  const ended = await endLeftovers({ pgData, socketDir, clusterName, user })
  if (ended > 0) log.warn({ processes: ended }, 'A PostgreSQL that an earlier process had left running was ended')
  if (await initialise({ pgData, binaries, user })) log.info({ pgData }, 'A new database was made')
  const args = writeConfiguration({ dataDir, pgData, socketDir, clusterName })
  const logFile = join(dataDir, 'postgres.log')
  return { log, launch: { pgData, socketDir, clusterName, user, binaries, arguments: args, logFile } }
}

/** The server and who looks after it: started again when it dies unasked, stopped when we stop. */
class Supervised implements ManagedPostgres {
  readonly url: string
  readonly #prepared: Prepared
  readonly #hold: Hold
  readonly #endLogKeeping: () => void
  readonly #atExit = (): void => this.#leave()
  #child: ChildProcess
  #stopping: Promise<void> | undefined
  #restarting: Promise<void> | undefined

  constructor(prepared: Prepared, child: ChildProcess, hold: Hold) {
    this.#prepared = prepared
    this.#child = child
    this.#hold = hold
    this.url = urlOf(prepared.launch.socketDir)
    this.#endLogKeeping = keepLogBounded(prepared.launch.logFile)
    process.on('exit', this.#atExit)
    this.#watch()
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get version(): string {
    return this.#prepared.launch.binaries.version
  }

  get binaries(): string {
    return this.#prepared.launch.binaries.root
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopNow()
    return this.#stopping
  }

  async #stopNow(): Promise<void> {
    await this.#restarting
    await stopServer(this.#child)
    process.off('exit', this.#atExit)
    this.#endLogKeeping()
    this.#hold.release()
  }

  /** The last thing a process can do: ask the server to stop. Whoever starts next waits for it. */
  #leave(): void {
    if (!hasEnded(this.#child)) this.#child.kill('SIGINT')
    this.#hold.release()
  }

  #watch(): void {
    const again = (): void => {
      if (this.#stopping === undefined) this.#restarting = this.#restart()
    }
    if (hasEnded(this.#child)) again()
    else this.#child.once('exit', again)
  }

  async #restart(): Promise<void> {
    const { launch, log } = this.#prepared
    for (let wait = 100; this.#stopping === undefined; wait = Math.min(wait * 2, 10_000)) {
      log.warn({ pid: this.pid }, 'PostgreSQL ended unasked and is started again')
      try {
        await endLeftovers(launch)
        this.#child = await launchServer(launch)
        log.info({ pid: this.pid }, 'PostgreSQL runs again')
        return this.#watch()
      } catch (error) {
        log.warn({ reason: reasonOf(error) }, 'PostgreSQL could not be started again yet')
        await pause(wait)
      }
    }
  }
}

/**
 * Starts a PostgreSQL on `dataDir`, making the directory and the database where they are missing, and resolves when it
 * takes connections. What an earlier, killed process left running there is ended first. As root the server runs as
 * another user. Throws {@link ManagedPostgresError} with what, why and the way out.
 *
 * The server is stopped by `stop()` and when this process exits; a process that dies of a signal it does not handle
 * leaves it to the next start.
 */
export async function startManagedPostgres(options: ManagedPostgresOptions): Promise<ManagedPostgres> {
  const { dataDir, user } = prepareDataDirectory(options.dataDir)
  const hold = await holdDataDirectory(dataDir)
  try {
    const prepared = await prepare(dataDir, user, options)
    const child = await launchServer(prepared.launch)
    try {
      await ensureDatabase(prepared.launch.socketDir)
    } catch (error) {
      await stopServer(child)
      throw error
    }
    return new Supervised(prepared, child, hold)
  } catch (error) {
    hold.release()
    throw error
  }
}
