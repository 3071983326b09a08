/**
 * The connection to PostgreSQL.
 * Decides pooling, sessions and transactions; must not know any table.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { types, Pool, type PoolClient, type PoolConfig } from 'pg'

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

/** Settings every connection of ours uses, so that a strange server default cannot change what a statement means. */
export const connectionConfig = (url: string): PoolConfig => ({
  connectionString: url,
  application_name: 'rollcall',
  keepAlive: true,
  connectionTimeoutMillis: 10_000,
})

/** Opens a pool on `url` (a postgres:// address; a unix socket as `?host=/dir`). Does not connect yet. */
export function openDb(url: string, options: { max?: number; onError?: (error: Error) => void } = {}): Db {
  const pool = new Pool({ ...connectionConfig(url), max: options.max ?? 12, idleTimeoutMillis: 60_000 })
  pool.on('error', (error) => options.onError?.(error))
  return {
    pool,
    query: pool.query.bind(pool),
    transaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  }
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
    await client.query('rollback').catch((cause: unknown) => {
      broken ??= cause instanceof Error ? cause : new Error(String(cause))
    })
    throw error
  } finally {
    client.off('error', onLost)
    client.release(broken)
  }
}

/** True for an error that means the database is stopping, starting or out of reach, so that the same may work later. */
export function databaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error ? String(error.code) : ''
  // PostgreSQL's classes 08 (connection), 57P (shutting down, starting up) and 53300 (no connection left), and the socket's codes.
  if (/^(?:57P|08|53300)/.test(code) || ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE'].includes(code)) return true
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    error.message,
  )
}

/**
 * True for an error that means the connection broke while it was in use: the statement may have been carried out and
 * committed. Where the connection could not even be made, it was not.
 */
export function answerLost(error: unknown): boolean {
  if (!(error instanceof Error) || !databaseUnavailable(error)) return false
  const code = 'code' in error ? String(error.code) : ''
  const notBegun =
    ['57P03', '53300', 'ECONNREFUSED', 'ENOENT'].includes(code) || /when trying to connect/.test(error.message)
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
