/**
 * Lists and searches over any resource type.
 * Decides paging, order and totals; must not know a table, nor let a row out of the database that does not match.
 */
import type { QueryResultRow } from 'pg'
import type { Filter } from '../../scim/filter/ast.ts'
import { BY_KEY, type Queryable } from '../db.ts'
import type { Bind, ResourceColumns } from '../filter/columns.ts'
import { compileFilter } from '../filter/compile.ts'
import { isWhole, searchKey } from '../search-key.ts'
import { prepared } from '../statement.ts'
import { keepTotal, keptTotal } from './kept-totals.ts'
import { isAfter, orderBy, sortKey, type Position, type Sort } from '../filter/sort.ts'

export { isPosition, type Position, type Sort } from '../filter/sort.ts'

/** Where the resources of one world are. */
export interface ListSource {
  readonly columns: ResourceColumns
  /** The table, and the columns of it that a row has. */
  readonly table: string
  readonly select: string
  /** Names of places by whose value an index finds the few who have it. */
  readonly keys: readonly string[]
  /** Likewise, of whom more may have it than a page holds: they are counted in the same breath. */
  readonly shared: readonly string[]
  /** What totals of searches at these places depend on, as text; without it every total is counted. */
  readonly state?: { readonly places: readonly string[]; readonly sql: (bind: Bind) => string }
  /** What is in the list whatever the filter says. */
  readonly where: (bind: Bind) => string
}

export interface ListRequest {
  readonly filter?: Filter | undefined
  readonly sort?: Sort | undefined
  /** Only these. */
  readonly ids?: readonly string[] | undefined
  /** At most so many rows; 0 asks for the total only. */
  readonly limit: number
  /** Rows to pass over, from 0, or the position behind which to go on. */
  readonly from: { readonly offset: number } | { readonly after: Position | undefined }
}

export interface ListPage<Row> {
  /** Of all that match, whatever page it is. */
  readonly total: number
  readonly rows: readonly Row[]
  /** Where this page ended, if there is more behind it. */
  readonly next: Position | undefined
}

/**
 * One page, in order of creation if no other is asked for, which is the same every time. Going on from a position finds
 * everybody who was there throughout, whoever came or went meanwhile, and nobody twice.
 */
export async function listResources<Row extends QueryResultRow>(
  db: Queryable,
  source: ListSource,
  request: ListRequest,
): Promise<ListPage<Row>> {
  const { limit, from } = request
  const found = limit === 0 ? [] : await readPage<Row>(db, source, request)
  const rows = found.slice(0, limit)
  const last = rows.at(-1)
  const next = found.length > limit && last !== undefined ? { seq: last.list_seq, key: last.sort_text } : undefined
  const exact = 'offset' in from && next === undefined && limit > 0 && (rows.length > 0 || from.offset === 0)
  const total = exact ? from.offset + rows.length : (found[0]?.list_total ?? (await totalOf(db, source, request)))
  return { total, rows, next }
}

/** `list_total` where it was counted with the page, or is known from before. */
type Found<Row> = Row & {
  readonly list_seq: number
  readonly sort_text?: string | null
  readonly list_total?: number | undefined
}

async function readPage<Row>(db: Queryable, source: ListSource, request: ListRequest): Promise<Found<Row>[]> {
  const { sort, from, limit } = request
  const values: unknown[] = []
  const bind: Bind = (value) => `$${values.push(value)}`
  const { seq } = source.columns
  const conditions = conditionsOf(source, request, bind)
  const state = stateOf(source, request)
  const counted = state === undefined && request.filter !== undefined && findsFew(request.filter, source.shared)
  const matching = conditions.join(' and ')
  const total = counted ? `, (select count(*) from ${source.table} where ${matching}) as list_total` : ''
  const asOf = state === undefined ? '' : `, ${state.sql(bind)} as list_state`
  const key = sort && sortKey(sort, source.columns, bind)
  const sorted = key === undefined ? '' : `, ${key.sql} as sort_key, (${key.sql})::text as sort_text`
  if ('after' in from && from.after !== undefined) {
    conditions.push(isAfter({ sort, seq, position: from.after }, key, bind))
  }
  const offset = 'offset' in from && from.offset > 0 ? ` offset ${bind(from.offset)}` : ''
  const text = `select ${source.select}, ${seq} as list_seq${sorted}${total}${asOf} from ${source.table} where ${conditions.join(' and ')}
     order by ${orderBy(sort, seq)} limit ${bind(limit + 1)}${offset}`
  const { rows } = await db.query<Found<Row> & QueryResultRow & { readonly list_state?: string }>({
    ...wayOf(source, request),
    ...prepared(text),
    values,
  })
  const [first] = rows
  if (first?.list_state === undefined) return rows
  return rows.with(0, { ...first, list_total: keptTotal(db, searchOf(source, request), first.list_state) })
}

const wayOf = ({ keys }: ListSource, { filter }: Selection): object =>
  filter !== undefined && findsFew(filter, keys) ? BY_KEY : {}

/** Whoever matches has one value at one of these places, and it is one that an index has whole. */
function findsFew(filter: Filter, keys: readonly string[]): boolean {
  switch (filter.kind) {
    case 'compare':
      return (
        filter.operator === 'eq' &&
        typeof filter.value === 'string' &&
        keys.includes(filter.path.name) &&
        isWhole(searchKey(filter.value))
      )
    case 'and':
      return filter.terms.some((term) => findsFew(term, keys))
    case 'element':
      return findsFew(filter.filter, keys)
    default:
      return false
  }
}

/** Undefined where the total depends on more than the source can tell the state of. */
const stateOf = ({ state }: ListSource, { filter, ids }: Selection): ListSource['state'] =>
  state !== undefined && ids === undefined && filter !== undefined && looksOnlyAt(filter, state.places)
    ? state
    : undefined

function looksOnlyAt(filter: Filter, places: readonly string[]): boolean {
  if (filter.kind === 'and' || filter.kind === 'or') return filter.terms.every((term) => looksOnlyAt(term, places))
  return findsFew(filter, places)
}

/** Names what is counted, and in which world. */
function searchOf(source: ListSource, request: Selection): string {
  const values: unknown[] = []
  const conditions = conditionsOf(source, request, (value) => `$${values.push(value)}`)
  return JSON.stringify([source.table, conditions, values])
}

/** Counts, and keeps what it has counted where it can be told how long it holds. */
async function totalOf(db: Queryable, source: ListSource, request: Selection): Promise<number> {
  const state = stateOf(source, request)
  if (state === undefined) return countAll(db, source, request)
  const values: unknown[] = []
  const bind: Bind = (value) => `$${values.push(value)}`
  const conditions = conditionsOf(source, request, bind)
  const text = `select count(*) as total, ${state.sql(bind)} as state from ${source.table} where ${conditions.join(' and ')}`
  const { rows } = await db.query<{ total: number; state: string }>({
    ...wayOf(source, request),
    ...prepared(text),
    values,
  })
  const [counted] = rows
  if (counted === undefined) throw new Error('a statement that always gives a row gave none')
  keepTotal(db, searchOf(source, request), counted)
  return counted.total
}

export async function countAll(db: Queryable, source: ListSource, request: Selection): Promise<number> {
  const values: unknown[] = []
  const conditions = conditionsOf(source, request, (value) => `$${values.push(value)}`)
  const text = `select count(*) as total from ${source.table} where ${conditions.join(' and ')}`
  const { rows } = await db.query<{ total: number }>({ ...wayOf(source, request), ...prepared(text), values })
  return rows[0]?.total ?? 0
}

type Selection = Pick<ListRequest, 'filter' | 'ids'>

export function conditionsOf(source: ListSource, { filter, ids }: Selection, bind: Bind): string[] {
  const conditions = [source.where(bind)]
  if (ids !== undefined) conditions.push(`${source.table}.id = any(${bind(ids)}::uuid[])`)
  if (filter !== undefined) conditions.push(compileFilter(filter, source.columns, bind))
  return conditions
}
