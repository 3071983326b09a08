/**
 * Writes down when what signs in was last used.
 * Decides nothing; it is a diagnosis for whoever rotates tokens, not a record.
 */
import { noteUses as write, type Use } from '../store/credentials.ts'
import type { Queryable } from '../store/db.ts'

export type { Use } from '../store/credentials.ts'

export const noteUses = (db: Queryable, uses: readonly Use[]): Promise<void> => write(db, uses)
