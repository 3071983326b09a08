import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  annualCost,
  annualDifference,
  annualSaving,
  counted,
  dollars,
  formula,
  markupPerMille,
  percent,
  rounded,
} from './money.ts'

const price = fc.nat({ max: 1_000_000 })
const users = fc.nat({ max: 1_000_000 })
const step = fc.record({ from: price, to: price })
const halves = fc.record({ one: fc.nat({ max: 500_000 }), other: fc.nat({ max: 500_000 }) })

describe('the cost of a move', () => {
  test('is never negative, nor is the saving, and never are both there', () => {
    fc.assert(
      fc.property(price, price, users, (from, to, count) => {
        const [cost, saving] = [annualCost({ from, to, users: count }), annualSaving({ from, to, users: count })]
        expect(Math.min(cost, saving)).toBe(0)
        expect(cost - saving).toBe(annualDifference({ from, to, users: count }))
        expect([cost, saving].every((amount) => Number.isSafeInteger(amount) && !Object.is(amount, -0))).toBe(true)
      }),
    )
  })

  test('is linear in users: two teams cost what they cost together', () => {
    fc.assert(
      fc.property(step, halves, ({ from, to }, { one, other }) => {
        const cost = (count: number): number => annualCost({ from, to, users: count })
        expect(cost(one + other)).toBe(cost(one) + cost(other))
        expect(cost(one)).toBe(one * cost(1))
      }),
    )
  })

  test('grows with users and with the target price, and shrinks with the current one', () => {
    fc.assert(
      fc.property(step, users, fc.nat({ max: 1000 }), ({ from, to }, count, more) => {
        const cost = annualCost({ from, to, users: count })
        expect(annualCost({ from, to, users: count + more })).toBeGreaterThanOrEqual(cost)
        expect(annualCost({ from, to: to + more, users: count })).toBeGreaterThanOrEqual(cost)
        expect(annualCost({ from: from + more, to, users: count })).toBeLessThanOrEqual(cost)
      }),
    )
  })

  test('of a way in two steps is the cost of the steps', () => {
    fc.assert(
      fc.property(step, price, users, ({ from, to }, between, count) => {
        expect(annualDifference({ from, to, users: count })).toBe(
          annualDifference({ from, to: between, users: count }) + annualDifference({ from: between, to, users: count }),
        )
      }),
    )
  })

  test.each([
    { from: -1, to: 2, users: 1 },
    { from: 1, to: 2.5, users: 1 },
    { from: 1, to: 2, users: Number.NaN },
    { from: 1, to: 2, users: -3 },
    { from: 0, to: Number.MAX_SAFE_INTEGER, users: 2 },
  ])('is refused rather than wrong for %j', (move) => {
    expect(() => annualDifference(move)).toThrow(RangeError)
  })
})

describe('the formula', () => {
  test.each([
    [{ from: 94_00, to: 249_00, users: 100 }, '($249 - $94) x 100 users x 12 months = $186,000 a year'],
    [{ from: 94_00, to: 94_00, users: 1 }, '($94 - $94) x 1 user x 12 months = $0 a year'],
    [{ from: 249_00, to: 94_00, users: 100 }, '($94 - $249) x 100 users x 12 months = -$186,000 a year'],
    [{ from: 93_50, to: 100_05, users: 1_200 }, '($100.05 - $93.50) x 1,200 users x 12 months = $94,320 a year'],
  ])('of %j has its numbers filled in', (move, expected) => {
    expect(formula(move)).toBe(expected)
  })

  test('comes out at what it says: its own numbers, multiplied', () => {
    fc.assert(
      fc.property(price, price, users, (from, to, count) => {
        const numbers = [...formula({ from, to, users: count }).matchAll(/-?\$?[\d,]+(?:\.\d+)?/g)].map(([text]) =>
          Math.round(Number(text.replace(/[$,]/g, '')) * (text.includes('$') ? 100 : 1)),
        )
        const [target = 0, current = 0, people = 0, months = 0, result] = numbers
        expect((target - current) * people * months + 0).toBe(result! + 0)
      }),
    )
  })
})

describe('figures in words', () => {
  test.each([
    [0, '$0'],
    [5, '$0.05'],
    [186_000_00, '$186,000'],
    [-1_234_50, '-$1,234.50'],
    [999_99, '$999.99'],
    [1_000_000_00, '$1,000,000'],
  ])('%i cents are %s', (amount, expected) => {
    expect(dollars(amount)).toBe(expected)
  })

  test('markups are tenths of a percent; of nothing there is none', () => {
    expect(percent(markupPerMille(71_00, 249_00)!)).toBe('250.7%')
    expect(percent(markupPerMille(94_00, 135_00)!)).toBe('43.6%')
    expect(percent(markupPerMille(50_00, 100_00)!)).toBe('100%')
    expect(markupPerMille(0, 1)).toBeUndefined()
  })

  test('one is singular, and only one', () => {
    expect([0, 1, 2, 1_000].map((count) => counted(count, 'user'))).toEqual([
      '0 users',
      '1 user',
      '2 users',
      '1,000 users',
    ])
  })

  test('rounding takes the nearest, halves away from nothing, for either sign', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 1_000_000 }), (top, bottom) => {
        const off = BigInt(rounded(top, bottom)) * BigInt(bottom) - BigInt(top)
        expect(2n * (off < 0n ? -off : off) <= BigInt(bottom)).toBe(true)
      }),
    )
    expect([rounded(1, 2), rounded(-1, 2), rounded(-1, 3)]).toEqual([1, -1, 0])
  })
})
