// Decides how an agent looks in ACD reads (facts 5.1): names, forms, what is hidden. Holds no data.
import type { StoredUser } from '../records.ts'
import type { World } from '../world.ts'
import { HIDDEN_SETTINGS, NEW_AGENT, SETTING_NAMES } from './agent-fields.ts'
import { profileIdOf } from './profiles.ts'
import type { StoredAgent } from './records.ts'

export function showAgent(agent: StoredAgent, world: World): Record<string, unknown> {
  const { store } = world
  const { mirror } = agent
  const team = store.teams.get(mirror.teamId)
  const role = store.roles.get(mirror.roleUUID)
  const settings = shownSettings(agent, world)
  const lead = agent.own.reportToId == null ? undefined : store.acd.agents.get(agent.own.reportToId)
  return {
    agentId: agent.agentId,
    userID: agent.userId,
    userName: mirror.userName,
    firstName: mirror.firstName,
    middleName: mirror.middleName ?? '',
    lastName: mirror.lastName,
    emailAddress: mirror.emailAddress,
    isActive: isActive(agent, world),
    locked: mirror.status === 'BLOCKED',
    teamId: store.acd.teamOf(mirror.teamId).teamId,
    teamName: team?.name ?? '',
    teamUuId: mirror.teamId,
    reportToName: lead?.mirror.fullName ?? null,
    isSupervisor: role?.roleName === 'Supervisor' || role?.roleName === 'Manager',
    profileId: role === undefined ? null : profileIdOf(role),
    profileName: role?.roleName ?? '',
    timeZone: mirror.timeZone,
    lastLogin: agent.lastLogin,
    lastUpdated: agent.lastUpdated,
    createDate: mirror.creationDate,
    inactiveDate: mirror.deletedDate,
    hireDate: mirror.hireDate,
    employmentTypeName: employmentName(agent.own.employmentType ?? null),
    federatedId: mirror.externalIdentity,
    LoginAuthenticatorId: mirror.loginAuthenticatorId,
    issuer: null,
    subject: null,
    isOpenIdProfileComplete: false,
    ...licence(mirror),
    userType: mirror.type,
    DivisionNo: mirror.divisionId,
    ...settings,
  }
}

export function isActive({ mirror }: StoredAgent, { switches }: World): boolean {
  if (mirror.status === 'DELETED') return false
  return switches.acdActive === 'unlessDeleted' || mirror.activatedOnce
}

/** The rows of agents in groups, skills and teams, which say little. */
export function agentRow(agent: StoredAgent, world: World): Record<string, unknown> {
  const { agentId, userId, mirror, lastLogin, lastUpdated, own } = agent
  const { userName, firstName, lastName, emailAddress, deletedDate } = mirror
  return {
    agentId,
    userID: userId,
    userName,
    firstName,
    lastName,
    emailAddress,
    isActive: isActive(agent, world),
    teamId: world.store.acd.teamOf(mirror.teamId).teamId,
    teamName: world.store.teams.get(mirror.teamId)?.name ?? '',
    lastLogin,
    lastUpdated,
    terminationDate: own.terminationDate ?? null,
    inactiveDate: deletedDate,
  }
}

function shownSettings(agent: StoredAgent, { switches }: World): Record<string, unknown> {
  const shown: Record<string, unknown> = {}
  for (const name of SETTING_NAMES)
    if (switches.agentHidden === 'none' || !HIDDEN_SETTINGS.includes(name))
      shown[name] = agent.own[name] === undefined ? NEW_AGENT[name] : agent.own[name]
  return shown
}

/** The boxes that are charged, under the names the ACD has for them (facts 4.7). */
function licence({ billable, applicationAttributes }: StoredUser): Record<string, boolean> {
  const ticked = (app: string, name: string): boolean =>
    applicationAttributes[app]?.some((row) => row.name === name && row.values.includes('true')) ?? false
  return {
    isBillable: billable,
    DigitalEngagementEnabled: ticked('DIGITAL', 'Digital Engagement'),
    customerCard: ticked('ACD', 'Customer Card'),
    agentIntegration: ticked('ACD', 'Agent Integration'),
  }
}

function employmentName(type: number | null): string {
  return type === null ? '' : (['Full-time', 'Part-time', 'Temporary', 'Contractor'][type - 1] ?? 'Other')
}
