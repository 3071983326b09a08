/**
 * Accepts a new group.
 * Decides that its name must be free in its world; must not talk to any app, nor wait for one (DESIGN 4.1).
 */
import type { ParsedGroup } from '../scim/group.ts'
import { insertGroup, type StoredGroup } from '../store/groups.ts'
import { commitGroup } from './commit-group.ts'
import type { Caller, OperationContext, Result } from './context.ts'
import { membersToAdd, type MemberReading } from './group-members.ts'

/** One transaction: the group, its members, its event and what is owed to the members. No group contains it yet. */
export async function createGroup(
  context: OperationContext,
  caller: Caller,
  { document, members, reading }: ParsedGroup & { readonly reading: MemberReading },
): Promise<Result<StoredGroup>> {
  const [id, at] = [context.newId(), context.now()]
  const { displayName } = document
  const add = await membersToAdd(context.db, caller, { ids: members ?? new Set(), reading })
  if (!add.ok) return add
  return commitGroup(context, caller, {
    id,
    work: async (tx) => {
      const event = { kind: 'group.created', data: { displayName } }
      const written = await insertGroup(tx, caller, { id, at, actor: caller.actor, event, document, add: add.value })
      if (written === 'name-taken') return { result: { ok: false, refusal: { kind: 'group-name-taken', displayName } } }
      return {
        result: { ok: true, value: { id, document, version: 1, names: 0, createdAt: at, modifiedAt: at } },
        written,
      }
    },
  })
}
