/**
 * One comparison as SQL: what scim/filter/evaluate.ts decides in memory, decided by the database.
 * Decides by type and operator; must not know where the value comes from.
 *
 * A condition may be null in place of false. Where that would matter, under `not`, compile.ts settles it.
 */
import { instantOf } from '../../scim/date.ts'
import type { CompareOperator, Literal } from '../../scim/filter/ast.ts'
import type { Attribute } from '../../scim/schema/attribute.ts'
import { fold } from '../../scim/text.ts'
import type { Bind, Operand } from './columns.ts'

export interface Comparison {
  readonly attribute: Attribute
  readonly operator: CompareOperator
  readonly value: Literal
}

/** Whether the comparison holds for what has no value: RFC 7644 section 3.4.2.2 compares it with null. */
export const holdsForNothing = ({ operator, value }: Pick<Comparison, 'operator' | 'value'>): boolean =>
  value === null ? operator === 'eq' : operator === 'ne'

export function compare(operand: Operand, comparison: Comparison, bind: Bind): string {
  const { attribute, operator, value } = comparison
  if (value === null) return `${operand.text} is ${operator === 'eq' ? '' : 'not '}null`
  switch (attribute.type) {
    case 'boolean':
      return inOrder(`lower(${operand.text})`, operator, bind(String(value)))
    case 'integer':
    case 'decimal':
      return inOrder(numberOf(operand), operator, `${bind(String(value))}::numeric`)
    case 'dateTime':
      return inOrder(instantAt(operand), operator, `${bind(String(instantOf(String(value))))}::bigint`)
    default:
      return compareText(operand, { attribute, operator, value: String(value) }, bind)
  }
}

/** A number in text form, or null: documents that are older than the schema may hold anything. */
export const numberOf = ({ text }: Operand): string =>
  `(case when ${text} ~ '^-?[0-9]+([.][0-9]+)?$' and length(${text}) < 1000 then ${text}::numeric end)`

export const instantAt = ({ instant, text }: Operand): string => instant ?? `scim_instant(${text})`

/** The text in the form in which it is compared. */
export const comparableText = ({ text, folded }: Operand, { caseExact }: Attribute): string =>
  caseExact ? text : (folded ?? `scim_fold(${text})`)

function compareText(operand: Operand, { attribute, operator, value }: Comparison & { value: string }, bind: Bind) {
  if (operator === 'eq' && operand.equals !== undefined) return operand.equals(value)
  const held = comparableText(operand, attribute)
  const wanted = `${bind(attribute.caseExact ? value : fold(value))}::text`
  switch (operator) {
    case 'co':
      return `strpos(${held}, ${wanted}) > 0`
    case 'sw':
      return `starts_with(${held}, ${wanted})`
    case 'ew':
      return `right(${held}, length(${wanted})) = ${wanted}`
    case 'eq':
    case 'ne':
      return inOrder(held, operator, wanted)
    default:
      // By code point, whatever order the database was made with.
      return inOrder(`${held} collate "C"`, operator, wanted)
  }
}

const SIGNS: Readonly<Partial<Record<CompareOperator, string>>> = {
  eq: '=',
  // What is not there is unequal to everything.
  ne: 'is distinct from',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
}

/** The grammar lets no other operator come here (scim/filter/literal.ts). */
function inOrder(held: string, operator: CompareOperator, wanted: string): string {
  const sign = SIGNS[operator]
  if (sign === undefined) throw new TypeError(`${operator} is no order`)
  return `${held} ${sign} ${wanted}`
}
