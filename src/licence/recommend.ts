/**
 * One recommendation out of a situation: what to do, why, and what would change it.
 * Decides by facts/plans.md: SCIM alone never justifies an upgrade, and native SCIM that is there already serves.
 */
import { dollars } from './money.ts'
import { PROVIDERS } from './providers.ts'
import type { Situation } from './situation.ts'
import { SMALL } from './workload.ts'

export type Decision =
  | 'provision-through-api'
  | 'use-native-scim'
  | 'ask-what-the-contract-includes'
  | 'step-down-possible'
  | 'upgrade-costs-nothing'

export interface Recommendation {
  readonly decision: Decision
  readonly sentence: string
  readonly because: string
  readonly wouldChange: readonly string[]
}

/** Always one, for every situation. */
export function recommend(situation: Situation): Recommendation {
  const decision = decide(situation)
  const { sentence, because } = WORDS[decision](situation)
  return { decision, sentence, because: because + notYet(situation), wouldChange: wouldChange(situation, decision) }
}

/** Advice that rests on Rollcall says so where this version cannot keep it. */
function notYet({ question }: Situation): string {
  const provider = PROVIDERS.find(({ id }) => id === question.idp)
  return provider?.rollcall === 'later'
    ? ` Not yet from ${provider.name}, though: this version of Rollcall takes people by SCIM push only.`
    : ''
}

function decide({ move, scim, difference }: Situation): Decision {
  if (scim.lost !== 'no') return 'step-down-possible'
  if (move === 'upgrade' && difference <= 0 && scim.gained !== 'no') return 'upgrade-costs-nothing'
  if (scim.current === 'yes') return 'use-native-scim'
  return scim.current === 'disputed' ? 'ask-what-the-contract-includes' : 'provision-through-api'
}

interface Words {
  readonly sentence: string
  readonly because: string
}

const API = 'the user-management API'

const WORDS: Readonly<Record<Decision, (situation: Situation) => Words>> = {
  'provision-through-api': ({ move, plan, target, scim, difference }) => {
    if (move === 'same')
      return {
        sentence: `Stay on ${plan.name} and provision through ${API} with Rollcall.`,
        because: `${plan.name} has no native SCIM, and this needs none.`,
      }
    if (move === 'downgrade')
      return {
        sentence: `SCIM does not stand in the way of ${target.name}: neither plan includes it. Provision through ${API} with Rollcall.`,
        because:
          difference < 0 ? `The move saves ${dollars(-difference)} a year.` : 'The move saves nothing at these prices.',
      }
    const price = difference > 0 ? `The upgrade costs ${dollars(difference)} a year` : 'The upgrade costs nothing more'
    const worth = {
      yes: `${price}, and Rollcall creates, updates and deactivates agents without it.`,
      no: `${price}, and by no reading does ${target.name} include native SCIM.`,
      disputed: `${price}, sources differ on whether ${target.name} includes native SCIM at all, and Rollcall creates, updates and deactivates agents without it.`,
    }[scim.gained]
    return {
      sentence: `Do not upgrade to ${target.name} for SCIM. Stay on ${plan.name} and provision through ${API} with Rollcall.`,
      because: worth,
    }
  },

  'use-native-scim': ({ move, plan, target, difference, question }) => {
    const provider = PROVIDERS.find(({ id }) => id === question.idp)
    const serves =
      provider === undefined
        ? 'Native SCIM serves Okta; for other providers sources differ.'
        : provider.native === 'yes'
          ? `Native SCIM serves ${provider.name}.`
          : `Whether native SCIM serves ${provider.name}, sources differ: try it with access keys, or push at Rollcall.`
    const rest = 'Its limits are listed below.'
    if (move !== 'upgrade')
      return {
        sentence: `Use the native SCIM of ${plan.name}: there is nothing to buy for it.`,
        because: `${serves} ${rest}`,
      }
    const price = difference > 0 ? `${dollars(difference)} a year would buy no more SCIM than you have. ` : ''
    return {
      sentence: `Do not upgrade to ${target.name} for SCIM: ${plan.name} includes it already.`,
      because: `${price}${serves} ${rest}`,
    }
  },

  'ask-what-the-contract-includes': ({ move, plan, target, difference }) => {
    if (move !== 'upgrade')
      return {
        sentence: `Ask NICE whether your ${plan.name} includes SCIM. If not, provision through ${API} with Rollcall.`,
        because: 'Sources differ on this plan, and neither answer needs an upgrade.',
      }
    const price = difference > 0 ? ` The upgrade costs ${dollars(difference)} a year.` : ''
    return {
      sentence: `Do not upgrade to ${target.name} for SCIM. Ask NICE first whether your ${plan.name} includes it already.`,
      because: `If it does, the upgrade brings no SCIM that you lack; if it does not, Rollcall provisions through ${API} without it.${price}`,
    }
  },

  'step-down-possible': ({ plan, target, scim, difference }) => ({
    sentence: `SCIM is no reason to stay on ${plan.name}: on ${target.name} Rollcall provisions through ${API}.`,
    because: `${
      scim.lost === 'yes' ? 'The move gives up native SCIM' : 'By one of two readings the move gives up native SCIM'
    }${difference < 0 ? ` and saves ${dollars(-difference)} a year` : ''}. Move only once Rollcall has taken over.`,
  }),

  'upgrade-costs-nothing': ({ target, scim, difference }) => ({
    sentence: `At these prices ${target.name} costs nothing more: ${
      scim.gained === 'yes'
        ? 'take it if it suits you otherwise.'
        : 'have NICE confirm that it includes SCIM before you count on it.'
    }`,
    because: `${difference < 0 ? `It even saves ${dollars(-difference)} a year. ` : ''}Native SCIM then serves Okta; what it lacks, below, stays Rollcall's part.`,
  }),
}

const BY_PRODUCT = {
  yes: ', and native SCIM is a by-product',
  no: '',
  disputed: ', and native SCIM perhaps a by-product',
} as const

function wouldChange(
  { move, plan, target, scim, byHand, difference }: Situation,
  decision: Decision,
): readonly string[] {
  const list: string[] = []
  if (move === 'upgrade' && difference > 0)
    list.push(
      `You want ${target.name} for more than SCIM: then ${dollars(difference)} is the price of the rest${BY_PRODUCT[scim.gained]}.`,
    )
  if (scim.readings.length > 1 && !(scim.current === 'yes' && scim.target === 'yes'))
    list.push(
      'NICE tells you in writing with which plan SCIM begins in your contract: then there is one reading, not two.',
    )
  if (move !== 'same' && (plan.priceIs === 'list' || target.priceIs === 'list'))
    list.push('Your contract has other prices than the list.')
  list.push(
    decision === 'use-native-scim'
      ? 'Native SCIM does not serve your provider, or you need what it lacks: then Rollcall beside it, if your contract has API access.'
      : 'Your contract has no API access: Rollcall cannot do without it.',
  )
  if (byHand === 'perhaps' && scim.current !== 'yes')
    list.push(
      `Few people join and leave, at most ${SMALL.changesPerYear} a year together: then work by hand may do, with an eye on gaps while agents ramp up.`,
    )
  return list
}
