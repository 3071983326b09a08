// Decides what a business unit holds before anybody calls it: tenant, roles, divisions, teams and sign-in methods, the
// same for the same seed. People are seed-people.ts. Reads no clock: the past of the centre ends at FOUNDED_UNTIL.
import { LINES, PLACES, type Place } from './places.ts'
import { PERMISSIONS } from './permissions.ts'
import type { StoredAuthenticator, StoredDivision, StoredRole, StoredTeam, Tenant } from './records.ts'
import { seeded } from './seeded.ts'

/** Everything in the seeded past happened before this moment. */
export const FOUNDED_UNTIL = Date.parse('2026-01-05T08:00:00.000Z')

export const SERVICE_ROLE = 'Provisioning Service'

export interface Site {
  readonly team: StoredTeam
  readonly place: Place
}

export interface Organisation {
  readonly roles: StoredRole[]
  readonly divisions: StoredDivision[]
  readonly authenticators: StoredAuthenticator[]
  /** The default team first, then one per place and line; the last one is closed. */
  readonly sites: Site[]
}

/** @param unit which of several business units at one issuer; each has API addresses of its own */
export function seedTenant(seed: number, area = 'na1', unit = 1): Tenant {
  const choose = seeded(seed, 'tenant')
  return {
    tenantId: choose.uuid(),
    name: 'Alpenglow Contact Services',
    buId: 4_590_000 + choose.below(9_999),
    clusterId: 'S71',
    area,
    apiPrefix: `/api-${area}${unit === 1 ? '' : `-${unit}`}`,
    clusterPrefix: `/api-s71-nice${unit === 1 ? '' : `-${unit}`}`,
    accessKeyId: choose.code(56),
    // The tail is as in real keys: "=" survives JSON and must be encoded in forms (facts 2.2).
    accessKeySecret: `${choose.code(50)}====`,
    clientId: `sim-client@${choose.code(8).toLowerCase()}`,
    clientSecret: `${choose.code(24)}+/=`,
  }
}

export function seedOrganisation(seed: number, people: number): Organisation {
  const choose = seeded(seed, 'organisation')
  const authenticators: StoredAuthenticator[] = [
    { id: choose.uuid(), name: 'Default System Authenticator', kind: 'System' },
    { id: choose.uuid(), name: 'Corporate SSO', kind: 'SAML' },
  ]
  const divisions = ['Global', 'Americas', 'EMEA', 'APAC'].map((name, index) => ({
    divisionId: index + 1,
    name,
    isDefault: index === 0,
  }))
  const roles = ROLES.map((row, index) => roleFrom(row, { roleId: choose.uuid(), sequence: index + 1, authenticators }))
  return { roles, divisions, authenticators, sites: seedSites(seed, people) }
}

type RoleRow = readonly [
  name: string,
  description: string,
  status: StoredRole['status'],
  permissions: readonly string[],
]

const ROLES: readonly RoleRow[] = [
  ['Agent', 'Handles contacts', 'ACTIVE', []],
  ['Manager', 'Runs a site', 'ACTIVE', ['employees.view', 'employees.edit', 'teams.view', 'roles.view']],
  ['Administrator', 'May do everything', 'ACTIVE', PERMISSIONS],
  ['Evaluator', 'Scores recordings', 'ACTIVE', ['employees.view']],
  ['Supervisor', 'Leads a team', 'ACTIVE', ['employees.view', 'teams.view']],
  ['Workforce Planner', 'Plans shifts', 'ACTIVE', ['employees.view', 'teams.view']],
  [SERVICE_ROLE, 'For integrations that manage employees', 'ACTIVE', PERMISSIONS],
  ['Floor Walker', 'No longer used', 'INACTIVE', []],
  ['Senior Agent', 'Being prepared', 'DRAFT', []],
]

const OUT_OF_THE_BOX = 4

function roleFrom(
  [roleName, description, status, permissions]: RoleRow,
  at: { roleId: string; sequence: number; authenticators: readonly StoredAuthenticator[] },
): StoredRole {
  return {
    roleId: at.roleId,
    roleName,
    displayName: roleName,
    sequence: at.sequence,
    description,
    modifiable: at.sequence <= OUT_OF_THE_BOX ? 0 : 1,
    internal: at.sequence <= OUT_OF_THE_BOX ? 1 : 0,
    status,
    lastModifiedTime: new Date(FOUNDED_UNTIL).toISOString(),
    parentAccess: null,
    // What older releases bound to the role (facts 8.1), and where a client finds the ids.
    loginAuthenticatorId: at.sequence <= OUT_OF_THE_BOX ? (at.authenticators[at.sequence % 2]?.id ?? null) : null,
    permissions: [...permissions],
  }
}

function seedSites(seed: number, people: number): Site[] {
  const choose = seeded(seed, 'teams')
  const wanted = Math.min(PLACES.length * LINES.length, Math.max(6, Math.ceil(people / 15)))
  const sites = [siteFrom(choose.uuid(), { name: 'Default Team', place: placeAt(0), isDefault: true })]
  for (let index = 0; index < wanted; index++) {
    const place = placeAt(index)
    const line = LINES[(Math.floor(index / PLACES.length) + (index % PLACES.length)) % LINES.length] ?? LINES[0]
    sites.push(siteFrom(choose.uuid(), { name: `${place.city} ${line}`, place }))
  }
  sites.push(siteFrom(choose.uuid(), { name: 'Denver Night Desk', place: placeAt(0), status: 'INACTIVE' }))
  return sites
}

function siteFrom(id: string, row: { name: string; place: Place; isDefault?: boolean; status?: 'INACTIVE' }): Site {
  const team: StoredTeam = {
    id,
    name: row.name,
    description: row.isDefault === true ? 'Where new employees land' : `${row.name}, ${row.place.language}`,
    status: row.status ?? 'ACTIVE',
    leadUserId: null,
    isDefault: row.isDefault === true,
    divisionId: row.isDefault === true ? 1 : ['Global', 'Americas', 'EMEA', 'APAC'].indexOf(row.place.division) + 1,
    createdBy: 'system',
    lastModified: new Date(FOUNDED_UNTIL).toISOString(),
    customAttributes: {},
  }
  return { team, place: row.place }
}

function placeAt(index: number): Place {
  const place = PLACES[index % PLACES.length]
  if (place === undefined) throw new Error('the list of places is empty')
  return place
}
