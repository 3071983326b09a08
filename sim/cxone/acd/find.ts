// Decides which agent, skill, group or team a call means, and how one that is not there is refused.
import type { FastifyRequest } from 'fastify'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import type { StoredAcdTeam, StoredAgent, StoredGroup, StoredSkill } from './records.ts'

/** The agent of the path, noted in the record of the call. `either`: the facts let the path hold the user id too. */
export function agentOf(request: FastifyRequest, world: World, either: 'either' | 'agentId'): StoredAgent {
  const { agentId } = request.params as { agentId: string }
  const byUser = either === 'either' || world.switches.agentPathIds === 'everywhere'
  const agent = world.store.acd.agents.get(Number(agentId)) ?? (byUser ? world.store.acd.ofUser(agentId) : undefined)
  if (agent === undefined) {
    const kind = world.switches.unknownAgent === 'badRequest' ? 'bad' : 'unknown'
    throw new Refusal(kind, 'AGENT_NOT_FOUND', `there is no agent ${agentId}`)
  }
  if (request.call !== null) request.call.userId = agent.userId
  return agent
}

/**
 * Everybody, in the order of pages. Last changed first makes rows move between pages whenever anybody is changed while
 * a client pages.
 */
export function everybody({ store, switches }: World): readonly StoredAgent[] {
  const agents = [...store.acd.agents.values()]
  return switches.pageOrder === 'created' ? agents : agents.toSorted((a, b) => b.changed - a.changed)
}

/** The agent a row of a body names, as a number or as digits. */
export function agentNumbered(id: unknown, world: World): StoredAgent {
  const agent = typeof id === 'number' || typeof id === 'string' ? world.store.acd.agents.get(Number(id)) : undefined
  if (agent === undefined) throw new Refusal('unknown', 'AGENT_NOT_FOUND', `there is no agent ${String(id)}`)
  return agent
}

export function skillNumbered(id: unknown, world: World): StoredSkill {
  const skill = typeof id === 'number' || typeof id === 'string' ? world.store.acd.skills.get(Number(id)) : undefined
  if (skill === undefined) throw new Refusal('unknown', 'SKILL_NOT_FOUND', `there is no skill ${String(id)}`)
  return skill
}

export function groupNumbered(id: unknown, world: World): StoredGroup {
  const group = typeof id === 'number' || typeof id === 'string' ? world.store.acd.groups.get(Number(id)) : undefined
  if (group === undefined) throw new Refusal('unknown', 'GROUP_NOT_FOUND', `there is no group ${String(id)}`)
  return group
}

export function teamNumbered(id: unknown, world: World): StoredAcdTeam {
  for (const uuid of world.store.teams.keys()) world.store.acd.teamOf(uuid)
  const team = world.store.acd.findTeam(String(id))
  if (team === undefined) throw new Refusal('unknown', 'TEAM_NOT_FOUND', `there is no team ${String(id)}`)
  return team
}

export function refuseInactive(agent: StoredAgent, world: World): void {
  if (agent.mirror.status !== 'DELETED' || world.switches.inactiveAgentWrites === 'taken') return
  throw new Refusal('invalid', 'AGENT_INACTIVE', `agent ${agent.agentId} is inactive and cannot be changed`)
}

/** What a test has ordered to be neither given nor taken. */
export function refuseStuck(what: 'skills' | 'groups', id: number, { store }: World): void {
  if (store.acd.stuck[what].has(id))
    throw new Refusal('invalid', 'CANNOT_BE_CHANGED', `${what}: ${id} cannot be assigned or removed now`)
}
