/**
 * Where the attributes of a User are found.
 * Decides which of them have a column of their own, and with it an index; must not know any operator.
 */
import { USER, type ResourceType } from '../../scim/schema/resource-type.ts'
import { isId } from '../../scim/id.ts'
import { ENTERPRISE_USER_SCHEMA } from '../../scim/schema/enterprise-user.ts'
import { fold } from '../../scim/text.ts'
import { isWhole, searchKey } from '../search-key.ts'
import type { World } from '../users.ts'
import type { Bind, ElementRows, Operand, ResourceColumns } from '../filter/columns.ts'

/** An id of ours, which is a UUID in lower case: any other text is the id of nobody. */
export const idColumn =
  (column: string) =>
  (bind: Bind): Operand => ({
    text: `${column}::text`,
    equals: (value) => (isId(value) ? `${column} = ${bind(value)}::uuid` : 'false'),
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

export interface UserSource {
  readonly world: World
  /** With the tenant's extensions; without it, those of RFC 7643. */
  readonly type?: ResourceType | undefined
  /** The SCIM base that locations begin with. */
  readonly baseUrl?: string | undefined
}

export function userColumns({ world, type = USER, baseUrl = '' }: UserSource): ResourceColumns {
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
      title: (bind) => keyed('identity.title_key', `(identity.document ->> 'title')`, bind),
      [`${ENTERPRISE_USER_SCHEMA}:department`]: (bind) =>
        keyed('identity.department_key', `(identity.document -> '${ENTERPRISE_USER_SCHEMA}' ->> 'department')`, bind),
    },
    elements: { emails: (json) => withEmailIndex(json, world) },
  }
}

/** A text whose folded beginning has a column with an index. */
const keyed = (column: string, text: string, bind: Bind): Operand => ({
  text,
  equals: (value) => {
    const key = searchKey(value)
    const fits = `${column} = ${bind(key)}`
    return isWhole(key) ? fits : `(${fits} and scim_fold(${text}) = ${bind(fold(value))}::text)`
  },
})

/** Whoever has an address is found by it. One too long for the index is looked for in every document. */
function withEmailIndex(json: ElementRows, { tenant, connection }: World): ElementRows {
  return {
    ...json,
    holds: (sub, value, bind) => {
      const key = searchKey(value)
      if (sub.name !== 'value' || !isWhole(key)) return undefined
      return `identity.id in (
        select identity_email.identity_id from identity_email
        where identity_email.tenant_id = ${bind(tenant)} and identity_email.connection_id = ${bind(connection)}
          and identity_email.value_key = ${bind(key)})`
    },
  }
}
