/**
 * The whole answer to "should we pay for a larger plan to get SCIM?", as data for scripts and for people.
 * Decides what an answer contains; must not lay it out. Pure: the same question, the same answer.
 */
import { checkedFigures, contradictions, type CheckedFigure, type Contradiction } from './findings.ts'
import { annualCost, annualSaving, dollars, formula, markupPerMille, percent, type Money } from './money.ts'
import { CAPABILITIES, NATIVE_LIMITS, ROLLCALL_NEEDS, type Capability } from './native-scim.ts'
import { LIST_CURRENCY, LIST_SOURCE, SCIM_SILENCE, type Move, type PlanId } from './plans.ts'
import { recommend, type Recommendation } from './recommend.ts'
import { adviceFor, type AdviceRow } from './rules.ts'
import type { AppliedReading, Included } from './scim-inclusion.ts'
import { situationOf, type PricedPlan, type Question, type Situation } from './situation.ts'
import { breakEven, type BreakEven, type Workload } from './workload.ts'

export interface QuotedPlan {
  readonly id: PlanId
  readonly name: string
  /** Per user and month. */
  readonly price: Money
  /** `list`: a default that your contract may contradict. */
  readonly priceIs: 'list' | 'yours'
}

export interface NativeScim {
  /** Included with the plan one has, and with the one considered. */
  readonly current: Included
  readonly target: Included
  /** What the move brings or takes. */
  readonly gained: Included
  readonly lost: Included
  readonly readings: readonly AppliedReading[]
  readonly silent: { readonly source: string; readonly says: string }
  readonly gives: readonly string[]
  /** `gives` only after an administrator turns it on. */
  readonly givesOnceTurnedOn: readonly string[]
  readonly disputed: readonly string[]
  readonly lacks: readonly string[]
  readonly limits: readonly string[]
}

export interface Advice {
  /** 0 when the move saves. Minor units, as all money here. */
  readonly annualCost: Money
  /** 0 when the move costs. */
  readonly annualSaving: Money
  readonly formula: string
  readonly move: Move
  readonly sentence: string
  readonly plan: QuotedPlan
  readonly target: QuotedPlan
  readonly users: number
  readonly priceSource: string
  readonly recommendation: Recommendation
  readonly nativeScim: NativeScim
  readonly advice: readonly AdviceRow[]
  readonly capabilities: readonly Capability[]
  readonly rollcallNeeds: readonly string[]
  readonly workload: Workload | null
  readonly breakEven: BreakEven | null
  /** The source's worked figures, checked. */
  readonly sourceFigures: readonly CheckedFigure[]
  readonly contradictions: readonly Contradiction[]
}

/** Throws a RangeError for numbers that {@link Question} does not allow. */
export function advise(question: Question): Advice {
  const situation = situationOf(question)
  const { plan, target, move, priced, workload } = situation
  const cost = annualCost(priced)
  const { wage } = question
  return {
    annualCost: money(cost),
    annualSaving: money(annualSaving(priced)),
    formula: formula(priced),
    move,
    sentence: sentenceOf(situation),
    plan: quoted(plan),
    target: quoted(target),
    users: question.users,
    priceSource: LIST_SOURCE,
    recommendation: recommend(situation),
    nativeScim: nativeScim(situation),
    advice: adviceFor(situation),
    capabilities: CAPABILITIES,
    rollcallNeeds: ROLLCALL_NEEDS,
    workload: workload ?? null,
    breakEven: (wage === undefined ? undefined : breakEven(cost, wage, workload?.changes)) ?? null,
    sourceFigures: checkedFigures(),
    contradictions: contradictions(),
  }
}

/** What the move is, in one sentence, for every pair of plans and prices. */
function sentenceOf({ plan, target, move, difference }: Situation): string {
  if (move === 'same') return `You are on ${plan.name} already: nothing changes, nothing is to be paid.`
  const kind = move === 'upgrade' ? 'an upgrade' : 'a downgrade'
  const step = Math.abs(target.price - plan.price)
  if (step === 0) return `${plan.name} to ${target.name} is ${kind} at the same price.`
  const share = markupPerMille(plan.price, target.price)
  const more = difference > 0 ? 'more' : 'less'
  const inPercent = share === undefined ? '' : ` (${percent(Math.abs(share))} ${more})`
  return `${plan.name} to ${target.name} is ${kind}: ${dollars(step)} ${more} per user and month${inPercent}.`
}

function nativeScim({ scim }: Situation): NativeScim {
  const which = (native: Capability['native']): readonly string[] =>
    CAPABILITIES.filter((capability) => capability.native === native).map(({ what }) => what)
  return {
    ...scim,
    silent: SCIM_SILENCE,
    gives: which('yes'),
    givesOnceTurnedOn: which('setting'),
    disputed: which('disputed'),
    lacks: which('no'),
    limits: NATIVE_LIMITS,
  }
}

const money = (amount: number): Money => ({ amount, currency: LIST_CURRENCY })

const quoted = ({ id, name, price, priceIs }: PricedPlan): QuotedPlan => ({ id, name, price: money(price), priceIs })
