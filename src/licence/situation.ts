/**
 * The question somebody asks, and everything that can be computed from it before any advice.
 * Decides which price counts; must not advise.
 */
import { annualDifference, type PricedMove } from './money.ts'
import { moveBetween, planOf, type Move, type Plan, type PlanId } from './plans.ts'
import type { ProviderId } from './providers.ts'
import { scimInclusion, type ScimInclusion } from './scim-inclusion.ts'
import { byHandMayDo, workload, type Workload } from './workload.ts'

/** Amounts are in cents. What is undefined is not known; nothing is guessed for it. */
export interface Question {
  readonly plan: PlanId
  readonly target: PlanId
  /** A whole number, at least 1. */
  readonly users: number
  /** Price per user and month in the contract, where it is not the list price. */
  readonly planPrice?: number | undefined
  readonly targetPrice?: number | undefined
  /** The smallest plan with native SCIM in the contract. */
  readonly scimFrom?: PlanId | undefined
  readonly idp?: ProviderId | undefined
  /** Regions or business units, at least 1. */
  readonly regions?: number | undefined
  /** People who leave in a year and are replaced, in hundredths of a percent of the users: 0 to 10000. */
  readonly turnover?: number | undefined
  /** What an hour of whoever opens and closes accounts costs. */
  readonly wage?: number | undefined
}

export interface PricedPlan extends Plan {
  readonly price: number
  readonly priceIs: 'list' | 'yours'
}

export interface Situation {
  readonly question: Question
  readonly plan: PricedPlan
  readonly target: PricedPlan
  readonly move: Move
  readonly priced: PricedMove
  /** A year, cents; negative when the move saves. */
  readonly difference: number
  readonly scim: ScimInclusion
  readonly workload: Workload | undefined
  readonly byHand: 'yes' | 'no' | 'perhaps'
}

/** Throws a RangeError for numbers outside what {@link Question} allows: callers check what people type. */
export function situationOf(question: Question): Situation {
  const { users, turnover } = question
  if (!Number.isSafeInteger(users) || users < 1) throw new RangeError(`${users} is no number of users`)
  const plan = priced(question.plan, question.planPrice)
  // A plan has one price: staying where one is costs nothing, whichever of the two was told.
  const target = question.target === question.plan ? plan : priced(question.target, question.targetPrice)
  const move = { from: plan.price, to: target.price, users }
  const load = turnover === undefined ? undefined : workload(users, turnover)
  return {
    question,
    plan,
    target,
    move: moveBetween(plan.id, target.id),
    priced: move,
    difference: annualDifference(move),
    scim: scimInclusion(plan.id, target.id, question.scimFrom),
    workload: load,
    byHand: byHandMayDo(users, load?.changes),
  }
}

const priced = (id: PlanId, price: number | undefined): PricedPlan => {
  const plan = planOf(id)
  return { ...plan, price: price ?? plan.listPrice, priceIs: price === undefined ? 'list' : 'yours' }
}
