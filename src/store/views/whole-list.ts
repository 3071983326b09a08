/**
 * Lists of everybody in order of creation: what providers page through.
 * Decides totals and where a page begins without counting rows or passing over them; must not know a filter or an order.
 *
 * A page by index goes on from a landmark: a row of which an earlier page has shown how many stand before it. That stays
 * true while people come at the end, and `shifts` (migration 0013) tells when somebody came or went elsewhere. A row that
 * was numbered before the landmark's could still be on its way to be seen: so a row becomes one only if its number had been
 * given away before a moment in which nobody was writing to the table.
 */
import type { QueryResultRow } from 'pg'
import { BY_KEY, type Queryable } from '../db.ts'
import type { World } from '../users.ts'
import { landmarksOfLists, type Landmark, type Landmarks } from './landmarks.ts'
import type { ListPage, ListRequest } from './resource-list.ts'
import { nobodyWrites } from './writers.sql.ts'

export interface WholeList {
  readonly world: World
  readonly kind: 'User' | 'Group'
  /** The table, with the columns tenant_id, connection_id, id and seq, which the database numbers. */
  readonly table: string
  readonly select: string
  /** Of the rows that are in the list, beside the world; without values. */
  readonly where: string
}

/** Such lists are asked for by what they lack. */
export const isWhole = ({ filter, sort, ids }: ListRequest): boolean =>
  filter === undefined && sort === undefined && ids === undefined

type Row = QueryResultRow & { readonly list_seq: number | null }

const ofDatabase = new WeakMap<Queryable, (key: string) => Landmarks>()

/** One page, as `listResources` has it. */
export async function listWhole<Found extends QueryResultRow>(
  db: Queryable,
  list: WholeList,
  { limit, from }: Pick<ListRequest, 'limit' | 'from'>,
): Promise<ListPage<Found>> {
  const marks = landmarksOf(db, list)
  const offset = 'offset' in from ? from.offset : 0
  const start = 'offset' in from ? marks.before(offset) : undefined
  const startShifts = marks.shifts
  const after = 'offset' in from ? start?.seq : from.after?.seq
  const skip = offset - (start?.rank ?? 0)
  const isNew = 'offset' in from && marks.before(offset + limit)?.rank !== offset + limit
  const settled = isNew ? await settledUpTo(db, list) : undefined
  let page = await readPage(db, list, { after, skip, limit })
  marks.shifted(page.shifts)
  if (start !== undefined && page.shifts !== startShifts)
    page = await readPage(db, list, { after: undefined, skip: offset, limit })
  return shown(page, limit, settled === undefined ? undefined : { marks, offset, settled })
}

/**
 * No row with this number or a lower one is still on its way. Undefined where nobody can tell, since somebody writes. The
 * number is read first, and then it is looked who writes.
 */
async function settledUpTo(db: Queryable, { table }: WholeList): Promise<number | undefined> {
  const { rows } = await db.query<{ seq: number | null }>({
    ...BY_KEY,
    name: `settled up to ${table}`,
    text: `
      with numbered as materialized (
        select pg_sequence_last_value(pg_get_serial_sequence('${table}', 'seq')::regclass) as seq
      )
      select case when numbered.seq is not null and ${nobodyWrites(table)} then numbered.seq end as seq
      from numbered`,
    values: [],
  })
  return rows[0]?.seq ?? undefined
}

interface Page {
  readonly total: number
  readonly shifts: number
  readonly rows: readonly Row[]
}

interface Reading {
  readonly after: number | undefined
  readonly skip: number
  readonly limit: number
}

/** More are passed over elsewhere: all that shares a connection waits behind it. */
const MOST_PASSED_OVER = 1_000

async function readPage(db: Queryable, list: WholeList, { after, skip, limit }: Reading): Promise<Page> {
  const { rows } = await db.query<Row & Omit<Page, 'rows'>>({
    ...(skip <= MOST_PASSED_OVER ? BY_KEY : {}),
    name: `whole list of ${list.table}`,
    text: textOf(list),
    values: [list.world.tenant, list.world.connection, list.kind, after ?? -1, skip, limit + 1],
  })
  const [first] = rows
  if (first === undefined) throw new Error('a statement that always gives a row gave none')
  const found = rows
    .filter(({ list_seq }) => list_seq !== null)
    .toSorted((one, other) => Number(one.list_seq) - Number(other.list_seq))
  return { total: first.total, shifts: first.shifts, rows: found }
}

/** Rows that are passed over are only counted: what is shown is taken from those that are left. */
const textOf = ({ table, select, where }: WholeList): string => `
with counted as (
  select coalesce(sum(resource_count.present), 0)::bigint as total, coalesce(sum(resource_count.shifts), 0)::bigint as shifts
  from resource_count
  where resource_count.tenant_id = $1 and resource_count.connection_id = $2 and resource_count.kind = $3
)
select counted.total, counted.shifts, page.*
from counted left join lateral (
  select ${select}, ${table}.seq as list_seq
  from (
    select ${table}.* from ${table}
    where ${table}.tenant_id = $1 and ${table}.connection_id = $2 and ${where} and ${table}.seq > $4::bigint
    order by ${table}.seq limit $6 offset $5
  ) ${table}
) page on true`

interface ByIndex {
  readonly marks: Landmarks
  readonly offset: number
  /** See {@link settledUpTo}. */
  readonly settled: number
}

function shown<Found extends QueryResultRow>(page: Page, limit: number, byIndex: ByIndex | undefined): ListPage<Found> {
  const rows = page.rows.slice(0, limit)
  const last = rows.at(-1)?.list_seq ?? undefined
  const next = page.rows.length > limit && last !== undefined ? { seq: last } : undefined
  if (byIndex !== undefined && next !== undefined && next.seq <= byIndex.settled) {
    const landmark: Landmark = { rank: byIndex.offset + rows.length, seq: next.seq }
    byIndex.marks.add(landmark, page.shifts)
  }
  return { total: page.total, rows: rows as readonly QueryResultRow[] as readonly Found[], next }
}

function landmarksOf(db: Queryable, { world, kind }: WholeList): Landmarks {
  const lists = ofDatabase.get(db) ?? landmarksOfLists()
  ofDatabase.set(db, lists)
  return lists(JSON.stringify([world.tenant, world.connection, kind]))
}
