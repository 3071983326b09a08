/**
 * Accepts the end of an identity.
 * Decides that its row stays as history while its name is free again; must not delete anything in an app.
 */
import type { StoredUser } from '../store/users.ts'
import { changeUser, type UserCheck } from './change-user.ts'
import type { Caller, OperationContext, Result } from './context.ts'

/** The identity leaves every read at once; its accounts are deactivated by delivery. */
export function deleteUser(
  context: OperationContext,
  caller: Caller,
  deletion: string | { readonly id: string; readonly check: UserCheck },
): Promise<Result<StoredUser>> {
  const { id, check } = typeof deletion === 'string' ? { id: deletion, check: undefined } : deletion
  return changeUser(context, caller, {
    id,
    kind: 'user.deleted',
    next: (current) => {
      check?.(current)
      return current.document
    },
  })
}
