/**
 * Why a policy comes to what it comes to, for people.
 * Decides what is told of a decision; must not decide anything else than `decide` does.
 */
import type { Explanation } from './decision.ts'
import type { Facts } from './facts.ts'
import type { Policy } from './policy.ts'

/** The same decision as `decide` makes, with every rule that was considered. */
export type Explain = (policy: Policy, facts: Facts) => Explanation
