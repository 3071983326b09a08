/**
 * Accepts a PUT of an identity.
 * Decides what equal means; must not read the request (scim/resource).
 */
import { sameJson } from '../scim/json.ts'
import type { UserDocument } from '../scim/resource.ts'
import type { StoredUser } from '../store/users.ts'
import { changeUser, type UserCheck } from './change-user.ts'
import type { Caller, OperationContext, Result } from './context.ts'

export interface UserReplacement {
  readonly id: string
  /** Makes the next document from the current one: an omitted `active` is kept. */
  readonly replacement: (current: UserDocument) => UserDocument
  readonly check?: UserCheck
}

/** An equal document writes nothing. */
export function replaceUser(
  context: OperationContext,
  caller: Caller,
  { id, replacement, check }: UserReplacement,
): Promise<Result<StoredUser>> {
  return changeUser(context, caller, {
    id,
    kind: 'user.replaced',
    next: (current) => {
      check?.(current)
      const next = replacement(current.document)
      return sameJson(next, current.document) ? current.document : next
    },
  })
}
