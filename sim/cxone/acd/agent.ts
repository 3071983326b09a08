// Decides what a new agent is, and what the end of a session leaves behind. Knows no rules and no other agents.
import type { StoredUser } from '../records.ts'
import type { StoredAgent } from './records.ts'

/** A new agent: nothing but what UserHub says. */
export function agentFor(user: StoredUser): StoredAgent {
  return {
    agentId: Number(user.acdUserMappings[0]?.loginId),
    userId: user.id,
    mirror: user,
    own: {},
    skills: new Map(),
    groups: new Set(),
    lastLogin: null,
    pastUntil: null,
    lastUpdated: user.creationDate,
    changed: 0,
    session: null,
    logins: [],
  }
}

export function endSession(agent: StoredAgent, at: number): void {
  if (agent.session === null) return
  agent.session.login.until = at
  agent.session = null
}
