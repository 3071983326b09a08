// Decides which fields a create or an update of a user may carry, in which shape, and what each is when it is left out
// (facts 4.2). Does not decide whether the whole write is allowed.
import { type Json, toFlag, toList, toObject, toText, toTexts, toWhole } from './input.ts'
import type { ApplicationAttributes, CustomAttributes, StoredRole, StoredUser } from './records.ts'
import { Refusal } from './refusal.ts'
import type { World } from './world.ts'

/** The fields of a write that were there, checked. `role` has become `roleUUID`. */
export type UserWrite = Partial<
  Pick<
    StoredUser,
    | 'firstName'
    | 'lastName'
    | 'emailAddress'
    | 'userName'
    | 'teamId'
    | 'timeZone'
    | 'mobileNumber'
    | 'assignedGroup'
    | 'rank'
    | 'hireDate'
    | 'acdInfos'
    | 'groupIds'
    | 'applicationAttributes'
    | 'emailToBeVerified'
    | 'externalIdentity'
    | 'billable'
    | 'secondaryRoleIds'
    | 'views'
    | 'customAttributes'
    | 'country'
    | 'roleUUID'
  >
>

/** Fields that an update never clears by leaving them out. */
type NeverBlank = 'firstName' | 'lastName' | 'emailAddress' | 'userName' | 'roleUUID' | 'emailToBeVerified' | 'country'

type Reader = (value: unknown, world: World) => unknown

const READERS: Readonly<Record<string, Reader>> = {
  firstName: (value) => filled(value, 'firstName'),
  lastName: (value) => filled(value, 'lastName'),
  emailAddress: (value) => toEmail(value, 'emailAddress'),
  userName: (value, world) => toUserName(value, world),
  role: (value, world) => toRole(value, world).roleId,
  teamId: (value, world) => toTeam(value, world),
  timeZone: (value, world) => toTimeZone(value, world),
  mobileNumber: (value) => textOrNull(value, 'mobileNumber'),
  assignedGroup: (value) => toText(value, 'assignedGroup'),
  rank: (value) => (value === null ? null : toWhole(value, 'rank')),
  hireDate: (value) => toDate(value, 'hireDate'),
  acdInfos: (value) => toList(value ?? [], 'acdInfos').map((item, index) => toAcdInfo(item, `acdInfos[${index}]`)),
  groupIds: (value) => toTexts(value ?? [], 'groupIds'),
  applicationAttributes: (value) => toApplications(value ?? {}),
  emailToBeVerified: (value) => toPendingEmail(value),
  externalIdentity: (value) => textOrNull(value, 'externalIdentity'),
  billable: (value) => (value === null ? false : toFlag(value, 'billable')),
  secondaryRoleIds: (value, world) => toSecondaryRoles(value ?? [], world),
  views: (value) => toList(value ?? [], 'views').map((item, index) => toView(item, `views[${index}]`)),
  customAttributes: (value) => toCustom(value ?? {}),
}

/** What an optional field is when an update clears it. */
export function blankFields(world: World): Required<Omit<UserWrite, NeverBlank>> {
  return {
    teamId: world.store.defaultTeamId,
    timeZone: null,
    mobileNumber: null,
    assignedGroup: '',
    rank: null,
    hireDate: null,
    acdInfos: [],
    groupIds: [],
    applicationAttributes: {},
    externalIdentity: null,
    billable: false,
    secondaryRoleIds: [],
    views: [],
    customAttributes: {},
  }
}

/** Reads what is there. A field of another name is left alone or refused, as the switch says. */
export function readUserWrite(body: Json, world: World): UserWrite {
  const write: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(body)) {
    if (name === 'id') continue
    if (name === 'country') {
      if (world.switches.countryInRequests === 'taken') write['country'] = textOrNull(value, 'country')
      continue
    }
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined
    if (read === undefined) {
      if (world.switches.unknownFields === 'refused')
        throw invalid('UNKNOWN_FIELD', `${name} is no field of this request`)
      continue
    }
    write[name === 'role' ? 'roleUUID' : name] = asInvalid(() => read(value, world))
  }
  return write
}

export function requireFields(body: Json, names: readonly string[]): void {
  const missing = names.filter((name) => body[name] === undefined || body[name] === null)
  if (missing.length > 0) throw invalid('REQUIRED_FIELD_MISSING', `required and missing: ${missing.join(', ')}`)
}

export function invalid(code: string, message: string): Refusal {
  return new Refusal('invalid', code, message)
}

/** Shape errors inside a write are answered as bad data, since that is how a record is validated. */
function asInvalid<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof Refusal && cause.kind === 'bad') throw invalid(cause.code, cause.message)
    throw cause
  }
}

function filled(value: unknown, where: string): string {
  const text = toText(value, where)
  if (text.trim() === '') throw invalid('EMPTY_FIELD', `${where} must not be empty`)
  return text
}

function textOrNull(value: unknown, where: string): string | null {
  return value === null ? null : toText(value, where)
}

function toEmail(value: unknown, where: string): string {
  const text = toText(value, where)
  if (text.length <= 320 && /^[^\s@]+@[^\s@]+$/.test(text)) return text
  throw invalid('NOT_AN_EMAIL', `${where} must look like an e-mail address`)
}

/** Empty means that nothing is to be verified. */
function toPendingEmail(value: unknown): string | null {
  return value === null || value === '' ? null : toEmail(value, 'emailToBeVerified')
}

/** E-mail format, no real mailbox needed (facts 7). */
function toUserName(value: unknown, world: World): string {
  const name = toEmail(value, 'userName')
  return world.switches.userNameCase === 'lowered' ? name.toLowerCase() : name
}

function toRole(value: unknown, world: World): StoredRole {
  const text = filled(value, 'role')
  const by = world.switches.roleAccepted
  const role =
    (by === 'name' ? undefined : world.store.roles.get(text)) ?? (by === 'id' ? undefined : world.store.roleNamed(text))
  if (role === undefined) throw invalid('ROLE_NOT_FOUND', `there is no role ${JSON.stringify(text)}`)
  if (role.status !== 'ACTIVE') throw invalid('ROLE_NOT_ACTIVE', `the role ${role.roleName} is ${role.status}`)
  return role
}

const MOST_SECONDARY_ROLES = 10

function toSecondaryRoles(value: unknown, world: World): string[] {
  const ids = toTexts(value, 'secondaryRoleIds')
  if (ids.length > MOST_SECONDARY_ROLES)
    throw invalid('TOO_MANY_ROLES', `at most ${MOST_SECONDARY_ROLES} secondary roles`)
  const unknown = ids.find((id) => world.store.roles.get(id)?.status !== 'ACTIVE')
  if (unknown !== undefined) throw invalid('ROLE_NOT_FOUND', `secondaryRoleIds: there is no active role ${unknown}`)
  return ids
}

function toTeam(value: unknown, world: World): string {
  if (value === null || value === '') return world.store.defaultTeamId
  const team = world.store.teams.get(toText(value, 'teamId'))
  if (team === undefined) throw invalid('TEAM_NOT_FOUND', `there is no team ${JSON.stringify(value)}`)
  if (team.status !== 'ACTIVE') throw invalid('TEAM_NOT_ACTIVE', `the team ${team.name} is ${team.status}`)
  return team.id
}

function toTimeZone(value: unknown, world: World): string | null {
  const zone = textOrNull(value, 'timeZone')
  if (zone === null || world.switches.timeZoneCheck === 'none') return zone
  try {
    Intl.DateTimeFormat('en', { timeZone: zone })
    return zone
  } catch {
    throw invalid('TIME_ZONE_UNKNOWN', `there is no time zone ${JSON.stringify(zone)}`)
  }
}

function toDate(value: unknown, where: string): string | null {
  if (value === null || value === '') return null
  const text = toText(value, where)
  if (Number.isNaN(Date.parse(text))) throw invalid('NOT_A_DATE', `${where} must be a date`)
  return text
}

function toAcdInfo(value: unknown, where: string): { loginId: string } {
  return { loginId: toText(toObject(value, where)['loginId'], `${where}.loginId`) }
}

function toView(value: unknown, where: string): { id: string; objectType: string } {
  const from = toObject(value, where)
  return { id: toText(from['id'], `${where}.id`), objectType: toText(from['objectType'], `${where}.objectType`) }
}

function toCustom(value: unknown): CustomAttributes {
  const entries = Object.entries(toObject(value, 'customAttributes')).map(([name, item]) => {
    const where = `customAttributes.${name}`
    const from = toObject(item, where)
    const values = toList(from['values'], `${where}.values`).map((one, index) => {
      const pair = toObject(one, `${where}.values[${index}]`)
      const text = toText(pair['value'], `${where}.values[${index}].value`)
      return {
        value: text,
        resolvedValue: toText(pair['resolvedValue'] ?? text, `${where}.values[${index}].resolvedValue`),
      }
    })
    return [name, { id: toText(from['id'], `${where}.id`), values }] as const
  })
  return Object.fromEntries(entries)
}

function toApplications(value: unknown): ApplicationAttributes {
  const entries = Object.entries(toObject(value, 'applicationAttributes')).map(([app, list]) => {
    const where = `applicationAttributes.${app}`
    const rows = toList(list, where).map((item, index) => {
      const from = toObject(item, `${where}[${index}]`)
      return {
        name: toText(from['name'], `${where}[${index}].name`),
        values: toTexts(from['values'] ?? [], `${where}[${index}].values`),
        objects: toList(from['objects'] ?? [], `${where}[${index}].objects`),
      }
    })
    return [app, rows] as const
  })
  return Object.fromEntries(entries)
}
