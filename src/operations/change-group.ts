/**
 * Changes a group that exists: the part that replace and patch have in common.
 * Decides that all of it happens while nobody else changes the group, so that no writer undoes another's; must not know
 * what the change is.
 */
import type { GroupDocument } from '../scim/group.ts'
import { sameJson } from '../scim/json.ts'
import type { MemberChange } from '../scim/patch/members.ts'
import type { Queryable } from '../store/db.ts'
import { lockGroup, updateGroup, type GroupWritten, type StoredGroup } from '../store/groups.ts'
import { commitGroup, type GroupOutcome } from './commit-group.ts'
import type { Caller, OperationContext, Result } from './context.ts'
import { membersToAdd, membersToRemove, type MemberReading } from './group-members.ts'

export interface GroupChange {
  readonly id: string
  readonly kind: 'group.replaced' | 'group.patched'
  /** From the current document to the next; pure, since it may run more than once. What it throws leaves all as it was. */
  readonly next: (current: StoredGroup) => GroupDocument
  readonly members: readonly MemberChange[]
  readonly reading: MemberReading
}

/** What is the same already is accepted and writes nothing: version and event log stay. Never waits for an app. */
export function changeGroup(
  context: OperationContext,
  caller: Caller,
  change: GroupChange,
): Promise<Result<StoredGroup>> {
  const { id } = change
  const at = context.now()
  return commitGroup(context, caller, {
    id,
    work: async (tx) => {
      const current = await lockGroup(tx, caller, id)
      if (current === undefined) return { result: { ok: false, refusal: { kind: 'no-such-group', id } } }
      const document = change.next(current)
      const steps = change.members.length === 0 ? [NOBODY] : change.members
      let outcome: GroupOutcome<StoredGroup> = { result: { ok: true, value: current } }
      for (const members of steps) {
        if (!outcome.result.ok) break
        const now = outcome.result.value
        outcome = merged(outcome, await write(tx, caller, { ...change, at, current: now, document, step: members }))
      }
      // Nothing of a change that is refused half-way stays.
      if (!outcome.result.ok && outcome.written !== undefined) throw new Refusal(outcome.result)
      return outcome
    },
  }).catch((error: unknown) => {
    if (error instanceof Refusal) return error.result
    throw error
  })
}

const NOBODY: MemberChange = { whole: false, add: new Set(), remove: new Set(), pick: undefined }

/** Ends a transaction that has written already. */
class Refusal extends Error {
  readonly result: Result<never>
  constructor(result: Result<never>) {
    super('a change that had begun was refused')
    this.result = result
  }
}

interface Step extends GroupChange {
  readonly at: Date
  readonly current: StoredGroup
  readonly document: GroupDocument
  readonly step: MemberChange
}

async function write(
  tx: Queryable,
  caller: Caller,
  { id, kind, at, current, document, step, reading }: Step,
): Promise<GroupOutcome<StoredGroup>> {
  const add = await membersToAdd(tx, caller, { group: id, ids: step.add, reading })
  if (!add.ok) return { result: add }
  const remove = await membersToRemove(tx, caller, { group: id, change: step })
  const changed = !sameJson(document, current.document)
  if (!changed && !step.whole && add.value.length + remove.length === 0) return { result: { ok: true, value: current } }
  const { displayName } = document
  const written = await updateGroup(tx, caller, {
    id,
    at,
    actor: caller.actor,
    event: { kind, data: { displayName, changed: changedAttributes(current.document, document) } },
    document,
    changed,
    renamed: displayName !== current.document.displayName,
    add: add.value,
    remove,
    whole: step.whole,
  })
  if (written === 'name-taken') return { result: { ok: false, refusal: { kind: 'group-name-taken', displayName } } }
  noteUnneeded({ step, add: add.value.length, written, reading })
  if (written.version === undefined) return { result: { ok: true, value: current } }
  const value = { ...current, document, version: written.version, modifiedAt: at }
  return { result: { ok: true, value }, written }
}

function noteUnneeded({
  step,
  add,
  written,
  reading,
}: {
  readonly step: MemberChange
  readonly add: number
  readonly written: GroupWritten
  readonly reading: MemberReading
}): void {
  const [present, absent] = [add - written.added, step.remove.size - written.removed]
  if (present > 0 && !step.whole) reading.note('T16', `members: ${present} of those added are there already`)
  if (absent > 0 && !step.whole) reading.note('T17', `members: ${absent} of those removed are not there`)
}

/** The outcome of two steps as one. */
function merged(before: GroupOutcome<StoredGroup>, after: GroupOutcome<StoredGroup>): GroupOutcome<StoredGroup> {
  const [first, second] = [before.written, after.written]
  if (first === undefined || second === undefined) {
    const written = second ?? first
    return written === undefined ? after : { result: after.result, written }
  }
  const apps = [...new Set([...first.apps, ...second.apps])]
  return { result: after.result, written: { ...second, apps, fansOut: first.fansOut || second.fansOut } }
}

/** Names only: the event log says what changed, not to what. Members are told by ids, beside. */
function changedAttributes(before: GroupDocument, after: GroupDocument): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => !sameJson(before[name], after[name])).toSorted()
}
