/**
 * Finding the agent of a user, and the user of an agent (facts, sections 0 and 5.1).
 * Decides when the ACD counts as not knowing somebody; must not change anything.
 */
import { ConnectorError } from '../../contract.ts'
import type { Ask } from '../client.ts'
import type { CxoneSettings } from '../config.ts'
import { isNotThere } from '../refusal.ts'
import { untilSeen } from '../settle.ts'
import type { Acd, Listed } from './client.ts'
import { agentPage, oneAgent, type Agent } from './schema.ts'

export interface Agents {
  /** By the id of the user; nothing where the ACD does not know them (yet). */
  of(ask: Ask, userId: string): Promise<Agent | undefined>
  /** The same, after waiting for the mirror. Throws `not-mirrored` when the time is over. */
  mirrored(ask: Ask, userId: string): Promise<Agent>
  /** The agentId of a user, which never changes: asked once. Throws `not-mirrored`. */
  idOf(ask: Ask, userId: string): Promise<string>
  /** The id of the user of an agent; the agentId itself where the ACD names nobody. */
  userOf(ask: Ask, agentId: string): Promise<string>
  everyone(ask: Ask): Promise<Listed<Agent>>
}

const REMEMBERED = 50_000

export function openAgents(acd: Acd, { mirrorSeconds }: Pick<CxoneSettings, 'mirrorSeconds'>): Agents {
  const idByUser = new Map<string, string>()
  const userById = new Map<string, string>()
  const note = (agent: Agent | undefined): Agent | undefined => {
    if (agent?.userId === undefined) return agent
    if (userById.size > REMEMBERED) for (const known of [idByUser, userById]) known.clear()
    idByUser.set(agent.userId, agent.id)
    userById.set(agent.id, agent.userId)
    return agent
  }

  const of: Agents['of'] = async (ask, userId) => {
    try {
      const path = `/agents/${encodeURIComponent(userId)}`
      const agent = await acd.ask(ask, { method: 'GET', path }, oneAgent)
      return note(agent !== undefined && isOf(agent, userId) ? agent : undefined)
    } catch (error) {
      if (isNotThere(error)) return undefined
      throw error
    }
  }
  const mirrored: Agents['mirrored'] = async (ask, userId) => {
    const found = await untilSeen(
      { readLagSeconds: mirrorSeconds },
      () => of(ask, userId),
      (agent) => agent !== undefined,
    )
    if (found === undefined) throw notMirrored(userId)
    return found
  }
  return {
    of,
    mirrored,
    idOf: async (ask, userId) => idByUser.get(userId) ?? (await mirrored(ask, userId)).id,
    userOf: async (ask, agentId) => {
      if (!userById.has(agentId)) await of(ask, agentId)
      return userById.get(agentId) ?? agentId
    },
    everyone: async (ask) => {
      // Without the flag some list only who is active.
      const both = [true, false].map((active) =>
        acd.list(ask, {
          path: `/agents?isActive=${active}`,
          schema: agentPage,
          keyOf: ({ id }) => id,
          orderBy: 'agentId',
        }),
      )
      const [first, second] = await Promise.all(both)
      const agents = [...(first?.records ?? []), ...(second?.records ?? [])]
      for (const agent of agents) note(agent)
      return { records: agents, short: first?.short === true || second?.short === true }
    },
  }
}

/** Asked for by either id, it is told by both; a read that does not name the user is believed. */
const isOf = ({ id, userId }: Agent, asked: string): boolean =>
  id === asked || userId === undefined || userId.toLowerCase() === asked.toLowerCase()

const notMirrored = (userId: string): ConnectorError =>
  new ConnectorError({
    code: 'not-mirrored',
    retry: 'soon',
    detail: `The ACD of CXone does not know the account ${userId} yet; skills, groups and profile follow when it does.`,
  })
