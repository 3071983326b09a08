/**
 * A group as text, with its members as the database puts them together.
 * Decides when members are read at all, and that a large group passes through piece by piece; must not parse a member.
 */
import { encodeResource } from '../../scim/encode.ts'
import { MEMBERS } from '../../scim/group.ts'
import { isList, isObject } from '../../scim/json.ts'
import { project, type Projection } from '../../scim/projection.ts'
import type { ResourceType } from '../../scim/schema/resource-type.ts'
import type { Queryable } from '../../store/db.ts'
import { readMembersText, type MemberPart } from '../../store/views/members.ts'
import type { StoredGroup } from '../../store/views/groups.ts'
import type { World } from '../../operations/context.ts'

/** Members in one piece: some hundred kilobytes of text. */
const PIECE = 5_000

export interface GroupShown {
  readonly db: Queryable
  readonly world: World
  readonly type: ResourceType
  readonly baseUrl: string
  readonly projection: Projection | undefined
}

/** The group as JSON. One whose members are not shown costs no look at them. */
export function groupText(shown: GroupShown, group: StoredGroup): string | AsyncGenerator<string, void> {
  const { type, baseUrl, projection } = shown
  const text = JSON.stringify(encodeResource(type, { ...group, baseUrl }, projection))
  const parts = shownParts(type, projection)
  return parts.length === 0 ? text : withMembers(shown, group, { text, parts })
}

async function* withMembers(
  { db, world, baseUrl }: GroupShown,
  { id: group }: StoredGroup,
  { text, parts }: { readonly text: string; readonly parts: readonly MemberPart[] },
): AsyncGenerator<string, void> {
  yield text.slice(0, -1)
  let begun = false
  for (let after: string | undefined; ;) {
    const piece = await readMembersText(db, world, { group, parts, baseUrl, after, limit: PIECE })
    if (piece.text !== '') {
      yield `${begun ? ',' : ',"members":['}${piece.text}`
      begun = true
    }
    after = piece.next
    if (after === undefined) break
  }
  yield begun ? ']}' : '}'
}

/** What a projection leaves of a member. */
function shownParts(type: ResourceType, projection: Projection | undefined): readonly MemberPart[] {
  const member = Object.fromEntries(MEMBERS.subAttributes.map(({ name }) => [name, 'x']))
  const { members } = project(type, { members: [member] }, projection)
  const [left] = isList(members) ? members : []
  return isObject(left) ? (Object.keys(left) as MemberPart[]) : []
}
