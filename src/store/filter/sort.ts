/**
 * Order of a list: RFC 7644 section 3.4.2.3.
 * Decides what resources are sorted by and where the next page begins; must not know pages.
 *
 * What has no value comes last in ascending order and first in descending order; equals stay in order of creation.
 */
import { textFault } from '../../scim/json.ts'
import type { Attribute } from '../../scim/schema/attribute.ts'
import type { AttributePath } from '../../scim/schema/resource-type.ts'
import { elementsAt, operandAt, type Bind, type Operand, type ResourceColumns } from './columns.ts'
import { comparableText, instantAt, numberOf } from './compare.ts'

export interface Sort {
  readonly by: AttributePath
  readonly descending: boolean
}

/** Where a page ended: its last row, and what that was sorted by. */
export interface Position {
  readonly seq: number
  /** As text; null where it has no value; undefined in a list that is not sorted. */
  readonly key?: string | null | undefined
  /** Which of several lists that are read as one it is in. */
  readonly part?: number | undefined
}

/** Texts are sorted by so many characters, since a cursor has to hold one. */
const LONGEST_KEY = 200

interface Key {
  readonly sql: string
  readonly type: 'text' | 'boolean' | 'numeric' | 'bigint'
}

/** Whether a position can be one of a list in this order: what a client hands in again is not to be trusted. */
export function isPosition({ key }: Position, sort: Sort | undefined): boolean {
  if (sort === undefined || typeof key !== 'string') return sort !== undefined || key === undefined
  switch (keyType(sort.by.sub ?? sort.by.attribute)) {
    case 'boolean':
      return key === 'true' || key === 'false'
    case 'numeric':
      return /^-?\d{1,1000}(?:\.\d{1,1000})?$/.test(key)
    case 'bigint':
      return /^-?\d{1,18}$/.test(key)
    default:
      return textFault(key) === undefined
  }
}

/** The expression that a list is sorted by, null where there is no value. */
export function sortKey({ by }: Sort, source: ResourceColumns, bind: Bind): Key {
  const attribute = by.sub ?? by.attribute
  if (!by.attribute.multiValued) return keyOf(operandAt(source, by, bind), attribute)
  // The primary element stands for all of them, or else the first.
  const rows = elementsAt(source, by, bind)
  const key = keyOf(rows.part(by.sub, bind), attribute)
  const where = rows.where === undefined ? '' : ` where ${rows.where}`
  return { ...key, sql: `(select ${key.sql} from ${rows.from}${where} order by ${rows.first} limit 1)` }
}

function keyOf(operand: Operand, attribute: Attribute): Key {
  const type = keyType(attribute)
  switch (type) {
    case 'boolean':
      return { sql: `(lower(${operand.text}) = 'true')`, type }
    case 'numeric':
      return { sql: numberOf(operand), type }
    case 'bigint':
      return { sql: instantAt(operand), type }
    case 'text':
      return { sql: `(left(${comparableText(operand, attribute)}, ${LONGEST_KEY}) collate "C")`, type }
  }
}

function keyType({ type }: Attribute): Key['type'] {
  switch (type) {
    case 'boolean':
      return 'boolean'
    case 'integer':
    case 'decimal':
      return 'numeric'
    case 'dateTime':
      return 'bigint'
    default:
      return 'text'
  }
}

/** What stands after `order by`, over a row source that has `sort_key` and the seq. */
export const orderBy = (sort: Sort | undefined, seq: string): string =>
  sort === undefined ? seq : `sort_key ${sort.descending ? 'desc nulls first' : 'asc nulls last'}, ${seq}`

export interface After {
  readonly sort: Sort | undefined
  readonly seq: string
  readonly position: Position
}

/** The rows behind a position, in the order of {@link orderBy}. `key` as {@link sortKey} gave it, if the list is sorted. */
export function isAfter({ sort, seq, position }: After, key: Key | undefined, bind: Bind): string {
  const later = `${seq} > ${bind(position.seq)}::bigint`
  if (sort === undefined || key === undefined) return later
  const { descending } = sort
  if (typeof position.key !== 'string') {
    return `((${key.sql} is null and ${later})${descending ? ` or ${key.sql} is not null` : ''})`
  }
  const held = `${bind(position.key)}::${key.type}`
  const beyond = `${key.sql} ${descending ? '<' : '>'} ${held}`
  const behind = descending ? beyond : `${beyond} or ${key.sql} is null`
  return `(${behind} or (${key.sql} = ${held} and ${later}))`
}
