/**
 * What is sent of an agent when something of it is changed (facts, section 5.1). Whether an update clears what it leaves out
 * is not written down, so all that was read goes back with the changes on top, without what belongs to UserHub or to the ACD
 * itself.
 * Decides what is carried and what must not be different afterwards; must not send anything.
 */
import { textOf } from '../map.ts'
import { isEmpty } from '../merge.ts'
import { wireId } from './client.ts'
import type { Agent, RawAgent } from './schema.ts'

/** The ACD's own: ids, names of ids, stamps. */
const ITS_OWN = [
  'agentId', 'userID', 'userId', 'isActive', 'locked', 'teamName', 'teamUuId', 'teamUuid', 'reportToName', 'profileName',
  'lastLogin', 'lastUpdated', 'createDate', 'inactiveDate', 'isOpenIdProfileComplete', 'isSupervisor',
  'employmentTypeName',
] // prettier-ignore

/** Kept by UserHub and mirrored: sent back they could undo a change that the mirror does not show yet (section 0). */
const USER_HUBS = [
  'userName', 'firstName', 'middleName', 'lastName', 'emailAddress', 'teamId', 'profileId', 'roleId', 'timeZone',
  'isBillable', 'userType', 'DivisionNo', 'divisionNo', 'LoginAuthenticatorId', 'loginAuthenticatorId',
] // prettier-ignore

/** Which half keeps them is not written down (sections 4.7 and 8.3): sent back until that is refused. */
const EITHERS = [
  'federatedId', 'hireDate', 'issuer', 'subject', 'digitalEngagementEnabled', 'DigitalEngagementEnabled', 'customerCard',
  'agentIntegration',
] // prettier-ignore

/** Read in one spelling, written in the other (section 4.7). */
const WRITTEN_AS: Readonly<Record<string, string>> = { DigitalEngagementEnabled: 'digitalEngagementEnabled' }

export interface AgentChange {
  readonly agent: Agent
  /** None: what is there already is written once more. */
  readonly fields: RawAgent
  /** Sent back instead of what the agent shows, which may be older. */
  readonly known?: RawAgent
}

/**
 * What can be sent, the fullest first, each with less than the one before: something that can be read need not be writable.
 * With what either half may keep, without it, and the changes alone.
 */
export function formsOf({ agent, fields, known = {} }: AgentChange): readonly [RawAgent, RawAgent, RawAgent] {
  const least = { agentId: wireId(agent.id), ...fields }
  const ours = carried(agent, (name) => !EITHERS.includes(name))
  const either = { ...carried(agent, (name) => EITHERS.includes(name)), ...known }
  const held = Object.fromEntries(Object.entries(either).filter(([, value]) => fieldText(value) !== ''))
  return [{ ...ours, ...held, ...least }, { ...ours, ...least }, least]
}

/** As it was read, in the spelling of writes. */
const carried = ({ raw }: Agent, which: (name: string) => boolean): RawAgent =>
  Object.fromEntries(
    Object.entries(raw)
      .filter(([name, value]) => which(name) && !isOthers(name) && value != null)
      .map(([name, value]) => [WRITTEN_AS[name] ?? name, value]),
  )

const isOthers = (name: string): boolean => ITS_OWN.includes(name) || USER_HUBS.includes(name)

/**
 * Fields that held something, were to stay, and are different now. What UserHub mirrors may change meanwhile; what either
 * half may keep must not be gone.
 */
export function lostBetween(before: RawAgent, after: RawAgent, changed: readonly string[]): readonly string[] {
  const kept = Object.keys(before).filter((name) => !isOthers(name) && !changed.includes(WRITTEN_AS[name] ?? name))
  return kept.filter((name) =>
    EITHERS.includes(name)
      ? fieldText(before[name]) !== '' && fieldText(after[name]) === ''
      : !isEmpty(before[name]) && JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
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
