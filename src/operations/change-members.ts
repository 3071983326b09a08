/**
 * Changes who is in a group and nothing else, in one statement.
 * Decides when that can be done so; must not decide what becomes of whoever is no user here (change-group.ts does).
 */
import type { MemberChange } from '../scim/patch/members.ts'
import { isId } from '../scim/id.ts'
import type { TakeNote } from '../scim/quirks.ts'
import { answerLost } from '../store/db.ts'
import { FAN_OUT_KEY } from '../store/fan-outs.ts'
import { changeMembers, type MembersWritten } from '../store/group-members.ts'
import type { GroupWritten, StoredGroup } from '../store/groups.ts'
import { deadlocked } from '../store/violations.ts'
import { wakeApps, type Caller, type OperationContext } from './context.ts'

/**
 * Undefined, and nothing done, where it cannot be done so. Members are a set: where the answer got lost it is harmless to
 * do the same once more, which finds nothing to do.
 */
export async function changeMembersAlone(
  context: OperationContext,
  caller: Caller,
  { id, change, note }: { readonly id: string; readonly change: MemberChange; readonly note: TakeNote },
): Promise<StoredGroup | undefined> {
  const [add, remove] = [[...change.add], [...change.remove].filter((member) => isId(member))]
  if (
    change.whole ||
    change.pick !== undefined ||
    change.mustPick !== undefined ||
    !add.every((member) => isId(member))
  )
    return undefined
  const update = { id, kind: 'group.patched', at: context.now(), actor: caller.actor, add, remove }
  const done = await changeMembers(context.db, caller, update).catch((error: unknown): MembersWritten | undefined => {
    if (deadlocked(error) || answerLost(error)) return undefined
    throw error
  })
  if (done === undefined) return undefined
  wakeApps(context, caller.tenant, done.written.apps)
  if (done.written.fansOut) context.wake.wake(FAN_OUT_KEY)
  noteUnneeded({ change, add: add.length, written: done.written }, note)
  return done.group
}

interface Done {
  readonly change: MemberChange
  /** Members that were to come. */
  readonly add: number
  readonly written: GroupWritten
}

/** What was asked for and was so already. */
export function noteUnneeded({ change, add, written }: Done, note: TakeNote): void {
  if (change.whole) return
  const [present, absent] = [add - written.added, change.remove.size - written.removed]
  if (present > 0) note('T16', `members: ${present} of those added are there already`)
  if (absent > 0) note('T17', `members: ${absent} of those removed are not there`)
}
