/**
 * Order of a list: RFC 7644 section 3.4.2.3.
 * Decides what resources are sorted by and where the next page begins; must not know pages.
 *
 * What has no value comes last in ascending order and first in descending order; equals stay in order of creation.
 */
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
}

/** Texts are sorted by so many characters, since a cursor has to hold one. */
const LONGEST_KEY = 200

interface Key {
  readonly sql: string
  readonly type: 'text' | 'boolean' | 'numeric' | 'bigint'
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
  switch (attribute.type) {
    case 'boolean':
      return { sql: `(lower(${operand.text}) = 'true')`, type: 'boolean' }
    case 'integer':
    case 'decimal':
      return { sql: numberOf(operand), type: 'numeric' }
    case 'dateTime':
      return { sql: instantAt(operand), type: 'bigint' }
    default:
      return { sql: `(left(${comparableText(operand, attribute)}, ${LONGEST_KEY}) collate "C")`, type: 'text' }
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
