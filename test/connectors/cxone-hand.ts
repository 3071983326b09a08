/**
 * The hand of an administrator of a simulated CXone: people as they would make them, and what is stored of them.
 * Decides what a fully filled agent is; knows the simulator by its control API, and by one call of the API that creates.
 */
import { randomUUID } from 'node:crypto'
import type { RawRecord } from '../../src/connectors/conformance.ts'
import type { Seed } from '../../src/connectors/conformance-world.ts'
import type { AccountState } from '../../src/identity/account.ts'

/** Calls the simulator's control API and insists on success. */
export type Control = <T>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<T>

export interface Simulator {
  readonly issuer: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly control: string
  close(): Promise<void>
}

export interface Hand {
  readonly control: Control
  /** Answers the new id. */
  create(user: object): Promise<string>
}

/** One agent as the control API shows it. */
export interface AgentState {
  readonly agentId: number
  readonly sessionId: unknown
  /** What the ACD owns. */
  readonly settings: RawRecord
  readonly mirror: unknown
  readonly own: unknown
  readonly skills: readonly { readonly skillId: number; readonly proficiency: number; readonly isActive: boolean }[]
  readonly groups: readonly number[]
}

const STATUS: Readonly<Record<AccountState, string>> = {
  active: 'ACTIVE',
  unregistered: 'UNREGISTERED',
  pending: 'PENDING',
  locked: 'BLOCKED',
  inactive: 'DELETED',
}

/** What an administrator has filled in beyond what Rollcall knows: all of it must survive. */
const FILLED = {
  middleName: 'Quentin',
  displayName: 'Somebody known otherwise',
  mobileNumber2: '+15559998888',
  type: 'Contractor',
  country: 'US',
  hireDate: '2024-02-29',
  externalIdentity: 'nameid-7',
  rank: 3,
  billable: true,
  divisionId: 1,
  assignedGroup: 'Nights',
  views: [{ id: 'all-calls', objectType: 'VIEW' }],
  customAttributes: { badge: { id: 'badge', values: [{ value: '0042', resolvedValue: '0042' }] } },
  applicationAttributes: {
    recording: [{ name: 'canBeRecorded', values: ['true'], objects: [] }],
    DIGITAL: [{ name: 'Digital Engagement', values: ['true'], objects: [] }],
  },
}

/** Likewise in the ACD. */
const FILLED_AGENT = {
  country: 'US',
  state: 'CO',
  city: 'Denver',
  internalId: 'E-77',
  custom1: 'CC-7',
  custom5: 'last of five',
  crmUserName: 'crm-7',
  systemUser: 'sys7',
  systemDomain: 'CORP',
  ntLoginName: 'nt7',
  location: 'Floor 7',
  employmentType: 1,
  rehireStatus: true,
  voiceThreshold: 2,
  useTeamVoiceThreshold: false,
  maxConcurrentChats: 4,
  phoneRefusalTimeout: 33,
}

/** Both halves of somebody, and what they hold, field by field. */
export async function rawOf(control: Control, id: string): Promise<RawRecord | undefined> {
  const [user, agent] = await Promise.all([
    control<RawRecord>('GET', `/users/${id}`).catch(() => undefined),
    control<AgentState>('GET', `/agents/${id}`).catch(() => undefined),
  ])
  if (user === undefined || agent === undefined) return user
  // What it mirrors is in the user already, and `own` says again what is in the settings.
  const { settings, skills, groups, mirror: _, own: __, ...others } = agent
  const named = Object.entries({ ...others, ...settings }).map(([name, value]) => [`acd ${name}`, value])
  return {
    ...user,
    ...Object.fromEntries(named),
    'holds skill': skills.filter(({ isActive }) => isActive).toSorted((a, b) => a.skillId - b.skillId),
    'holds group': groups.toSorted((a, b) => a - b),
  }
}

/** By the hand of an administrator; the mirror has caught up by then. */
export async function seed({ control, create }: Hand, { state, attributes, grants = {} }: Seed): Promise<string> {
  const id = await create({
    userName: attributes.userName,
    firstName: attributes.givenName,
    lastName: attributes.familyName,
    emailAddress: attributes.email,
    role: attributes.role,
    teamId: attributes.team,
    secondaryRoleIds: (grants.role ?? []).map((grant) => grant.id),
  })
  const { federatedId, hireDate, loginAuthenticator, country, city, employeeNumber, reportsTo } = attributes
  const deleted = state === 'inactive' ? { deletedDate: '2025-01-01T00:00:00.000Z' } : {}
  const was = { invitedOnce: state !== 'unregistered', activatedOnce: state !== 'unregistered' && state !== 'pending' }
  const user = { externalIdentity: federatedId, hireDate, loginAuthenticatorId: loginAuthenticator }
  await control('PUT', `/users/${id}`, { ...FILLED, ...given(user), ...was, ...deleted, status: STATUS[state] })
  await control('POST', '/mirror/catch-up')
  const manager = reportsTo == null ? undefined : await control<AgentState>('GET', `/agents/${reportsTo}`)
  const agent = { country, city, internalId: employeeNumber, reportToId: manager?.agentId }
  await control('PUT', `/agents/${id}`, { ...FILLED_AGENT, ...given(agent) })
  const skills = (grants.skill ?? []).map((grant) => ({
    skillId: Number(grant.id),
    proficiency: grant.level ?? 1,
    isActive: true,
  }))
  await control('PUT', `/agents/${id}/skills`, { skills })
  await control('PUT', `/agents/${id}/groups`, { groups: (grants.group ?? []).map((grant) => Number(grant.id)) })
  await control('POST', '/mirror/catch-up')
  return id
}

const given = (fields: RawRecord): RawRecord =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

/** Somebody with licence attributes that nobody else has. */
export async function template(
  { control, create }: Hand,
  { role, team }: { readonly role: string | undefined; readonly team: string | undefined },
): Promise<string> {
  const userName = `template.${randomUUID()}@example.test`
  const names = { userName, firstName: 'Licence', lastName: 'Template', emailAddress: userName }
  const id = await create({ ...names, role, teamId: team })
  const attributes = { DIGITAL: [{ name: 'Digital Engagement', values: ['true'], objects: [] }] }
  await control('PUT', `/users/${id}`, { billable: false, applicationAttributes: attributes })
  await control('POST', '/mirror/catch-up')
  return userName
}

export const controlOf =
  (simulator: Simulator): Control =>
  async (method, path, body) => {
    const response = await fetch(simulator.control + path, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok)
      throw new Error(`the simulator's control answered ${response.status} to ${method} ${path}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

/** Creates users with a sign-in of its own, past the connector; anew where that has come to its end. */
export function openHand(simulator: Simulator, control: Control): Hand {
  let session: Promise<Session> | undefined
  const attempt = async (user: object): Promise<unknown> => {
    session ??= signIn(simulator)
    const { api, authorization } = await session
    return call(`${api}/user-management/v1/users`, user, { authorization })
  }
  return {
    control,
    create: async (user) => {
      const had = session !== undefined
      let answer = await attempt(user)
      if (had && uuidOf(answer) === undefined) {
        session = undefined
        answer = await attempt(user)
      }
      const id = uuidOf(answer)
      if (id === undefined) throw new Error(`the simulator did not create a user: ${JSON.stringify(answer)}`)
      return id
    },
  }
}

interface Session {
  readonly api: string
  readonly authorization: string
}

async function signIn({ issuer, accessKeyId, accessKeySecret }: Simulator): Promise<Session> {
  const token = await call(`${issuer}/authentication/v1/token/access-key`, { accessKeyId, accessKeySecret })
  const { api_endpoint: api } = await call(`${issuer}/.well-known/cxone-configuration`)
  return { api: String(api), authorization: `Bearer ${String(token['access_token'])}` }
}

async function call(
  url: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return (await response.json()) as Record<string, unknown>
}

const uuidOf = (answer: unknown): string | undefined => {
  const uuid = typeof answer === 'object' && answer !== null && 'uuid' in answer ? answer.uuid : undefined
  return typeof uuid === 'string' ? uuid : undefined
}
