/**
 * Where the attributes of a User are found.
 * Decides which of them have a column of their own, and with it an index; must not know any operator.
 */
import { USER, type ResourceType } from '../../scim/schema/resource-type.ts'
import { fold } from '../../scim/text.ts'
import type { Bind, ElementRows, Operand, ResourceColumns } from '../filter/columns.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** An id of ours, which is a UUID in lower case: any other text is the id of nobody. */
export const idColumn =
  (column: string) =>
  (bind: Bind): Operand => ({
    text: `${column}::text`,
    equals: (value) => (UUID.test(value) ? `${column} = ${bind(value)}::uuid` : 'false'),
  })

/** An instant in a column; SCIM shows milliseconds. */
export const instantColumn = (column: string) => (): Operand => ({
  text: `${column}::text`,
  instant: `floor(extract(epoch from ${column}) * 1000)::bigint`,
})

/** `meta` of a resource in `table`, which has the columns id, created_at, modified_at and version. */
export const metaColumns = (table: string, location: string): ResourceColumns['columns'] => ({
  meta: () => ({ text: `'there'` }),
  'meta.created': instantColumn(`${table}.created_at`),
  'meta.lastModified': instantColumn(`${table}.modified_at`),
  'meta.version': () => ({ text: `('W/"' || ${table}.version || '"')` }),
  'meta.location': (bind) => ({ text: `(${bind(location)}::text || ${table}.id)` }),
})

/** `baseUrl` is the SCIM base that locations begin with. */
export function userColumns(type: ResourceType = USER, baseUrl = ''): ResourceColumns {
  return {
    type,
    document: 'identity.document',
    seq: 'identity.seq',
    columns: {
      ...metaColumns('identity', `${baseUrl}${type.endpoint}/`),
      'meta.resourceType': (bind) => ({ text: `${bind(type.name)}::text` }),
      id: idColumn('identity.id'),
      userName: () => ({ text: 'identity.user_name', folded: 'identity.user_name_key' }),
      externalId: () => ({ text: 'identity.external_id' }),
      active: () => ({ text: 'identity.active::text' }),
    },
    elements: { emails: withEmailIndex },
  }
}

function withEmailIndex(json: ElementRows): ElementRows {
  return {
    ...json,
    holds: (sub, value, bind) =>
      sub.name === 'value' ? `identity.email_keys @> ${bind(JSON.stringify([fold(value)]))}::jsonb` : undefined,
  }
}
