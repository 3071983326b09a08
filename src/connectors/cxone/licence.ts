/**
 * Licence attributes as one text (facts, section 4.7): `billable` and `applicationAttributes` of UserHub, and the flags of
 * the ACD that can be set. Keys and values of applicationAttributes are written down nowhere, so they are mirrored as read.
 * Decides the canonical text and what has to be written to get from one to another; must not call CXone.
 */
import type { RawAgent } from './acd/schema.ts'
import { isEmpty } from './merge.ts'
import type { RawUser } from './schema.ts'

/** As they are written; reads spell some of them large. */
const FLAGS = ['agentIntegration', 'customerCard', 'digitalEngagementEnabled'] as const

/** Takes up to five minutes to process (section 5.2), so it cannot be waited for. */
export const SLOW_FLAG = 'digitalEngagementEnabled'

/** Sorted keys, and only what is on or filled in: what a read does not say is off. */
export const licenceOf = (user: RawUser, agent: RawAgent): string =>
  JSON.stringify(
    ordered({
      ...(user['billable'] === true ? { billable: true } : {}),
      ...(isEmpty(user['applicationAttributes']) ? {} : { applicationAttributes: user['applicationAttributes'] }),
      ...Object.fromEntries(FLAGS.filter((name) => flagOf(agent, name) === true).map((name) => [name, true])),
    }),
  )

export const flagOf = (agent: RawAgent, name: string): unknown =>
  agent[name] ?? agent[name.charAt(0).toUpperCase() + name.slice(1)]

export interface LicenceFields {
  /** For the PUT of a user; all of them, also those that are to be off. */
  readonly user: Readonly<Record<string, unknown>>
  /** For the PUT of an agent. */
  readonly agent: Readonly<Record<string, boolean>>
}

/** Of a text made by {@link licenceOf}; nothing for any other. */
export function licenceFields(text: string): LicenceFields | undefined {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined
  const said: Readonly<Record<string, unknown>> = { ...parsed }
  return {
    user: { billable: said['billable'] === true, applicationAttributes: said['applicationAttributes'] ?? {} },
    agent: Object.fromEntries(FLAGS.map((name) => [name, said[name] === true])),
  }
}

/** Empty, off and absent are one; lists have no order. */
export function sameInAnyOrder(a: unknown, b: unknown): boolean {
  const text = (value: unknown) => (isEmpty(value) || value === false ? '' : JSON.stringify(ordered(value)))
  return text(a) === text(b)
}

/** Objects by key; lists of attributes by what is in them, since no order of theirs means anything. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(ordered).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, inner]) => [key, ordered(inner)] as const)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
