/**
 * Requests of this process that wait for something to be decided elsewhere.
 * Decides how they are woken; must not hold a database connection, nor know what they wait for.
 */

export interface Waiters {
  /** Takes a place among those of a group that may wait; false where all places are taken. Give it back with {@link leave}. */
  enter(group: string): boolean
  leave(group: string): void
  /** Resolves when the key is woken, or after `ms` at the latest; says which. */
  wait(key: string, ms: number): Promise<'woken' | 'time-over'>
  /** Wakes everybody who waits for the key. Costs nothing where nobody does. */
  wake(key: string): void
}

/** `places`: most requests of a group that wait at once. */
export function openWaiters({ places }: { places: number }): Waiters {
  const taken = new Map<string, number>()
  const waiting = new Map<string, Set<() => void>>()
  const wake = (key: string): void => {
    for (const resolve of waiting.get(key) ?? []) resolve()
  }
  return {
    enter: (group) => {
      const now = taken.get(group) ?? 0
      if (now >= places) return false
      taken.set(group, now + 1)
      return true
    },
    leave: (group) => {
      const left = (taken.get(group) ?? 0) - 1
      if (left > 0) taken.set(group, left)
      else taken.delete(group)
    },
    wait: (key, ms) =>
      new Promise((resolve) => {
        const set = waiting.get(key) ?? new Set()
        waiting.set(key, set)
        const end = (how: 'woken' | 'time-over'): void => {
          clearTimeout(timer)
          set.delete(woken)
          if (set.size === 0) waiting.delete(key)
          resolve(how)
        }
        const woken = (): void => end('woken')
        const timer = setTimeout(() => end('time-over'), ms)
        set.add(woken)
      }),
    wake,
  }
}
