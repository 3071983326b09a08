/**
 * Cursors of RFC 9865: where a walk through a list goes on.
 * Decides what a cursor holds and how long it is good; must not read the list. Nothing is kept here for a cursor, so a
 * walk costs no memory and survives a restart.
 */
import { createHash } from 'node:crypto'
import { refusal, type ScimError } from '../../scim/errors.ts'
import { printFilter } from '../../scim/filter/print.ts'
import { isObject, member } from '../../scim/json.ts'
import type { ListQuery } from '../../scim/list-query.ts'
import type { Position } from '../../store/views/resource-list.ts'
import type { Call } from './endpoint.ts'

/** Long enough for any walk; then the ends of a list may have nothing to do with what the client began. */
export const CURSOR_SECONDS = 86_400
const LONGEST = 4_096

/** The cursor that goes on behind a position. Only unreserved characters, as section 2 wants it. */
export function writeCursor(position: Position, query: string, now: Date): string {
  const { part, seq, key } = position
  return Buffer.from(JSON.stringify({ q: query, p: part, s: seq, k: key, t: seconds(now) })).toString('base64url')
}

/**
 * Throws invalidCursor for what is no cursor of this very list, expiredCursor for one that is too old. `query` is no
 * secret, so anybody could write a cursor: it only ever leads through the writer's own list, and never to a fault.
 */
export function readCursor(cursor: string, query: string, now: Date): Position {
  const parsed = cursor.length > LONGEST || !/^[\w-]+$/.test(cursor) ? undefined : decoded(cursor)
  const [part, seq, key, at] = [member(parsed, 'p'), member(parsed, 's'), member(parsed, 'k'), member(parsed, 't')]
  const isKey = key === undefined || key === null || typeof key === 'string'
  if ((part !== undefined && !isWhole(part)) || !isWhole(seq) || !isWhole(at) || !isKey) throw noCursor()
  if (member(parsed, 'q') !== query) {
    throw refusal('invalidCursor', 'This cursor belongs to another list; send the parameters it was given for')
  }
  if (seconds(now) - at > CURSOR_SECONDS) {
    throw refusal('expiredCursor', `This cursor is older than ${CURSOR_SECONDS} seconds; begin with an empty one`)
  }
  return { part, seq, key }
}

export const noCursor = (): ScimError =>
  refusal('invalidCursor', 'This is no cursor of this server; send it empty for the first page')

/** What tells one list from another: whose, of what (`User`, or all types), by which filter, in which order. */
export function listKey({ caller }: Call, what: string, { filter, sortBy, sortOrder }: ListQuery): string {
  const parts = [caller.tenant, caller.connection, what, filter && printFilter(filter), sortBy?.name, sortOrder]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16)
}

function decoded(cursor: string): unknown {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return isObject(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value)

const seconds = (date: Date): number => Math.trunc(date.getTime() / 1000)
