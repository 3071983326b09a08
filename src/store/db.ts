/**
 * The connection to PostgreSQL.
 * Decides pooling, sessions and transactions; must not know any table.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { DatabaseError, types, Pool, type PoolClient, type PoolConfig } from 'pg'
import { openPipeline, type Pipeline, type Shared } from './pipeline.ts'

/** Anything that can run a statement: the pool, or a client inside a transaction. */
export type Queryable = Pick<Pool | PoolClient, 'query'>

export interface Db extends Queryable {
  readonly pool: Pool
  /** Runs `work` in one transaction; rolls back if it throws. */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>
  close(): Promise<void>
}

// bigint columns are sequence numbers and counters, far below 2^53.
types.setTypeParser(types.builtins.INT8, Number)

/** What every connection of ours starts with, on whichever server. What a statement means is settled by {@link settleSession}. */
export const connectionConfig = (url: string): PoolConfig => ({
  connectionString: url,
  application_name: 'rollcall',
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
  connectionTimeoutMillis: 10_000,
})

/**
 * Settles a new session, so that no default of a role, database or server changes what our statements mean: two who race
 * for a name must see each other (read committed), and dates are read in one form. `statementSeconds` is the longest a
 * statement may take, lock waits included, and `lockMs` the longest it may wait for one lock; 0 for no limit. These are
 * statements, not part of the connection's start, since poolers such as PgBouncer refuse connections that bring settings.
 * A pooler must keep a session together (`pool_mode = session`): settings, prepared statements, advisory locks and LISTEN
 * belong to it.
 */
export const settleSession = (client: Queryable, statementSeconds: number, lockMs = 0): Promise<unknown> =>
  client.query(
    [
      `set default_transaction_isolation = 'read committed'`,
      'set default_transaction_read_only = off',
      `set datestyle = 'ISO'`,
      `set lock_timeout = ${lockMs}`,
      `set statement_timeout = ${statementSeconds * 1000}`,
    ].join('; '),
  )

/** For what serves a request or a delivery; migrations and pg-boss have no limit. */
const STATEMENT_SECONDS = 30

/** Opens a pool on `url` (a postgres:// address; a unix socket as `?host=/dir`). Does not connect yet. */
export function openDb(
  url: string,
  options: { max?: number; statementSeconds?: number; onError?: (error: Error) => void } = {},
): Db {
  const { max = 12, statementSeconds = STATEMENT_SECONDS } = options
  const pool = new Pool({
    ...connectionConfig(url),
    max,
    idleTimeoutMillis: 60_000,
    // Longer than the server's own limit: it is for a server that has gone without a word.
    query_timeout: (statementSeconds + 5) * 1000,
    // The types do not know that it is waited for.
    onConnect: (client): unknown => settleSession(client, statementSeconds),
  })
  const onError = (error: Error): void => options.onError?.(error)
  pool.on('error', onError)
  const pipeline = (connections: number, more: string): Pipeline =>
    openPipeline({
      config: { ...connectionConfig(url), query_timeout: (statementSeconds + 5) * 1000 },
      connections,
      settle: async (client) => {
        await settleSession(client, SHARED_SECONDS, SHARED_LOCK_MS)
        if (more !== '') await client.query(more)
      },
      onError,
    })
  const pipelines = { keys: pipeline(SESSIONS_BY_KEY, PLANNED_ONCE), writes: pipeline(SESSIONS_OF_WRITES, '') }
  return {
    pool,
    query: sharing(pool, pipelines),
    transaction: (work) => inTransaction(pool, work),
    close: async () => {
      // What is held up there still needs the pool.
      await Promise.all([pipelines.keys.close(), pipelines.writes.close()])
      await pool.end()
    },
  }
}

/** Statements that may share a session do, and all others go to the pool. */
function sharing(pool: Pool, pipelines: Readonly<Record<'keys' | 'writes', Pipeline>>): Queryable['query'] {
  /** Rows that somebody has locked: who comes next for one would only hold up others. */
  const locked = new Set<string>()
  const unshared = async (statement: Shared): Promise<unknown> => {
    const { row = '' } = statement
    locked.add(row)
    return pool.query(statement).finally(() => locked.delete(row))
  }
  const query = (...args: unknown[]): unknown => {
    const [statement] = args as [Shared]
    const shared = args.length === 1 ? sharedWay(statement) : undefined
    if (shared === undefined || (statement.row !== undefined && locked.has(statement.row)))
      return Reflect.apply(pool.query, pool, args)
    return pipelines[shared].query(statement).catch((error: unknown) => {
      if (!wasHeldUp(error)) throw error
      return unshared(statement)
    })
  }
  return query as Queryable['query']
}

/** Sessions that are shared. What is committed waits for the disk, so of these there are more. */
const [SESSIONS_BY_KEY, SESSIONS_OF_WRITES] = [2, 3]

/**
 * What stands longer than this on a shared session would hold up all behind it, whoever is to blame: it is given up there and
 * begun anew on a session of its own.
 */
const [SHARED_SECONDS, SHARED_LOCK_MS] = [1, 200]

/** By key there is one way, whatever the key: finding it anew for each would cost more than going it. */
const PLANNED_ONCE = 'set plan_cache_mode = force_generic_plan'

/**
 * PostgreSQL gave the statement up, and nothing of it was done: it waited for a lock (55P03), it took too long (57014), or
 * it was sent behind one that should have prepared it and could not (26000, 42P05).
 */
const wasHeldUp = (error: unknown): boolean =>
  error instanceof DatabaseError && ['55P03', '57014', '26000', '42P05'].includes(error.code ?? '')

/**
 * Spread into a statement that reads a few rows by an index and does nothing else: it goes by a connection that many share
 * (pipeline.ts). In a transaction it means nothing.
 */
export const BY_KEY: object = { shared: 'keys' }

/** As {@link BY_KEY}, for a statement that writes this row and what belongs to it, and is a transaction by itself. */
export const writeByKey = (row: string): object => ({ shared: 'writes', row })

function sharedWay(statement: unknown): 'keys' | 'writes' | undefined {
  if (typeof statement !== 'object' || statement === null || !('shared' in statement)) return undefined
  return statement.shared === 'keys' || statement.shared === 'writes' ? statement.shared : undefined
}

async function inTransaction<T>(pool: Pool, work: (tx: Queryable) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  // The pool listens to idle clients only. Unheard, the end of a connection would end the process; the statement under
  // way, or the next one, fails by itself.
  const onLost = (error: Error): void => {
    broken ??= error
  }
  client.on('error', onLost)
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    // Behind a statement that got no answer a rollback would get none either; closing the connection rolls back.
    if (gotNoAnswer(error)) broken ??= error
    else
      await client.query('rollback').catch((cause: unknown) => {
        broken ??= cause instanceof Error ? cause : new Error(String(cause))
      })
    throw error
  } finally {
    client.off('error', onLost)
    client.release(broken)
  }
}

const gotNoAnswer = (error: unknown): error is Error =>
  error instanceof Error && /Query read timeout/.test(error.message)

/** True for an error that means the database is stopping, starting, out of reach or too slow, so that the same may work later. */
export function databaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  // PostgreSQL's classes 08 (connection), 57P (shutting down, starting up), 57014 (took too long) and 53300 (no
  // connection left), and the socket's codes.
  if (/^(?:57P|57014|08|53300)/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'].includes(code))
    return true
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Query read timeout/.test(
    error.message,
  )
}

/**
 * True for an error that means the connection broke while it was in use: the statement may have been carried out and
 * committed. Where the connection could not even be made, or the database gave the statement up, it was not.
 */
export function answerLost(error: unknown): boolean {
  if (!(error instanceof Error) || !databaseUnavailable(error)) return false
  const code = 'code' in error ? String(error.code) : ''
  const notBegun =
    ['57P03', '57014', '53300', 'ECONNREFUSED', 'ENOENT'].includes(code) || /when trying to connect/.test(error.message)
  return !notBegun
}

/** True as soon as the database answers; false when it does not within `patienceMs`. */
export async function answersWithin(db: Queryable, patienceMs: number): Promise<boolean> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await pause(50)) {
    try {
      await db.query('select 1')
      return true
    } catch (error) {
      if (!databaseUnavailable(error)) throw error
    }
  }
  return false
}

/** A write was under way when the connection broke, and whether it was committed could not be found out. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
  constructor(options: ErrorOptions) {
    super('the connection to the database broke while it had a write', options)
  }
}
