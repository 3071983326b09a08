/**
 * One operation of a PATCH as plain steps.
 * Decides what a path and a value mean in every dialect; must not look at the resource that they will change.
 */
import { coerce, coerceOne } from '../coerce.ts'
import { refusal, type ScimError } from '../errors.ts'
import type { PatchPath } from '../filter/ast.ts'
import { parsePath } from '../filter/parse.ts'
import { isList, isObject, shown, type JsonObject, type JsonValue } from '../json.ts'
import type { Reading } from '../quirks.ts'
import { valueOf, type Attribute } from '../schema/attribute.ts'
import { ID } from '../schema/every-resource.ts'
import {
  resolveAttribute,
  resolveSchema,
  resolveSub,
  type AttributePath,
  type ResourceType,
} from '../schema/resource-type.ts'
import type { Op, PatchOperation } from './operation.ts'

export interface Step {
  readonly op: Op
  /** Where the operation stands in the request. */
  readonly where: string
  readonly type: ResourceType
  readonly reading: Reading
}

type AttributeTarget = PatchPath & { readonly kind: 'attribute' }
type Steps = readonly PatchOperation[]

/** An operation with a path. A path that names no attribute is refused or passed over, as the profile says. */
export function unfold(path: string, value: JsonValue | undefined, step: Step): Steps {
  const target = parsePath(path.trim(), step.type, step.reading.note)
  if (target === undefined) return unknownPath(path, step)
  if (target.kind === 'schema') return unfoldSchema(target.urn, value, step)
  if (target.filter === undefined && target.path.name.length === path.length && target.path.name !== path) {
    step.reading.note('T9', `${step.where}: ${shown(path)} read as ${target.path.name}`)
  }
  const { attribute } = target.path
  if (attribute.mutability === 'readOnly' && attribute !== ID) throw fixed(target.path, step)
  return unfoldAttribute(target, value, step)
}

/** An operation without a path: its value is an object whose names are paths (T4 to T6). */
export function unfoldPathless(value: JsonValue | undefined, step: Step): Steps {
  if (step.op === 'remove') throw refusal('noTarget', `${step.where}: remove needs a path that says what to remove`)
  if (!isObject(value)) {
    throw refusal('invalidValue', `${step.where}.value must be an object when there is no path, not ${shown(value)}`)
  }
  return unfoldMembers(value, '', step)
}

function unfoldMembers(members: JsonObject, prefix: string, step: Step): Steps {
  return Object.entries(members).flatMap(([key, value]) => unfoldMember(`${prefix}${key}`, value, step))
}

function unfoldMember(key: string, value: JsonValue, step: Step): Steps {
  const { type, reading, where } = step
  const schema = resolveAttribute(key, type) === undefined ? resolveSchema(key, type) : undefined
  if (schema !== undefined) return unfoldSchema(schema.urn, value, step)
  const target = key.includes('[') ? parsePath(key, type, reading.note) : plainTarget(key, type)
  if (target?.kind !== 'attribute') {
    reading.note('T30', `${where}: ${shown(key)} is not known and left out`)
    return []
  }
  const { path, filter } = target
  if (filter !== undefined) reading.note('T6', `${where}: ${shown(key)} read as a path`)
  else if (path.sub !== undefined) reading.note('T5', `${where}: ${shown(key)} read as a path`)
  if (path.attribute.mutability === 'readOnly' && path.attribute !== ID) {
    reading.note('T14', `${where}: ${path.name} is readOnly and left out`)
    return []
  }
  return unfoldAttribute(target, value, step)
}

function plainTarget(name: string, type: ResourceType): PatchPath | undefined {
  const path = resolveAttribute(name, type)
  return path && { kind: 'attribute', path, filter: undefined }
}

/** The last part of a path to an attribute: RFC 7644 section 3.5.2, figure 7. A URN before it may hold anything. */
const ATTRIBUTE_PATH = /^[a-z$][\w$-]*(?:\.[a-z$][\w$-]*)?$/i

function unknownPath(path: string, { where, type, reading }: Step): Steps {
  const name = path.slice(path.lastIndexOf(':') + 1).trim()
  if (!path.includes('[') && !ATTRIBUTE_PATH.test(name)) {
    throw refusal('invalidPath', `${where}: ${shown(path)} is not a path; write an attribute, such as name.givenName`)
  }
  const detail = `${where}: ${type.name} has no attribute ${shown(path)}`
  if (reading.quirks.unknownPatchPath === 'refuse') throw refusal('invalidPath', detail)
  reading.note('T30', `${detail}; left out`)
  return []
}

/** A whole schema: its value's names are attributes of it; what is not named stays. */
function unfoldSchema(urn: string, value: JsonValue | undefined, step: Step): Steps {
  if (step.op === 'remove' || value === null || value === '') {
    const core = urn === step.type.schema.urn
    if (core && step.op === 'remove')
      throw refusal('noTarget', `${step.where}: ${urn} cannot be removed as a whole; name the attributes`)
    return core ? [] : [{ op: 'remove', target: { kind: 'schema', urn }, value: undefined, where: step.where }]
  }
  if (!isObject(value)) throw refusal('invalidValue', `${step.where}: ${urn} must be an object, not ${shown(value)}`)
  return unfoldMembers(value, `${urn}:`, step)
}

function unfoldAttribute(target: AttributeTarget, value: JsonValue | undefined, step: Step): Steps {
  const { attribute, sub, name } = target.path
  const { reading, where } = step
  if (attribute.mutability === 'writeOnly') {
    reading.note('password-discarded', `${where}: ${name} was sent and discarded`)
    return []
  }
  if (sub?.mutability === 'readOnly' && attribute !== ID) {
    reading.note('T14', `${where}: ${name} is readOnly and left out`)
    return []
  }
  if (sub?.mutability === 'immutable') throw fixed(target.path, step)
  if (step.op === 'remove') return unfoldRemove(target, value, step)
  if (value === undefined) throw refusal('invalidValue', `${where}.value is missing: ${step.op} needs one`)
  if (attribute === ID) return [{ op: step.op, target, value, where }]
  return unfoldSet(target, value, step)
}

function unfoldRemove(target: AttributeTarget, value: JsonValue | undefined, step: Step): Steps {
  const { attribute, sub, name } = target.path
  const { reading, where } = step
  if (attribute.required && sub === undefined) {
    throw refusal('mutability', `${where}: ${name} cannot be removed, since every ${step.type.name} needs one`)
  }
  if (attribute === ID) throw fixed(target.path, step)
  if (attribute.initial !== undefined) return kept(target, step)
  const listed =
    value !== undefined && value !== null && attribute.multiValued && sub === undefined && target.filter === undefined
  if (!listed) return [{ op: 'remove', target, value: undefined, where }]
  const elements = coerce(attribute, value, { reading, where: `${where}.value` })
  reading.note('T3', `${where}: only the listed elements of ${name} are removed`)
  return elements === undefined ? [] : [{ op: 'remove', target, value: elements, where }]
}

function unfoldSet(target: AttributeTarget, value: JsonValue, step: Step): Steps {
  const { attribute, sub } = target.path
  const parted = attribute.type === 'complex' && !attribute.multiValued && valueOf(attribute) === undefined
  if (parted && sub === undefined && isObject(value)) {
    return unfoldParts(target.path, value, step)
  }
  const context = { reading: step.reading, where: `${step.where}.value` }
  const picks = target.filter !== undefined && sub === undefined
  const coerced = picks ? coerceElement(attribute, value, context) : coerce(sub ?? attribute, value, context)
  if (coerced === undefined) {
    if (attribute.initial !== undefined) return kept(target, step)
    // Adding nothing is nothing; only replacing with nothing empties.
    if (step.op === 'add' && attribute.multiValued && sub === undefined) return []
    step.reading.note('T11', `${step.where}: ${target.path.name} is cleared, since its new value is ${shown(value)}`)
  }
  const strict =
    step.op === 'replace' && target.filter !== undefined && step.reading.quirks.unmatchedFilter === 'refuse'
  return [{ op: step.op, target, value: coerced, ...(strict ? { ifNone: 'refuse' } : {}), where: step.where }]
}

/** `{"name": {"givenName": "Mia"}}`: one step for each part, so that the others stay. */
function unfoldParts(path: AttributePath, parts: JsonObject, step: Step): Steps {
  return Object.entries(parts).flatMap(([key, value]) => {
    const sub = resolveSub(path.attribute, key)
    const place = sub && resolveAttribute(`${path.name}.${sub.name}`, step.type)
    if (place !== undefined) return unfoldAttribute({ kind: 'attribute', path: place, filter: undefined }, value, step)
    step.reading.note('T30', `${step.where}: ${path.name} has no ${shown(key)}; left out`)
    return []
  })
}

/** The value for the elements that a filter picks is one element, perhaps in a list of one (T31). */
function coerceElement(
  attribute: Attribute,
  value: JsonValue,
  context: { reading: Reading; where: string },
): JsonValue | undefined {
  if (!isList(value)) return coerceOne(attribute, value, context)
  if (value.length > 1) throw refusal('invalidValue', `${context.where} must be one element, not ${shown(value)}`)
  return coerceOne(attribute, value[0] ?? null, context)
}

/** An attribute with an initial value is never without one: clearing it could give access back to somebody. */
function kept(target: AttributeTarget, step: Step): Steps {
  step.reading.note('kept', `${step.where}: ${target.path.name} cannot be cleared and stays as it is`)
  return []
}

function fixed(path: AttributePath, { where }: Step): ScimError {
  const { mutability } = path.sub ?? path.attribute
  return refusal('mutability', `${where}: ${path.name} is ${mutability} and cannot be changed`)
}
