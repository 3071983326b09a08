/**
 * One after the other, for those who touch the same thing.
 * Decides only the order; must not know what is done in a turn.
 */

/** Runs `act` when all earlier ones of the same key are done, however they ended. */
export type InTurn = <T>(key: string, act: () => Promise<T>) => Promise<T>

export function openTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>()
  return async (key, act) => {
    const before = last.get(key) ?? Promise.resolve()
    const turn = before.then(act)
    const settled = turn.catch(() => {})
    last.set(key, settled)
    try {
      return await turn
    } finally {
      if (last.get(key) === settled) last.delete(key)
    }
  }
}
