// Decides what the simulated ACD remembers beyond UserHub: agents, skills, groups, teams, sessions (facts 5). Data
// shapes only. What UserHub owns of an agent is not copied field by field: an agent holds the user as the ACD knows it.
import type { StoredUser } from '../records.ts'

/** Facts 5.2. */
export interface StoredSkill {
  readonly skillId: number
  skillName: string
  mediaTypeId: number
  mediaTypeName: string
  isActive: boolean
  isOutbound: boolean
  outboundStrategy: string | null
  campaignId: number
  campaignName: string
  notes: string
  lastUpdated: string
}

/** Facts 5.5. */
export interface StoredGroup {
  readonly groupId: number
  groupName: string
  isActive: boolean
  notes: string
  lastUpdated: string
}

/** What the ACD knows of a team that UserHub does not (facts 5.3). */
export interface StoredAcdTeam {
  readonly teamId: number
  readonly teamUuid: string
  /** The flags that bill each member. */
  features: Readonly<Record<string, boolean>>
  notes: string
}

export interface Assignment {
  readonly proficiency: number
  readonly isActive: boolean
}

/** One login at the desk, over once `until` is known. Moments are milliseconds since 1970. */
export interface Login {
  readonly sessionId: string
  readonly from: number
  until: number | null
  /** In order of time; the last one lasts until the end. */
  readonly states: { readonly from: number; readonly state: AgentState; readonly outStateId: number | null }[]
}

export type AgentState = 'Available' | 'Unavailable'

/** Facts 5.1: fields that only the ACD holds. Names of the timeouts and of the useTeam switches are ours. */
export interface AgentSettings {
  reportToId: number | null
  country: string
  state: string
  city: string
  internalId: string
  employmentType: number | null
  terminationDate: string | null
  rehireStatus: boolean
  custom1: string
  custom2: string
  custom3: string
  custom4: string
  custom5: string
  crmUserName: string
  systemUser: string
  systemDomain: string
  ntLoginName: string
  location: string
  voiceThreshold: number
  chatThreshold: number
  emailThreshold: number
  workItemThreshold: number
  useTeamVoiceThreshold: boolean
  useTeamChatThreshold: boolean
  useTeamEmailThreshold: boolean
  useTeamWorkItemThreshold: boolean
  maxConcurrentChats: number
  useTeamMaxConcurrentChats: boolean
  maxEmailAutoParkingLimit: number
  useTeamEmailAutoParkingLimit: boolean
  requestContact: boolean
  useTeamRequestContact: boolean
  contactAutoFocus: boolean
  useTeamContactAutoFocus: boolean
  phoneRefusalTimeout: number
  chatRefusalTimeout: number
  emailRefusalTimeout: number
  workItemRefusalTimeout: number
  voicemailRefusalTimeout: number
}

export interface StoredAgent {
  readonly agentId: number
  readonly userId: string
  /** The user as it had become when the mirror last ran. */
  mirror: StoredUser
  /** What differs from a new agent. */
  own: Partial<AgentSettings>
  readonly skills: Map<number, Assignment>
  readonly groups: Set<number>
  /** Seeded, set by a login, or set by hand. */
  lastLogin: string | null
  /** The last of the logins that were before anybody watched, which history makes up when asked. */
  pastUntil: string | null
  lastUpdated: string
  /** Goes up with every change of anybody, so that it orders agents by their last change. */
  changed: number
  /** The one under way, and since when it is told to end. */
  session: { readonly login: Login; readonly endsAt: number | null } | null
  /** Oldest first, the present one last. */
  readonly logins: Login[]
}

/** Facts 5.7: the ceilings of the tenant. */
export interface BusinessUnit {
  readonly businessUnitId: number
  readonly businessUnitName: string
  readonly tenantId: string
  isActive: boolean
  userLimit: number
  concurrentAgentLimit: number
  stationLimit: number
  concurrentPortLimit: number
  apiPublishedLimit: number
  userSessionTimeout: number
  isIntegratedTenant: boolean
  features: { readonly featureId: number; readonly featureName: string; readonly isEnabled: boolean }[]
}
