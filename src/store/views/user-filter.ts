/**
 * From a filter to a condition in SQL.
 * Decides which column holds which attribute; must not let a row out of the database that does not match.
 */
import { userNameKey } from '../../identity/user-name.ts'
import { refusal } from '../../scim/errors.ts'
import type { Compare, Filter } from '../../scim/filter/ast.ts'
import type { UserCondition } from './users.ts'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
/** The id of nobody: what is no UUID finds nobody. */
const NOBODY = '00000000-0000-0000-0000-000000000000'

/** Attributes kept in a column of their own, with how their values are compared there. */
const COLUMNS: Readonly<
  Record<string, (value: Compare['value']) => { readonly sql: string; readonly value: unknown }>
> = {
  userName: (value) => ({ sql: 'identity.user_name_key', value: userNameKey(String(value)) }),
  externalId: (value) => ({ sql: 'identity.external_id', value }),
  id: (value) => ({ sql: 'identity.id', value: UUID.test(String(value)) ? value : NOBODY }),
  active: (value) => ({ sql: 'identity.active', value }),
}

/** The condition, with values numbered from $3. Throws invalidFilter for what cannot be searched by. */
export function compileUserFilter(filter: Filter): UserCondition {
  const values: unknown[] = []
  const sql = compile(filter, (value) => `$${values.push(value) + 2}`)
  return { sql, values }
}

function compile(filter: Filter, bind: (value: unknown) => string): string {
  if (filter.kind === 'and') return `(${filter.terms.map((term) => compile(term, bind)).join(' and ')})`
  if (filter.kind === 'or') return `(${filter.terms.map((term) => compile(term, bind)).join(' or ')})`
  const column =
    filter.kind === 'compare' && filter.operator === 'eq' && filter.value !== null
      ? COLUMNS[filter.path.name]
      : undefined
  if (filter.kind !== 'compare' || column === undefined) throw unsupported()
  const { sql, value } = column(filter.value)
  return `${sql} = ${bind(value)}`
}

const unsupported = () =>
  refusal(
    'invalidFilter',
    `This version searches by ${Object.keys(COLUMNS).join(', ')} with "eq", and combinations of these with "and" and "or".`,
  )
