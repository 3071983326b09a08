/**
 * A simulated CXone with the cxone-scim connector open on its native SCIM, and the way behind the connector's back.
 * Decides what Rollcall is told of the tenant; must not know any case.
 */
import type { World } from '../../src/connectors/conformance.ts'
import { cxoneScim } from '../../src/connectors/cxone-scim/index.ts'
import { openHttp } from '../../src/connectors/http.ts'
import type { AttributeName } from '../../src/identity/account.ts'
import { openCxoneWorld, type CxoneWorld, type Switches } from './cxone-world.ts'

export interface CxoneScimWorld extends World {
  readonly cxone: CxoneWorld
  close(): Promise<void>
}

export interface CxoneScimOptions {
  readonly switches?: Switches
  readonly settings?: object
  /** Beside those of the tenant. */
  readonly entry?: (simulator: CxoneWorld['simulator']) => object
  /** Of Account Settings; all that there are without. */
  readonly allowed?: Readonly<Record<string, boolean>>
}

interface State {
  readonly roles: readonly { readonly roleId: string; readonly roleName: string; readonly status: string }[]
  readonly teams: readonly { readonly id: string; readonly name: string; readonly status: string }[]
  readonly authenticators: readonly { readonly id: string; readonly name: string }[]
}

const FIELDS: Partial<Record<AttributeName, readonly string[]>> = {
  givenName: ['firstName', 'fullName'],
  familyName: ['lastName', 'fullName'],
  middleName: ['middleName'],
  displayName: ['displayName'],
}

const ATTRIBUTES = [
  'displayName', 'middleName', 'mobileNumber', 'timeZone', 'type', 'loginAuthenticator', 'primaryRole', 'team',
] // prettier-ignore

export async function openCxoneScimWorld(options: CxoneScimOptions = {}): Promise<CxoneScimWorld> {
  const { switches = {}, settings = {}, entry = () => ({}) } = options
  const cxone = await openCxoneWorld(switches)
  const { control, simulator } = cxone
  const allowed = options.allowed ?? Object.fromEntries(ATTRIBUTES.map((name) => [name, true]))
  await control('PUT', '/account-settings', { attributes: allowed })
  const { roles, teams, authenticators } = await control<State>('GET', '/state')
  const http = openHttp({ totalMs: 5_000 })
  const isActive = ({ status }: { readonly status: string }) => status === 'ACTIVE'
  const { issuer, accessKeyId, accessKeySecret } = simulator
  const parsed = cxoneScim.config.parse({
    issuer,
    auth: { accessKeyId, accessKeySecret },
    roles: roles.filter(isActive).map(({ roleId, roleName }) => ({ id: roleId, name: roleName })),
    teams: teams.filter(isActive).map(({ id, name }) => ({ id, name })),
    authenticators: authenticators.map(({ id, name }) => ({ id, name })),
    concurrency: 4,
    settings: { readLagSeconds: 0.3, patienceSeconds: 1, ...settings },
    ...entry(simulator),
  })
  const quiet = { debug: () => {}, warn: () => {} }
  const connector = cxoneScim.open(parsed, { fetch: http.fetch, now: () => new Date(), log: quiet })
  const { raw, ids, seed, mails, throttle, outage, withdrawRights, heal, endSessions, stateFields, stamps } = cxone
  return {
    cxone,
    connector,
    lists: false,
    states: ['active', 'inactive'],
    raw,
    ids,
    seed,
    mails,
    throttle,
    outage,
    withdrawRights,
    heal,
    endSessions,
    ...(stateFields === undefined ? {} : { stateFields }),
    // Who was written by SCIM is marked so in some tenants.
    stamps: [...stamps, 'scimManaged'],
    fieldsOf: (name) => FIELDS[name] ?? cxone.fieldsOf(name),
    close: async () => {
      await connector.close()
      await http.close()
      await cxone.close()
    },
  }
}
