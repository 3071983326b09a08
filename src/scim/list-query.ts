/**
 * The query of a list: RFC 7644 sections 3.4.2 to 3.4.3 and 3.9, RFC 9865.
 * Decides page, filter, order and attributes; must not run the query.
 */
import { refusal, type ScimType } from './errors.ts'
import type { Filter } from './filter/ast.ts'
import { parseFilter } from './filter/parse.ts'
import { checkJson, isList, isObject, shown } from './json.ts'
import { parseProjection, type Projection } from './projection.ts'
import { unheard, type TakeNote } from './quirks.ts'
import { resolveAttribute, type AttributePath, type ResourceType } from './schema/resource-type.ts'

export const DEFAULT_COUNT = 100
export const MAX_COUNT = 1_000

export interface ListQuery {
  /** From 1. */
  readonly startIndex: number
  /** From 0 to {@link MAX_COUNT}. 0 asks for the total only. */
  readonly count: number
  /** Where cursor paging goes on, `''` where it begins; undefined for paging by index. */
  readonly cursor: string | undefined
  readonly filter: Filter | undefined
  readonly sortBy: AttributePath | undefined
  readonly sortOrder: 'ascending' | 'descending'
  readonly projection: Projection | undefined
}

/** Parameters as a server hands them over, after decoding: `+` is a blank. */
export type QueryParameters = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Reads the query of a list. A count or start out of range is moved into it; what is not a whole number is 400
 * invalidCount or invalidValue. Parameters it does not know, Entra's flags among them, are passed over (T21).
 */
export function parseListQuery(query: QueryParameters, type: ResourceType, note: TakeNote = unheard): ListQuery {
  const read = (name: string): string | undefined => parameter(query, name)
  const filter = read('filter')
  const cursor = read('cursor')
  if (cursor !== undefined && (read('startIndex') ?? '') !== '')
    throw refusal('invalidCursor', 'startIndex and cursor are two ways of paging; send one of them')
  return {
    startIndex: Math.max(1, wholeNumber('startIndex', read('startIndex'), 'invalidValue') ?? 1),
    count: pageSize(read('count'), cursor !== undefined),
    cursor: cursor?.trim(),
    filter: filter === undefined ? undefined : parseFilter(filter, type, note),
    sortBy: sortPlace(read('sortBy'), type),
    sortOrder: sortOrder(read('sortOrder')),
    projection: parseProjection(
      { attributes: read('attributes'), excludedAttributes: read('excludedAttributes') },
      type,
      note,
    ),
  }
}

/** A parameter in any case. Lists may be sent as several parameters; a filter may not, since one of them would be lost. */
function parameter(query: QueryParameters, name: string): string | undefined {
  const lower = name.toLowerCase()
  const values = Object.keys(query)
    .filter((key) => key.toLowerCase() === lower)
    .flatMap((key) => query[key] ?? [])
  if (values.length > 1 && !lower.endsWith('attributes')) {
    throw refusal(
      name === 'filter' ? 'invalidFilter' : 'invalidValue',
      `${name} is given ${values.length} times; send it once`,
    )
  }
  return values.length === 0 ? undefined : values.join(',')
}

/** RFC 7644 has a count below 0 mean 0; RFC 9865 section 2.1 has no page of 0 behind a cursor. */
function pageSize(text: string | undefined, byCursor: boolean): number {
  const count = wholeNumber('count', text, 'invalidCount') ?? DEFAULT_COUNT
  if (byCursor && count < 1)
    throw refusal('invalidCount', `count must be from 1 to ${MAX_COUNT} with a cursor, not ${count}`)
  return Math.min(MAX_COUNT, Math.max(0, count))
}

function wholeNumber(name: string, text: string | undefined, scimType: ScimType): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  if (!/^\s*[+-]?\d{1,400}\s*$/.test(text))
    throw refusal(scimType, `${name} must be a whole number, not ${shown(text)}`)
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, Number(text)))
}

function sortPlace(text: string | undefined, type: ResourceType): AttributePath | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const path = resolveAttribute(text.trim(), type)
  if (path === undefined) throw refusal('invalidValue', `sortBy: ${type.name} has no attribute ${shown(text)}`)
  if (path.attribute.returned === 'never') throw refusal('sensitive', `sortBy: ${path.name} is secret`)
  if (path.sub !== undefined || path.attribute.type !== 'complex') return path
  const value = resolveAttribute(`${path.name}.value`, type)
  if (value === undefined)
    throw refusal('invalidValue', `sortBy: ${path.name} has parts; name one of them, such as ${firstPart(path)}`)
  return value
}

function firstPart({ name, attribute }: AttributePath): string {
  return `${name}.${attribute.subAttributes[0]?.name ?? 'value'}`
}

function sortOrder(text: string | undefined): 'ascending' | 'descending' {
  const order = text?.trim().toLowerCase() ?? ''
  if (order === '' || order === 'ascending') return 'ascending'
  if (order === 'descending') return 'descending'
  throw refusal('invalidValue', `sortOrder must be ascending or descending, not ${shown(text)}`)
}

/** Parameters that a SearchRequest may hold: RFC 7644 section 3.4.3, RFC 9865 section 3. */
const SEARCH_PARAMETERS = [
  'attributes',
  'excludedAttributes',
  'filter',
  'sortBy',
  'sortOrder',
  'startIndex',
  'count',
  'cursor',
] as const

/** The body of a search by POST as the parameters that a GET would have. Throws invalidSyntax, or invalidValue for a wrong type. */
export function searchParameters(body: unknown): QueryParameters {
  checkJson(body)
  if (!isObject(body)) throw refusal('invalidSyntax', `The body must be a JSON object, not ${shown(body)}`)
  const query: Record<string, string | readonly string[]> = {}
  for (const [key, value] of Object.entries(body)) {
    const name = SEARCH_PARAMETERS.find((parameterName) => parameterName.toLowerCase() === key.toLowerCase())
    if (name === undefined || value === null) continue
    const texts = (isList(value) ? value : [value]).map((item) => (typeof item === 'number' ? String(item) : item))
    if (!texts.every((item) => typeof item === 'string') || (isList(value) && !name.endsWith('ttributes')))
      throw refusal('invalidValue', `${name} must be ${WANTED[name]}, not ${shown(value)}`)
    query[name] = texts
  }
  return query
}

const WANTED = {
  attributes: 'a list of names',
  excludedAttributes: 'a list of names',
  filter: 'text',
  sortBy: 'text',
  sortOrder: 'text',
  startIndex: 'a whole number',
  count: 'a whole number',
  cursor: 'text',
} as const satisfies Record<(typeof SEARCH_PARAMETERS)[number], string>
