/**
 * What to believe when the connection broke while the database had a write: it may have been committed.
 * Decides that somebody looks before anybody is told; must not write.
 */
import { answerLost, answersWithin, OutcomeUnknown, type Queryable } from '../store/db.ts'

/** Longer than a restart of PostgreSQL takes, shorter than a provider waits for an answer. */
const PATIENCE_MS = 8_000

/**
 * For a write that threw `error`: what `look` finds once the database answers again. Where it finds nothing, the write
 * was not made and the error stands, as does any other error. Throws {@link OutcomeUnknown} when nobody can tell.
 */
export async function madeAfterAll<T>(db: Queryable, error: unknown, look: () => Promise<T | undefined>): Promise<T> {
  if (!answerLost(error)) throw error
  if (!(await answersWithin(db, PATIENCE_MS))) throw new OutcomeUnknown({ cause: error })
  const found = await look().catch((cause: unknown) => {
    throw new OutcomeUnknown({ cause })
  })
  if (found === undefined) throw error
  return found
}
