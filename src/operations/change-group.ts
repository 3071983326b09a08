/**
 * Changes a group that exists: the part that replace and patch have in common.
 * Decides that all of it happens while nobody else changes the group, so that no writer undoes another's; must not know
 * what the change is.
 */
import type { GroupDocument } from '../scim/group.ts'
import { sameJson } from '../scim/json.ts'
import type { MemberChange } from '../scim/patch/members.ts'
import type { Queryable } from '../store/db.ts'
import { lockGroup, updateGroup, type GroupWritten, type Member, type StoredGroup } from '../store/groups.ts'
import { noteUnneeded } from './change-members.ts'
import { commitGroup, type GroupOutcome } from './commit-group.ts'
import type { Caller, OperationContext, Result } from './context.ts'
import { checkPicked, findCircle, membersToAdd, membersToRemove, type MemberReading } from './group-members.ts'

export interface GroupChange {
  readonly id: string
  readonly kind: 'group.replaced' | 'group.patched'
  /** From the current document to the next; pure, since it may run more than once. What it throws leaves all as it was. */
  readonly next: (current: StoredGroup) => GroupDocument
  readonly members: readonly MemberChange[]
  readonly reading: MemberReading
}

/** A change of members, with those who can come. */
interface Step {
  readonly change: MemberChange
  readonly add: readonly Member[]
}

/** What is the same already is accepted and writes nothing: version and event log stay. Never waits for an app. */
export async function changeGroup(
  context: OperationContext,
  caller: Caller,
  change: GroupChange,
): Promise<Result<StoredGroup>> {
  const steps: Step[] = []
  for (const members of change.members.length === 0 ? [NOBODY] : change.members) {
    const add = await membersToAdd(context.db, caller, { ids: members.add, reading: change.reading })
    if (!add.ok) return add
    steps.push({ change: members, add: add.value })
  }
  const at = context.now()
  return commitGroup(context, caller, {
    id: change.id,
    work: (tx) => changeLocked(tx, caller, { ...change, steps, at }),
  })
}

const NOBODY: MemberChange = { whole: false, add: new Set(), remove: new Set(), pick: undefined }

interface Locked extends GroupChange {
  readonly steps: readonly Step[]
  readonly at: Date
}

/** Whatever can be refused is refused before anything is written, or by the first statement that writes. */
async function changeLocked(tx: Queryable, caller: Caller, change: Locked): Promise<GroupOutcome<StoredGroup>> {
  const { id, steps } = change
  const current = await lockGroup(tx, caller, id)
  if (current === undefined) return { result: { ok: false, refusal: { kind: 'no-such-group', id } } }
  const document = change.next(current)
  const member = await findCircle(tx, caller, { group: id, add: steps.flatMap(({ add }) => add) })
  if (member !== undefined) return { result: { ok: false, refusal: { kind: 'group-in-itself', member } } }
  let written: GroupWritten | undefined
  for (const step of steps) {
    const kept = written === undefined ? current.document : document
    const outcome = await write(tx, caller, { change, kept, document, step })
    if (outcome === 'name-taken') {
      const { displayName } = document
      return { result: { ok: false, refusal: { kind: 'group-name-taken', displayName } } }
    }
    if (outcome?.version !== undefined) written = merged(written, outcome)
  }
  if (written?.version === undefined) return { result: { ok: true, value: current } }
  const value = { ...current, document, version: written.version, modifiedAt: change.at }
  return { result: { ok: true, value }, written }
}

interface Write {
  readonly change: Locked
  /** As it is kept just now. */
  readonly kept: GroupDocument
  readonly document: GroupDocument
  readonly step: Step
}

async function write(
  tx: Queryable,
  caller: Caller,
  { change, kept, document, step }: Write,
): Promise<GroupWritten | 'name-taken' | undefined> {
  const { id, kind, at, reading } = change
  const members = { group: id, change: step.change, baseUrl: reading.baseUrl }
  await checkPicked(tx, caller, members)
  const remove = await membersToRemove(tx, caller, members)
  const changed = !sameJson(document, kept)
  if (!changed && !step.change.whole && step.add.length + remove.length === 0) return undefined
  const { displayName } = document
  const written = await updateGroup(tx, caller, {
    id,
    at,
    actor: caller.actor,
    event: { kind, data: { displayName, changed: changedAttributes(kept, document) } },
    document,
    changed,
    renamed: displayName !== kept.displayName,
    add: step.add,
    remove,
    whole: step.change.whole,
  })
  if (written !== 'name-taken') {
    noteUnneeded({ change: step.change, add: step.add.length, written }, reading.note)
  }
  return written
}

/** Two writes of one transaction as one. */
function merged(first: GroupWritten | undefined, second: GroupWritten): GroupWritten {
  if (first === undefined) return second
  const apps = [...new Set([...first.apps, ...second.apps])]
  return { ...second, apps, fansOut: first.fansOut || second.fansOut }
}

/** Names only: the event log says what changed, not to what. Members are told by ids, beside. */
function changedAttributes(before: GroupDocument, after: GroupDocument): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !sameJson(before[name], after[name])).toSorted()
}
