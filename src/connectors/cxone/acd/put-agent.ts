/**
 * Changing the profile of an agent (facts, section 5.1).
 * Decides in which form it is sent and when it is done; must not decide what is wanted.
 */
import { ConnectorError } from '../../contract.ts'
import type { Ask } from '../client.ts'
import { harm, invalid } from '../complaints.ts'
import type { CxoneSettings } from '../config.ts'
import type { User } from '../schema.ts'
import { untilSeen } from '../settle.ts'
import { formsOf, lostBetween, readAs, sameField, type AgentChange } from './agent-forms.ts'
import type { Agents } from './agents.ts'
import type { Acd } from './client.ts'
import { rowResults } from './rows.ts'
import type { Agent, RawAgent } from './schema.ts'

export interface AgentPut extends AgentChange {
  readonly user: User
  /** Fields that take their time to show, and are not waited for. */
  readonly slow?: readonly string[]
}

/** Answers the agent as last read: whether the change shows is for the caller to see. Throws where anything else changed. */
export type PutAgent = (ask: Ask, put: AgentPut) => Promise<Agent>

interface Surroundings {
  readonly acd: Acd
  readonly agents: Agents
  readonly settings: CxoneSettings
}

export function openPutAgent({ acd, agents, settings }: Surroundings): PutAgent {
  /** Whether what either half may keep has not been refused yet. */
  let eithers = true

  const send = async (ask: Ask, { user, agent }: AgentPut, body: RawAgent): Promise<void> => {
    const path = `/agents/${encodeURIComponent(agent.id)}`
    const [row] = await acd.ask(ask, { method: 'PUT', path, body: { agent: body }, writes: true }, rowResults)
    if (row !== undefined) throw invalid(`CXone did not make the change of ${user.userName}: ${row.said}.`)
  }
  const sendSomehow = async (ask: Ask, put: AgentPut): Promise<void> => {
    const [all, ours, least] = formsOf(put)
    const sendAs = (form: RawAgent) => send(ask, put, form)
    if (settings.agentUpdates !== 'whole') return sendAs(least)
    const hasEithers = eithers && size(all) > size(ours)
    if (hasEithers && (await isTaken(sendAs(all)))) return
    if (size(ours) > size(least) && (await isTaken(sendAs(ours)))) {
      if (hasEithers) eithers = false
      return
    }
    await sendAs(least)
  }

  return async (ask, put) => {
    const { user, agent, fields, known = {}, slow = [] } = put
    await sendSomehow(ask, put)
    const quick = Object.keys(fields).filter((name) => !slow.includes(name))
    const seen = await untilSeen(
      settings,
      () => agents.mirrored(ask, user.id),
      (now) =>
        quick.every((name) => sameField(name === 'reportToId' ? now.manager : readAs(now.raw, name), fields[name])),
    )
    const lost = lostBetween(agent.raw, seen.raw, Object.keys({ ...known, ...fields }))
    if (lost.length > 0) throw harm(user, lost)
    return seen
  }
}

const size = (form: RawAgent): number => Object.keys(form).length

/** False where it was understood and is not possible as it stands. */
async function isTaken(sent: Promise<void>): Promise<boolean> {
  try {
    await sent
    return true
  } catch (error) {
    if (error instanceof ConnectorError && error.refusal.code === 'value-invalid') return false
    throw error
  }
}
