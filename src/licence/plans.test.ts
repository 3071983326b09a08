import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findPlan, includesScim, moveBetween, nearestPlans, PLAN_IDS, planOf, PLANS, type PlanId } from './plans.ts'

const plan = fc.constantFrom(...PLAN_IDS)

describe('the catalogue', () => {
  // facts/plans.md
  test.each<[PlanId, string, number]>([
    ['digital', 'Digital Agent', 71],
    ['voice', 'Voice Agent', 94],
    ['omnichannel', 'Omnichannel Agent', 110],
    ['essential', 'Essential Suite', 135],
    ['core', 'Core Suite', 169],
    ['complete', 'Complete Suite', 209],
    ['ultimate', 'Ultimate Suite', 249],
  ])('%s is %s at %i dollars', (id, name, price) => {
    expect(planOf(id)).toEqual({ id, name, listPrice: price * 100 })
  })

  test('goes upwards in price, and has a row for each id', () => {
    expect(PLANS.map(({ id }) => id)).toEqual(PLAN_IDS)
    expect(PLANS.map(({ listPrice }) => listPrice)).toEqual(
      PLANS.map(({ listPrice }) => listPrice).toSorted((a, b) => a - b),
    )
  })

  test('of two plans, one way is the other way round', () => {
    const reverse = { upgrade: 'downgrade', same: 'same', downgrade: 'upgrade' }
    fc.assert(
      fc.property(plan, plan, (from, to) => {
        expect(moveBetween(to, from)).toBe(reverse[moveBetween(from, to)])
        expect(moveBetween(from, to) === 'same').toBe(from === to)
      }),
    )
  })

  test('native SCIM, once included, is so in every larger plan', () => {
    fc.assert(
      fc.property(plan, plan, plan, (from, one, other) => {
        fc.pre(moveBetween(one, other) !== 'downgrade')
        if (includesScim(one, from)) expect(includesScim(other, from)).toBe(true)
      }),
    )
  })
})

describe('a plan that somebody types', () => {
  test.each([
    ['voice', 'voice'],
    ['Voice Agent', 'voice'],
    ['VOICE-AGENT', 'voice'],
    ['ultimate_suite', 'ultimate'],
    ['CXone Core Suite', 'core'],
    [' Complete  suite ', 'complete'],
    ['suite', undefined],
    ['', undefined],
    ['constructor', undefined],
    ['voicecore', undefined],
  ])('%j is %s', (word, expected) => {
    expect(findPlan(word)?.id).toBe(expected)
  })

  test.each([
    ['volce', 'voice'],
    ['ultimte', 'ultimate'],
    ['essentials', 'essential'],
    ['omni', 'omnichannel'],
    ['compleet suite', 'complete'],
  ])('%j is none, and %s comes first to mind', (word, expected) => {
    expect(findPlan(word)).toBeUndefined()
    expect(nearestPlans(word)[0]?.id).toBe(expected)
  })

  test('never brings more than three to mind, and none for nonsense', () => {
    fc.assert(fc.property(fc.string(), (word) => nearestPlans(word).length <= 3))
    expect(nearestPlans('zzz')).toEqual([])
  })

  test('is found by its name and by its id, in any case', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PLANS), fc.boolean(), ({ id, name }, loud) => {
        for (const word of [id, name]) expect(findPlan(loud ? word.toUpperCase() : word)?.id).toBe(id)
      }),
    )
  })
})
