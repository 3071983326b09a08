// Decides what native SCIM says of its own schemas (facts 3.2, 3.4). Data only.
import { NICE, USER } from './show-user.ts'

interface AttributeRow {
  readonly name: string
  readonly type?: 'string' | 'boolean' | 'complex'
  readonly multiValued?: true
  readonly required?: true
  readonly readOnly?: true
  readonly unique?: true
}

const CORE: readonly AttributeRow[] = [
  { name: 'userName', required: true, unique: true },
  { name: 'name', type: 'complex', required: true },
  { name: 'displayName' },
  { name: 'emails', type: 'complex', multiValued: true, required: true },
  { name: 'phoneNumbers', type: 'complex', multiValued: true },
  { name: 'active', type: 'boolean' },
  { name: 'userType' },
  { name: 'timezone' },
  { name: 'locale', readOnly: true },
  { name: 'externalId', readOnly: true },
  { name: 'roles', type: 'complex', multiValued: true },
]

const EXTENSION: readonly AttributeRow[] = [
  { name: 'team', type: 'complex' },
  { name: 'loginAuthenticator', type: 'complex' },
]

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse'

/** Here alone the facts have startIndex and itemsPerPage. */
export function schemaList(address: string): Record<string, unknown> {
  const Resources = [
    schemaOf({ id: USER, name: 'User', rows: CORE }, address),
    schemaOf({ id: NICE, name: 'NICE User', rows: EXTENSION }, address),
  ]
  return { schemas: [LIST], totalResults: Resources.length, startIndex: 1, itemsPerPage: Resources.length, Resources }
}

function schemaOf(schema: { id: string; name: string; rows: readonly AttributeRow[] }, address: string): object {
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    meta: { resourceType: 'Schema', location: `${address}/${schema.id}` },
    id: schema.id,
    name: schema.name,
    description: schema.name,
    attributes: schema.rows.map((row) => ({
      name: row.name,
      type: row.type ?? 'string',
      multiValued: row.multiValued ?? false,
      description: row.name,
      required: row.required ?? false,
      caseExact: false,
      mutability: row.readOnly === true ? 'readOnly' : 'readWrite',
      returned: 'default',
      uniqueness: row.unique === true ? 'server' : 'none',
    })),
  }
}
