/**
 * From the members that a request names to those that are kept.
 * Decides who can be a member: users and groups of the same connection, and no group in itself.
 */
import { locationOf } from '../scim/encode.ts'
import { refusal } from '../scim/errors.ts'
import { evaluateElement } from '../scim/filter/evaluate.ts'
import type { Filter } from '../scim/filter/ast.ts'
import { isId } from '../scim/id.ts'
import type { MemberChange } from '../scim/patch/members.ts'
import type { TakeNote } from '../scim/quirks.ts'
import { GROUP, USER } from '../scim/schema/resource-type.ts'
import type { Queryable } from '../store/db.ts'
import type { Member } from '../store/groups.ts'
import {
  containers,
  findNotUsers,
  isAnyMember,
  lockNesting,
  readMembers,
  type SeenMember,
} from '../store/memberships.ts'
import type { Caller, Result } from './context.ts'

/** Most ids that a refusal or a note names. */
const NAMED = 5
const CHUNK = 5_000

/** How a connection's groups are read. */
export interface MemberReading {
  /** What becomes of members that nobody is (facts T35). */
  readonly unknownMembers: 'refuse' | 'skip'
  readonly note: TakeNote
  /** What the `$ref` of a member begins with. */
  readonly baseUrl: string
}

/** Who can come of those that are named. It is looked for before the group is locked: nobody waits for it. */
export async function membersToAdd(
  db: Queryable,
  caller: Caller,
  { ids, reading }: { readonly ids: ReadonlySet<string>; readonly reading: MemberReading },
): Promise<Result<readonly Member[]>> {
  if (ids.size === 0) return { ok: true, value: [] }
  const uuids = [...ids].filter((id) => isId(id))
  const { groups, unknown } = await findNotUsers(db, caller, uuids)
  const nobody = [...[...ids].filter((id) => !isId(id)), ...unknown]
  if (nobody.length > 0 && reading.unknownMembers === 'refuse') {
    return { ok: false, refusal: { kind: 'unknown-members', ids: nobody.slice(0, NAMED), count: nobody.length } }
  }
  if (nobody.length > 0) reading.note('T35', `members: nobody here is ${named(nobody)}; left out`)
  const [nested, missing] = [new Set(groups), new Set(unknown)]
  return {
    ok: true,
    value: uuids.filter((id) => !missing.has(id)).map((id) => ({ id, nested: nested.has(id) })),
  }
}

/** One of the groups to add that contains the group already, or is it. The caller has locked the group. */
export async function findCircle(
  tx: Queryable,
  caller: Caller,
  { group, add }: { readonly group: string; readonly add: readonly Member[] },
): Promise<string | undefined> {
  const groups = add.filter((member) => member.nested)
  if (groups.length === 0) return undefined
  await lockNesting(tx, caller)
  const above = await containers(tx, caller, group)
  return groups.find((candidate) => above.has(candidate.id))?.id
}

/** Who goes by a change, but for those whom the database finds by itself. */
export async function membersToRemove(
  tx: Queryable,
  caller: Caller,
  { group, change, baseUrl }: { readonly group: string; readonly change: MemberChange; readonly baseUrl: string },
): Promise<readonly string[]> {
  const listed = [...change.remove].filter((id) => isId(id))
  if (change.pick === undefined || change.whole) return listed
  const picked = await pickMembers(tx, caller, { group, filter: change.pick, baseUrl })
  return [...listed, ...picked.filter((id) => !change.add.has(id))]
}

/** Throws noTarget where the group has nobody whom the change has to pick (RFC 7644 section 3.5.2.3). */
export async function checkPicked(
  tx: Queryable,
  caller: Caller,
  { group, change, baseUrl }: { readonly group: string; readonly change: MemberChange; readonly baseUrl: string },
): Promise<void> {
  if (change.mustPick === undefined) return
  const { filter, ids, where } = change.mustPick
  const picked =
    ids === undefined
      ? (await pickMembers(tx, caller, { group, filter, baseUrl })).length > 0
      : await isAnyMember(tx, caller, { group, ids: ids.filter((id) => isId(id)) })
  if (!picked) throw refusal('noTarget', `${where}: no member of the group satisfies the filter; nothing was changed`)
}

/** Read piece by piece: no more than a piece of a large group is ever held. */
async function pickMembers(
  tx: Queryable,
  caller: Caller,
  { group, filter, baseUrl }: { readonly group: string; readonly filter: Filter; readonly baseUrl: string },
): Promise<string[]> {
  const picked: string[] = []
  const isPicked = ({ value, type, display }: SeenMember): boolean =>
    evaluateElement(filter, { value, type, display, $ref: locationOf(type === 'Group' ? GROUP : USER, value, baseUrl) })
  for (let after: string | undefined; ;) {
    const members = await readMembers(tx, caller, { group, after, limit: CHUNK })
    picked.push(...members.filter(isPicked).map((member) => member.value))
    after = members.at(-1)?.value
    if (members.length < CHUNK) return picked
  }
}

function named(ids: readonly string[]): string {
  const shown = ids.slice(0, NAMED).map((id) => JSON.stringify(id.length > 60 ? `${id.slice(0, 59)}…` : id))
  return `${shown.join(', ')}${ids.length > NAMED ? ` (and ${ids.length - NAMED} more)` : ''}`
}
