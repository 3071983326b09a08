/**
 * A value from a request as the value of an attribute.
 * Decides what suits an attribute's row, what is forgiven and what counts as no value; must not know POST, PUT or PATCH.
 */
import { instantOf } from './date.ts'
import { checkElements, elementKey, isHusk } from './element.ts'
import { refusal, type ScimError } from './errors.ts'
import { booleanOf } from './filter/literal.ts'
import { isList, isObject, shown, type JsonDraft, type JsonObject, type JsonValue } from './json.ts'
import type { Reading } from './quirks.ts'
import { valueOf, type Attribute } from './schema/attribute.ts'
import { resolveSub } from './schema/resource-type.ts'

/** Where a value stands in the request, for messages: `emails[0].value`, `Operations[2].value`. */
export type Where = string

/**
 * The value in canonical form, or undefined where it is none: null, `""`, `[]`, `{}`, `{"value": ""}` (T11, T12).
 * Throws invalidValue when it does not suit, naming the attribute, what came and what would be right.
 */
export function coerce(attribute: Attribute, value: JsonValue, context: Context): JsonValue | undefined {
  if (attribute.multiValued) return coerceList(attribute, value, context)
  if (isList(value)) return coerceWrapped(attribute, value, context)
  return coerceOne(attribute, value, context)
}

export interface Context {
  readonly reading: Reading
  readonly where: Where
}

/** One value, or one element of a multi-valued attribute. */
export function coerceOne(attribute: Attribute, value: JsonValue, context: Context): JsonValue | undefined {
  if (value === null || value === '') return undefined
  return attribute.type === 'complex'
    ? coerceComplex(attribute, value, context)
    : coerceSimple(attribute, value, context)
}

/** T31: a single value in a list of one. */
function coerceWrapped(attribute: Attribute, list: readonly JsonValue[], context: Context): JsonValue | undefined {
  const [only] = list
  if (only === undefined) return undefined
  if (list.length > 1 || isList(only)) throw unsuitable(attribute, list, context.where)
  context.reading.note(
    valueOf(attribute) === undefined ? 'T31' : 'T10',
    `${context.where}: a list of one read as its element`,
  )
  return coerceOne(attribute, only, context)
}

function coerceList(attribute: Attribute, value: JsonValue, context: Context): JsonValue | undefined {
  if (value === null || value === '') return undefined
  const { reading, where } = context
  if (!isList(value)) {
    reading.note('T32', `${where}: one value read as a list of one`)
    return coerceList(attribute, [value], context)
  }
  // By key, so that a list of a hundred thousand members takes one pass. The first of equals stays.
  const elements = new Map<string, JsonValue>()
  for (const [index, item] of value.entries()) {
    const at = `${where}[${index}]`
    const element = coerceOne(attribute, item, { reading, where: at })
    if (element === undefined) continue
    const key = elementKey(attribute, element)
    if (isHusk(attribute, element)) reading.note('empty-element', `${at} has no value and is left out`)
    else if (!elements.has(key)) elements.set(key, element)
  }
  if (elements.size === 0) return undefined
  const list = [...elements.values()]
  checkElements(attribute, list, where)
  return list
}

function coerceComplex(attribute: Attribute, value: JsonValue, context: Context): JsonObject | undefined {
  const { reading, where } = context
  if (!isObject(value)) {
    const stand = valueOf(attribute)
    if (stand === undefined || isList(value)) throw unsuitable(attribute, value, where)
    reading.note(attribute.multiValued ? 'T36' : 'T10', `${where}: ${shown(value)} read as its value`)
    const simple = coerceSimple(stand, value, context)
    return simple === undefined ? undefined : { value: simple }
  }
  const parts = new Map<Attribute, JsonValue>()
  for (const [name, part] of Object.entries(value)) {
    const sub = resolveSub(attribute, name)
    if (sub === undefined) reading.note('T30', `${where}: ${shown(name)} is not known and left out`)
    // Members' parts are immutable, not readOnly: they are set with the element.
    if (sub === undefined || sub.mutability === 'readOnly') continue
    const coerced = coerce(sub, part, { reading, where: `${where}.${sub.name}` })
    if (coerced === undefined) parts.delete(sub)
    else parts.set(sub, coerced)
  }
  if (parts.size === 0) return undefined
  const draft: JsonDraft = {}
  for (const sub of attribute.subAttributes) {
    const part = parts.get(sub)
    if (part !== undefined) draft[sub.name] = part
  }
  return draft
}

function coerceSimple(attribute: Attribute, value: JsonValue, context: Context): JsonValue | undefined {
  const { where, reading } = context
  switch (attribute.type) {
    case 'boolean': {
      const truth = booleanOf(value)
      if (truth === undefined) break
      if (typeof value === 'string') reading.note('T2', `${where}: ${shown(value)} read as ${truth}`)
      return truth
    }
    case 'integer':
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value
      break
    case 'decimal':
      if (typeof value === 'number' && Number.isFinite(value)) return value
      break
    case 'dateTime':
      if (typeof value === 'string' && instantOf(value) !== undefined) return value
      break
    case 'binary':
      if (typeof value === 'string' && /^[\w+/-]*={0,2}$/.test(value)) return value
      break
    case 'string':
    case 'reference':
      if (typeof value === 'string') return coerceText(attribute, value, context)
      break
    case 'complex':
      break
  }
  throw unsuitable(attribute, value, where)
}

function coerceText(attribute: Attribute, value: string, { reading, where }: Context): string | undefined {
  const text = reading.quirks.text === 'trimmed' ? value.trim() : value
  if (text !== value) reading.note('trimmed', `${where}: blanks around ${shown(text)} cut off`)
  if (text.length > attribute.maxLength) {
    throw refusal(
      'invalidValue',
      `${where} is ${text.length} characters long; at most ${attribute.maxLength} are allowed`,
    )
  }
  return text === '' ? undefined : text
}

const WANTS = {
  string: 'text',
  boolean: 'true or false',
  decimal: 'a number',
  integer: 'a whole number',
  dateTime: 'an instant such as "2026-11-23T10:00:00Z"',
  reference: 'text',
  binary: 'base64 text',
  complex: 'an object',
} as const satisfies Record<Attribute['type'], string>

function unsuitable(attribute: Attribute, value: JsonValue, where: Where): ScimError {
  return refusal('invalidValue', `${where} must be ${WANTS[attribute.type]}, not ${shown(value)}`)
}
