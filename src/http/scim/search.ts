/**
 * Lists and searches: RFC 7644 sections 3.4.2 and 3.4.3, RFC 9865.
 * Decides which part of which list is answered, and its form; must not know how a list is read.
 */
import { LIST_RESPONSE_SCHEMA } from '../../scim/encode.ts'
import { refusal } from '../../scim/errors.ts'
import { parseListQuery, type ListQuery, type QueryParameters } from '../../scim/list-query.ts'
import type { Projection } from '../../scim/projection.ts'
import { acrossTypes } from '../../scim/schema/resource-type.ts'
import type { Queryable } from '../../store/db.ts'
import { listAcross, type Place } from '../../store/views/across-types.ts'
import { isPosition, type ListRequest, type Sort } from '../../store/views/resource-list.ts'
import { listKey, noCursor, readCursor, writeCursor } from './cursor.ts'
import type { Call, Endpoint, ResourceView, ViewPage } from './endpoint.ts'

interface Answer {
  readonly totalResults: number
  readonly startIndex?: number
  readonly nextCursor?: string
  readonly resources: readonly { readonly view: ResourceView; readonly projection: Projection | undefined }[]
}

/** One resource type. */
export async function search(
  endpoint: Endpoint,
  call: Call,
  { query, now }: { readonly query: QueryParameters; readonly now: Date },
): Promise<AsyncGenerator<string, void>> {
  const list = parseListQuery(query, call.type, call.reading.note)
  const walk = { key: listKey(call, call.type.name, list), list, now }
  const page = await endpoint.list(call, { ...requestOf(list), from: startOf(walk) })
  return listText({
    ...pageHead(walk, page),
    resources: page.resources.map((view) => ({ view, projection: list.projection })),
  })
}

interface Walk {
  readonly key: string
  readonly list: ListQuery
  readonly now: Date
}

/** Where the page begins. Throws for a cursor that is none of this list. */
function startOf({ key, list, now }: Walk): ListRequest['from'] {
  const { cursor, startIndex } = list
  if (cursor === undefined) return { offset: startIndex - 1 }
  if (cursor === '') return { after: undefined }
  const after = readCursor(cursor, key, now)
  if (!isPosition(after, sortOf(list))) throw noCursor()
  return { after }
}

function pageHead(
  { key, list, now }: Walk,
  { total, next }: Pick<ViewPage, 'total' | 'next'>,
): Omit<Answer, 'resources'> {
  if (list.cursor === undefined) return { totalResults: total, startIndex: list.startIndex }
  return { totalResults: total, ...(next === undefined ? {} : { nextCursor: writeCursor(next, key, now) }) }
}

/**
 * All resource types as one list: RFC 7644 section 3.4.2.1, in the order asked for, or else one type after the other. What a
 * filter or sortBy names and a type does not have is taken as something that is not there.
 */
export async function searchAll(
  parts: readonly TypeAsked[],
  { query, db, now }: { readonly query: QueryParameters; readonly db: Queryable; readonly now: Date },
): Promise<AsyncGenerator<string, void>> {
  const types = parts.map(({ call }) => call.type)
  const asked = parts.map((part) => {
    const list = parseListQuery(query, acrossTypes(part.call.type, types), part.call.reading.note)
    return { ...part, list }
  })
  const [first] = asked
  if (first === undefined) throw new TypeError('a service has at least one resource type')
  checkOneOrder(asked.map(({ list }) => list))
  const walk = { key: listKey(first.call, 'all types', first.list), list: first.list, now }
  const page = await listAcross(db, {
    parts: asked.map(({ endpoint, call, list }) => ({ source: endpoint.source(call), ...requestOf(list) })),
    limit: first.list.count,
    from: startOf(walk),
  })
  return listText({ ...pageHead(walk, page), resources: await readPlaces(asked, page.places) })
}

interface TypeAsked {
  readonly endpoint: Endpoint
  readonly call: Call
}

/** The resources at some places, in that order; who has gone meanwhile is left out. */
async function readPlaces(
  asked: readonly (TypeAsked & { readonly list: ListQuery })[],
  places: readonly Place[],
): Promise<Answer['resources']> {
  const found = new Map<string, Answer['resources'][number]>()
  for (const [part, { endpoint, call, list }] of asked.entries()) {
    const ids = places.filter((place) => place.part === part).map(({ id }) => id)
    if (ids.length === 0) continue
    const { projection } = list
    const { resources } = await endpoint.list(call, { ids, limit: ids.length, from: { offset: 0 }, projection })
    for (const view of resources) found.set(`${part} ${view.id}`, { view, projection })
  }
  return places.flatMap(({ part, id }) => found.get(`${part} ${id}`) ?? [])
}

/** Attributes of different types cannot be put into one order. */
function checkOneOrder(lists: readonly ListQuery[]): void {
  const [first, ...others] = lists.map(({ sortBy }) => sortBy && (sortBy.sub ?? sortBy.attribute).type)
  if (others.some((type) => type !== first))
    throw refusal(
      'invalidValue',
      'sortBy: users and groups have different attributes of this name; name it with its URN',
    )
}

function requestOf(list: ListQuery): Omit<ListRequest, 'from'> & { readonly projection: Projection | undefined } {
  const { filter, count, projection } = list
  return { filter, sort: sortOf(list), limit: count, projection }
}

function sortOf({ sortBy, sortOrder }: ListQuery): Sort | undefined {
  return sortBy && { by: sortBy, descending: sortOrder === 'descending' }
}

async function* listText({ resources, ...answer }: Answer): AsyncGenerator<string, void> {
  const head = { schemas: [LIST_RESPONSE_SCHEMA], ...answer, itemsPerPage: resources.length }
  yield `${JSON.stringify(head).slice(0, -1)},"Resources":[`
  for (const [index, { view, projection }] of resources.entries()) {
    if (index > 0) yield ','
    const text = view.text(projection)
    if (typeof text === 'string') yield text
    else yield* text
  }
  yield ']}'
}
