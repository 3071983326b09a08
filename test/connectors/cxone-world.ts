/**
 * A simulated CXone with the connector open on it, and a way behind the connector's back.
 * Decides how the conformance suite reaches into the simulator; knows it by its control API only.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { World } from '../../src/connectors/conformance.ts'
import { cxone } from '../../src/connectors/cxone/index.ts'
import type { EntryKind } from '../../src/connectors/contract.ts'
import { openHttp } from '../../src/connectors/http.ts'
import type { AttributeName, Grant, GrantKind } from '../../src/identity/account.ts'
import { startCxoneSimulator } from '../../sim/cxone/server.ts'
import {
  controlOf,
  openHand,
  rawOf,
  seed,
  template,
  type AgentState,
  type Control,
  type Simulator,
} from './cxone-hand.ts'

export type Switches = Readonly<Record<string, string | number | boolean>>

export interface CxoneWorld extends World {
  readonly control: Control
  /** Where it is and what opens it. */
  readonly simulator: Pick<Simulator, 'issuer' | 'accessKeyId' | 'accessKeySecret'>
  close(): Promise<void>
}

/** Catalogues that the connector can list in full. */
const COUNTED: Partial<Record<EntryKind, 'roles' | 'teams' | 'skills' | 'groups'>> = {
  role: 'roles',
  team: 'teams',
  skill: 'skills',
  group: 'groups',
}

interface UserRow {
  readonly id: string
  readonly status: string
}

interface State extends Readonly<Record<'skills' | 'groups', readonly unknown[]>> {
  readonly roles: readonly { readonly roleId: string }[]
  readonly teams: readonly { readonly id: string }[]
  readonly authenticators: readonly { readonly id: string; readonly name: string; readonly kind: string }[]
  readonly businessUnit: { readonly userLimit: number }
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
  const state = await control<State>('GET', '/state')
  const http = openHttp({ totalMs: 5_000 })
  const quiet = { debug: () => {}, warn: () => {} }
  const { issuer, accessKeyId, accessKeySecret } = simulator
  const entry = cxone.config.parse({
    issuer,
    auth: { accessKeyId, accessKeySecret: options.secret ?? accessKeySecret },
    concurrency: 4,
    authenticators: state.authenticators.map(({ id, name, kind }) => ({
      id,
      name,
      system: kind === 'System',
    })),
    settings: { ...settingsFor(switches), ...options.settings },
  })
  const [clock, mirror] = [{ ahead: 0 }, { held: false }]
  const connector = cxone.open(entry, { fetch: http.fetch, now: () => new Date(Date.now() + clock.ahead), log: quiet })
  const users = () => control<readonly UserRow[]>('GET', '/users')
  const hand = openHand(simulator, control)
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
    simulator,
    connector,
    raw: async (id) => {
      // What is on its way to the mirror is no change by whoever reads.
      if (!mirror.held) await control('POST', '/mirror/catch-up')
      return rawOf(control, id)
    },
    ids: async () => (await users()).map(({ id }) => id),
    seed: (account) => unbound(() => seed(hand, account)),
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
      return counted && state[counted].length
    },
    template: () => unbound(() => template(hand, { role: state.roles[0]?.roleId, team: state.teams[0]?.id })),
    mails: async () => (await control<readonly unknown[]>('GET', '/mails')).length,
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
      const userLimit = (await users()).filter(({ status }) => status !== 'DELETED').length + accounts
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
      await control('PUT', '/business-unit', { userLimit: state.businessUnit.userLimit })
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

/** A role cannot be stuck in the simulator, so every update of a user is refused with a word about it. */
async function refuseEntry(control: Control, of: GrantKind, id: string): Promise<void> {
  if (of !== 'role') return control('PUT', '/stuck', { skills: [], groups: [], [`${of}s`]: [Number(id)] })
  const body = { code: 'INVALID', details: `role ${id} cannot be assigned or removed`, entityType: 'USER', errors: [] }
  const match = { method: 'PUT', path: '/v1/users$' }
  await control('POST', '/faults', { faults: [{ match, effect: { status: 400, body } }] })
}
