/**
 * Accepts a PATCH of an identity.
 * Decides that all operations hold or none; must not know how they are read or applied (scim/patch).
 */
import { applyPatch } from '../scim/patch/apply.ts'
import type { PatchOperation } from '../scim/patch/operation.ts'
import type { TakeNote } from '../scim/quirks.ts'
import { USER, type ResourceType } from '../scim/schema/resource-type.ts'
import type { StoredUser } from '../store/users.ts'
import { changeUser, type UserCheck } from './change-user.ts'
import type { Caller, OperationContext, Result } from './context.ts'

export interface UserPatch {
  readonly id: string
  readonly operations: readonly PatchOperation[]
  readonly note: TakeNote
  /** With the extensions of the tenant; without it, those of RFC 7643. */
  readonly type?: ResourceType
  readonly check?: UserCheck
}

/** Operations that leave everything as it was are accepted and write nothing: version and event log stay. */
export function patchUser(context: OperationContext, caller: Caller, patch: UserPatch): Promise<Result<StoredUser>> {
  const { type = USER, note, check } = patch
  return changeUser(context, caller, {
    id: patch.id,
    kind: 'user.patched',
    next: (current) => {
      check?.(current)
      return applyPatch(current.document, patch.operations, { type, id: current.id, note }).document
    },
  })
}
