/**
 * The decision table: which advice a situation calls for. One rule a row, each on its own.
 * Decides which rows apply; must not weigh them (recommend.ts does). Source of every row: facts/plans.md.
 */
import { counted } from './money.ts'
import { PROVIDERS, type Reading } from './providers.ts'
import type { Situation } from './situation.ts'
import { SMALL } from './workload.ts'

export interface AdviceRow {
  readonly id: 'scim-not-included' | 'provider' | 'several-regions' | 'native-scim-with-okta' | 'small-and-stable'
  readonly situation: string
  readonly advice: string
  /** What the sources say, where they differ or decide. */
  readonly readings: readonly Reading[]
}

type Rule = (situation: Situation) => AdviceRow | undefined

const RULES: readonly Rule[] = [
  ({ scim, plan }) =>
    scim.current === 'yes'
      ? undefined
      : {
          id: 'scim-not-included',
          situation:
            scim.current === 'no'
              ? `${plan.name} does not include native SCIM`
              : `Sources differ on whether ${plan.name} includes native SCIM`,
          advice: 'Provision through the user-management API instead of upgrading.',
          readings: scim.current === 'no' ? [] : scim.readings.map(({ source, says }) => ({ source, says })),
        },

  ({ scim, plan, question }) =>
    scim.current === 'yes' && question.idp === 'okta'
      ? {
          id: 'native-scim-with-okta',
          situation: `${plan.name} includes native SCIM, and the provider is Okta`,
          advice:
            'Native SCIM serves. A later version of Rollcall can run through it, and adds groups, reconciliation and reviews.',
          readings: [],
        }
      : undefined,

  ({ scim, question }) => {
    const provider = PROVIDERS.find(({ id }) => id === question.idp)
    if (provider === undefined || (provider.id === 'okta' && scim.current === 'yes')) return undefined
    return {
      id: 'provider',
      situation: `People come from ${provider.name}`,
      advice: provider.advice,
      readings: provider.readings,
    }
  },

  ({ question: { regions } }) =>
    regions === undefined || regions < 2
      ? undefined
      : {
          id: 'several-regions',
          situation: `${regions} regions or business units`,
          advice: `One SCIM address of Rollcall in front of all ${regions}: the provider pushes to one place. Native SCIM has an address for each region.`,
          readings: [{ source: 'the guide', says: 'The address is https://(region).nice-incontact.com/scim/v2.' }],
        },

  ({ byHand, question, scim, workload }) =>
    byHand !== 'yes' || workload === undefined || scim.current === 'yes'
      ? undefined
      : {
          id: 'small-and-stable',
          situation: `Small and stable: ${counted(question.users, 'user')}, about ${counted(workload.changes, 'account')} to open or close a year`,
          advice: `Work by hand may do. Watch for gaps while agents ramp up. (Our measure, since no source gives one: at most ${SMALL.users} users and ${SMALL.changesPerYear} accounts a year.)`,
          readings: [],
        },
]

/** Every row that applies, in the order of the table. Never empty for a plan without native SCIM. */
export const adviceFor = (situation: Situation): readonly AdviceRow[] =>
  RULES.map((rule) => rule(situation)).filter((row) => row !== undefined)
