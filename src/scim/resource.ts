/**
 * The body of a POST or PUT as the document that is kept.
 * Decides what of a body is taken over; must not know PATCH, ids or how a document is stored.
 */
import { refusal } from './errors.ts'
import { coerce } from './coerce.ts'
import {
  checkJson,
  isObject,
  member,
  sameJson,
  shown,
  type JsonDraft,
  type JsonObject,
  type JsonValue,
} from './json.ts'
import { readingOf, type Reading, type ReadingOptions } from './quirks.ts'
import type { Attribute } from './schema/attribute.ts'
import { resolveAttribute, resolveSchema, USER, type AttributePath, type ResourceType } from './schema/resource-type.ts'

/**
 * What is kept of a resource: canonical names in the order of the schema table, extensions under their URN. Without
 * `schemas`, `id`, `meta`, secrets and derived attributes. Never changed in place.
 */
export interface ResourceDocument extends JsonObject {}

export interface UserDocument extends ResourceDocument {
  readonly userName: string
  readonly active: boolean
}

export interface ParseOptions<Document extends ResourceDocument = ResourceDocument> extends ReadingOptions {
  readonly mode: 'create' | 'replace'
  /** What a PUT replaces. It decides what stays where the body is silent. */
  readonly current?: Document | undefined
}

/** {@link parseResource} for a User. */
export function parseUser(
  body: unknown,
  options: ParseOptions<UserDocument> & { readonly type?: ResourceType },
): UserDocument {
  // The table has userName as required text and active as a boolean with an initial value.
  return parseResource(options.type ?? USER, body, options) as UserDocument
}

/**
 * Reads the body of POST (RFC 7644 section 3.3) or PUT (3.5.1). Unknown and readOnly attributes are passed over, a PUT
 * keeps `active` where it does not name it. Throws ScimError: invalidSyntax for no object, invalidValue for a wrong
 * type or a required attribute that is missing, mutability for a changed immutable attribute.
 */
export function parseResource(type: ResourceType, body: unknown, options: ParseOptions): ResourceDocument {
  checkJson(body)
  if (!isObject(body)) throw refusal('invalidSyntax', `The body must be a JSON object, not ${shown(body)}`)
  const reading = readingOf(options)
  const values: Values = new Map()
  const intake = { type, reading, values, seen: new Set<string>(), named: new Set<AttributePath>() }
  readMembers(body, intake)
  keepCurrent({ ...intake, options })
  const document = buildDocument(type, values)
  checkRequired(type, document)
  return document
}

/** Values by place: top-level places only, except for dotted keys. */
type Values = Map<AttributePath, JsonValue>

interface Intake {
  readonly type: ResourceType
  readonly reading: Reading
  readonly values: Values
  /** URNs of the extensions that the body has a member for. */
  readonly seen: Set<string>
  /** Places that the body has a member for, whatever it holds. */
  readonly named: Set<AttributePath>
}

function readMembers(body: JsonObject, intake: Intake): void {
  for (const [name, value] of Object.entries(body)) {
    const path = resolveAttribute(name, intake.type)
    if (path !== undefined) readAttribute(path, value, intake)
    else if (!readSchema(name, value, intake)) intake.reading.note('T30', `${shown(name)} is not known and left out`)
  }
}

/** A member named by a schema's URN: its value holds that schema's attributes. */
function readSchema(name: string, value: JsonValue, intake: Intake): boolean {
  const schema = resolveSchema(name, intake.type)
  if (schema === undefined) return false
  if (schema.urn !== name) intake.reading.note('T13', `${shown(name)} read as ${schema.urn}`)
  if (schema !== intake.type.schema) intake.seen.add(schema.urn)
  if (value === null || value === '') {
    for (const place of intake.type.onRequest) if (place.urn === schema.urn) intake.named.add(place)
    return true
  }
  if (!isObject(value)) throw refusal('invalidValue', `${schema.urn} must be an object, not ${shown(value)}`)
  for (const [part, partValue] of Object.entries(value)) {
    const path = resolveAttribute(`${schema.urn}:${part}`, intake.type)
    if (path !== undefined) readAttribute(path, partValue, intake)
    else intake.reading.note('T30', `${schema.urn}: ${shown(part)} is not known and left out`)
  }
  return true
}

function readAttribute(path: AttributePath, value: JsonValue, intake: Intake): void {
  const { attribute, sub } = path
  if (path.urn !== undefined) intake.seen.add(path.urn)
  intake.named.add(path)
  if (sub !== undefined && attribute.multiValued)
    return intake.reading.note('T30', `${path.name} names no element and is left out`)
  if (attribute.mutability === 'readOnly') return
  if (attribute.mutability === 'writeOnly')
    return intake.reading.note('password-discarded', `${path.name} was sent and discarded`)
  const coerced = coerce(sub ?? attribute, value, { reading: intake.reading, where: path.name })
  if (coerced === undefined) return
  const earlier = intake.values.get(path)
  // Guessing which spelling is meant could rename somebody.
  if (earlier !== undefined && !sameJson(earlier, coerced)) {
    throw refusal(
      'invalidValue',
      `${path.name} is given twice, as ${shown(earlier)} and as ${shown(coerced)}; send it once`,
    )
  }
  intake.values.set(path, coerced)
}

interface Keeping extends Intake {
  readonly options: ParseOptions
}

/** What a silent body leaves as it is, and what a new resource starts with. */
function keepCurrent({ options, ...intake }: Keeping): void {
  const { type, reading, values, seen } = intake
  const current = options.mode === 'replace' ? options.current : undefined
  for (const attribute of type.attributes) {
    const path = resolveAttribute(attribute.name, type)
    if (path === undefined) continue
    const held = current?.[attribute.name]
    if (attribute.initial !== undefined && !values.has(path)) values.set(path, held ?? attribute.initial)
    if (attribute.mutability === 'immutable' && held !== undefined && !sameJson(held, values.get(path))) {
      throw refusal('mutability', `${attribute.name} cannot be changed once it is set; send ${shown(held)}`)
    }
  }
  if (current === undefined) return
  keepUnseen(current, intake)
  if (reading.quirks.absentExtensionOnPut === 'clear') return
  for (const { urn } of type.extensions) {
    if (seen.has(urn) || !isObject(current[urn])) continue
    reading.note('kept', `${urn} is not in the body and stays as it is`)
    readMembers({ [urn]: current[urn] }, intake)
  }
}

/** Whoever sends back what it has read cannot name what it was not shown; `null` still clears it. */
function keepUnseen(current: ResourceDocument, { type, values, named }: Intake): void {
  for (const place of type.onRequest) {
    const held = member(place.urn === undefined ? current : current[place.urn], place.attribute.name)
    if (held !== undefined && !named.has(place)) values.set(place, held)
  }
}

/** A document from values by place, in the order of the schema table: names come from the table and nowhere else. */
function buildDocument(type: ResourceType, values: Values): ResourceDocument {
  const draft: JsonDraft = {}
  for (const path of type.order) {
    const value = values.get(path)
    if (value === undefined) continue
    const holder = path.urn === undefined ? draft : nested(draft, path.urn)
    if (path.sub === undefined) holder[path.attribute.name] = value
    else nested(holder, path.attribute.name)[path.sub.name] = value
  }
  return draft
}

function nested(draft: JsonDraft, name: string): JsonDraft {
  const held = draft[name]
  const copy: JsonDraft = isObject(held) ? { ...held } : {}
  draft[name] = copy
  return copy
}

/** Throws invalidValue for a required attribute without a value, or with blanks only. */
export function checkRequired(type: ResourceType, document: ResourceDocument): void {
  checkAttributes(type.attributes, document, type.name)
  // An extension may be left out as a whole, its required attributes only with it.
  for (const { urn, attributes } of type.extensions) {
    const extension = document[urn]
    if (isObject(extension)) checkAttributes(attributes, extension, urn)
  }
}

function checkAttributes(attributes: readonly Attribute[], holder: JsonObject, where: string): void {
  for (const attribute of attributes) {
    if (!attribute.required || attribute.mutability === 'readOnly') continue
    const value = holder[attribute.name]
    if (value === undefined || (typeof value === 'string' && value.trim() === '')) {
      throw refusal('invalidValue', `${attribute.name} is missing: every ${where} needs one that is not blank`)
    }
  }
}
