/**
 * Totals of searches that were counted before.
 * Decides how long one is kept; must not count, nor know what was searched for.
 *
 * Whoever counts says in which state the rows were that a total depends on (migration 0020); in the same state it is the same.
 */
import type { Queryable } from '../db.ts'

/** Searches that are remembered; of others the total is counted again. */
const MOST_KEPT = 1_000

interface Kept {
  readonly state: string
  readonly total: number
}

const ofDatabase = new WeakMap<Queryable, Map<string, Kept>>()

/** `search` names what was counted, with the world it was counted in. */
export function keptTotal(db: Queryable, search: string, state: string): number | undefined {
  const kept = ofDatabase.get(db)?.get(search)
  return kept?.state === state ? kept.total : undefined
}

export function keepTotal(db: Queryable, search: string, kept: Kept): void {
  const all = ofDatabase.get(db) ?? new Map<string, Kept>()
  ofDatabase.set(db, all)
  all.delete(search)
  all.set(search, kept)
  if (all.size <= MOST_KEPT) return
  const [oldest] = all.keys()
  if (oldest !== undefined) all.delete(oldest)
}
