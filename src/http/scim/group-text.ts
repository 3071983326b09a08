/**
 * A group as text, with its members as the database puts them together.
 * Decides when members are read at all, and that a large group passes through piece by piece; must not parse a member.
 */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { encodeResource, LIST_RESPONSE_SCHEMA } from '../../scim/encode.ts'
import { MEMBERS } from '../../scim/group.ts'
import { isList, isObject } from '../../scim/json.ts'
import { project, type Projection } from '../../scim/projection.ts'
import { GROUP } from '../../scim/schema/resource-type.ts'
import type { Queryable } from '../../store/db.ts'
import { readMembersText, type MemberPart } from '../../store/views/members.ts'
import type { StoredGroup } from '../../store/views/groups.ts'
import type { World } from '../../operations/context.ts'

/** Members in one piece: some hundred kilobytes of text. */
const PIECE = 5_000
/** Characters that are held before an answer begins. What fails until then is still answered with an error. */
const HELD = 1_000_000

/** Text as it comes. */
export type Pieces = AsyncGenerator<string, void, undefined>

export interface GroupView {
  readonly db: Queryable
  readonly world: World
  readonly baseUrl: string
  readonly projection: Projection | undefined
}

/** The group in pieces of JSON text. A group whose members are not shown costs no look at them. */
export async function* groupText(view: GroupView, group: StoredGroup): Pieces {
  const { db, world, baseUrl, projection } = view
  const text = JSON.stringify(encodeResource(GROUP, { ...group, baseUrl }, projection))
  const parts = shownParts(projection)
  if (parts.length === 0) {
    yield text
    return
  }
  yield text.slice(0, -1)
  let begun = false
  for (let after: string | undefined; ;) {
    const piece = await readMembersText(db, world, { group: group.id, parts, baseUrl, after, limit: PIECE })
    if (piece.text !== '') {
      yield `${begun ? ',' : ',"members":['}${piece.text}`
      begun = true
    }
    after = piece.next
    if (after === undefined) break
  }
  yield begun ? ']}' : '}'
}

/** RFC 7644 section 3.4.2, for groups. */
export async function* groupListText(
  view: GroupView,
  page: { readonly total: number; readonly startIndex: number; readonly groups: readonly StoredGroup[] },
): Pieces {
  const counts = { totalResults: page.total, startIndex: page.startIndex, itemsPerPage: page.groups.length }
  yield `${JSON.stringify({ schemas: [LIST_RESPONSE_SCHEMA], ...counts }).slice(0, -1)},"Resources":[`
  for (const [index, group] of page.groups.entries()) {
    if (index > 0) yield ','
    yield* groupText(view, group)
  }
  yield ']}'
}

/** What a projection leaves of a member. */
export function shownParts(projection: Projection | undefined): readonly MemberPart[] {
  const member = Object.fromEntries(MEMBERS.subAttributes.map(({ name }) => [name, 'x']))
  const { members } = project(GROUP, { members: [member] }, projection)
  const [left] = isList(members) ? members : []
  return isObject(left) ? (Object.keys(left) as MemberPart[]) : []
}

/** Sends pieces as they come, or at once where they are few. */
export async function sendPieces(reply: FastifyReply, pieces: Pieces): Promise<FastifyReply> {
  let held = ''
  for (;;) {
    const piece = await pieces.next()
    if (piece.done === true) return reply.send(held)
    held += piece.value
    if (held.length > HELD) return reply.send(Readable.from(following(held, pieces), { objectMode: false }))
  }
}

async function* following(first: string, pieces: Pieces): Pieces {
  yield first
  yield* pieces
}
