/**
 * From a filter on groups to a condition in SQL.
 * Decides which column or table holds which attribute; must not let a row out of the database that does not match.
 */
import { groupNameKey } from '../../identity/group-name.ts'
import { refusal } from '../../scim/errors.ts'
import type { Compare, Filter } from '../../scim/filter/ast.ts'
import type { GroupCondition } from './groups.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** The id of nobody: what is no UUID finds nobody. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

const idOf = (value: Compare['value']): unknown => (UUID.test(String(value)) ? value : NOBODY)

/** Groups with this member, by the index on members. The member is there: not deleted, not undecided. */
const HAS_MEMBER = (value: string): string => `scim_group.id in (
  select membership.group_id from membership
  where membership.tenant_id = $1 and membership.connection_id = $2 and membership.member_id = ${value}
    and (exists (select from identity where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = membership.member_id
                 and identity.deleted_at is null and not identity.undecided)
      or exists (select from scim_group inner_group where inner_group.tenant_id = $1 and inner_group.connection_id = $2
                 and inner_group.id = membership.member_id and inner_group.deleted_at is null)))`

type Bind = (value: unknown) => string

/** Attributes that can be searched by, with how their values are compared. */
const EQUALS: Readonly<Record<string, (value: Compare['value'], bind: Bind) => string>> = {
  displayName: (value, bind) => `scim_group.display_name_key = ${bind(groupNameKey(String(value)))}`,
  externalId: (value, bind) => `scim_group.external_id = ${bind(value)}`,
  id: (value, bind) => `scim_group.id = ${bind(idOf(value))}`,
  'members.value': (value, bind) => HAS_MEMBER(bind(idOf(value))),
}

/** The condition, with values numbered from $3. Throws invalidFilter for what cannot be searched by. */
export function compileGroupFilter(filter: Filter): GroupCondition {
  const values: unknown[] = []
  const sql = compile(filter, (value) => `$${values.push(value) + 2}`)
  return { sql, values }
}

function compile(filter: Filter, bind: Bind): string {
  if (filter.kind === 'and' || filter.kind === 'or')
    return `(${filter.terms.map((term) => compile(term, bind)).join(` ${filter.kind} `)})`
  if (filter.kind === 'element') return compile(filter.filter, bind)
  const equals =
    filter.kind === 'compare' && filter.operator === 'eq' && filter.value !== null
      ? EQUALS[filter.path.name]
      : undefined
  if (filter.kind !== 'compare' || equals === undefined) throw unsupported()
  return equals(filter.value, bind)
}

const unsupported = () =>
  refusal(
    'invalidFilter',
    `This version searches groups by ${Object.keys(EQUALS).join(', ')} with "eq", and combinations of these with "and" and "or".`,
  )
