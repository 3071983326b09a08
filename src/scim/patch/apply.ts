/**
 * What a PATCH makes of a document: RFC 7644 sections 3.5.2.1 to 3.5.2.3.
 * Decides the outcome of plain steps; must not read a request or change what it is given.
 */
import { isHusk } from '../element.ts'
import { refusal } from '../errors.ts'
import { isList, isObject, sameJson, type JsonDraft, type JsonObject, type JsonValue } from '../json.ts'
import { unheard, type TakeNote } from '../quirks.ts'
import { checkRequired, type ResourceDocument } from '../resource.ts'
import { valueOf, type Attribute } from '../schema/attribute.ts'
import { ID } from '../schema/every-resource.ts'
import type { ResourceType } from '../schema/resource-type.ts'
import { inOrder } from '../arrange.ts'
import { nextElements } from './elements.ts'
import type { PatchOperation } from './operation.ts'

export interface PatchContext {
  readonly type: ResourceType
  /** The id of the resource: a step may repeat it, not change it (T15, E14). */
  readonly id: string
  readonly note?: TakeNote | undefined
}

export interface PatchOutcome<Document extends ResourceDocument> {
  readonly document: Document
  /** False when nothing differs; the document is then the very one that was given, and its version must not move. */
  readonly changed: boolean
}

/**
 * Applies all steps in order, or throws the ScimError of the first that cannot be done: noTarget, mutability,
 * invalidValue. The given document is never changed.
 */
export function applyPatch<Document extends ResourceDocument>(
  document: Document,
  operations: readonly PatchOperation[],
  context: PatchContext,
): PatchOutcome<Document> {
  let next: JsonObject = document
  for (const operation of operations) next = applyOne(next, operation, context)
  next = withoutHusks(next, context.type)
  if (sameJson(document, next)) return { document, changed: false }
  checkRequired(context.type, next)
  // Steps set only what the schema table of the document's type allows, so the document stays one of its kind.
  return { document: inOrder(context.type, next) as Document, changed: true }
}

function applyOne(document: JsonObject, operation: PatchOperation, context: PatchContext): JsonObject {
  const { target } = operation
  if (target.kind === 'schema') return withMember(document, target.urn, undefined)
  const { urn, attribute } = target.path
  if (attribute === ID) return checkId(document, operation, context)
  if (urn === undefined) return applyTo(document, operation, context)
  const extension = document[urn]
  const changed = applyTo(isObject(extension) ? extension : {}, operation, context)
  return withMember(document, urn, Object.keys(changed).length === 0 ? undefined : changed)
}

/** Elements that several steps have filled in, but none with a value: what POST would have left out as well. */
function withoutHusks(document: JsonObject, type: ResourceType): JsonObject {
  let next = withoutHusksOf(type.attributes, document)
  for (const { urn, attributes } of type.extensions) {
    const held = next[urn]
    const rest = isObject(held) ? withoutHusksOf(attributes, held) : held
    if (isObject(rest) && rest !== held) next = withMember(next, urn, Object.keys(rest).length === 0 ? undefined : rest)
  }
  return next
}

function withoutHusksOf(attributes: readonly Attribute[], holder: JsonObject): JsonObject {
  let next = holder
  for (const attribute of attributes) {
    const held = holder[attribute.name]
    if (!attribute.multiValued || !isList(held) || !held.some((element) => isHusk(attribute, element))) continue
    const rest = held.filter((element) => !isHusk(attribute, element))
    next = withMember(next, attribute.name, rest.length === 0 ? undefined : rest)
  }
  return next
}

function checkId(
  document: JsonObject,
  { value, where }: PatchOperation,
  { id, note = unheard }: PatchContext,
): JsonObject {
  if (value !== null && value !== id) {
    throw refusal('mutability', `${where}: id cannot be changed; leave it out or send ${id}`)
  }
  note('T15', `${where}: id is what it was`)
  return document
}

/** `holder` is the document, or an extension in it. */
function applyTo(holder: JsonObject, operation: PatchOperation, context: PatchContext): JsonObject {
  if (operation.target.kind === 'schema') return holder
  const { attribute, name } = operation.target.path
  const held = holder[attribute.name]
  const next = attribute.multiValued
    ? nextElements(held, { operation, target: operation.target, note: context.note ?? unheard })
    : nextSingle(held, operation, attribute)
  if (attribute.mutability === 'immutable' && held !== undefined && !sameJson(held, next)) {
    throw refusal('mutability', `${operation.where}: ${name} cannot be changed once it is set`)
  }
  return withMember(holder, attribute.name, next)
}

function nextSingle(
  held: JsonValue | undefined,
  operation: PatchOperation,
  attribute: Attribute,
): JsonValue | undefined {
  const sub = operation.target.kind === 'attribute' ? operation.target.path.sub : undefined
  if (sub === undefined) return operation.value
  // A reference without its value refers to nothing: clearing manager.value clears the manager.
  if (operation.value === undefined && sub === valueOf(attribute)) return undefined
  const next = withMember(isObject(held) ? held : {}, sub.name, operation.value)
  return Object.keys(next).length === 0 ? undefined : next
}

/** The object with the member set, or without it where the value is undefined; the given one stays as it is. */
function withMember(object: JsonObject, name: string, value: JsonValue | undefined): JsonObject {
  if (value !== undefined) return { ...object, [name]: value }
  if (!Object.hasOwn(object, name)) return object
  const rest: JsonDraft = { ...object }
  delete rest[name]
  return rest
}
