/**
 * Lists and searches: RFC 7644 sections 3.4.2 and 3.4.3, RFC 9865.
 * Decides which part of which list is answered, and its form; must not know how a list is read.
 */
import { LIST_RESPONSE_SCHEMA } from '../../scim/encode.ts'
import { refusal } from '../../scim/errors.ts'
import { parseListQuery, type ListQuery, type QueryParameters } from '../../scim/list-query.ts'
import type { Projection } from '../../scim/projection.ts'
import { acrossTypes } from '../../scim/schema/resource-type.ts'
import { isPosition, type ListRequest } from '../../store/views/resource-list.ts'
import { listKey, noCursor, readCursor, writeCursor } from './cursor.ts'
import type { Call, Endpoint, ResourceView } from './endpoint.ts'

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
  const key = listKey(call, list)
  const { cursor, startIndex } = list
  const request = requestOf(list)
  const after = cursor === undefined || cursor === '' ? undefined : readCursor(cursor, key, now)
  if (after !== undefined && !isPosition(after, request.sort)) throw noCursor()
  const from = cursor === undefined ? { offset: startIndex - 1 } : { after }
  const page = await endpoint.list(call, { ...request, from })
  return listText({
    totalResults: page.total,
    ...(cursor === undefined ? { startIndex } : {}),
    ...(cursor === undefined || page.next === undefined ? {} : { nextCursor: writeCursor(page.next, key, now) }),
    resources: page.resources.map((view) => ({ view, projection: list.projection })),
  })
}

/**
 * All resource types, one after the other: RFC 7644 section 3.4.2.1. What a filter names and a type does not have is
 * compared as something that is not there. Sorted within each type.
 */
export async function searchAll(
  parts: readonly { readonly endpoint: Endpoint; readonly call: Call }[],
  query: QueryParameters,
): Promise<AsyncGenerator<string, void>> {
  const types = parts.map(({ call }) => call.type)
  const resources: Answer['resources'][number][] = []
  let [totalResults, startIndex] = [0, 1]
  for (const { endpoint, call } of parts) {
    const list = parseListQuery(query, acrossTypes(call.type, types), call.reading.note)
    if (list.cursor !== undefined)
      throw refusal('invalidCursor', 'Cursors go through one resource type; ask at its own endpoint, such as /Users')
    startIndex = list.startIndex
    const offset = Math.max(0, startIndex - 1 - totalResults)
    const request = { ...requestOf(list), limit: list.count - resources.length, from: { offset } }
    const page = await endpoint.list(call, request)
    resources.push(...page.resources.map((view) => ({ view, projection: list.projection })))
    totalResults += page.total
  }
  return listText({ totalResults, startIndex, resources })
}

function requestOf(list: ListQuery): Omit<ListRequest, 'from'> & { readonly projection: Projection | undefined } {
  const { filter, sortBy, sortOrder, count, projection } = list
  const sort = sortBy && { by: sortBy, descending: sortOrder === 'descending' }
  return { filter, sort, limit: count, projection }
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
