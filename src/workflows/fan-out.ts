/**
 * Works off what changes of groups mean for their members.
 * Decides when, and that it is done in pieces; must not know which rows are touched (store/fan-outs.ts).
 */
import { every } from '../durable/timers.ts'
import type { Db } from '../store/db.ts'
import { textOfAppKey } from '../store/deliveries.ts'
import { fanOutBatch } from '../store/fan-outs.ts'
import { deadlocked } from '../store/violations.ts'

/** Members in one transaction: few enough that nobody waits long for one of their rows. */
export const BATCH = 500
/** Seconds between looks: what a lost wake-up costs at most. */
const LOOK_SECONDS = 2

export interface FanOut {
  /** There may be a row. Cheap, and may be called at any time. */
  wake(): void
  /** Ends after the piece under way; what is left is found again. */
  close(): Promise<void>
}

export interface FanOutOptions {
  readonly db: Db
  /** An app has something to do: the text of its key. */
  readonly wakeApp: (key: string) => void
  readonly onError: (error: unknown) => void
}

export function openFanOut({ db, wakeApp, onError }: FanOutOptions): FanOut {
  let closed = false
  let again = false
  let turn: Promise<void> | undefined
  const workOff = async (): Promise<void> => {
    do {
      again = false
      let more = true
      while (more && !closed) more = await onePiece(db, wakeApp)
    } while (again && !closed)
  }
  const wake = (): Promise<void> => {
    again = true
    turn ??= workOff()
      .catch(onError)
      .finally(() => {
        turn = undefined
      })
    return turn
  }
  const stop = every(LOOK_SECONDS, wake, onError)
  return {
    wake: () => void wake(),
    close: async () => {
      closed = true
      await stop()
      await turn
    },
  }
}

/** False where there is nothing to do, or somebody else is in the way just now. */
async function onePiece(db: Db, wakeApp: (key: string) => void): Promise<boolean> {
  try {
    const batch = await fanOutBatch(db, BATCH)
    for (const app of batch?.apps ?? []) wakeApp(textOfAppKey(app))
    return batch !== undefined
  } catch (error) {
    if (deadlocked(error)) return false
    throw error
  }
}
