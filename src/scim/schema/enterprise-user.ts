/**
 * The enterprise extension of User: RFC 7643 sections 4.3 and 8.7.1.
 * Decides the rows of its attributes; must not know what becomes of them in an app.
 */
import { attribute, type Attribute } from './attribute.ts'

export const ENTERPRISE_USER_SCHEMA = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

export const ENTERPRISE_USER_ATTRIBUTES: readonly Attribute[] = [
  attribute({ name: 'employeeNumber', description: 'The number the organisation gave to the person.' }),
  attribute({ name: 'costCenter', description: 'The cost centre.' }),
  attribute({ name: 'organization', description: 'The organisation.' }),
  attribute({ name: 'division', description: 'The division.' }),
  attribute({ name: 'department', description: 'The department.' }),
  attribute({
    name: 'manager',
    type: 'complex',
    description: "The user's manager.",
    subAttributes: [
      // The 1.1 schema, and templates made for it, say managerId.
      attribute({ name: 'value', aliases: ['managerid'], description: 'The id of the manager.' }),
      attribute({ name: '$ref', type: 'reference', referenceTypes: ['User'], description: 'The URL of the manager.' }),
      attribute({ name: 'displayName', mutability: 'readOnly', description: 'The name of the manager.' }),
    ],
  }),
]
