/**
 * The query of a list: RFC 7644 sections 3.4.2 to 3.4.3 and 3.9.
 * Decides page, filter, order and attributes; must not run the query.
 */
import { refusal } from './errors.ts'
import type { Filter } from './filter/ast.ts'
import { parseFilter } from './filter/parse.ts'
import { shown } from './json.ts'
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
  readonly filter: Filter | undefined
  readonly sortBy: AttributePath | undefined
  readonly sortOrder: 'ascending' | 'descending'
  readonly projection: Projection | undefined
}

/** Parameters as a server hands them over, after decoding: `+` is a blank. */
export type QueryParameters = Readonly<Record<string, string | readonly string[] | undefined>>

/**
 * Reads the query of a list. A count or start out of range is moved into it; what is not a whole number is 400
 * invalidValue. Parameters it does not know, Entra's flags among them, are passed over (T21).
 */
export function parseListQuery(query: QueryParameters, type: ResourceType, note: TakeNote = unheard): ListQuery {
  const read = (name: string): string | undefined => parameter(query, name)
  const filter = read('filter')
  return {
    startIndex: Math.max(1, wholeNumber('startIndex', read('startIndex')) ?? 1),
    count: Math.min(MAX_COUNT, Math.max(0, wholeNumber('count', read('count')) ?? DEFAULT_COUNT)),
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

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  if (!/^\s*[+-]?\d{1,400}\s*$/.test(text))
    throw refusal('invalidValue', `${name} must be a whole number, not ${shown(text)}`)
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
