/**
 * Which attributes of a resource a client reads: RFC 7644 section 3.9 and RFC 7643 section 7 (returned).
 * Decides what `attributes` and `excludedAttributes` leave; must not build a resource.
 */
import { isList, isObject, type JsonDraft, type JsonObject, type JsonValue } from './json.ts'
import { unheard, type TakeNote } from './quirks.ts'
import type { Attribute } from './schema/attribute.ts'
import { resolveAttribute, resolveSchema, type AttributePath, type ResourceType } from './schema/resource-type.ts'

/** Canonical names of places, and URNs of whole extensions. */
export interface Projection {
  /** Only these, and what is always returned; undefined: what is returned by default. */
  readonly only: ReadonlySet<string> | undefined
  readonly without: ReadonlySet<string>
  /** Beside what is returned by default: attributes that are returned on request only. */
  readonly also?: ReadonlySet<string>
}

export interface ProjectionQuery {
  readonly attributes?: string | undefined
  readonly excludedAttributes?: string | undefined
}

/**
 * Reads the two parameters: names in any case, with or without URN, parted by commas. Unknown names are passed over.
 * Undefined when neither is given.
 */
export function parseProjection(
  query: ProjectionQuery,
  type: ResourceType,
  note: TakeNote = unheard,
): Projection | undefined {
  const only = readNames(query.attributes, type, note)
  const without = readNames(query.excludedAttributes, type, note)
  if (only === undefined && without === undefined) return undefined
  return { only, without: without ?? new Set() }
}

/**
 * What the answer to a write shows where nothing is asked for: RFC 7643 section 7 has an attribute that is returned on
 * request in it if the client has named it. Undefined where it has not.
 */
export function shownAfterWrite(
  type: ResourceType,
  isNamed: (place: AttributePath) => boolean,
): Projection | undefined {
  const named = type.onRequest.filter(isNamed).map(({ name }) => name)
  return named.length === 0 ? undefined : { only: undefined, without: new Set(), also: new Set(named) }
}

function readNames(list: string | undefined, type: ResourceType, note: TakeNote): ReadonlySet<string> | undefined {
  const names = (list ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length === 0) return undefined
  const places = new Set<string>()
  for (const name of names) {
    const place = resolveAttribute(name, type)?.name ?? resolveSchema(name, type)?.urn
    if (place === undefined) note('T30', `the attribute ${JSON.stringify(name.slice(0, 60))} is not known and left out`)
    else places.add(place)
  }
  return places
}

/** The resource cut to the projection. `id` and `schemas` stay whatever it says; secrets never do. */
export function project(type: ResourceType, resource: JsonObject, projection: Projection | undefined): JsonObject {
  const draft = cut(type.attributes, resource, { type, urn: undefined, projection })
  for (const { urn, attributes } of type.extensions) {
    const extension = resource[urn]
    if (!isObject(extension)) continue
    const rest = cut(attributes, extension, { type, urn, projection })
    if (Object.keys(rest).length > 0) draft[urn] = rest
  }
  return draft
}

interface Cut {
  readonly type: ResourceType
  readonly urn: string | undefined
  readonly projection: Projection | undefined
}

function cut(attributes: readonly Attribute[], object: JsonObject, context: Cut): JsonDraft {
  const draft: JsonDraft = {}
  for (const attribute of attributes) {
    const value = object[attribute.name]
    if (value === undefined) continue
    const chosen = selection({ ...context, attribute })
    if (chosen === 'nothing') continue
    const rest = chosen === 'all' ? value : cutParts(value, chosen)
    if (rest !== undefined) draft[attribute.name] = rest
  }
  return draft
}

/** All of an attribute, nothing of it, or the sub-attributes that are left. */
function selection({
  attribute,
  urn,
  type,
  projection,
}: Cut & { readonly attribute: Attribute }): 'all' | 'nothing' | ReadonlySet<string> {
  if (attribute.returned === 'always') return 'all'
  if (attribute.returned === 'never') return 'nothing'
  if (projection === undefined) return attribute.returned === 'default' ? 'all' : 'nothing'
  const prefix = urn === undefined ? '' : `${urn}:`
  const whole = [`${prefix}${attribute.name}`, urn ?? type.schema.urn]
  const { only, without, also } = projection
  if (whole.some((name) => without.has(name))) return 'nothing'
  const byDefault = attribute.returned === 'default' || also?.has(`${prefix}${attribute.name}`) === true
  const asked = only === undefined ? byDefault : whole.some((name) => only.has(name))
  const subs = attribute.subAttributes.map((sub) => sub.name)
  const left = subs.filter((sub) => {
    const name = `${prefix}${attribute.name}.${sub}`
    return (asked || only?.has(name) === true) && !without.has(name)
  })
  if (left.length === 0) return asked && subs.length === 0 ? 'all' : 'nothing'
  return left.length === subs.length ? 'all' : new Set(left)
}

function cutParts(value: JsonValue, parts: ReadonlySet<string>): JsonValue | undefined {
  if (isList(value)) return value.map((element) => cutParts(element, parts)).filter((element) => element !== undefined)
  if (!isObject(value)) return value
  const entries = Object.entries(value).filter(([name]) => parts.has(name))
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}
