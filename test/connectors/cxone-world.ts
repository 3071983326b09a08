/**
 * A simulated CXone with the connector open on it, and a way behind the connector's back.
 * Decides how the conformance suite reaches into the simulator; knows it by its control API only.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { RawRecord, World } from '../../src/connectors/conformance.ts'
import type { Seed } from '../../src/connectors/conformance-world.ts'
import { cxone } from '../../src/connectors/cxone/index.ts'
import type { EntryKind } from '../../src/connectors/contract.ts'
import { openHttp } from '../../src/connectors/http.ts'
import type { AccountState, AttributeName, Grant, GrantKind } from '../../src/identity/account.ts'
import { startCxoneSimulator } from '../../sim/cxone/server.ts'

export type Switches = Readonly<Record<string, string | number | boolean>>

export interface CxoneWorld extends World {
  readonly control: Control
  close(): Promise<void>
}

/** Calls the simulator's control API and insists on success. */
export type Control = <T>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: unknown) => Promise<T>

interface Simulator {
  readonly issuer: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly control: string
  close(): Promise<void>
}

/** Catalogues that the connector can list in full. */
const COUNTED: Partial<Record<EntryKind, 'roles' | 'teams' | 'skills' | 'groups'>> = {
  role: 'roles',
  team: 'teams',
  skill: 'skills',
  group: 'groups',
}

interface State extends Readonly<Record<'roles' | 'teams' | 'skills' | 'groups', readonly unknown[]>> {
  readonly users: readonly (Record<string, unknown> & { readonly id: string; readonly status: string })[]
  readonly mails: readonly unknown[]
  readonly authenticators: readonly { readonly id: string; readonly name: string; readonly kind: string }[]
  readonly businessUnit: { readonly userLimit: number }
}

/** One agent as the control API shows it. */
interface AgentState {
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

/** What the connector's role needs: the readme asks for these. */
const RIGHTS = [
  'employees.view', 'employees.create', 'employees.edit', 'teams.view', 'roles.view', 'loginAuthenticators.edit',
  'agents.view', 'agents.edit', 'skills.view', 'skills.edit', 'groups.view', 'groups.edit', 'securityProfiles.view',
  'businessUnit.view', 'accessKeys.view',
] // prettier-ignore

const FIELDS: Partial<Record<AttributeName, readonly string[]>> = {
  userName: ['userName'],
  givenName: ['firstName', 'fullName'],
  familyName: ['lastName', 'fullName'],
  email: ['emailAddress'],
  mobile: ['mobileNumber'],
  timeZone: ['timeZone'],
  role: ['role', 'roleUUID'],
  team: ['teamId'],
  federatedId: ['externalIdentity'],
  hireDate: ['hireDate', 'acd hireDate'],
  country: ['acd country'],
  city: ['acd city'],
  employeeNumber: ['acd internalId'],
  reportsTo: ['acd reportToId'],
  loginAuthenticator: ['loginAuthenticatorId'],
  licence: [
    'billable', 'applicationAttributes', 'acd digitalEngagementEnabled', 'acd DigitalEngagementEnabled',
    'acd customerCard', 'acd agentIntegration',
  ], // prettier-ignore
}

const HOLDS: Readonly<Record<GrantKind, readonly string[]>> = {
  role: ['secondaryRoleIds'],
  skill: ['holds skill'],
  // In some tenants the groups of a user are those of the ACD.
  group: ['holds group', 'groupIds'],
}

/** What tells whether somebody can sign in, since when and until when. */
const STATE = [
  'status',
  'deletedDate',
  'invitedOnce',
  'activatedOnce',
  'acd isActive',
  'acd inactiveDate',
  'acd sessionId',
]

/** What Rollcall is told of the sizes of this CXone, and how long it waits for it. */
const settingsFor = (switches: Switches) => ({
  patienceSeconds: 2,
  readLagSeconds: 0.4,
  mirrorSeconds: 0.4,
  updatesInactive: switches['putDeleted'] === 'accepted',
  proficiencyMax: Number(switches['proficiencyMost'] ?? 20),
})

export interface WorldOptions {
  readonly settings?: object
  /** Instead of the right one. */
  readonly secret?: string
  /** Already there, the service user among them; as many as the simulator makes by itself without. */
  readonly users?: number
}

export async function openCxoneWorld(switches: Switches = {}, options: WorldOptions = {}): Promise<CxoneWorld> {
  const simulator: Simulator = await startCxoneSimulator(options.users === undefined ? {} : { users: options.users })
  const control = controlOf(simulator)
  const plain = await control<Switches>('GET', '/switches')
  await control('PUT', '/switches', switches)
  await control('PUT', '/service-role', { permissions: RIGHTS })
  const http = openHttp({ totalMs: 5_000 })
  const quiet = { debug: () => {}, warn: () => {} }
  const { issuer, accessKeyId, accessKeySecret } = simulator
  const entry = cxone.config.parse({
    issuer,
    auth: { accessKeyId, accessKeySecret: options.secret ?? accessKeySecret },
    concurrency: 4,
    authenticators: (await control<State>('GET', '/state')).authenticators.map(({ id, name, kind }) => ({
      id,
      name,
      system: kind === 'System',
    })),
    settings: { ...settingsFor(switches), ...options.settings },
  })
  const [clock, mirror] = [{ ahead: 0 }, { held: false }]
  const connector = cxone.open(entry, { fetch: http.fetch, now: () => new Date(Date.now() + clock.ahead), log: quiet })
  const state = () => control<State>('GET', '/state')
  const { businessUnit } = await state()
  /** The administrator's hand is not bound by the switches under test. */
  const unbound = async (act: () => Promise<string>): Promise<string> => {
    await control('PUT', '/switches', plain)
    const done = await act()
    await control('PUT', '/switches', switches)
    // An administrator's account that does not show yet could not be found by anybody.
    await wait(Number(switches['readLagMs'] ?? 0) * 1.5)
    return done
  }
  const fault = (effect: object) => control<void>('POST', '/faults', { faults: [{ match: {}, effect }] })

  return {
    control,
    connector,
    raw: async (id) => {
      // What is on its way to the mirror is no change by whoever reads.
      if (!mirror.held) await control('POST', '/mirror/catch-up')
      return rawOf(control, id)
    },
    ids: async () => (await state()).users.map(({ id }) => id),
    seed: (account) => unbound(() => seed(simulator, control, account)),
    fieldsOf: (name) => FIELDS[name] ?? [],
    fieldsOfGrants: (of) => HOLDS[of],
    stateFields: [
      ...STATE,
      ...(switches['reviveSkills'] === 'lost' ? HOLDS.skill : []),
      ...(switches['reviveGroups'] === 'lost' ? HOLDS.group : []),
    ],
    stamps: ['acd lastUpdated'],
    held: (id, of) => heldBy(control, id, of),
    entryCount: async (kind) => {
      const counted = COUNTED[kind]
      return counted && (await state())[counted].length
    },
    template: () => unbound(() => template(simulator, control)),
    mails: async () => (await state()).mails.length,
    firstSignIn: async (id) => {
      await control('POST', `/users/${id}/activate`)
      await control('POST', '/mirror/catch-up')
    },
    beginSession: (id) => control<void>('POST', `/agents/${id}/login`),
    inSession: async (id) => {
      await wait(Number(switches['logoutLagMs'] ?? 0) * 1.5)
      return (await control<AgentState>('GET', `/agents/${id}`)).sessionId !== null
    },
    leaveRoom: async (accounts) => {
      const { users } = await state()
      const userLimit = users.filter(({ status }) => status !== 'DELETED').length + accounts
      await control('PUT', '/business-unit', { userLimit })
      // What the connector has read of the ceiling before is out of date.
      clock.ahead += CEILING_KEPT_MS
    },
    holdMirror: async () => {
      mirror.held = true
      await control('PUT', '/switches', { acdLagMs: 600_000 })
    },
    refuseEntry: (of, id) => refuseEntry(control, of, id),
    throttle: (seconds) =>
      fault({ status: 429, headers: seconds === undefined ? {} : { 'retry-after': String(seconds) }, body: {} }),
    outage: () => fault({ drop: true }),
    withdrawRights: () => control<void>('PUT', '/service-role', { permissions: [] }),
    heal: async () => {
      await control('DELETE', '/faults')
      await control('PUT', '/service-role', { permissions: RIGHTS })
      await control('PUT', '/stuck', { skills: [], groups: [] })
      await control('PUT', '/business-unit', { userLimit: businessUnit.userLimit })
      await control('PUT', '/switches', { acdLagMs: switches['acdLagMs'] ?? 0 })
      await control('POST', '/mirror/catch-up')
      mirror.held = false
      clock.ahead += CEILING_KEPT_MS
    },
    endSessions: () => control<void>('POST', '/tokens/expire'),
    close: async () => {
      await connector.close()
      await http.close()
      await simulator.close()
    },
  }
}

const CEILING_KEPT_MS = 11 * 60_000

/** Both halves of somebody, and what they hold, field by field. */
async function rawOf(control: Control, id: string): Promise<RawRecord | undefined> {
  const user = await control<RawRecord>('GET', `/users/${id}`).catch(() => undefined)
  if (user === undefined) return undefined
  const agent = await control<AgentState>('GET', `/agents/${id}`).catch(() => undefined)
  if (agent === undefined) return user
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

async function heldBy(control: Control, id: string, of: GrantKind): Promise<readonly Grant[]> {
  if (of === 'role') {
    const { secondaryRoleIds } = await control<{ secondaryRoleIds?: readonly string[] }>('GET', `/users/${id}`)
    return (secondaryRoleIds ?? []).map((role) => ({ id: role }))
  }
  const { skills, groups } = await control<AgentState>('GET', `/agents/${id}`)
  if (of === 'group') return groups.map((group) => ({ id: String(group) }))
  const held = skills.filter(({ isActive }) => isActive)
  return held.map(({ skillId, proficiency }) => ({ id: String(skillId), level: proficiency }))
}

/** By the hand of an administrator; the mirror has caught up by then. */
async function seed(simulator: Simulator, control: Control, { state, attributes, grants = {} }: Seed): Promise<string> {
  const id = await createDirectly(simulator, {
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
async function template(simulator: Simulator, control: Control): Promise<string> {
  const userName = `template.${randomUUID()}@example.test`
  const { roles, teams } = await control<{ roles: { roleId: string }[]; teams: { id: string }[] }>('GET', '/state')
  const names = { userName, firstName: 'Licence', lastName: 'Template', emailAddress: userName }
  const id = await createDirectly(simulator, { ...names, role: roles[0]?.roleId, teamId: teams[0]?.id })
  const attributes = { DIGITAL: [{ name: 'Digital Engagement', values: ['true'], objects: [] }] }
  await control('PUT', `/users/${id}`, { billable: false, applicationAttributes: attributes })
  await control('POST', '/mirror/catch-up')
  return userName
}

/** A role cannot be stuck in the simulator, so every update of a user is refused with a word about it. */
async function refuseEntry(control: Control, of: GrantKind, id: string): Promise<void> {
  if (of !== 'role') return control('PUT', '/stuck', { skills: [], groups: [], [`${of}s`]: [Number(id)] })
  const body = { code: 'INVALID', details: `role ${id} cannot be assigned or removed`, entityType: 'USER', errors: [] }
  const match = { method: 'PUT', path: '/v1/users$' }
  await control('POST', '/faults', { faults: [{ match, effect: { status: 400, body } }] })
}

const controlOf =
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

/** Creates a user with a sign-in of its own, past the connector. */
async function createDirectly({ issuer, accessKeyId, accessKeySecret }: Simulator, user: object): Promise<string> {
  const call = async (url: string, body?: object, headers: Record<string, string> = {}) => {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { accept: 'application/json', 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return (await response.json()) as Record<string, unknown>
  }
  const token = await call(`${issuer}/authentication/v1/token/access-key`, { accessKeyId, accessKeySecret })
  const { api_endpoint: api } = await call(`${issuer}/.well-known/cxone-configuration`)
  const authorization = `Bearer ${String(token['access_token'])}`
  const answer = await call(`${String(api)}/user-management/v1/users`, user, { authorization })
  if (typeof answer['uuid'] !== 'string')
    throw new Error(`the simulator did not create a user: ${JSON.stringify(answer)}`)
  return answer['uuid']
}
