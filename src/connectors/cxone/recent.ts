/**
 * What this connection has written a moment ago.
 * Decides which users a lagging list or search may not know yet; must not stand in for reading them.
 */
import { userNameKey } from '../../identity/user-name.ts'
import type { User } from './schema.ts'

export interface Recent {
  wrote(user: User): void
  /** The ids of users last written under this name. */
  named(userName: string): readonly string[]
  /** The ids of all users written since. */
  since(time: number): readonly string[]
}

const REMEMBERED = 1000

export function openRecent(now: () => Date): Recent {
  const writes = new Map<string, { readonly key: string; readonly at: number }>()
  return {
    wrote: (user) => {
      // Taken out first, so that the oldest write is always the first.
      writes.delete(user.id)
      writes.set(user.id, { key: userNameKey(user.userName), at: now().getTime() })
      const [oldest] = writes.keys()
      if (writes.size > REMEMBERED && oldest !== undefined) writes.delete(oldest)
    },
    named: (userName) => [...writes].filter(([, { key }]) => key === userNameKey(userName)).map(([id]) => id),
    since: (time) => [...writes].filter(([, { at }]) => at >= time).map(([id]) => id),
  }
}
