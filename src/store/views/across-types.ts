/**
 * Lists over several resource types at once: RFC 7644 section 3.4.2.1.
 * Decides the order of all of them together, and which of them are on a page; must not read a resource.
 */
import type { Queryable } from '../db.ts'
import type { Bind } from '../filter/columns.ts'
import { isAfter, orderBy, sortKey, type Position } from '../filter/sort.ts'
import { conditionsOf, countAll, type ListRequest, type ListSource } from './resource-list.ts'

/** One type of the list; its filter and its order are in terms of that type. */
export interface ListPart extends Pick<ListRequest, 'filter' | 'sort'> {
  readonly source: ListSource
}

export interface AcrossRequest extends Pick<ListRequest, 'limit' | 'from'> {
  /** All sorted by attributes of one type and in one direction, or none. */
  readonly parts: readonly ListPart[]
}

/** A resource of the part with this index. */
export interface Place {
  readonly part: number
  readonly id: string
}

export interface AcrossPage {
  readonly total: number
  readonly places: readonly Place[]
  readonly next: Position | undefined
}

/** One page, as `listResources` has it; equals, and all where no order is asked for, stay in the order of the parts. */
export async function listAcross(db: Queryable, request: AcrossRequest): Promise<AcrossPage> {
  const { parts, limit } = request
  const found = limit === 0 ? [] : await readPlaces(db, request)
  const places = found.slice(0, limit)
  const last = places.at(-1)
  const next =
    found.length > limit && last !== undefined
      ? { part: last.part, seq: last.list_seq, key: parts[0]?.sort && last.sort_text }
      : undefined
  const totals = await Promise.all(parts.map(({ source, filter }) => countAll(db, source, { filter })))
  return { total: totals.reduce((sum, one) => sum + one, 0), places, next }
}

interface FoundPlace extends Place {
  readonly list_seq: number
  readonly sort_text: string | null
}

async function readPlaces(db: Queryable, { parts, limit, from }: AcrossRequest): Promise<FoundPlace[]> {
  const values: unknown[] = []
  const bind: Bind = (value) => `$${values.push(value)}`
  const [after, offset] = 'after' in from ? [from.after, 0] : [undefined, from.offset]
  // What is on the page is among the first of each part, which are few where an index has their order.
  const most = bind(offset + limit + 1)
  const selects = parts.map((part, index) => `(${selectOf(part, { index, after, bind })} limit ${most})`)
  const { rows } = await db.query<FoundPlace>(
    `select found.part, found.id, found.list_seq, found.sort_key::text as sort_text
     from (${selects.join(' union all ')}) found
     order by ${orderBy(parts[0]?.sort, 'found.part, found.list_seq')} limit ${bind(limit + 1)} offset ${bind(offset)}`,
    values,
  )
  return rows
}

interface Within {
  readonly index: number
  readonly after: Position | undefined
  readonly bind: Bind
}

function selectOf({ source, sort, filter }: ListPart, { index, after, bind }: Within): string {
  const { seq } = source.columns
  const conditions = conditionsOf(source, { filter }, bind)
  const key = sort && sortKey(sort, source.columns, bind)
  if (after !== undefined) {
    const position = { ...after, seq: seqWithin(index, after) }
    conditions.push(isAfter({ sort, seq, position }, key, bind))
  }
  return `select ${index} as part, ${source.table}.id, ${seq} as list_seq, ${key?.sql ?? 'null::text'} as sort_key
    from ${source.table} where ${conditions.join(' and ')} order by ${orderBy(sort, seq)}`
}

/** Among equals, the parts before that of the position are over, and those behind it have yet to come. */
function seqWithin(index: number, { part = 0, seq }: Position): number {
  if (index === part) return seq
  return index < part ? Number.MAX_SAFE_INTEGER : -1
}
