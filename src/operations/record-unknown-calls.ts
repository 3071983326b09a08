/**
 * Keeps the last calls that reached no connection, for diagnosis.
 * Decides nothing of its own; must be given calls without anything of a secret but its hash.
 */
import type { Queryable } from '../store/db.ts'
import { saveUnknownCalls, type UnknownCall } from '../store/unknown-calls.ts'

export type { CarriedForm, UnknownCall } from '../store/unknown-calls.ts'

export const recordUnknownCalls = (db: Queryable, calls: readonly UnknownCall[]): Promise<void> =>
  saveUnknownCalls(db, calls)
