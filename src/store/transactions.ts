/**
 * What became of a transaction whose commit got no answer.
 * Decides only what PostgreSQL itself knows; must not know what was written in it.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Queryable } from './db.ts'

/** Longer than a server takes to notice that a client has gone. */
const LOOKS = 50
const LOOK_MS = 100

/**
 * Whether the transaction of this id (`pg_current_xact_id()`) was committed. Waits while it is still under way; throws
 * where that does not end.
 */
export async function wasCommitted(db: Queryable, transaction: string): Promise<boolean> {
  for (let look = 0; look < LOOKS; look++) {
    const { rows } = await db.query<{ status: string | null }>('select pg_xact_status($1::text::xid8) as status', [
      transaction,
    ])
    const status = rows[0]?.status
    if (status === 'committed') return true
    if (status !== 'in progress') return false
    await pause(LOOK_MS)
  }
  throw new Error(`transaction ${transaction} does not end`)
}
