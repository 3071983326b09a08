// Decides which fields of an agent the ACD holds by itself, what they are on a new agent and which values they take
// (facts 5.1); and by which names an update may name what UserHub owns. Changes nothing.
import { type Json, toFlag, toText, toWhole } from '../input.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import type { AgentSettings } from './records.ts'

export const NEW_AGENT: Readonly<AgentSettings> = Object.freeze({
  reportToId: null,
  country: '',
  state: '',
  city: '',
  internalId: '',
  employmentType: null,
  terminationDate: null,
  rehireStatus: false,
  custom1: '',
  custom2: '',
  custom3: '',
  custom4: '',
  custom5: '',
  crmUserName: '',
  systemUser: '',
  systemDomain: '',
  ntLoginName: '',
  location: '',
  voiceThreshold: 1,
  chatThreshold: 2,
  emailThreshold: 3,
  workItemThreshold: 3,
  useTeamVoiceThreshold: true,
  useTeamChatThreshold: true,
  useTeamEmailThreshold: true,
  useTeamWorkItemThreshold: true,
  maxConcurrentChats: 3,
  useTeamMaxConcurrentChats: true,
  maxEmailAutoParkingLimit: 5,
  useTeamEmailAutoParkingLimit: true,
  requestContact: true,
  useTeamRequestContact: true,
  contactAutoFocus: false,
  useTeamContactAutoFocus: true,
  phoneRefusalTimeout: 45,
  chatRefusalTimeout: 60,
  emailRefusalTimeout: 60,
  workItemRefusalTimeout: 60,
  voicemailRefusalTimeout: 60,
})

export const SETTING_NAMES = Object.keys(NEW_AGENT) as (keyof AgentSettings)[]

/** Fields that `agentHidden: few` keeps out of every read. */
export const HIDDEN_SETTINGS: readonly string[] = ['custom4', 'custom5', 'crmUserName', 'phoneRefusalTimeout']

/** What UserHub owns of an agent, by the names an update may use for it. */
export const IDENTITY_FIELDS: readonly string[] = [
  'userName',
  'firstName',
  'middleName',
  'lastName',
  'emailAddress',
  'isActive',
  'teamId',
  'profileId',
  'roleId',
  'timeZone',
  'hireDate',
  'federatedId',
  'loginAuthenticatorId',
  'isBillable',
  'digitalEngagementEnabled',
  'customerCard',
  'agentIntegration',
  'userType',
  'divisionNo',
]

/** The settings a write names, checked; a field of no known name is left alone or refused, as the switch says. */
export function readSettings(body: Json, world: World): Partial<AgentSettings> {
  const settings: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(body)) {
    if (name === 'agentId' || IDENTITY_FIELDS.includes(name)) continue
    if (!Object.hasOwn(NEW_AGENT, name)) {
      if (world.switches.unknownFields === 'ignored') continue
      throw new Refusal('bad', 'UNKNOWN_FIELD', `${name} is no field of an agent`)
    }
    settings[name] = settingOf(name as keyof AgentSettings, value, world)
  }
  return settings
}

/** @throws Refusal when the value does not fit the field */
export function settingOf(name: keyof AgentSettings, value: unknown, world: World): AgentSettings[keyof AgentSettings] {
  if (name === 'reportToId') return toReportTo(value, world)
  if (name === 'employmentType') return value === null ? null : toWhole(value, name, 10)
  if (name === 'terminationDate') return value === null || value === '' ? null : toDay(value, name)
  const blank = NEW_AGENT[name]
  if (typeof blank === 'boolean') return toFlag(value, name)
  if (typeof blank === 'number') return toWhole(value, name, 10_000)
  return value === null ? '' : toText(value, name)
}

/** The id of an agent there is; empty means nobody. */
function toReportTo(value: unknown, world: World): number | null {
  if (value === null || value === '' || value === 0) return null
  const id = toWhole(value, 'reportToId')
  if (!world.store.acd.agents.has(id)) throw new Refusal('bad', 'AGENT_NOT_FOUND', `reportToId: no agent ${id}`)
  return id
}

function toDay(value: unknown, where: string): string {
  const text = toText(value, where)
  if (Number.isNaN(Date.parse(text))) throw new Refusal('bad', 'NOT_A_DATE', `${where} must be a date`)
  return text
}
