/**
 * Between CXone's user records and accounts (facts, sections 4.1 and 4.2).
 * Decides which field is which attribute and what a PUT must carry; must not call CXone.
 */
import type { Account, AccountAttributes, AccountState, AttributeName } from '../../identity/account.ts'
import { isEmpty } from './merge.ts'
import type { Entry, RawUser, User, UserStatus } from './schema.ts'

/** The fields that hold an attribute, as create and update take them. What has no field there cannot be set. */
export const FIELDS = {
  userName: 'userName',
  givenName: 'firstName',
  familyName: 'lastName',
  email: 'emailAddress',
  mobile: 'mobileNumber',
  timeZone: 'timeZone',
  role: 'role',
  team: 'teamId',
  federatedId: 'externalIdentity',
  hireDate: 'hireDate',
} as const satisfies Partial<Record<AttributeName, string>>

export type HeldAttribute = keyof typeof FIELDS

/** Those that every read of a user shows. The others some tenants show only in the ACD (section 4.1). */
export const HELD = [
  'userName', 'givenName', 'familyName', 'email', 'mobile', 'timeZone', 'role', 'team',
] as const satisfies readonly HeldAttribute[] // prettier-ignore

/** Those that the ACD keeps, in its own field names (section 5.1). `reportsTo` apart: there it is an agentId. */
export const PROFILE_FIELDS = {
  country: 'country',
  city: 'city',
  employeeNumber: 'internalId',
  federatedId: 'federatedId',
  hireDate: 'hireDate',
} as const satisfies Partial<Record<AttributeName, string>>

/** All that an account can have here. */
export const ATTRIBUTES = [
  ...HELD,
  'federatedId', 'hireDate', 'country', 'city', 'employeeNumber', 'reportsTo', 'loginAuthenticator', 'licence',
] as const satisfies readonly AttributeName[] // prettier-ignore

/** What a new account can have at once. The rest follows when the ACD knows it. */
export const CREATED = [...HELD, 'federatedId', 'hireDate', 'licence'] as const satisfies readonly AttributeName[]

/** Neither the spec nor the help lets an employee be without these (sections 4.2 and 7). */
export const REQUIRED: readonly HeldAttribute[] = ['userName', 'givenName', 'familyName', 'email', 'role', 'team']

const STATES: Readonly<Record<UserStatus, AccountState>> = {
  UNREGISTERED: 'unregistered',
  PENDING: 'pending',
  ACTIVE: 'active',
  BLOCKED: 'locked',
  DELETED: 'inactive',
  // A state this version does not know: surely not deactivated, and not to be counted on.
  UNKNOWN: 'locked',
}

/** `roles` is needed only where the record does not say the role's id. */
export function accountOf(user: User, roles: readonly Entry[]): Account {
  const { raw } = user
  const createdAt = dateOf(raw['creationDate'])
  const role = roleOf(raw, roles)
  const further = furtherRolesOf(user).filter((id) => id !== role)
  return {
    id: user.id,
    state: STATES[user.status],
    attributes: {
      userName: user.userName,
      givenName: textOf(raw['firstName']),
      familyName: textOf(raw['lastName']),
      email: textOf(raw['emailAddress']),
      mobile: textOf(raw['mobileNumber']),
      timeZone: textOf(raw['timeZone']) ?? textOf(raw['timezone']),
      role,
      team: textOf(raw['teamId']),
    },
    ...(further.length === 0 ? {} : { roles: [...(role === null ? [] : [role]), ...further] }),
    ...(createdAt === undefined ? {} : { createdAt }),
  }
}

/** The secondary roles as they are stored, in an order that does not depend on the read; the primary one may be among them. */
export const furtherRolesOf = ({ raw }: User): readonly string[] => listOf(raw['secondaryRoleIds'])

export const saysRoleId = ({ raw }: User): boolean => textOf(raw['roleUUID']) !== null || textOf(raw['role']) === null

/** `role` holds a name in some tenants and an id in others; `roleUUID` is the id where there is one (section 4.2). */
function roleOf(raw: RawUser, roles: readonly Entry[]): string | null {
  const uuid = textOf(raw['roleUUID'])
  const role = textOf(raw['role'])
  if (uuid !== null || role === null) return uuid
  const key = role.toLowerCase()
  const same = roles.filter((entry) =>
    [entry.id, entry.name, entry.alias].some((known) => known?.toLowerCase() === key),
  )
  return (same.find(({ active }) => active) ?? same[0])?.id ?? role
}

export const textOf = (value: unknown): string | null => {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null
}

/** Texts, in an order that does not depend on the read. */
const listOf = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.flatMap((item) => textOf(item) ?? []).toSorted() : []

function dateOf(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number') return undefined
  const date = new Date(value)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString()
}

/** The day of a date in any of the forms that reads have; as it came where it is none. */
export function dayOf(value: unknown): string | null {
  const text = textOf(value)
  if (text === null) return null
  const [day] = /^\d{4}-\d{2}-\d{2}/.exec(text) ?? []
  return day ?? dateOf(typeof value === 'number' ? value : text)?.slice(0, 10) ?? text
}

/** Trimmed, empty as null, without what CXone has no field for, and what it cannot take away: the way to sign in. */
export function canonical(want: AccountAttributes): AccountAttributes {
  const form = (name: AttributeName): readonly (readonly [AttributeName, string | null])[] => {
    const value = want[name]
    if (value === undefined || (name === 'loginAuthenticator' && textOf(value) === null)) return []
    if (name === 'licence') return [[name, textOf(value) ?? '{}']]
    return [[name, name === 'hireDate' ? dayOf(value) : textOf(value)]]
  }
  return Object.fromEntries(ATTRIBUTES.flatMap(form))
}

/** Canonical attributes as fields; emptied is an empty text, since a missing field may mean "keep". Role apart: its form depends. */
export const fieldsOf = (set: AccountAttributes): Record<string, string> =>
  Object.fromEntries(
    Object.entries(FIELDS).flatMap(([name, field]) => {
      const value = set[name as HeldAttribute]
      return name === 'role' || value === undefined ? [] : [[field, value ?? '']]
    }),
  )

/** What CXone keeps for itself: not in any request model, and not ours to send back (section 4.1). */
const ITS_OWN = new Set([
  'status', 'roleUUID', 'fullName', 'creationDate', 'deletedDate', 'invitationExpired', 'modifiable', 'impersonated',
  'icBUId', 'icClusterId', 'idmType', 'passwordPolicyUpdated', 'acdUserMappings',
]) // prettier-ignore

/** The request model of create and update (section 4.2). */
export const MODEL: readonly string[] = [
  'id', 'firstName', 'lastName', 'emailAddress', 'assignedGroup', 'role', 'userName', 'emailToBeVerified', 'teamId',
  'timeZone', 'mobileNumber', 'rank', 'hireDate', 'acdInfos', 'groupIds', 'applicationAttributes', 'externalIdentity',
  'billable', 'secondaryRoleIds', 'views', 'customAttributes',
] // prettier-ignore

/** Fields of the model that the spec calls required, though known clients leave them out. */
const OFTEN_EMPTY = ['assignedGroup', 'emailToBeVerified']

/** How the tenant wants a PUT; found out by asking (see `wording.ts`). */
export interface PutForm {
  /** Fields that can be read but are not in the request model are sent as well, lest the PUT clear them. */
  readonly extras: boolean
  /** Required fields that are empty are sent as empty texts. */
  readonly blanks: boolean
  readonly role: string
}

/** A full replacement: everything as it was read, with the changed fields on top. */
export function putBody(user: User, changes: Readonly<Record<string, unknown>>, form: PutForm): RawUser {
  const kept = Object.entries(user.raw).filter(([name]) => !ITS_OWN.has(name) && (form.extras || MODEL.includes(name)))
  const body: Record<string, unknown> = Object.fromEntries(kept)
  for (const name of form.blanks ? OFTEN_EMPTY : []) body[name] ??= ''
  return { ...body, ...changes, id: user.id, role: form.role }
}

/** Fields outside the model that somebody has filled in, rather than CXone itself (section 4.1). */
const FILLED_IN = [
  'middleName',
  'displayName',
  'type',
  'country',
  'mobileNumber2',
  'loginAuthenticatorId',
  'divisionId',
]

/** Fields that held something, were to stay as they were, and are different now. Stamps that we do not know may change. */
export function harmed(before: User, after: User, changed: readonly string[]): readonly string[] {
  const same = (name: string) => JSON.stringify(before.raw[name]) === JSON.stringify(after.raw[name])
  const kept = [...MODEL, ...FILLED_IN].filter((name) => !changed.includes(name))
  return kept.filter((name) => !isEmpty(before.raw[name]) && !same(name))
}
