/**
 * The session that deliveries had last. Its token may still be good though nobody can sign in anew, and then tells why.
 * Decides what is remembered; must not renew anything.
 */
import type { Session, Sessions } from '../session.ts'

export interface RememberedSessions extends Sessions {
  /** Undefined before the first. */
  last(): Session | undefined
}

export function remembering(sessions: Sessions): RememberedSessions {
  let last: Session | undefined
  return {
    current: async () => (last = await sessions.current()),
    after: async (refusedOne) => (last = await sessions.after(refusedOne)),
    last: () => last,
  }
}

/** Sessions that are this one and no other: it works or it does not. */
export const onlyThis = (session: Session): Sessions => ({
  current: async () => session,
  after: async () => session,
})
