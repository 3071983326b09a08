/**
 * The value at the right of a comparison.
 * Decides which operators and values suit which type of attribute; must not know the grammar around it.
 */
import { instantOf } from '../date.ts'
import { shown } from '../json.ts'
import type { TakeNote } from '../quirks.ts'
import type { AttributeType } from '../schema/attribute.ts'
import type { AttributePath } from '../schema/resource-type.ts'
import type { CompareOperator, Literal } from './ast.ts'
import type { Token } from './tokenise.ts'

export interface Comparison {
  readonly place: AttributePath
  readonly operator: CompareOperator
  readonly note: TakeNote
}

const EQUALITY: readonly CompareOperator[] = ['eq', 'ne']
const ORDER: readonly CompareOperator[] = [...EQUALITY, 'gt', 'ge', 'lt', 'le']
const TEXT: readonly CompareOperator[] = [...ORDER, 'co', 'sw', 'ew']

interface Rule {
  readonly operators: readonly CompareOperator[]
  readonly wants: string
  /** The literal a token stands for, or undefined if the type has none like it. */
  readonly read: (value: string | number | boolean) => Literal | undefined
}

const text: Rule = {
  operators: TEXT,
  wants: 'text in double quotes',
  read: (value) => (typeof value === 'string' ? value : undefined),
}
const number: Rule = {
  operators: ORDER,
  wants: 'a number',
  read: (value) => (typeof value === 'number' ? value : undefined),
}

/** RFC 7644 section 3.4.2.2, table 3: no order on boolean and binary, no substring where there is no text. */
const RULES = {
  string: text,
  reference: text,
  binary: { ...text, operators: EQUALITY },
  dateTime: {
    operators: ORDER,
    wants: 'an instant such as "2026-11-23T10:00:00Z"',
    read: (value) => (typeof value === 'string' && instantOf(value) !== undefined ? value : undefined),
  },
  boolean: { operators: EQUALITY, wants: 'true or false', read: booleanOf },
  integer: number,
  decimal: number,
} as const satisfies Record<Exclude<AttributeType, 'complex'>, Rule>

/** `true`, `false`, and what Entra and OneLogin send instead: their names as text in any case (T2). */
export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return undefined
  const lower = value.toLowerCase()
  return lower === 'true' ? true : lower === 'false' ? false : undefined
}

/** The literal of a token; undefined if the token is no value at all; a `fault` if it does not suit the attribute. */
export function readLiteral(token: Token, comparison: Comparison): { value: Literal } | { fault: string } | undefined {
  const value = valueOfToken(token)
  if (value === undefined) return undefined
  const { place, operator, note } = comparison
  const type = (place.sub ?? place.attribute).type
  // The grammar has replaced a complex attribute by its value before it asks for a literal.
  if (type === 'complex') return { fault: `${place.name} has parts and cannot be compared as a whole` }
  const rule = RULES[type]
  if (!rule.operators.includes(operator)) {
    return {
      fault: `${operator} does not apply to ${place.name}, which is ${type}; use ${rule.operators.join(', ')} or pr`,
    }
  }
  if (value === null)
    return EQUALITY.includes(operator)
      ? { value }
      : { fault: `${operator} needs a value; null goes with eq and ne only` }
  const literal = rule.read(value)
  if (literal === undefined) return { fault: `${place.name} is compared with ${rule.wants}, not with ${shown(value)}` }
  if (typeof literal !== typeof value) note('T2', `${place.name}: ${shown(value)} read as ${literal}`)
  return { value: literal }
}

function valueOfToken(token: Token): Literal | undefined {
  if (token.kind === 'text' || token.kind === 'number') return token.value
  if (token.kind !== 'word') return undefined
  const word = token.text.toLowerCase()
  return word === 'null' ? null : booleanOf(word)
}
