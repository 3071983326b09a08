import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { advise } from './advise.ts'
import { PLAN_IDS, planOf, type PlanId } from './plans.ts'
import { findProvider, PROVIDER_IDS } from './providers.ts'
import type { Question } from './situation.ts'

const plan = fc.constantFrom(...PLAN_IDS)
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })
const cents = fc.nat({ max: 1_000_000 })

const question: fc.Arbitrary<Question> = fc.record({
  plan,
  target: plan,
  users: fc.integer({ min: 1, max: 1_000_000 }),
  planPrice: maybe(cents),
  targetPrice: maybe(cents),
  scimFrom: maybe(plan),
  idp: maybe(fc.constantFrom(...PROVIDER_IDS)),
  regions: maybe(fc.integer({ min: 1, max: 1000 })),
  turnover: maybe(fc.nat({ max: 10_000 })),
  wage: maybe(cents),
})

const PAIRS = PLAN_IDS.flatMap((from) => PLAN_IDS.map((to): [PlanId, PlanId] => [from, to]))

const advised = (from: PlanId, to: PlanId, more: Partial<Question> = {}) =>
  advise({ plan: from, target: to, users: 100, ...more })

describe('any question', () => {
  test('has a whole answer: cost, formula, a recommendation with its reason, and what it rests on', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const answer = advise(asked)
        expect(Number.isSafeInteger(answer.annualCost.amount)).toBe(true)
        expect(answer.annualCost.amount).toBeGreaterThanOrEqual(0)
        expect(answer.annualCost.amount * answer.annualSaving.amount).toBe(0)
        for (const text of [answer.sentence, answer.recommendation.sentence, answer.recommendation.because])
          expect(text).toMatch(/^[A-Z$].*[.]$/)
        expect(answer.recommendation.wouldChange.length).toBeGreaterThan(0)
        expect(JSON.stringify(answer)).not.toMatch(/undefined|NaN|Infinity|\[object/)
      }),
    )
  })

  test('has the same answer every time', () => {
    fc.assert(
      fc.property(question, (asked) => {
        expect(advise(asked)).toEqual(advise(asked))
      }),
    )
  })

  test('is never told to upgrade for SCIM while that costs anything', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { move, annualCost, recommendation } = advise(asked)
        fc.pre(move === 'upgrade' && annualCost.amount > 0)
        expect(recommendation.sentence).toMatch(/^Do not upgrade to .* for SCIM/)
      }),
    )
  })

  test('is not told to provision past a plan that surely includes SCIM', () => {
    fc.assert(
      fc.property(question, (asked) => {
        const { nativeScim, advice } = advise(asked)
        expect(advice.some(({ id }) => id === 'scim-not-included')).toBe(nativeScim.current !== 'yes')
      }),
    )
  })
})

describe('every pair of plans', () => {
  test.each(PAIRS)('%s to %s is told as what it is', (from, to) => {
    const { move, sentence, annualCost, annualSaving } = advised(from, to)
    const [now, then] = [planOf(from), planOf(to)]
    const step = (then.listPrice - now.listPrice) / 100
    const expected = {
      upgrade: new RegExp(
        `^${now.name} to ${then.name} is an upgrade: \\$${step} more per user and month \\(.*% more\\)\\.$`,
      ),
      same: new RegExp(`^You are on ${now.name} already: nothing changes, nothing is to be paid\\.$`),
      downgrade: new RegExp(
        `^${now.name} to ${then.name} is a downgrade: \\$${-step} less per user and month \\(.*% less\\)\\.$`,
      ),
    }[move]
    expect(sentence).toMatch(expected)
    expect(annualCost.amount - annualSaving.amount).toBe(step * 100 * 100 * 12)
  })

  test('native SCIM is included by both readings, by none, or by one', () => {
    const current = Object.fromEntries(PLAN_IDS.map((id) => [id, advised(id, id).nativeScim.current]))
    expect(current).toEqual({
      digital: 'no',
      voice: 'no',
      omnichannel: 'no',
      essential: 'disputed',
      core: 'disputed',
      complete: 'disputed',
      ultimate: 'yes',
    })
  })

  test.each<{ move: [PlanId, PlanId]; decision: string; gained: string }>([
    { move: ['voice', 'ultimate'], decision: 'provision-through-api', gained: 'yes' },
    { move: ['voice', 'essential'], decision: 'provision-through-api', gained: 'disputed' },
    { move: ['digital', 'omnichannel'], decision: 'provision-through-api', gained: 'no' },
    { move: ['voice', 'voice'], decision: 'provision-through-api', gained: 'no' },
    { move: ['omnichannel', 'digital'], decision: 'provision-through-api', gained: 'no' },
    { move: ['essential', 'ultimate'], decision: 'ask-what-the-contract-includes', gained: 'disputed' },
    { move: ['core', 'core'], decision: 'ask-what-the-contract-includes', gained: 'no' },
    { move: ['complete', 'essential'], decision: 'ask-what-the-contract-includes', gained: 'no' },
    { move: ['core', 'voice'], decision: 'step-down-possible', gained: 'no' },
    { move: ['ultimate', 'core'], decision: 'step-down-possible', gained: 'no' },
    { move: ['ultimate', 'ultimate'], decision: 'use-native-scim', gained: 'no' },
  ])('$move: $decision; the move brings SCIM: $gained', ({ move: [from, to], decision, gained }) => {
    const answer = advised(from, to)
    expect(answer.recommendation.decision).toBe(decision)
    expect(answer.nativeScim.gained).toBe(gained)
  })
})

describe('what a contract says', () => {
  test('replaces list prices, and a plan has one price', () => {
    const { annualCost, plan, target } = advised('voice', 'ultimate', { planPrice: 90_00, targetPrice: 200_50 })
    expect(annualCost).toEqual({ amount: 110_50 * 100 * 12, currency: 'USD' })
    expect([plan.priceIs, target.priceIs]).toEqual(['yours', 'yours'])
    expect(advised('voice', 'voice', { planPrice: 90_00 }).formula).toContain('($90 - $90)')
  })

  test('settles where SCIM begins: one reading, nothing disputed', () => {
    const { nativeScim, recommendation } = advised('core', 'ultimate', { scimFrom: 'core' })
    expect(nativeScim).toMatchObject({
      current: 'yes',
      target: 'yes',
      gained: 'no',
      readings: [{ source: 'your setting' }],
    })
    expect(recommendation.decision).toBe('use-native-scim')
  })

  test('an upgrade that costs nothing more may be taken, once it is sure to bring SCIM', () => {
    const same = { planPrice: 100_00, targetPrice: 100_00 }
    expect(advised('voice', 'ultimate', same).recommendation).toMatchObject({
      decision: 'upgrade-costs-nothing',
      sentence: expect.stringContaining('take it'),
    })
    expect(advised('voice', 'core', same).recommendation.sentence).toContain('have NICE confirm')
    expect(advised('digital', 'voice', same).recommendation.decision).toBe('provision-through-api')
    expect(advised('voice', 'ultimate', same).sentence).toBe(
      'Voice Agent to Ultimate Suite is an upgrade at the same price.',
    )
  })

  test('other readings stand beside each other, and what NICE does not say is said', () => {
    const { readings, silent } = advised('voice', 'essential').nativeScim
    expect(readings.map(({ from, current, target }) => [from, current, target])).toEqual([
      ['ultimate', false, false],
      ['essential', false, true],
    ])
    expect(silent.says).toBe('Names no plan at all.')
  })
})

describe('the decision table', () => {
  const row = (answer: ReturnType<typeof advise>, id: string) => answer.advice.find((candidate) => candidate.id === id)

  test('Entra ID and Google Workspace: what to do, and both readings', () => {
    const entra = row(advised('voice', 'ultimate', { idp: 'entra' }), 'provider')
    expect(entra?.advice).toContain("push Entra's SCIM at Rollcall")
    expect(entra?.readings.map(({ says }) => says)).toEqual([
      'Single sign-on only; no provisioning.',
      expect.stringContaining('Names Azure AD'),
    ])
    const google = row(advised('ultimate', 'ultimate', { idp: 'google' }), 'provider')
    expect(google?.advice).toContain('never removes anyone')
    expect(google?.readings).toHaveLength(2)
  })

  test('Google Workspace: no recommendation promises what this version cannot do', () => {
    for (const [from, to] of PAIRS) {
      expect(advised(from, to, { idp: 'google' }).recommendation.because).toContain('Not yet from Google Workspace')
      expect(advised(from, to, { idp: 'okta' }).recommendation.because).not.toContain('Not yet')
    }
  })

  test('OneLogin: the guide contradicts itself', () => {
    expect(row(advised('voice', 'ultimate', { idp: 'onelogin' }), 'provider')?.readings).toHaveLength(3)
  })

  test('several regions: one address in front of all', () => {
    expect(row(advised('voice', 'ultimate', { regions: 3 }), 'several-regions')?.advice).toContain('in front of all 3')
    expect(row(advised('voice', 'ultimate', { regions: 1 }), 'several-regions')).toBeUndefined()
  })

  test('native SCIM and Okta: it serves', () => {
    const answer = advised('ultimate', 'ultimate', { idp: 'okta' })
    expect(answer.advice.map(({ id }) => id)).toEqual(['native-scim-with-okta'])
    expect(answer.recommendation.because).toContain('Native SCIM serves Okta.')
    expect(advised('ultimate', 'ultimate', { idp: 'entra' }).recommendation.because).toContain('sources differ')
  })

  test('small and stable: work by hand may do; without a turnover that is left open', () => {
    const small = { users: 20, turnover: 20_00 }
    expect(row(advised('voice', 'ultimate', small), 'small-and-stable')?.advice).toContain('gaps while agents ramp up')
    expect(row(advised('voice', 'ultimate', { users: 20 }), 'small-and-stable')).toBeUndefined()
    expect(advised('voice', 'ultimate', { users: 20 }).recommendation.wouldChange.join(' ')).toContain(
      'work by hand may do',
    )
    expect(row(advised('ultimate', 'ultimate', small), 'small-and-stable')).toBeUndefined()
  })
})

test.each([
  ['Azure-AD', 'entra'],
  ['Microsoft Entra ID', 'entra'],
  ['Google Workspace', 'google'],
  ['OKTA', 'okta'],
  ['ping', undefined],
  ['constructor', undefined],
])('the provider %j is %s', (word, expected) => {
  expect(findProvider(word)?.id).toBe(expected)
})

test.each([{ users: 0 }, { users: 1.5 }, { users: -1 }, { turnover: 10_001 }, { planPrice: -1 }])(
  '%j is a mistake of the caller',
  (wrong) => {
    expect(() => advised('voice', 'ultimate', wrong)).toThrow(RangeError)
  },
)
