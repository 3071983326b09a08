/**
 * Whether a resource satisfies a filter, in memory.
 * Decides by the tree's two rules (ast.ts) and the schema table; must not read text or fail on any resource.
 */
import { instantOf } from '../date.ts'
import { isList, isObject, member, type JsonValue } from '../json.ts'
import type { Attribute } from '../schema/attribute.ts'
import type { AttributePath } from '../schema/resource-type.ts'
import { compareText, fold } from '../text.ts'
import type { Compare, CompareOperator, Filter } from './ast.ts'
import { booleanOf } from './literal.ts'

/** `resource` is as it goes over the wire: canonical names, with id, schemas and meta where the filter speaks of them. */
export function evaluate(filter: Filter, resource: JsonValue): boolean {
  return holds(filter, (path) => valuesAt(path, resource))
}

/** Whether one element of a multi-valued attribute satisfies the filter that stands in the brackets behind it. */
export function evaluateElement(filter: Filter, element: JsonValue): boolean {
  return holds(filter, ({ sub }) => orNull(sub === undefined ? [element] : flatten(member(element, sub.name))))
}

/** The values at a place, never none: a place without a value holds null. */
type Look = (path: AttributePath) => readonly JsonValue[]

function holds(filter: Filter, look: Look): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.terms.every((term) => holds(term, look))
    case 'or':
      return filter.terms.some((term) => holds(term, look))
    case 'not':
      return !holds(filter.filter, look)
    case 'present':
      return look(filter.path).some(isPresent)
    case 'element':
      return look(filter.path).some((element) => isObject(element) && evaluateElement(filter.filter, element))
    case 'compare':
      return look(filter.path).some((value) => satisfies(value, filter))
  }
}

function valuesAt({ urn, attribute, sub }: AttributePath, resource: JsonValue): readonly JsonValue[] {
  const values = flatten(member(urn === undefined ? resource : member(resource, urn), attribute.name))
  return orNull(sub === undefined ? values : values.flatMap((value) => orNull(flatten(member(value, sub.name)))))
}

function flatten(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return []
  return isList(value) ? value : [value]
}

function orNull(values: readonly JsonValue[]): readonly JsonValue[] {
  return values.length === 0 ? [null] : values
}

/** RFC 7644 section 3.4.2.2 on pr: not empty; a complex value has a part that is not. */
function isPresent(value: JsonValue): boolean {
  if (isList(value)) return value.some(isPresent)
  if (isObject(value)) return Object.values(value).some(isPresent)
  return value !== null && value !== ''
}

function satisfies(held: JsonValue, { path, operator, value }: Compare): boolean {
  const attribute = path.sub ?? path.attribute
  if (value === null || held === null) return byOrder(operator, held === value ? 0 : undefined)
  if (attribute.type === 'boolean') return byOrder(operator, booleanOf(held) === value ? 0 : undefined)
  if (typeof value === 'number') return byOrder(operator, typeof held === 'number' ? held - value : undefined)
  if (typeof value !== 'string' || typeof held !== 'string') return operator === 'ne'
  if (attribute.type === 'dateTime') return byOrder(operator, difference(instantOf(held), instantOf(value)))
  return byText(operator, comparable(attribute, held), comparable(attribute, value))
}

function comparable(attribute: Attribute, text: string): string {
  return attribute.caseExact ? text : fold(text)
}

function difference(left: number | undefined, right: number | undefined): number | undefined {
  return left === undefined || right === undefined ? undefined : left - right
}

function byText(operator: CompareOperator, held: string, wanted: string): boolean {
  if (operator === 'co') return held.includes(wanted)
  if (operator === 'sw') return held.startsWith(wanted)
  if (operator === 'ew') return held.endsWith(wanted)
  return byOrder(operator, compareText(held, wanted))
}

/** `order` is negative, 0 or positive, and undefined for what cannot be compared: that is only ever unequal. */
function byOrder(operator: CompareOperator, order: number | undefined): boolean {
  if (order === undefined) return operator === 'ne'
  switch (operator) {
    case 'eq':
      return order === 0
    case 'ne':
      return order !== 0
    case 'gt':
      return order > 0
    case 'ge':
      return order >= 0
    case 'lt':
      return order < 0
    case 'le':
      return order <= 0
    default:
      return false
  }
}
