/**
 * NICE CXone's plans as data: list prices, and which of them are said to include native SCIM.
 * Decides what the product assumes when nobody says better; must not decide what anybody should buy.
 *
 * Source: facts/plans.md, a third party's undated guide. Every customer's contract differs, so prices and the plan where
 * SCIM begins are defaults that a caller replaces, never truth.
 */

export const PLAN_IDS = ['digital', 'voice', 'omnichannel', 'essential', 'core', 'complete', 'ultimate'] as const
export type PlanId = (typeof PLAN_IDS)[number]

export interface Plan {
  readonly id: PlanId
  readonly name: string
  /** List price per user and month in cents of {@link LIST_CURRENCY}. */
  readonly listPrice: number
}

export const LIST_CURRENCY = 'USD'

/** From the smallest to the largest: the order says what is an upgrade. */
export const PLANS: readonly Plan[] = [
  { id: 'digital', name: 'Digital Agent', listPrice: 71_00 },
  { id: 'voice', name: 'Voice Agent', listPrice: 94_00 },
  { id: 'omnichannel', name: 'Omnichannel Agent', listPrice: 110_00 },
  { id: 'essential', name: 'Essential Suite', listPrice: 135_00 },
  { id: 'core', name: 'Core Suite', listPrice: 169_00 },
  { id: 'complete', name: 'Complete Suite', listPrice: 209_00 },
  { id: 'ultimate', name: 'Ultimate Suite', listPrice: 249_00 },
]

export const LIST_SOURCE = "list prices of a third party's undated guide"

/** One source's answer to the question from which plan on native SCIM is included. */
export interface ScimReading {
  readonly source: string
  /** The smallest plan that includes it, by this source. */
  readonly from: PlanId
  readonly says: string
}

/** The guide contradicts itself; both readings are shown until a contract decides. */
export const SCIM_READINGS: readonly ScimReading[] = [
  { source: "the guide's plan table", from: 'ultimate', says: 'Ultimate Suite alone includes SCIM.' },
  {
    source: "the guide's text",
    from: 'essential',
    says: 'SCIM begins with the Enterprise tier: Essential Suite and everything above.',
  },
]

/** NICE itself settles nothing: its help, as far as it could be read, names no plan for SCIM. */
export const SCIM_SILENCE = { source: "NICE's own help", says: 'Names no plan at all.' } as const

const rank = (id: PlanId): number => PLAN_IDS.indexOf(id)

export type Move = 'upgrade' | 'same' | 'downgrade'

/** What it is called to go from one plan to another; by the catalogue's order, not by price. */
export function moveBetween(from: PlanId, to: PlanId): Move {
  if (from === to) return 'same'
  return rank(to) > rank(from) ? 'upgrade' : 'downgrade'
}

/** Whether a plan includes native SCIM when it begins with `from`. */
export const includesScim = (plan: PlanId, from: PlanId): boolean => rank(plan) >= rank(from)

/** The plan of an id. */
export function planOf(id: PlanId): Plan {
  const plan = PLANS[rank(id)]
  if (plan === undefined) throw new TypeError(`"${id}" is no plan`)
  return plan
}

/** The plan that somebody means by a word: its id or name in any case, with or without "Agent", "Suite" and "CXone". */
export function findPlan(word: string): Plan | undefined {
  const wanted = bare(word)
  return PLANS.find(({ id, name }) => wanted === id || wanted === bare(name))
}

/** Up to three plans whose names look like a word that is none, the likeliest first. May be empty. */
export function nearestPlans(word: string): readonly Plan[] {
  const wanted = bare(word)
  const scored = PLANS.map((plan) => ({ plan, score: likeness(wanted, plan.id) }))
  return scored
    .filter(({ score }) => score >= 0.3)
    .toSorted((one, other) => other.score - one.score)
    .slice(0, 3)
    .map(({ plan }) => plan)
}

const bare = (word: string): string =>
  word
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .replace(/\b(?:nice|cxone|agent|suite|plan)\b/g, '')
    .replaceAll(' ', '')

/** The share of neighbouring letters that two words have in common, from 0 to 1 (Dice's coefficient). */
function likeness(one: string, other: string): number {
  const left = pairsOf(other)
  const total = left.length + pairsOf(one).length
  let common = 0
  for (const pair of pairsOf(one)) {
    const at = left.indexOf(pair)
    if (at === -1) continue
    left.splice(at, 1)
    common++
  }
  return (2 * common) / total
}

/** First and last letter count as pairs with the edge of the word. */
const pairsOf = (word: string): string[] =>
  Array.from({ length: word.length + 1 }, (_, at) => `^${word}$`.slice(at, at + 2))
