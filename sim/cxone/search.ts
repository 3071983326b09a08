// Decides how the search requests of facts 4.2, 4.4 and 4.5 select, order and cut rows. Knows rows only through the
// readers it is given.
import { toList, toObject, toText, toWhole } from './input.ts'
import { Refusal } from './refusal.ts'

export type Operation = 'LIKE' | 'BETWEEN' | 'NOT' | 'OR' | 'IN' | 'EQ'
export type Value = string | number | boolean | null | readonly string[]

/** How to read a filterable field of a row; names not in it are unknown. */
export type Readers<Row> = Readonly<Record<string, (row: Row) => Value>>

export interface Condition {
  readonly field: string
  readonly values: readonly string[]
  readonly operation: Operation | undefined
}

export interface Query {
  readonly conditions: readonly Condition[]
  readonly order: readonly { readonly field: string; readonly descending: boolean }[]
  readonly skip: number
  readonly top: number | undefined
  readonly fields: readonly string[] | undefined
}

export interface Dialect {
  readonly operations: readonly Operation[]
  readonly known: readonly string[]
  /** Known, but silently without effect. */
  readonly mute?: readonly string[]
  readonly unknown: 'ignored' | 'refused'
  readonly scalars: 'taken' | 'refused'
}

export function readQuery(body: unknown, dialect: Dialect): Query {
  const from = toObject(body ?? {}, 'the body')
  return {
    conditions: readConditions(from['filter'], from['operations'], dialect),
    order: readOrder(from['orderBy'], dialect),
    skip: from['skip'] === undefined || from['skip'] === null ? 0 : toWhole(from['skip'], 'skip'),
    top: from['top'] === undefined || from['top'] === null ? undefined : toWhole(from['top'], 'top'),
    fields:
      from['fields'] === undefined || from['fields'] === null
        ? undefined
        : toList(from['fields'], 'fields').map((name) => toText(name, 'fields')),
  }
}

function readConditions(filter: unknown, operations: unknown, dialect: Dialect): Condition[] {
  const wanted = readOperations(operations, dialect)
  const conditions: Condition[] = []
  for (const [field, value] of Object.entries(toObject(filter ?? {}, 'filter'))) {
    if (!dialect.known.includes(field)) {
      if (dialect.unknown === 'refused')
        throw new Refusal('bad', 'UNKNOWN_FILTER', `filter.${field} is no field that can be searched`)
      continue
    }
    if (dialect.mute?.includes(field) === true) continue
    const values = toValues(value, `filter.${field}`, dialect)
    if (values.length > 0) conditions.push({ field, values, operation: wanted.get(field) })
  }
  return conditions
}

function toValues(value: unknown, where: string, dialect: Dialect): string[] {
  const list = Array.isArray(value) || dialect.scalars === 'refused' ? toList(value, where) : [value]
  return list.map((item, index) => {
    if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
      return String(item).toLowerCase()
    throw new Refusal('bad', 'BAD_VALUE', `${where}[${index}] must be a string, a number or a boolean`)
  })
}

function readOperations(value: unknown, dialect: Dialect): Map<string, Operation> {
  const wanted = new Map<string, Operation>()
  for (const [field, name] of Object.entries(toObject(value ?? {}, 'operations'))) {
    const operation = dialect.operations.find((known) => known === name)
    if (operation === undefined) {
      throw new Refusal(
        'bad',
        'UNKNOWN_OPERATION',
        `operations.${field} must be one of ${dialect.operations.join(', ')}`,
      )
    }
    wanted.set(field, operation)
  }
  return wanted
}

function readOrder(value: unknown, dialect: Dialect): Query['order'] {
  const entries = Object.entries(toObject(value ?? {}, 'orderBy'))
  for (const [field, direction] of entries) {
    if (direction !== 'ASC' && direction !== 'DESC')
      throw new Refusal('bad', 'BAD_ORDER', `orderBy.${field} must be ASC or DESC`)
  }
  return entries
    .filter(([field]) => dialect.known.includes(field))
    .map(([field, direction]) => ({ field, descending: direction === 'DESC' }))
}

/** Rows that meet every condition. `plain` says how a value without operation compares. */
export function select<Row>(
  rows: Iterable<Row>,
  query: Query,
  by: { readers: Readers<Row>; plain: 'exact' | 'contains' },
): Row[] {
  const tests = query.conditions.map((condition) => testOf(condition, by))
  const found: Row[] = []
  for (const row of rows) if (tests.every((test) => test(row))) found.push(row)
  return query.order.length === 0 ? found : found.toSorted(comparing(query.order, by.readers))
}

function testOf<Row>(
  condition: Condition,
  by: { readers: Readers<Row>; plain: 'exact' | 'contains' },
): (row: Row) => boolean {
  const read = by.readers[condition.field]
  if (read === undefined) return () => true
  const { values, operation } = condition
  const [low, high] = values
  const exact = new Set(values)
  const meets = (text: string): boolean => {
    if (operation === 'LIKE' || (operation === undefined && by.plain === 'contains'))
      return values.some((value) => text.includes(value))
    if (operation === 'BETWEEN')
      return low !== undefined && high !== undefined && order(text, low) >= 0 && order(text, high) <= 0
    return exact.has(text)
  }
  const anyMeets = (row: Row): boolean => textsOf(read(row)).some(meets)
  return operation === 'NOT' ? (row) => !anyMeets(row) : anyMeets
}

function textsOf(value: Value): string[] {
  if (value === null) return []
  return typeof value === 'object' ? value.map((item) => item.toLowerCase()) : [String(value).toLowerCase()]
}

function comparing<Row>(wanted: Query['order'], readers: Readers<Row>): (one: Row, other: Row) => number {
  return (one, other) => {
    for (const { field, descending } of wanted) {
      const read = readers[field]
      if (read === undefined) continue
      const difference = order(textsOf(read(one)).join(), textsOf(read(other)).join())
      if (difference !== 0) return descending ? -difference : difference
    }
    return 0
  }
}

/** Numbers as numbers, everything else by its letters. */
function order(one: string, other: string): number {
  const [a, b] = [Number(one), Number(other)]
  if (one !== '' && other !== '' && !Number.isNaN(a) && !Number.isNaN(b)) return a - b
  return one < other ? -1 : one > other ? 1 : 0
}
