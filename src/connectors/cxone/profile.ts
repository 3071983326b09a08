/**
 * Changing what the ACD keeps of an account: reports-to, country, city, number, and what it only mirrors in some tenants
 * (facts, sections 5.1 and 8.1; lifecycle B1.5).
 * Decides by which half an attribute is written and when it counts as done; must not send requests itself.
 */
import type { AccountAttributes, AttributeName } from '../../identity/account.ts'
import { ConnectorError } from '../contract.ts'
import { wireId } from './acd/client.ts'
import { sameField } from './acd/agent-forms.ts'
import type { Agent, RawAgent } from './acd/schema.ts'
import type { Ask } from './client.ts'
import { unseen } from './complaints.ts'
import { flagOf, licenceFields, SLOW_FLAG } from './licence.ts'
import { dayOf, FIELDS, PROFILE_FIELDS, textOf } from './map.ts'
import type { Parts } from './parts.ts'
import { patiently } from './patiently.ts'
import { put } from './put.ts'
import type { User } from './schema.ts'
import { untilSeen } from './settle.ts'

const TEXTS = ['country', 'city', 'employeeNumber', 'hireDate'] as const
const PARTS = [...TEXTS, 'federatedId', 'reportsTo', 'licence'] as const

export const isOfProfile = (set: AccountAttributes): boolean => PARTS.some((name) => set[name] !== undefined)

interface Update {
  readonly user: User
  readonly set: AccountAttributes
}

interface State {
  readonly user: User
  readonly agent: Agent
}

/** Answers the user as last read. Throws where a wanted attribute does not show, though this tenant shows it of others. */
export async function updateProfile(parts: Parts, ask: Ask, { user, set }: Update): Promise<User> {
  // Where UserHub itself shows it there is nothing left to do.
  if (Object.keys(set).every((name) => isShownBy(user, set, name))) return user
  const agent = await parts.agents.mirrored(ask, user.id)
  const manager = set.reportsTo == null ? null : wireId(await parts.agents.idOf(ask, set.reportsTo))
  const written = await writeProfile(parts, ask, { state: { user, agent }, set, manager })
  const state = await otherWay(parts, ask, { state: written, set })
  const wrong: AttributeName[] = missingIn(state, set).filter((name) => !parts.sight.missed(name))
  if (set.reportsTo !== undefined && !sameField(state.agent.manager, manager)) wrong.push('reportsTo')
  if (wrong.length > 0) throw unseen(`the change of ${wrong.join(', ')} of ${user.userName}`)
  return state.user
}

/** Not of the profile, or of it and as wanted in the read of the user. */
function isShownBy(user: User, set: AccountAttributes, name: string): boolean {
  if (name === 'federatedId' || name === 'hireDate')
    return FIELDS[name] in user.raw && fromUser(user, name) === set[name]
  return !PARTS.some((part) => part === name)
}

interface Writing {
  readonly state: State
  readonly set: AccountAttributes
  readonly manager: string | number | null
}

/** One PUT for all that the ACD has otherwise; its flags apart, since UserHub may have set them already. */
async function writeProfile(parts: Parts, ask: Ask, { state, set, manager }: Writing): Promise<State> {
  const { user, agent } = state
  const byUser = (name: AttributeName) => name === 'federatedId' || parts.sight.way(name) === 'user'
  const texts = missingIn(state, set).filter((name) => !byUser(name))
  const fields: RawAgent = {
    ...Object.fromEntries(texts.map((name) => [PROFILE_FIELDS[name], set[name] ?? ''])),
    ...(set.reportsTo === undefined || sameField(agent.manager, manager) ? {} : { reportToId: manager }),
  }
  const written = await putFields(parts, ask, { state, set, fields })
  return { user, agent: await writeFlags(parts, ask, { state: { user, agent: written }, set }) }
}

const isRefusal = (error: unknown): boolean => error instanceof ConnectorError && error.refusal.code === 'value-invalid'

interface Fields {
  readonly state: State
  readonly set: AccountAttributes
  readonly fields: RawAgent
}

async function putFields(parts: Parts, ask: Ask, { state, set, fields }: Fields): Promise<Agent> {
  const { user, agent } = state
  const put = (some: RawAgent) =>
    parts.putAgent(ask, { user, agent, fields: some, known: knownOf(user, set), slow: [SLOW_FLAG] })
  const send = (some: RawAgent): Promise<Agent> => (Object.keys(some).length === 0 ? Promise.resolve(agent) : put(some))
  const whose = { ask, user, probe: () => put({}) }
  return patiently(parts, whose, () => send(fields)).catch((error: unknown) => {
    // A date that belongs to UserHub: the rest is written without it, and it is tried there.
    if (!isRefusal(error) || fields['hireDate'] === undefined) throw error
    const { hireDate: _, ...others } = fields
    return send(others)
  })
}

/** What is true of fields that either half may keep, whatever the mirror shows by now. */
function knownOf(user: User, set: AccountAttributes): RawAgent {
  const said = (['federatedId', 'hireDate'] as const).map((name): readonly [string, string | null | undefined] => [
    PROFILE_FIELDS[name],
    set[name] === undefined ? fromUser(user, name) : set[name],
  ])
  return {
    ...Object.fromEntries(said.filter(([, value]) => value !== undefined)),
    ...licenceFields(set.licence ?? '')?.agent,
  }
}

/** The flags of a licence: in some tenants they follow from the attributes of the user, in others they are set here. */
async function writeFlags(
  parts: Parts,
  ask: Ask,
  { state, set }: { state: State; set: AccountAttributes },
): Promise<Agent> {
  const { agents, settings, sight } = parts
  const { user } = state
  const flags = licenceFields(set.licence ?? '')?.agent ?? {}
  const wrongIn = ({ raw }: Agent) => Object.keys(flags).filter((name) => (flagOf(raw, name) === true) !== flags[name])
  if (wrongIn(state.agent).length === 0) return state.agent
  const mirror = { readLagSeconds: settings.mirrorSeconds }
  const read = () => agents.mirrored(ask, user.id)
  let agent = await untilSeen(mirror, read, (seen) => wrongIn(seen).length === 0)
  const fields = Object.fromEntries(wrongIn(agent).map((name) => [name, flags[name]]))
  if (Object.keys(fields).length > 0) {
    agent = await putFields(parts, ask, { state: { user, agent }, set, fields }).catch((error: unknown) => {
      if (!isRefusal(error)) throw error
      return agent
    })
  }
  const unset = wrongIn(agent)
  if (unset.includes(SLOW_FLAG)) sight.waits(user.id)
  if (unset.some((name) => name !== SLOW_FLAG)) sight.fixed('licence')
  return agent
}

/**
 * What does not show yet is waited for, if UserHub was to mirror it; then it is tried through the other half: which of the
 * two a tenant takes `federatedId` and `hireDate` from is not written down.
 */
async function otherWay(
  parts: Parts,
  ask: Ask,
  { state, set }: { state: State; set: AccountAttributes },
): Promise<State> {
  const { agents, settings } = parts
  const lag = { readLagSeconds: Math.max(settings.readLagSeconds, settings.mirrorSeconds) }
  const again = (user: User, name: 'federatedId' | 'hireDate') =>
    untilSeen(
      lag,
      () => agents.mirrored(ask, user.id),
      (agent) => !missingIn({ user, agent }, set).includes(name),
    )
  let { user, agent } = state
  if (missingIn({ user, agent }, set).includes('federatedId')) {
    agent = await again(user, 'federatedId')
    if (missingIn({ user, agent }, set).includes('federatedId')) {
      const fields = { federatedId: set.federatedId ?? '' }
      agent = await putFields(parts, ask, { state: { user, agent }, set, fields }).catch((error: unknown) => {
        if (!isRefusal(error)) throw error
        return agent
      })
    }
  }
  if (missingIn({ user, agent }, set).includes('hireDate')) {
    const before = await parts.directory.whole(ask, user.id)
    if (before !== undefined) user = await put(parts, ask, { ...before, set: { hireDate: set.hireDate ?? null } })
    agent = await again(user, 'hireDate')
    if (!missingIn({ user, agent }, set).includes('hireDate')) parts.sight.took('hireDate', 'user')
  }
  return { user, agent }
}

/** The wanted texts that neither half shows. */
function missingIn({ user, agent }: State, set: AccountAttributes): ('federatedId' | (typeof TEXTS)[number])[] {
  return ([...TEXTS, 'federatedId'] as const).filter((name) => {
    if (set[name] === undefined) return false
    return set[name] !== fromUser(user, name) && set[name] !== valueOf(name, agent.raw[PROFILE_FIELDS[name]])
  })
}

/** Undefined where the read of the user does not show it. */
function fromUser({ raw }: User, name: AttributeName): string | null | undefined {
  if (name !== 'federatedId' && name !== 'hireDate') return undefined
  return FIELDS[name] in raw ? valueOf(name, raw[FIELDS[name]]) : undefined
}

export const valueOf = (name: AttributeName, value: unknown): string | null =>
  name === 'hireDate' ? dayOf(value) : textOf(value)
