/**
 * Changing the profile of an agent (facts, section 5.1). Whether an update clears what it leaves out is not written down, so
 * all that was read goes back with the changes on top, without what belongs to UserHub or to the ACD itself.
 * Decides what is carried and what must not be different afterwards; must not decide what is wanted.
 */
import type { Ask } from '../client.ts'
import { harm } from '../complaints.ts'
import type { CxoneSettings } from '../config.ts'
import { textOf } from '../map.ts'
import { isEmpty } from '../merge.ts'
import { isRefusedAsAsked } from '../refusal.ts'
import type { User } from '../schema.ts'
import { untilSeen } from '../settle.ts'
import type { Agents } from './agents.ts'
import { wireId, type Acd } from './client.ts'
import { rowResults } from './rows.ts'
import type { Agent, RawAgent } from './schema.ts'
import { missed } from './confirm.ts'

/** The ACD's own: ids, names of ids, stamps. */
const ITS_OWN = [
  'agentId', 'userID', 'userId', 'isActive', 'locked', 'teamName', 'teamUuId', 'teamUuid', 'reportToName', 'profileName',
  'lastLogin', 'lastUpdated', 'createDate', 'inactiveDate', 'isOpenIdProfileComplete', 'isSupervisor',
  'employmentTypeName',
] // prettier-ignore

/** Kept by UserHub and mirrored: sent back they could undo a change that the mirror does not show yet (section 0). */
const USER_HUBS = [
  'userName', 'firstName', 'middleName', 'lastName', 'emailAddress', 'teamId', 'profileId', 'roleId', 'timeZone',
  'isBillable', 'federatedId', 'hireDate', 'userType', 'DivisionNo', 'divisionNo', 'LoginAuthenticatorId',
  'loginAuthenticatorId', 'issuer', 'subject', 'digitalEngagementEnabled', 'DigitalEngagementEnabled', 'customerCard',
  'agentIntegration',
] // prettier-ignore

/** Read in one spelling, written in the other (section 4.7). */
const WRITTEN_AS: Readonly<Record<string, string>> = { DigitalEngagementEnabled: 'digitalEngagementEnabled' }

export interface AgentPut {
  readonly acd: Acd
  readonly agents: Agents
  readonly settings: CxoneSettings
  readonly user: User
  readonly agent: Agent
  readonly fields: RawAgent
  /** Fields that take their time to show, and are not waited for. */
  readonly slow?: readonly string[]
}

/** Answers the agent as last read: whether the change shows is for the caller to see. Throws where anything else changed. */
export async function putAgent(ask: Ask, put: AgentPut): Promise<Agent> {
  const { acd, agents, settings, user, agent, fields, slow = [] } = put
  const path = `/agents/${encodeURIComponent(agent.id)}`
  const send = (body: RawAgent) =>
    acd.ask(ask, { method: 'PUT', path, body: { agent: body }, writes: true }, rowResults)
  const least = { agentId: wireId(agent.id), ...fields }
  const all = { ...(settings.agentUpdates === 'whole' ? carried(agent) : {}), ...least }
  const failed = await send(all).catch((error: unknown) => {
    if (!isRefusedAsAsked(error) || Object.keys(all).length === Object.keys(least).length) throw error
    // Something that can be read and not be written.
    return send(least)
  })
  if (failed.length > 0)
    throw missed({ failed }, { what: `the change of ${user.userName}`, code: 'unknown-group', about: '' })
  const quick = Object.keys(fields).filter((name) => !slow.includes(name))
  const seen = await untilSeen(
    settings,
    () => agents.mirrored(ask, user.id),
    (now) =>
      quick.every((name) => sameField(name === 'reportToId' ? now.manager : readAs(now.raw, name), fields[name])),
  )
  const lost = lostBetween(agent.raw, seen.raw, Object.keys(fields))
  if (lost.length > 0) throw harm(user, lost)
  return seen
}

/** A field as reads spell it. */
export const readAs = (agent: RawAgent, name: string): unknown =>
  agent[name] ?? agent[Object.keys(WRITTEN_AS).find((read) => WRITTEN_AS[read] === name) ?? name]

/** Numbers come as texts, and nothing comes as several things. */
export const sameField = (a: unknown, b: unknown): boolean => fieldText(a) === fieldText(b)
const fieldText = (value: unknown): string =>
  value === 0 || value === true
    ? String(value)
    : (textOf(value) ?? (isEmpty(value) || value === false ? '' : JSON.stringify(value)))

const carried = ({ raw }: Agent): RawAgent =>
  Object.fromEntries(
    Object.entries(raw).filter(
      ([name, value]) => !ITS_OWN.includes(name) && !USER_HUBS.includes(name) && value != null,
    ),
  )

/** Fields that held something, were to stay, and are different now. What UserHub mirrors may change meanwhile. */
function lostBetween(before: RawAgent, after: RawAgent, changed: readonly string[]): readonly string[] {
  const kept = Object.keys(before).filter(
    (name) => !ITS_OWN.includes(name) && !USER_HUBS.includes(name) && !changed.includes(name),
  )
  return kept.filter((name) => !isEmpty(before[name]) && JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}
