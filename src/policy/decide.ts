/**
 * What a policy comes to for one identity.
 * Decides who gets an account and with what; must not know any app, nor what an account looks like now.
 */
import type { Decision } from './decision.ts'
import type { Facts } from './facts.ts'
import type { Policy } from './policy.ts'

/** Total and deterministic: the same policy and facts, the same decision. Never throws, and ends after a bounded number of steps. */
export type Decide = (policy: Policy, facts: Facts) => Decision
