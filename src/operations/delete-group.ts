/**
 * Accepts the end of a group.
 * Decides that its row stays as history while its name is free again; what it meant for its members is one row.
 */
import { deleteGroupRow, lockGroupAndParents, type StoredGroup } from '../store/groups.ts'
import { commitGroup } from './commit-group.ts'
import type { Caller, OperationContext, Result } from './context.ts'

export function deleteGroup(
  context: OperationContext,
  caller: Caller,
  { id, check }: { readonly id: string; readonly check: (current: StoredGroup) => void },
): Promise<Result<StoredGroup>> {
  return commitGroup(context, caller, {
    id,
    work: async (tx) => {
      const current = await lockGroupAndParents(tx, caller, id)
      if (current === undefined) return { result: { ok: false, refusal: { kind: 'no-such-group', id } } }
      check(current)
      const event = { kind: 'group.deleted', data: { displayName: current.document.displayName } }
      const written = await deleteGroupRow(tx, caller, { id, at: context.now(), actor: caller.actor, event })
      return { result: { ok: true, value: current }, written }
    },
  })
}
