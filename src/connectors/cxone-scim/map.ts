/**
 * Between users of native SCIM and accounts (facts, section 3.2).
 * Decides which attribute has its place where, and how a request spells it; must not call CXone.
 */
import type { Account, AccountAttributes, AttributeName } from '../../identity/account.ts'
import { valueAt, withValue, type Place } from '../scim-wire/places.ts'
import { booleanOf, field, listIn, recordIn, textOf, type ScimRecord } from '../scim-wire/record.ts'

export const NICE = 'urn:ietf:params:scim:schemas:extension:nice:2.0:User'
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'

/** Where a read shows it. `timeZone` is the spelling of answers; requests say `timezone`. */
const PLACES = {
  userName: { path: ['userName'] },
  givenName: { path: ['name', 'givenName'] },
  familyName: { path: ['name', 'familyName'] },
  middleName: { path: ['name', 'middleName'] },
  displayName: { path: ['displayName'] },
  email: { list: 'emails', type: 'work', part: 'value', preferred: true },
  mobile: { list: 'phoneNumbers', type: 'mobile', part: 'value', preferred: true },
  timeZone: { path: ['timeZone'] },
} as const satisfies Partial<Record<AttributeName, Place>>

type PlainAttribute = keyof typeof PLACES

/** What is named by id and by name, in a record of its own. */
export const REFERENCES = ['role', 'team', 'loginAuthenticator'] as const
export type Reference = (typeof REFERENCES)[number]

export const ATTRIBUTES = [...(Object.keys(PLACES) as PlainAttribute[]), ...REFERENCES] as const
export type HeldAttribute = PlainAttribute | Reference

/** Section 3.3: these are taken only where Account Settings allow it; the others always. */
export const OPTIONAL: ReadonlySet<HeldAttribute> = new Set<HeldAttribute>([
  'displayName',
  'middleName',
  'mobile',
  'timeZone',
  'role',
  'team',
  'loginAuthenticator',
])

export const REQUIRED = ['userName', 'givenName', 'familyName', 'email'] as const

/** CXone has none of these empty: it makes a display name of the names, and takes its own default for the others. */
const NEVER_EMPTY: ReadonlySet<HeldAttribute> = new Set<HeldAttribute>(['displayName', ...REFERENCES])

export const canonical = (want: AccountAttributes): AccountAttributes =>
  Object.fromEntries(
    ATTRIBUTES.flatMap((name) => {
      const value = textOf(want[name])
      return want[name] === undefined || (value === null && NEVER_EMPTY.has(name)) ? [] : [[name, value]]
    }),
  )

export interface Named {
  readonly id: string
  readonly name: string
}

/** Whom or what a reference of this user names. */
export function referenceOf(user: ScimRecord, name: Reference): Named | undefined {
  const roles = listIn(user, 'roles')
  const found =
    name === 'role'
      ? (roles.find((role) => booleanOf(field(role, 'primary')) === true) ?? roles[0])
      : recordIn(recordIn(user, NICE), name)
  const [id, display] = [textOf(found && field(found, 'value')), textOf(found && field(found, 'display'))]
  return id === null ? undefined : { id, name: display ?? id }
}

export function valueOf(user: ScimRecord, name: HeldAttribute): string | null {
  if (isReference(name)) return referenceOf(user, name)?.id ?? null
  return valueAt(user, PLACES[name])
}

const isReference = (name: HeldAttribute): name is Reference => REFERENCES.some((one) => one === name)

export const idOf = (user: ScimRecord): string => textOf(field(user, 'id')) ?? ''

export const userNameOf = (user: ScimRecord): string => textOf(field(user, 'userName')) ?? ''

export const isActive = (user: ScimRecord): boolean => booleanOf(field(user, 'active')) !== false

/** SCIM tells nobody who is locked, or has never been there, from who is active. */
export const accountOf = (user: ScimRecord, hidden: readonly AttributeName[]): Account => ({
  id: idOf(user),
  state: isActive(user) ? 'active' : 'inactive',
  attributes: Object.fromEntries(
    ATTRIBUTES.filter((name) => !hidden.includes(name)).map((name) => [name, valueOf(user, name)]),
  ),
  ...(hidden.length === 0 ? {} : { hidden }),
})

/** What a request says of a user: a record with these attributes set, in the spelling of requests. `named` knows references by id. */
export function written(
  user: ScimRecord,
  set: AccountAttributes,
  named: (kind: Reference, id: string) => Named,
): ScimRecord {
  let next = user
  for (const name of ATTRIBUTES) {
    const value = set[name]
    if (value === undefined) continue
    next = isReference(name)
      ? withReference(next, name, value === null ? undefined : named(name, value))
      : withValue(next, PLACES[name], value)
  }
  const { timeZone, ...rest } = next
  return timeZone === undefined ? rest : { ...rest, timezone: timeZone }
}

function withReference(user: ScimRecord, name: Reference, entry: Named | undefined): ScimRecord {
  const said = entry && { display: entry.name, value: entry.id }
  if (name === 'role') return { ...user, roles: said === undefined ? [] : [said] }
  const { [name]: _before, ...extension } = recordIn(user, NICE)
  return { ...user, [NICE]: said === undefined ? extension : { ...extension, [name]: said } }
}

export const newUser = (want: AccountAttributes, named: (kind: Reference, id: string) => Named): ScimRecord => {
  const filled = Object.fromEntries(Object.entries(want).filter(([, value]) => value !== null))
  const user = written({ schemas: [USER], active: true }, filled, named)
  return Object.hasOwn(user, NICE) ? { ...user, schemas: [USER, NICE] } : user
}

/** Section 3.4: a path, and a text. Undefined where only the whole user can say it. */
export function pathOf(name: HeldAttribute, value: string | null): string | undefined {
  if (value === null || isReference(name) || name === 'email' || name === 'mobile') return undefined
  return name === 'timeZone' ? 'timezone' : PLACES[name].path.join('.')
}
