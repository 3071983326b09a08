/**
 * Accepts a create whose name the provider was only shown an account under.
 * Decides that it is the account it was shown, with the id it has seen; must not decide whether the app's account becomes
 * theirs (reconcile/adoption.ts).
 */
import type { UserDocument } from '../scim/resource.ts'
import type { StoredUser } from '../store/users.ts'
import { changeUser } from './change-user.ts'
import type { Caller, OperationContext, Result } from './context.ts'

/** Somebody else has written to it since: then it holds its name as anybody does. */
class WrittenTo extends Error {}

/** `gone`: it is shown no more, and the name may be free. What an app refuses leaves it shown as it was. */
export async function takeUpShown(
  context: OperationContext,
  caller: Caller,
  { id, document }: { readonly id: string; readonly document: UserDocument },
): Promise<Result<StoredUser> | 'gone'> {
  const next = (current: StoredUser): UserDocument => {
    if (current.shown !== true) throw new WrittenTo()
    return document
  }
  try {
    const result = await changeUser(context, caller, { id, kind: 'user.created', next })
    return !result.ok && result.refusal.kind === 'no-such-user' ? 'gone' : result
  } catch (error) {
    if (!(error instanceof WrittenTo)) throw error
    return { ok: false, refusal: { kind: 'user-name-taken', userName: document.userName } }
  }
}
