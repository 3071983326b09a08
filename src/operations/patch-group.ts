/**
 * Accepts a PATCH of a group.
 * Decides that all operations hold or none; must not know how they are read (scim/patch).
 */
import type { GroupDocument } from '../scim/group.ts'
import { applyPatch } from '../scim/patch/apply.ts'
import type { GroupPatch } from '../scim/patch/members.ts'
import type { ResourceType } from '../scim/schema/resource-type.ts'
import type { StoredGroup } from '../store/groups.ts'
import { changeGroup } from './change-group.ts'
import { changeMembersAlone } from './change-members.ts'
import type { Caller, OperationContext, Result } from './context.ts'
import type { MemberReading } from './group-members.ts'

/**
 * Costs what the operations name, whatever the group's size. `check` throws where the version is not the one meant; without
 * it any version is.
 */
export async function patchGroup(
  context: OperationContext,
  caller: Caller,
  {
    id,
    patch,
    type,
    reading,
    check,
  }: {
    readonly id: string
    readonly patch: GroupPatch
    readonly type: ResourceType
    readonly reading: MemberReading
    readonly check?: ((current: StoredGroup) => void) | undefined
  },
): Promise<Result<StoredGroup>> {
  const [only, ...others] = patch.members
  if (only !== undefined && others.length === 0 && patch.operations.length === 0 && check === undefined) {
    const group = await changeMembersAlone(context, caller, { id, change: only, note: reading.note })
    if (group !== undefined) return { ok: true, value: group }
  }
  return changeGroup(context, caller, {
    id,
    kind: 'group.patched',
    members: patch.members,
    reading,
    next: (current): GroupDocument => {
      check?.(current)
      return applyPatch(current.document, patch.operations, { type, id, note: reading.note }).document
    },
  })
}
