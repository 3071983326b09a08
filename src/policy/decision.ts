/**
 * What a policy comes to for one identity, and why.
 * Decides the words of decisions and explanations; must not make any.
 */
import type { AttributeName, GrantKind, GrantWishes, Wish } from '../identity/account.ts'
import type { Deactivation, Owns } from './schema.ts'

/** Total: every identity ends in one of these. */
export type Decision =
  | {
      readonly kind: 'account'
      /** Inactive for an identity that is disabled or deleted, whatever the policy says. */
      readonly wish: Wish
      /** When the account is made and when its person returns, these stand in the place of those of `wish.grants`. */
      readonly grantsOnCreate: GrantWishes
      readonly deactivation: Deactivation
    }
  | {
      /** No account. One that is linked is to be disabled: that is what `wish` says. */
      readonly kind: 'none'
      readonly why: string
      readonly wish: Wish
      readonly deactivation: Deactivation
    }
  | {
      /** Its groups are not known yet. Never for somebody inactive. */
      readonly kind: 'wait'
      readonly why: string
      readonly minutes: number
    }
  | {
      /** Nothing is done before a person has looked. Never for somebody inactive. */
      readonly kind: 'hold'
      readonly why: string
      /** Of the policy, not of the person: an expression that failed. */
      readonly fault?: Fault
    }

/** An expression that could not be evaluated for somebody. */
export interface Fault {
  /** `rules[2].when` */
  readonly at: string
  /** Character of the expression, counted from 1, where known. */
  readonly character?: number
  readonly message: string
  /** What the expression had read: `user.department is "Sales"`. */
  readonly values: readonly string[]
}

/** Where a value comes from. */
export type Origin =
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'mapping' }
  | { readonly kind: 'standard mapping' }
  | { readonly kind: 'otherwise' }
  | { readonly kind: 'defaults of the app' }

export interface RuleExplanation {
  readonly rule: string
  readonly priority: number
  readonly matched: boolean
  /** In words, with the values that decided it. */
  readonly why: string
  /** What the account has because of this rule: `role Agent`, `skill Billing`. Empty where others win, or it does not match. */
  readonly wins: readonly string[]
  /** What it would have given, and who gave it instead: `role Agent (rule "supervisors" wins)`. */
  readonly loses: readonly string[]
}

export interface AttributeExplanation {
  readonly attribute: AttributeName
  readonly value: string | null
  readonly from: Origin
  /** What Rollcall does with it. `never`: the value is not part of the wish. */
  readonly owned: Owns
}

export interface GrantExplanation {
  readonly kind: GrantKind
  readonly name: string
  readonly level?: number
  /** Names of the rules that give it, the strongest first; `otherwise` where none matched. */
  readonly from: readonly string[]
  readonly owned: Owns
}

export interface Explanation {
  readonly account: { readonly matched: boolean; readonly why: string }
  /** Strongest first: by priority, then by place in the policy. */
  readonly rules: readonly RuleExplanation[]
  readonly attributes: readonly AttributeExplanation[]
  readonly grants: readonly GrantExplanation[]
  readonly decision: Decision
}
