/**
 * From a SCIM User to what an app is asked for.
 * Decides which SCIM attribute feeds which account attribute; must not know what any app can hold.
 */
import type { UserDocument } from '../scim/resource.ts'
import type { AccountAttributes, Wish } from './account.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** An identity as far as an app is concerned: a deleted one wants nothing but to be gone. */
export interface ProjectedIdentity {
  readonly document: UserDocument
  readonly active: boolean
  readonly deleted: boolean
}

/** What the identity asks of an app, with the app's `defaults` for accounts that Rollcall creates. Pure. */
export function projectWish(identity: ProjectedIdentity, defaults: AccountAttributes): Wish {
  return {
    active: identity.active && !identity.deleted,
    attributes: projectAttributes(identity.document),
    onCreate: defaults,
  }
}

/**
 * The account attributes a SCIM User speaks of. An attribute the document does not have is wanted empty (`null`): a
 * value removed at the provider disappears from the app too. RFC 7643 sections 4.1 and 4.3.
 */
export function projectAttributes(document: UserDocument): AccountAttributes {
  const name = record(document['name'])
  const enterprise = record(document[ENTERPRISE])
  const userName = text(document['userName'])
  return {
    ...(userName === null ? {} : { userName }),
    givenName: text(name['givenName']),
    familyName: text(name['familyName']),
    middleName: text(name['middleName']),
    displayName: text(document['displayName']),
    email: preferred(document['emails'], 'work') ?? (userName?.includes('@') ? userName : null),
    mobile: ofType(document['phoneNumbers'], 'mobile'),
    timeZone: text(document['timezone']),
    title: text(document['title']),
    department: text(enterprise['department']),
    employeeNumber: text(enterprise['employeeNumber']),
  }
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}

const elements = (value: unknown): readonly Readonly<Record<string, unknown>>[] =>
  Array.isArray(value) ? value.map(record) : []

const isType = (element: Readonly<Record<string, unknown>>, type: string): boolean =>
  typeof element['type'] === 'string' && element['type'].toLowerCase() === type

/** The primary value, else the first of the type, else the first. */
function preferred(values: unknown, type: string): string | null {
  const all = elements(values)
  const chosen =
    all.find((element) => element['primary'] === true) ?? all.find((element) => isType(element, type)) ?? all[0]
  return text(chosen?.['value'])
}

const ofType = (values: unknown, type: string): string | null =>
  text(elements(values).find((element) => isType(element, type))?.['value'])
