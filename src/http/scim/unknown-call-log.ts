/**
 * Holds calls that reached no connection until they are written down.
 * Decides how many of one moment are held; must not know what a call is.
 */
import { recordUnknownCalls, type UnknownCall } from '../../operations/record-unknown-calls.ts'
import type { Queryable } from '../../store/db.ts'

/** Of one moment: who floods the address with such calls gets no further into the database. */
const MOST_HELD = 100

export interface UnknownCallLog {
  record(call: UnknownCall): void
  /** Writes what is remembered; the owner calls it from time to time, and before the end. What fails is lost. */
  flush(): Promise<void>
}

export function openUnknownCallLog(db: Queryable): UnknownCallLog {
  let held: UnknownCall[] = []
  return {
    record: (call) => {
      if (held.length < MOST_HELD) held.push(call)
    },
    flush: async () => {
      const calls = held
      held = []
      if (calls.length > 0) await recordUnknownCalls(db, calls)
    },
  }
}
