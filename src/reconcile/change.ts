/**
 * The steps a plan is made of.
 * Decides the closed list of things Rollcall can do to an account; must not know how any app does them.
 */
import type { AccountAttributes, AttributeName, Grant, GrantKind } from '../identity/account.ts'

/** One step of a plan. Steps are applied in order; each says all that the connector needs. */
export type Change =
  | { readonly kind: 'create'; readonly want: AccountAttributes }
  | { readonly kind: 'update'; readonly account: string; readonly set: AccountAttributes }
  | { readonly kind: 'rename'; readonly account: string; readonly userName: string }
  /** `endSession`: whoever works with the account just now is logged out first. That it fails holds nothing up. */
  | { readonly kind: 'deactivate'; readonly account: string; readonly endSession?: boolean }
  | { readonly kind: 'reactivate'; readonly account: string }
  /** The account holds these as well, each at its level; what it holds beside them stays. */
  | { readonly kind: 'grant'; readonly account: string; readonly of: GrantKind; readonly grants: readonly Grant[] }
  | { readonly kind: 'revoke'; readonly account: string; readonly of: GrantKind; readonly ids: readonly string[] }
  /** Asks the person in. The only change that sends an e-mail; it is made once at most. */
  | { readonly kind: 'invite'; readonly account: string }

/** What a planner concludes without a step in the app. */
export type Verdict =
  /**
   * The account becomes this identity's: our own create, found again, or one that was there already. `takesOver`: from an
   * identity that its provider has deleted. `asNew`: the app itself made it, when its person first signed in, so they get
   * what somebody new gets.
   */
  | {
      readonly kind: 'adopt'
      readonly account: string
      readonly origin: 'created' | 'adopted'
      readonly takesOver: boolean
      readonly asNew?: true
      readonly why: string
    }
  /** Nothing to do, and that is right. */
  | { readonly kind: 'skip'; readonly why: string }
  /** The wish cannot be had as it stands; nothing is touched. `unmatched`: no account, and none can be made of this data. */
  | {
      readonly kind: 'conflict'
      readonly state: 'disputed' | 'deleted' | 'unmatched'
      readonly account?: string
      readonly why: string
    }

export type PlanStep = Change | Verdict

export const isChange = (step: PlanStep): step is Change =>
  step.kind !== 'adopt' && step.kind !== 'skip' && step.kind !== 'conflict'

/** The attributes a change touches, for explanations and limits. */
export const touched = (change: Change): readonly AttributeName[] => {
  if (change.kind === 'create') return Object.keys(change.want) as AttributeName[]
  if (change.kind === 'update') return Object.keys(change.set) as AttributeName[]
  return change.kind === 'rename' ? ['userName'] : []
}
