/**
 * Why a plan stops short, in a word that is the same for everybody whom it stops for the same reason.
 * Decides the words; must not decide that anybody is stopped (adoption.ts, plan.ts).
 */
import type { Account } from '../identity/account.ts'
import { userNameKey } from '../identity/user-name.ts'
import { heldReturn, type Standing } from './adoption.ts'
import type { PlanStep } from './change.ts'

/** `undefined` where nothing stops it. */
export function reasonOf(
  steps: readonly PlanStep[],
  {
    account,
    linked,
    standing,
    wanted,
  }: {
    readonly account: Account | 'absent'
    readonly linked: boolean
    readonly standing: Standing
    /** The user name that is wanted. */
    readonly wanted: string
  },
): string | undefined {
  const conflict = steps.find((step) => step.kind === 'conflict')
  if (conflict === undefined) return undefined
  if (conflict.state !== 'disputed' || account === 'absent') return conflict.state
  const { owner, guard, adopt } = standing
  if (linked) {
    const returns = account.state === 'inactive' && heldReturn(account, standing) !== undefined
    return returns ? 'another person returns' : `protected: ${guard?.kind ?? 'disputed'}`
  }
  if (owner?.deleted === false) return 'another owner'
  if (guard !== undefined) return `protected: ${guard.kind}`
  if (userNameKey(account.attributes.userName ?? account.id) !== userNameKey(wanted)) return 'another user name'
  if (owner !== undefined) return 'another person returns'
  return adopt === 'never' ? 'the app adopts none' : 'the names differ'
}
