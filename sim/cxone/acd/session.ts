// Decides how an agent logs in at the desk, changes state and is logged out (facts 5.1, 5.6). Says nothing about
// tokens: those live on until they expire.
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { endSession } from './agent.ts'
import type { AgentState, StoredAgent } from './records.ts'

/** What the agent does at the desk. A second login changes nothing. */
export function logIn(agent: StoredAgent, world: World): void {
  const { status, userName } = agent.mirror
  if (status !== 'ACTIVE')
    throw new Refusal('bad', 'AGENT_CANNOT_LOG_IN', `${userName} is ${status}; only ACTIVE users can log in`)
  if (agent.session !== null) return
  const now = world.now()
  const states = [{ from: now, state: 'Unavailable' as const, outStateId: null }]
  const login = { sessionId: world.store.ids.uuid(), from: now, until: null, states }
  agent.logins.push(login)
  agent.session = { login, endsAt: null }
  agent.lastLogin = new Date(now).toISOString()
}

export function setState(
  agent: StoredAgent,
  wanted: { state: AgentState; outStateId: number | null },
  now: number,
): void {
  agent.session?.login.states.push({ from: now, ...wanted })
}

/** Ends the session at once or, as the switch says, a little later. Nothing happens without a session. */
export function logOut(agent: StoredAgent, world: World): void {
  const { logoutLagMs } = world.switches
  if (agent.session === null || agent.session.endsAt !== null) return
  if (logoutLagMs === 0) {
    endSession(agent, world.now())
    return
  }
  agent.session = { ...agent.session, endsAt: world.now() + logoutLagMs }
  world.store.acd.watch(agent)
}
