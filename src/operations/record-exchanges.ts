/**
 * Keeps what providers sent last, for diagnosis.
 * Decides nothing of its own; must be given exchanges that are redacted already.
 */
import type { Queryable } from '../store/db.ts'
import { saveExchanges, type Exchange } from '../store/exchanges.ts'
import type { World } from '../store/users.ts'

export { EXCHANGES_KEPT, type Exchange } from '../store/exchanges.ts'

/** Appends exchanges of one connection, oldest first; the oldest of all make way. */
export const recordExchanges = (db: Queryable, world: World, exchanges: readonly Exchange[]): Promise<void> =>
  saveExchanges(db, world, exchanges)
