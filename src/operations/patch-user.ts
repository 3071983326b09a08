/**
 * Accepts a PATCH of an identity.
 * Decides that all operations hold or none; must not know how they are read or applied (scim/patch).
 */
import { applyPatch } from '../scim/patch/apply.ts'
import type { PatchOperation } from '../scim/patch/parse.ts'
import type { StoredUser } from '../store/users.ts'
import { changeUser } from './change-user.ts'
import type { Caller, OperationContext, Result } from './context.ts'

/** Operations that leave everything as it was are accepted and write nothing: version and event log stay. */
export function patchUser(context: OperationContext, caller: Caller, patch: { readonly id: string; readonly operations: readonly PatchOperation[] }): Promise<Result<StoredUser>> {
  return changeUser(context, caller, {
    id: patch.id,
    kind: 'user.patched',
    next: current => {
      const { document, changed } = applyPatch(current.document, patch.operations)
      return changed ? document : current.document
    },
  })
}
