/**
 * Bulk requests: RFC 7644 section 3.7.
 * Decides what each operation is, in which order they can be done, and what stands for an id that is not known yet; must
 * not carry one out.
 */
import { refusal, ScimError } from './errors.ts'
import { checkJson, isList, isObject, member, shown, type JsonDraft, type JsonValue } from './json.ts'

export const BULK_LIMITS = { operations: 1_000, bytes: 1_048_576 } as const

export const BULK_RESPONSE_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse'

export type BulkMethod = 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** As it was sent; what is wrong with it is its own failure and nobody else's. */
export interface BulkOperation {
  /** In upper case, if there is one at all. */
  readonly method: string
  readonly bulkId: string | undefined
  readonly path: string
  readonly version: string | undefined
  readonly data: JsonValue | undefined
}

export interface BulkRequest {
  readonly operations: readonly BulkOperation[]
  /** After so many failures the rest is left undone. */
  readonly failOnErrors: number
}

/** Throws for the request as a whole: invalidSyntax, invalidValue, 413 beyond {@link BULK_LIMITS}. */
export function parseBulk(body: unknown): BulkRequest {
  checkJson(body)
  if (!isObject(body)) throw refusal('invalidSyntax', `The body must be a JSON object, not ${shown(body)}`)
  const list = member(body, 'Operations')
  if (!isList(list)) throw refusal('invalidSyntax', 'Operations is missing: a bulk request holds a list of operations')
  if (list.length > BULK_LIMITS.operations) {
    throw new ScimError(
      413,
      `A bulk request may hold ${BULK_LIMITS.operations} operations, this one has ${list.length}; send several`,
    )
  }
  const failOnErrors = member(body, 'failOnErrors') ?? null
  if (
    failOnErrors !== null &&
    !(typeof failOnErrors === 'number' && Number.isInteger(failOnErrors) && failOnErrors > 0)
  )
    throw refusal('invalidValue', `failOnErrors must be a whole number from 1, not ${shown(failOnErrors)}`)
  const operations = list.map(readOperation)
  const bulkIds = operations.flatMap(({ bulkId }) => bulkId ?? [])
  const twice = bulkIds.find((id, index) => bulkIds.indexOf(id) !== index)
  if (twice !== undefined)
    throw refusal('invalidValue', `bulkId ${shown(twice)} is used twice; each operation needs its own`)
  return { operations, failOnErrors: failOnErrors ?? Number.POSITIVE_INFINITY }
}

function readOperation(item: JsonValue, index: number): BulkOperation {
  if (!isObject(item)) throw refusal('invalidSyntax', `Operations[${index}] must be an object, not ${shown(item)}`)
  const text = (name: string): string | undefined => {
    const value = member(item, name) ?? undefined
    if (value === undefined || typeof value === 'string') return value
    throw refusal('invalidSyntax', `Operations[${index}].${name} must be text, not ${shown(value)}`)
  }
  return {
    method: (text('method') ?? '').toUpperCase(),
    bulkId: text('bulkId'),
    path: text('path') ?? '',
    version: text('version'),
    data: member(item, 'data'),
  }
}

export interface BulkOrder {
  /** Indexes in the order in which they can be done: what others refer to comes first. */
  readonly order: readonly number[]
  /** Operations that refer to each other in a circle, or to one that does. */
  readonly circular: ReadonlySet<number>
}

/** Keeps the order of the request but where a reference points forward: RFC 7644 section 3.7.1. */
export function orderBulk(operations: readonly BulkOperation[]): BulkOrder {
  const makers = new Map<string, number>()
  for (const [index, { method, bulkId }] of operations.entries())
    if (method === 'POST' && bulkId !== undefined && !makers.has(bulkId)) makers.set(bulkId, index)
  const needs = operations.map((operation) =>
    [...referencesIn(operation)].map((id) => makers.get(id)).filter((index) => index !== undefined),
  )
  const order: number[] = []
  const circular = new Set<number>()
  const state = new Map<number, 'open' | 'done'>()
  const visit = (index: number): void => {
    state.set(index, 'open')
    for (const need of needs[index] ?? []) {
      if (!state.has(need)) visit(need)
      if (state.get(need) === 'open' || circular.has(need)) circular.add(index)
    }
    state.set(index, 'done')
    order.push(index)
  }
  for (const index of operations.keys()) if (!state.has(index)) visit(index)
  return { order, circular }
}

/** Attributes whose values are ids of resources. Elsewhere a text that looks like a reference is a text. */
const REFERRING: ReadonlySet<string> = new Set(['members', 'manager'])

/** `members` of `urn:…:Group:members[value eq "x"]`, `manager` of `manager.value`. */
function attributeOf(name: string): string {
  const place = name.slice(0, (name.indexOf('[') + 1 || name.length + 1) - 1)
  return (place.slice(place.lastIndexOf(':') + 1).split('.')[0] ?? '').trim().toLowerCase()
}

const refers = (name: string): boolean => REFERRING.has(attributeOf(name))

const WHOLE = /^(\/?(?:Users|Groups)\/)?bulkId:(.+)$/is
/** In a filter of a PATCH path the reference stands in quotes. */
const IN_QUOTES = /"bulkId:([^"\\]+)"/gi

/** What stands in the place of the text that is a reference, or of each in a path; `id` is asked for each bulkId. */
type Exchange = (bulkId: string) => string

/** The data of an operation with each reference exchanged; `referring` where what is above it refers to resources. */
function exchange(value: JsonValue, id: Exchange, referring = false): JsonValue {
  if (typeof value === 'string') return referring ? exchangeText(value, id) : value
  if (isList(value)) return value.map((item) => exchange(item, id, referring))
  if (!isObject(value)) return value
  const path = member(value, 'path')
  const onPath = typeof path === 'string' && refers(path)
  const draft: JsonDraft = {}
  for (const [name, item] of Object.entries(value)) {
    const isPath = onPath && item === path
    const next = isPath
      ? pathWithIds(path, id)
      : exchange(item, id, referring || refers(name) || (onPath && isValue(name)))
    Object.defineProperty(draft, isPath ? name : pathWithIds(name, id), { value: next, enumerable: true })
  }
  return draft
}

const isValue = (name: string): boolean => name.toLowerCase() === 'value'

function exchangeText(text: string, id: Exchange): string {
  const [, before = '', whole] = WHOLE.exec(text) ?? []
  return whole === undefined ? text : `${before}${id(whole)}`
}

const pathWithIds = (path: string, id: Exchange): string =>
  refers(path) ? path.replace(IN_QUOTES, (_, bulkId: string) => `"${id(bulkId)}"`) : path

function referencesIn({ path, data }: BulkOperation): ReadonlySet<string> {
  const found = new Set<string>()
  const note: Exchange = (bulkId) => {
    found.add(bulkId)
    return bulkId
  }
  exchange(data ?? null, note)
  const { id } = placeOf(path) ?? { id: '' }
  exchangeText(id, note)
  return found
}

/** The data with ids in the place of references. Throws invalidValue for one to nothing that was made. */
export const withIds = (data: JsonValue, ids: ReadonlyMap<string, string>): JsonValue =>
  exchange(data, (bulkId) => idOf(bulkId, ids))

export interface BulkPlace {
  /** `users` or `groups`. */
  readonly name: string
  /** Empty where the path names all of them. */
  readonly id: string
}

/** Where an operation goes, with an id in the place of a reference; undefined where the path is none. Throws as {@link withIds}. */
export function bulkPlace(path: string, ids: ReadonlyMap<string, string>): BulkPlace | undefined {
  const place = placeOf(path)
  return place && { ...place, id: exchangeText(place.id, (bulkId) => idOf(bulkId, ids)) }
}

function placeOf(path: string): BulkPlace | undefined {
  const [, name, id = ''] = /^\/?(Users|Groups)(?:\/([^/?#]+))?\/?$/i.exec(path) ?? []
  if (name === undefined) return undefined
  try {
    return { name: name.toLowerCase(), id: decodeURIComponent(id) }
  } catch {
    return undefined
  }
}

function idOf(bulkId: string, ids: ReadonlyMap<string, string>): string {
  const id = ids.get(bulkId)
  if (id === undefined) {
    throw refusal('invalidValue', `${shown(`bulkId:${bulkId}`)} names no resource that this request has created`)
  }
  return id
}
