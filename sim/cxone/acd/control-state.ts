// Decides how the control API shows what the ACD stores: of everybody in few words, of one agent all of it.
import type { World } from '../world.ts'
import { NEW_AGENT } from './agent-fields.ts'
import type { StoredAgent } from './records.ts'
import { isActive } from './show-agent.ts'

/** Everything that is stored of one agent; `settings` holds what only the ACD knows. */
export function stored(agent: StoredAgent, world: World): Record<string, unknown> {
  return { ...lean(agent, world), settings: { ...NEW_AGENT, ...agent.own }, logins: agent.logins }
}

function lean(agent: StoredAgent, world: World) {
  const { agentId, userId, mirror, own, lastLogin, lastUpdated, session } = agent
  return {
    agentId,
    userId,
    isActive: isActive(agent, world),
    own,
    skills: [...agent.skills].map(([skillId, held]) => ({ skillId, ...held })),
    groups: [...agent.groups],
    lastLogin,
    lastUpdated,
    sessionId: session?.login.sessionId ?? null,
    mirror,
  }
}

/** The ACD part of the state. Of an agent's settings it tells what differs from a new agent (`own`). */
export function acdState(world: World): Record<string, unknown> {
  const { acd, teams } = world.store
  acd.settle(world.now())
  const agents = [...acd.agents.values()].map((agent) => {
    const { mirror, ...rest } = lean(agent, world)
    return { ...rest, userName: mirror.userName, status: mirror.status }
  })
  return {
    agents,
    skills: [...acd.skills.values()],
    groups: [...acd.groups.values()],
    acdTeams: [...teams.keys()].map((uuid) => acd.teamOf(uuid)),
    assignments: agents.flatMap(({ agentId, skills }) => skills.map((held) => ({ agentId, ...held }))),
    members: agents.flatMap(({ agentId, groups }) => groups.map((groupId) => ({ groupId, agentId }))),
    sessions: [...acd.agents.values()].flatMap(({ agentId, session }) =>
      session === null ? [] : [{ agentId, ...session.login, endsAt: session.endsAt }],
    ),
    businessUnit: acd.businessUnit,
    mirrorBehind: acd.behind,
  }
}
