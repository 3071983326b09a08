/**
 * When each credential was last used.
 * Decides how often that is written down; must not cost a request more than setting a number.
 */
import type { Use } from '../../operations/note-uses.ts'

/** The last use of one credential; a request sets `at` and goes on. */
export interface LastUse {
  at: number
}

export interface Uses {
  of(id: number): LastUse
  /** Writes what has been used since the last time. What cannot be written is tried again with the next. */
  write(): Promise<void>
}

export function openUses(write: (uses: readonly Use[]) => Promise<void>): Uses {
  const known = new Map<number, LastUse>()
  const written = new Map<number, number>()
  return {
    of: (id) => {
      const use = known.get(id) ?? { at: 0 }
      known.set(id, use)
      return use
    },
    write: async () => {
      const fresh = [...known].flatMap(([id, { at }]) => (at > (written.get(id) ?? 0) ? [{ id, at }] : []))
      if (fresh.length === 0) return
      await write(fresh.map(({ id, at }) => ({ id, at: new Date(at) })))
      for (const { id, at } of fresh) written.set(id, at)
    },
  }
}

/** Between two writings: this is how old what `rollcall token list` shows may be. */
const WRITE_MS = 60_000

/** Writes from time to time; the function that is returned stops it and writes once more. */
export function keepWriting({ write }: Uses, onError: (error: unknown) => void): () => Promise<void> {
  let turn: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    turn = write().catch(onError)
  }, WRITE_MS)
  timer.unref()
  return async () => {
    clearInterval(timer)
    await turn
    await write().catch(onError)
  }
}
