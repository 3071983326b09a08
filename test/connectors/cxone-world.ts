/**
 * A simulated CXone with the connector open on it, and a way behind the connector's back.
 * Decides how the conformance suite reaches into the simulator; knows it by its control API only.
 */
import { setTimeout as wait } from 'node:timers/promises'
import type { RawRecord, World } from '../../src/connectors/conformance.ts'
import { cxone } from '../../src/connectors/cxone/index.ts'
import { openHttp } from '../../src/connectors/http.ts'
import type { AccountState, AttributeName } from '../../src/identity/account.ts'
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

interface State {
  readonly users: readonly (Record<string, unknown> & { readonly id: string })[]
  readonly mails: readonly unknown[]
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
  groupIds: ['7', '9'],
  views: [{ id: 'all-calls', objectType: 'VIEW' }],
  customAttributes: { badge: { id: 'badge', values: [{ value: '0042', resolvedValue: '0042' }] } },
  applicationAttributes: { recording: [{ name: 'canBeRecorded', values: ['true'], objects: [] }] },
}

/** What the connector's role needs: the readme asks for these. */
const RIGHTS = ['employees.view', 'employees.create', 'employees.edit', 'teams.view', 'roles.view']

const FIELDS: Partial<Record<AttributeName, readonly string[]>> = {
  userName: ['userName'],
  givenName: ['firstName', 'fullName'],
  familyName: ['lastName', 'fullName'],
  email: ['emailAddress'],
  mobile: ['mobileNumber'],
  timeZone: ['timeZone'],
  role: ['role', 'roleUUID'],
  team: ['teamId'],
}

export interface WorldOptions {
  readonly settings?: object
  /** Instead of the right one. */
  readonly secret?: string
}

export async function openCxoneWorld(switches: Switches = {}, options: WorldOptions = {}): Promise<CxoneWorld> {
  const simulator: Simulator = await startCxoneSimulator({})
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
    settings: {
      patienceSeconds: 2,
      readLagSeconds: 2,
      updatesInactive: switches['putDeleted'] === 'accepted',
      ...options.settings,
    },
  })
  const connector = cxone.open(entry, {
    fetch: http.fetch,
    now: () => new Date(),
    log: quiet,
  })
  const state = () => control<State>('GET', '/state')
  const fault = (effect: object) => control<void>('POST', '/faults', { faults: [{ match: {}, effect }] })

  return {
    control,
    connector,
    raw: (id) => control<RawRecord>('GET', `/users/${id}`).catch(() => undefined),
    ids: async () => (await state()).users.map(({ id }) => id),
    seed: async ({ state: wanted, attributes }) => {
      // The administrator's hand is not bound by the switch under test.
      await control('PUT', '/switches', plain)
      const id = await createDirectly(simulator, {
        userName: attributes.userName,
        firstName: attributes.givenName,
        lastName: attributes.familyName,
        emailAddress: attributes.email,
        role: attributes.role,
        teamId: attributes.team,
      })
      const deleted = wanted === 'inactive' ? { deletedDate: '2025-01-01T00:00:00.000Z' } : {}
      await control('PUT', `/users/${id}`, { ...FILLED, ...deleted, status: STATUS[wanted] })
      await control('PUT', '/switches', switches)
      // An administrator's account that does not show yet could not be found by anybody.
      await wait(Number(switches['readLagMs'] ?? 0) * 1.5)
      return id
    },
    fieldsOf: (name) => FIELDS[name] ?? [],
    stamps: [],
    mails: async () => (await state()).mails.length,
    throttle: (seconds) =>
      fault({ status: 429, headers: seconds === undefined ? {} : { 'retry-after': String(seconds) }, body: {} }),
    outage: () => fault({ drop: true }),
    withdrawRights: () => control<void>('PUT', '/service-role', { permissions: [] }),
    heal: async () => {
      await control('DELETE', '/faults')
      await control('PUT', '/service-role', { permissions: RIGHTS })
    },
    endSessions: () => control<void>('POST', '/tokens/expire'),
    close: async () => {
      await connector.close()
      await http.close()
      await simulator.close()
    },
  }
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
