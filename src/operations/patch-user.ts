/**
 * Accepts a PATCH of an identity.
 * Decides that all operations hold or none; must not know how they are read or applied (scim/patch).
 */
import { applyPatch } from '../scim/patch/apply.ts'
import type { PatchOperation } from '../scim/patch/operation.ts'
import type { TakeNote } from '../scim/quirks.ts'
import { USER } from '../scim/schema/resource-type.ts'
import type { StoredUser } from '../store/users.ts'
import { changeUser } from './change-user.ts'
import type { Caller, OperationContext, Result } from './context.ts'

export interface UserPatch {
  readonly id: string
  readonly operations: readonly PatchOperation[]
  readonly note: TakeNote
}

/** Operations that leave everything as it was are accepted and write nothing: version and event log stay. */
export function patchUser(context: OperationContext, caller: Caller, patch: UserPatch): Promise<Result<StoredUser>> {
  return changeUser(context, caller, {
    id: patch.id,
    kind: 'user.patched',
    next: (current) =>
      applyPatch(current.document, patch.operations, { type: USER, id: current.id, note: patch.note }).document,
  })
}
