/**
 * What makes an element of a multi-valued attribute: RFC 7643 section 2.4.
 * Decides which elements are one and the same, which are empty and which lists are sound; must not know whence they came.
 */
import { refusal } from './errors.ts'
import { isObject, type JsonValue } from './json.ts'
import { valueOf, type Attribute } from './schema/attribute.ts'
import { fold } from './text.ts'

/**
 * Equal for elements that may be the same: their value, folded if caseExact says so; the whole where there is no value.
 * Lists are compared by key, since comparing each with each would let one request of a few hundred kilobytes take minutes.
 */
export function likenessKey(attribute: Attribute, element: JsonValue): string {
  const value = valueOf(attribute)
  if (value === undefined || !isObject(element)) return JSON.stringify(element)
  const text = JSON.stringify(element['value'] ?? null)
  return value.caseExact ? text : fold(text)
}

/** Equal for elements that are one and the same: the same value of the same type. */
export function elementKey(attribute: Attribute, element: JsonValue): string {
  return `${likenessKey(attribute, element)} ${isObject(element) ? JSON.stringify(element['type'] ?? null) : ''}`
}

/** For elements with one likenessKey: whether `named` means `held`. Named without a type it means any. */
export function means(named: JsonValue, held: JsonValue): boolean {
  if (!isObject(named) || !isObject(held)) return true
  return named['type'] === undefined || named['type'] === held['type']
}

/** An element that says nothing: no `value` where there should be one, or nothing but its type and primary. */
export function isHusk(attribute: Attribute, element: JsonValue): boolean {
  if (!isObject(element)) return false
  const labels = valueOf(attribute) === undefined ? ['type', 'primary'] : ['type', 'primary', 'display', '$ref']
  return Object.keys(element).every((name) => labels.includes(name))
}

export function isPrimary(element: JsonValue): boolean {
  return isObject(element) && element['primary'] === true
}

/** Throws invalidValue where a list is too long or has more than one primary element. */
export function checkElements(attribute: Attribute, elements: readonly JsonValue[], where: string): void {
  const { length } = elements
  if (length > attribute.maxElements) {
    throw refusal(
      'invalidValue',
      `${where} would have ${length} elements; at most ${attribute.maxElements} are allowed`,
    )
  }
  const primaries = elements.filter(isPrimary).length
  if (primaries > 1) {
    throw refusal(
      'invalidValue',
      `${where}: primary is true for ${primaries} elements; only one may be the primary one`,
    )
  }
}
