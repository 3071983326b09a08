// Decides what the ACD of a seeded business unit holds: skills, groups, what teams cost, who has what. The same for the
// same seed, and drawn apart from the people, so that those stay who they were.
import type { StoredUser, Tenant } from '../records.ts'
import { FOUNDED_UNTIL, type Organisation } from '../seed.ts'
import { type Seeded, seeded } from '../seeded.ts'
import { agentFor } from './agent.ts'
import { FEATURES, GROUP_NAMES, SKILLS } from './catalogue.ts'
import type { BusinessUnit, StoredAgent, StoredGroup, StoredSkill } from './records.ts'

const DAY = 86_400_000
const FIRST_SKILL = 4_300_001
const FIRST_GROUP = 1000

export interface AcdSeed {
  readonly skills: readonly StoredSkill[]
  readonly groups: readonly StoredGroup[]
  readonly teamFeatures: ReadonlyMap<string, Readonly<Record<string, boolean>>>
  readonly agents: readonly StoredAgent[]
  readonly businessUnit: BusinessUnit
}

export interface SeededHalf {
  readonly users: readonly StoredUser[]
  readonly organisation: Organisation
  readonly tenant: Tenant
}

export function seedAcd(seed: number, half: SeededHalf): AcdSeed {
  const skills = SKILLS.map((row, index) => skillFrom(row, index))
  const choose = seeded(seed, 'acd')
  return {
    skills,
    groups: GROUP_NAMES.map((groupName, index) => groupFrom(groupName, index)),
    teamFeatures: new Map(half.organisation.sites.map(({ team }, index) => [team.id, featuresAt(index)])),
    agents: half.users.map((user, index) => seededAgent(user, { index, choose, half })),
    businessUnit: businessUnitOf(half),
  }
}

function skillFrom([skillName, mediaTypeId, mediaTypeName, more]: (typeof SKILLS)[number], index: number): StoredSkill {
  return {
    skillId: FIRST_SKILL + index,
    skillName,
    mediaTypeId,
    mediaTypeName,
    isActive: more !== 'retired',
    isOutbound: more === 'outbound',
    outboundStrategy: more === 'outbound' ? 'Personal Connection' : null,
    campaignId: 7001 + (index % 3),
    campaignName: ['Service', 'Sales', 'Back Office'][index % 3] ?? 'Service',
    notes: '',
    lastUpdated: new Date(FOUNDED_UNTIL).toISOString(),
  }
}

function groupFrom(groupName: string, index: number): StoredGroup {
  const isActive = index < GROUP_NAMES.length - 1
  const lastUpdated = new Date(FOUNDED_UNTIL).toISOString()
  return { groupId: FIRST_GROUP + index, groupName, isActive, notes: isActive ? '' : 'No longer used', lastUpdated }
}

/** The default team costs nothing; the others differ, so that a move between them changes the bill. */
function featuresAt(index: number): Record<string, boolean> {
  const on = (at: number): boolean => index > 0 && (index % 4 === 3 || (at + index) % 5 < index % 4)
  return Object.fromEntries(FEATURES.map((name, at) => [name, on(at)]))
}

interface Place {
  readonly index: number
  readonly choose: Seeded
  readonly half: SeededHalf
}

function seededAgent(user: StoredUser, { index, choose, half }: Place): StoredAgent {
  const agent = agentFor(user)
  const team = half.organisation.sites.find((site) => site.team.id === user.teamId)?.team
  const lead = half.users.find(({ id }) => id === team?.leadUserId)
  for (const id of user.groupIds) agent.groups.add(Number(id))
  if (index === 0) return agent
  agent.own = {
    country: user.country ?? '',
    city: user.assignedGroup,
    internalId: `E-${10_000 + index}`,
    custom1: user.customAttributes['Cost Centre']?.values[0]?.value ?? '',
    reportToId: lead === undefined || lead === user ? null : Number(lead.acdUserMappings[0]?.loginId),
    ...(choose.below(4) === 0 ? { useTeamChatThreshold: false, chatThreshold: 1 + choose.below(6) } : {}),
    ...(choose.below(5) === 0 ? { crmUserName: user.userName.split('@')[0] ?? '' } : {}),
  }
  if (handlesContacts(user, half)) giveSkills(agent, index, choose)
  agent.lastUpdated = new Date(FOUNDED_UNTIL - DAY * choose.below(300)).toISOString()
  const days = choose.below(10) === 0 ? 60 + choose.below(400) : choose.below(9)
  if (user.activatedOnce) {
    agent.lastLogin = new Date(FOUNDED_UNTIL - DAY * days).toISOString()
    agent.pastUntil = agent.lastLogin
  }
  return agent
}

function handlesContacts(user: StoredUser, { organisation }: SeededHalf): boolean {
  const role = organisation.roles.find(({ roleId }) => roleId === user.roleUUID)
  return role?.roleName === 'Agent' || role?.roleName === 'Supervisor'
}

function giveSkills(agent: StoredAgent, index: number, choose: Seeded): void {
  for (let count = 2 + choose.below(3); count > 0; count--) {
    const at = (index + choose.below(SKILLS.length)) % SKILLS.length
    if (SKILLS[at]?.[3] !== 'retired')
      agent.skills.set(FIRST_SKILL + at, { proficiency: 1 + choose.below(5), isActive: choose.below(8) !== 0 })
  }
}

const ROOM = 50_000

function businessUnitOf({ users, tenant }: SeededHalf): BusinessUnit {
  const userLimit = users.length + ROOM
  return {
    businessUnitId: tenant.buId,
    businessUnitName: tenant.name,
    tenantId: tenant.tenantId,
    isActive: true,
    userLimit,
    concurrentAgentLimit: userLimit,
    stationLimit: userLimit,
    concurrentPortLimit: 2 * userLimit,
    apiPublishedLimit: 100_000,
    userSessionTimeout: 60,
    isIntegratedTenant: true,
    features: ['ACD', 'Digital Engagement', 'Personal Connection', 'Recording'].map((featureName, index) => ({
      featureId: 10 + index,
      featureName,
      isEnabled: index !== 2,
    })),
  }
}
