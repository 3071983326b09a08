/**
 * Accepts a PUT of an identity.
 * Decides what equal means; must not read the request (scim/resource).
 */
import { sameJson } from '../scim/json.ts'
import type { UserDocument } from '../scim/resource.ts'
import type { StoredUser } from '../store/users.ts'
import { changeUser } from './change-user.ts'
import type { Caller, OperationContext, Result } from './context.ts'

/** `replacement` makes the next document from the current one (an omitted `active` is kept). An equal one writes nothing. */
export function replaceUser(
  context: OperationContext,
  caller: Caller,
  { id, replacement }: { readonly id: string; readonly replacement: (current: UserDocument) => UserDocument },
): Promise<Result<StoredUser>> {
  return changeUser(context, caller, {
    id,
    kind: 'user.replaced',
    next: (current) => {
      const next = replacement(current.document)
      return sameJson(next, current.document) ? current.document : next
    },
  })
}
