/**
 * Which SCIM attributes Rollcall makes something of, as every guide says it.
 * Decides the rows; must follow identity/project.ts (a test compares them) and must not map anything itself.
 */
import { table, text, type Block, type Line } from './shape.ts'

export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Every SCIM attribute that feeds an account, and what becomes of it in CXone. */
export const ATTRIBUTES = {
  userName: 'the user name; for CXone it needs the form of an e-mail address',
  'name.givenName': 'the first name; needed to create an account',
  'name.familyName': 'the last name; needed to create an account',
  'emails[type eq "work"].value': 'the e-mail address; without one, a user name that looks like one is taken',
  active: 'whether the account may be used',
  'phoneNumbers[type eq "mobile"].value': 'the mobile number',
  timezone: 'the time zone',
  displayName: 'kept here; CXone has no field for it',
  title: 'kept here; CXone has no field for it',
  [`${ENTERPRISE}:department`]: 'kept here; CXone has no field for it',
  [`${ENTERPRISE}:employeeNumber`]: 'kept here, and tells two people of one name apart when a name comes back',
  externalId: 'kept here; by it and the user name a create that is tried again is known',
} as const satisfies Record<string, Line>

export type MappedAttribute = keyof typeof ATTRIBUTES

/** The mapping table of a provider: its own name for each attribute, in the order given. */
export function mappingTable(
  sourceTitle: string,
  rows: readonly (readonly [source: Line, attribute: MappedAttribute])[],
): Block {
  return table(
    [sourceTitle, 'SCIM attribute', 'what Rollcall makes of it'],
    rows.map(([source, attribute]) => [source, `\`${attribute}\``, ATTRIBUTES[attribute]]),
  )
}

export const NOT_MAPPED: Block = text(
  'Do not map passwords: whatever arrives is thrown away at the door, never stored and never passed on. What is not in the table may be sent; it is kept if SCIM knows it, and goes no further.',
)
