/**
 * The PATCH of a Group: what it does to attributes, and who comes and goes.
 * Decides that members are told by sets of ids, so that a PATCH costs what it names and not what the group holds; must
 * not know who is a member.
 */
import { MEMBERS, memberId, memberIds } from '../group.ts'
import type { Filter } from '../filter/ast.ts'
import { isList } from '../json.ts'
import { readingOf, type Reading, type ReadingOptions } from '../quirks.ts'
import { GROUP, type ResourceType } from '../schema/resource-type.ts'
import { fromPartial } from './members-scim-1.ts'
import type { PatchOperation } from './operation.ts'
import { parsePatch } from './parse.ts'

/** Who comes and goes. Nobody is in `add` and `remove` at once. Ids are in lower case; that they exist is not known. */
export interface MemberChange {
  /** Nobody stays who is not in `add`. */
  readonly whole: boolean
  readonly add: ReadonlySet<string>
  readonly remove: ReadonlySet<string>
  /** Members whom this filter picks go as well. Only where it asks for more than ids. */
  readonly pick: Filter | undefined
  /** Before any of it: somebody has to be a member whom this filter picks, or the whole PATCH is refused. */
  readonly mustPick?: MustPick | undefined
}

/** What RFC 7644 section 3.5.2.3 asks of a replace with a filter, where the profile forgives nothing. */
export interface MustPick {
  readonly filter: Filter
  /** The ids that it asks for, where it asks for no more. */
  readonly ids: readonly string[] | undefined
  /** Where it stands in the request: `Operations[0]`. */
  readonly where: string
}

export interface GroupPatch {
  /** Operations on attributes; none on members. */
  readonly operations: readonly PatchOperation[]
  /** In order. One, or none, but for filters that ask for more than ids. */
  readonly members: readonly MemberChange[]
}

export interface GroupPatchOptions extends ReadingOptions {
  /** With the extensions of the tenant. */
  readonly type?: ResourceType | undefined
}

/**
 * Reads the PATCH of a Group: RFC 7644 section 3.5.2, every form of facts 1.3 #14 to #17, 2.4 #17 to #21 and 3.3 #11.
 * Throws as {@link parsePatch}.
 */
export function parseGroupPatch(body: unknown, { type = GROUP, ...options }: GroupPatchOptions = {}): GroupPatch {
  const reading = readingOf(options)
  const asked = reading.quirks.partialPatch === 'scim 1.1' ? fromPartial(body, reading.note) : body
  const all = parsePatch(asked, type, reading)
  return {
    operations: all.filter((operation) => !isOnMembers(operation)),
    members: changesOf(all.filter(isOnMembers), reading),
  }
}

const isOnMembers = ({ target }: PatchOperation): boolean =>
  target.kind === 'attribute' && target.path.attribute === MEMBERS

/** A change under construction. */
interface Draft {
  whole: boolean
  readonly add: Set<string>
  readonly remove: Set<string>
  readonly pick: Filter | undefined
  readonly mustPick?: MustPick | undefined
}

const begin = (pick?: Filter, mustPick?: MustPick): Draft => ({
  whole: false,
  add: new Set(),
  remove: new Set(),
  pick,
  ...(mustPick === undefined ? {} : { mustPick }),
})

const saysSomething = ({ whole, add, remove, pick, mustPick }: Draft): boolean =>
  whole || add.size > 0 || remove.size > 0 || pick !== undefined || mustPick !== undefined

/** The whole change that replaces the members by these. */
export const wholeChange = (members: ReadonlySet<string>): MemberChange => ({
  whole: true,
  add: members,
  remove: new Set(),
  pick: undefined,
})

/** What is said last of somebody holds (T34). A filter over more than ids is looked at with all before it done. */
function changesOf(operations: readonly PatchOperation[], reading: Reading): MemberChange[] {
  const changes: Draft[] = []
  let draft = begin()
  for (const operation of operations) {
    const filter = filterOf(operation)
    const ids = filter === undefined ? undefined : idsPicked(filter)
    const mustPick =
      filter !== undefined && operation.ifNone === 'refuse' ? { filter, ids, where: operation.where } : undefined
    const pick = ids === undefined && takesAway(operation) ? filter : undefined
    if (pick !== undefined || mustPick !== undefined) {
      changes.push(draft)
      draft = begin(pick, mustPick)
    }
    apply(draft, operation, { ids, reading })
  }
  return [...changes, draft].filter(saysSomething)
}

const filterOf = ({ target }: PatchOperation): Filter | undefined =>
  target.kind === 'attribute' ? target.filter : undefined

/** Replacing what a filter picks puts another in its place; adding to it, or to a part of it, takes nobody out. */
const takesAway = ({ op, target }: PatchOperation): boolean =>
  op !== 'add' && target.kind === 'attribute' && target.path.sub === undefined

interface Picked {
  /** Whom the operation's filter picks, where that is told by ids alone. */
  readonly ids: readonly string[] | undefined
  readonly reading: Reading
}

function apply(draft: Draft, operation: PatchOperation, { ids, reading }: Picked): void {
  const { op, target, value, where } = operation
  if (target.kind !== 'attribute') return
  if (target.path.sub !== undefined) {
    // Name and address of a member are those of the user or group that it is.
    reading.note('T18', `${where}: ${target.path.name} follows the member itself and stays as it is`)
    return
  }
  if (target.filter !== undefined) {
    if (takesAway(operation)) leave(draft, ids ?? [])
    // The element that is put in is still what the filter calls it, unless it says otherwise.
    const named = op === 'remove' || value === undefined ? undefined : (memberId(value) ?? ids?.[0])
    if (named !== undefined) join(draft, [named])
    return
  }
  const listed = memberIds(value)
  if (op === 'add') return join(draft, listed)
  if (op === 'remove' && isList(value)) return leave(draft, listed)
  draft.whole = true
  draft.add.clear()
  draft.remove.clear()
  join(draft, listed)
}

function join(draft: Draft, ids: Iterable<string>): void {
  for (const id of ids) {
    draft.add.add(id)
    draft.remove.delete(id)
  }
}

function leave(draft: Draft, ids: Iterable<string>): void {
  for (const id of ids) {
    draft.add.delete(id)
    // Where nobody stays who is not added, there is nobody left to take out.
    if (!draft.whole) draft.remove.add(id)
  }
}

/** The ids of `value eq "a" or value eq "b"`; undefined where a filter asks for anything else. */
function idsPicked(filter: Filter): readonly string[] | undefined {
  if (filter.kind === 'compare') {
    const { operator, path, value } = filter
    return operator === 'eq' && path.sub?.name === 'value' && typeof value === 'string'
      ? [value.toLowerCase()]
      : undefined
  }
  if (filter.kind !== 'or') return undefined
  const ids = filter.terms.map(idsPicked)
  return ids.every((some) => some !== undefined) ? ids.flat() : undefined
}
