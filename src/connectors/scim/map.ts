/**
 * Between SCIM users and accounts: RFC 7643 sections 4.1 and 4.3.
 * Decides which attribute has its place where; must not call the server.
 */
import type { Account, AccountAttributes, AttributeName, Grant } from '../../identity/account.ts'
import { valueAt, withValue, type Place, type Value } from '../scim-wire/places.ts'
import { booleanOf, field, listIn, recordIn, textOf, type ScimRecord } from '../scim-wire/record.ts'

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Of a role, a team, a licence, a way to sign in and a date of hire SCIM knows nothing. */
const PLACES = {
  userName: { path: ['userName'] },
  givenName: { path: ['name', 'givenName'] },
  familyName: { path: ['name', 'familyName'] },
  middleName: { path: ['name', 'middleName'] },
  displayName: { path: ['displayName'] },
  email: { list: 'emails', type: 'work', part: 'value', preferred: true },
  mobile: { list: 'phoneNumbers', type: 'mobile', part: 'value' },
  timeZone: { path: ['timezone'] },
  title: { path: ['title'] },
  department: { path: [ENTERPRISE, 'department'] },
  employeeNumber: { path: [ENTERPRISE, 'employeeNumber'] },
  federatedId: { path: ['externalId'] },
  reportsTo: { path: [ENTERPRISE, 'manager', 'value'], alone: true },
  country: { list: 'addresses', type: 'work', part: 'country' },
  city: { list: 'addresses', type: 'work', part: 'locality' },
} as const satisfies Partial<Record<AttributeName, Place>>

export type HeldAttribute = keyof typeof PLACES

export const ATTRIBUTES = Object.keys(PLACES) as readonly HeldAttribute[]

export const placeOf = (name: HeldAttribute): Place => PLACES[name]

export const ACTIVE: Place = { path: ['active'] }

/** An empty text, blanks and no text are one thing: servers trim. */
export const canonical = (want: AccountAttributes): AccountAttributes =>
  Object.fromEntries(ATTRIBUTES.filter((name) => want[name] !== undefined).map((name) => [name, textOf(want[name])]))

export const attributesOf = (user: ScimRecord): Readonly<Record<HeldAttribute, string | null>> =>
  Object.fromEntries(ATTRIBUTES.map((name) => [name, valueAt(user, PLACES[name])])) as Record<
    HeldAttribute,
    string | null
  >

export const idOf = (resource: ScimRecord): string | null => textOf(field(resource, 'id'))

export const userNameOf = (user: ScimRecord): string => textOf(field(user, 'userName')) ?? ''

/** A user of whom it is not said is active: RFC 7643 section 4.1.1 leaves it to the server, and no server hides who is disabled so. */
export const isActive = (user: ScimRecord): boolean => booleanOf(field(user, 'active')) !== false

export interface Shown {
  /** What it holds; absent where it was not read. */
  readonly groups?: readonly Grant[] | undefined
  /** What this server shows of nobody. */
  readonly hidden?: readonly AttributeName[]
}

export function accountOf(user: ScimRecord, { groups, hidden = [] }: Shown = {}): Account {
  const createdAt = dateOf(field(recordIn(user, 'meta'), 'created'))
  const shown = Object.entries(attributesOf(user)).filter(([name]) => !hidden.some((one) => one === name))
  return {
    id: idOf(user) ?? '',
    state: isActive(user) ? 'active' : 'inactive',
    attributes: Object.fromEntries(shown),
    ...(groups === undefined ? {} : { grants: { group: groups } }),
    ...(hidden.length === 0 ? {} : { hidden }),
    ...(createdAt === undefined ? {} : { createdAt }),
  }
}

function dateOf(value: unknown): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

/** What a new user looks like; what is empty is left out. */
export const newUser = (want: AccountAttributes): ScimRecord =>
  setsOf(want)
    .filter(([, value]) => value !== null)
    .reduce<ScimRecord>((user, [place, value]) => withValue(user, place, value), { schemas: [USER], active: true })

export const setsOf = (want: AccountAttributes): readonly (readonly [Place, Value])[] =>
  ATTRIBUTES.flatMap((name) => {
    const value = want[name]
    return value === undefined ? [] : [[PLACES[name], value] as const]
  })

/** The ids of the groups that a user says it is in itself: RFC 7643 section 4.1.2. */
export const directGroupsOf = (user: ScimRecord): readonly string[] =>
  listIn(user, 'groups').flatMap((group) => {
    const id = textOf(field(group, 'value'))
    return id === null || textOf(field(group, 'type'))?.toLowerCase() === 'indirect' ? [] : [id]
  })
