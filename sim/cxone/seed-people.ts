// Decides who works in the seeded contact centre: one service user that owns the access key, an administrator, a
// supervisor for each team, managers, evaluators and agents, some of them pending, locked or gone.
import { plainLetters } from './places.ts'
import type { ApplicationAttributes, StoredKey, StoredUser, Tenant, UserStatus } from './records.ts'
import { FOUNDED_UNTIL, type Organisation, SERVICE_ROLE, type Site } from './seed.ts'
import { type Seeded, seeded } from './seeded.ts'

const DAY = 86_400_000
const DOMAIN = 'alpenglow.example'
const ACD_IDS_FROM = 11_980_000

export interface People {
  readonly users: StoredUser[]
  readonly keys: StoredKey[]
}

interface Making {
  readonly organisation: Organisation
  readonly tenant: Tenant
  readonly choose: Seeded
  /** How many people have a mailbox of this stem. */
  readonly taken: Map<string, number>
}

/** `count` people, the service user included; never fewer than that one. Sets the leads of the teams. */
export function seedPeople(seed: number, count: number, base: { organisation: Organisation; tenant: Tenant }): People {
  const making: Making = { ...base, choose: seeded(seed, 'people'), taken: new Map() }
  const service = serviceUser(making)
  const users = [service]
  const keys: StoredKey[] = [keyOf(service, base.tenant.accessKeyId, base.tenant.accessKeySecret)]
  const open = base.organisation.sites.filter((site) => site.team.status === 'ACTIVE')
  for (let index = 1; index < count; index++) {
    const job = jobAt(index, open)
    const user = person(index, job, making)
    if (job.leads === true) job.site.team.leadUserId = user.id
    if (job.role === 'Administrator') keys.push(keyOf(user, making.choose.code(56), `${making.choose.code(50)}====`))
    users.push(user)
  }
  return { users, keys }
}

interface Job {
  readonly role: string
  readonly site: Site
  readonly leads?: true
  readonly agent?: number
}

function jobAt(index: number, sites: readonly Site[]): Job {
  const siteOf = (at: number): Site => sites[1 + (at % (sites.length - 1))] as Site
  const led = sites.length - 1
  if (index === 1) return { role: 'Administrator', site: sites[0] as Site }
  if (index < 2 + led) return { role: 'Supervisor', site: siteOf(index - 2), leads: true }
  if (index < 5 + led) return { role: 'Manager', site: siteOf(index) }
  if (index === 5 + led) return { role: 'Evaluator', site: siteOf(index) }
  const agent = index - 6 - led
  if (agent % 60 === 59) return { role: 'Evaluator', site: siteOf(agent) }
  if (agent % 90 === 89) return { role: 'Workforce Planner', site: siteOf(agent) }
  return { role: 'Agent', site: siteOf(agent), agent }
}

function statusOf(agent: number | undefined): UserStatus {
  if (agent === undefined) return 'ACTIVE'
  if (agent % 11 === 7) return 'DELETED'
  if (agent % 12 === 5) return 'PENDING'
  if (agent % 23 === 13) return 'UNREGISTERED'
  return agent % 19 === 11 ? 'BLOCKED' : 'ACTIVE'
}

function person(index: number, job: Job, making: Making): StoredUser {
  const { choose } = making
  const { place } = job.site
  const firstName = choose.pick(place.given)
  const lastName = choose.pick(place.family)
  const hired = FOUNDED_UNTIL - DAY * (3 + choose.below(8 * 365))
  const userName = freeName(`${plainLetters(firstName)}.${plainLetters(lastName)}`, making.taken)
  const status = statusOf(job.agent)
  return {
    ...blank(index, { id: choose.uuid(), firstName, lastName, userName }, making),
    middleName: choose.below(4) === 0 ? choose.pick(place.given) : null,
    mobileNumber: choose.below(3) === 0 ? null : `${place.dial}${String(choose.below(9_999)).padStart(4, '0')}`,
    type: choose.below(7) === 0 ? 'Contractor' : 'Employee',
    country: place.country,
    timeZone: place.timeZone,
    roleUUID: roleNamed(job.role, making.organisation),
    secondaryRoleIds:
      job.role === 'Supervisor' && choose.below(2) === 0 ? [roleNamed('Evaluator', making.organisation)] : [],
    teamId: job.site.team.id,
    groupIds: choose.below(3) === 0 ? [String(1000 + choose.below(12))] : [],
    assignedGroup: job.site.place.city,
    rank: choose.below(5) === 0 ? 1 + choose.below(9) : null,
    hireDate: new Date(hired).toISOString().slice(0, 10),
    creationDate: new Date(hired + DAY).toISOString(),
    deletedDate: status === 'DELETED' ? new Date(FOUNDED_UNTIL - DAY * choose.below(3)).toISOString() : null,
    externalIdentity: choose.below(2) === 0 ? userName : null,
    emailToBeVerified: job.agent !== undefined && job.agent % 17 === 3 ? `new.${userName}` : null,
    billable: job.role !== 'Administrator',
    views: job.leads === true ? [{ id: job.site.team.id, objectType: 'TEAM' }] : [],
    customAttributes: {
      'Cost Centre': { id: '7001', values: [{ value: `CC-${100 + choose.below(40)}`, resolvedValue: place.city }] },
      Language: { id: '7002', values: [{ value: place.language, resolvedValue: place.language }] },
    },
    applicationAttributes: licencesOf(job, choose),
    divisionId: job.site.team.divisionId,
    status,
    activatedOnce: status === 'ACTIVE' || status === 'BLOCKED' || status === 'DELETED',
    invitedOnce: status !== 'UNREGISTERED',
  }
}

function licencesOf(job: Job, choose: Seeded): ApplicationAttributes {
  const recorded = { name: 'Can Be Recorded', values: [String(job.role === 'Agent')], objects: [] }
  const digital = { name: 'Digital Engagement', values: [String(choose.below(3) === 0)], objects: [] }
  return { ACD: [recorded], DIGITAL: [digital] }
}

function serviceUser(making: Making): StoredUser {
  const userName = freeName('svc.provisioning', making.taken)
  const named = { id: making.choose.uuid(), firstName: 'Provisioning', lastName: 'Service', userName }
  const created = new Date(FOUNDED_UNTIL - 400 * DAY).toISOString()
  // No licence box is ticked and nothing is billed, as the vendor's recipe for service users says (facts 2.6).
  return {
    ...blank(0, named, making),
    roleUUID: roleNamed(SERVICE_ROLE, making.organisation),
    billable: false,
    creationDate: created,
  }
}

function blank(
  index: number,
  named: Pick<StoredUser, 'id' | 'firstName' | 'lastName' | 'userName'>,
  making: Making,
): StoredUser {
  const { organisation, tenant } = making
  const fullName = `${named.firstName} ${named.lastName}`
  const loginId = String(ACD_IDS_FROM + index)
  return {
    ...named,
    middleName: null,
    displayName: fullName,
    fullName,
    emailAddress: named.userName,
    emailToBeVerified: null,
    mobileNumber: null,
    mobileNumber2: null,
    type: null,
    country: null,
    timeZone: 'UTC',
    roleUUID: '',
    secondaryRoleIds: [],
    teamId: (organisation.sites[0] as Site).team.id,
    groupIds: [],
    assignedGroup: '',
    rank: null,
    hireDate: null,
    creationDate: '',
    deletedDate: null,
    externalIdentity: null,
    billable: true,
    impersonated: false,
    modifiable: true,
    invitationExpired: false,
    acdInfos: [{ loginId }],
    acdUserMappings: [{ loginId }],
    views: [],
    customAttributes: {},
    applicationAttributes: {},
    loginAuthenticatorId: organisation.authenticators[index % 3 === 0 ? 0 : 1]?.id ?? null,
    divisionId: 1,
    icBUId: tenant.buId,
    icClusterId: tenant.clusterId,
    idmType: 'COGNITO',
    passwordPolicyUpdated: false,
    status: 'ACTIVE',
    activatedOnce: true,
    invitedOnce: true,
    scimManaged: false,
    scimExternalId: null,
  }
}

function freeName(stem: string, taken: Map<string, number>): string {
  const number = (taken.get(stem) ?? 0) + 1
  taken.set(stem, number)
  return `${stem}${number === 1 ? '' : number}@${DOMAIN}`
}

function roleNamed(name: string, organisation: Organisation): string {
  const role = organisation.roles.find((candidate) => candidate.roleName === name)
  if (role === undefined) throw new Error(`the seed has no role called ${name}`)
  return role.roleId
}

function keyOf(user: StoredUser, accessKeyId: string, accessKeySecret: string): StoredKey {
  return { accessKeyId, accessKeySecret, userId: user.id, isActive: true, lastUsedDate: null, expiresAt: null }
}
