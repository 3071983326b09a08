import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Allowance } from './allowance.ts'

const rate = fc.record({ perSecond: fc.integer({ min: 1, max: 5_000 }), burst: fc.integer({ min: 1, max: 5_000 }) })
const START = 1_800_000_000_000

describe('an allowance', () => {
  test('gives the burst at once and no more', () => {
    fc.assert(
      fc.property(rate, ({ perSecond, burst }) => {
        const allowance = new Allowance(perSecond, burst)
        let taken = 0
        while (allowance.take(START) === 0) taken++
        expect(taken).toBe(burst)
      }),
    )
  })

  test('says how many whole seconds to wait, and waiting so long is enough', () => {
    fc.assert(
      fc.property(
        rate,
        fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 100 }),
        ({ perSecond, burst }, steps) => {
          const allowance = new Allowance(perSecond, burst)
          let now = START
          for (const step of steps) {
            now += step
            const seconds = allowance.take(now)
            expect(Number.isInteger(seconds)).toBe(true)
            if (seconds > 0) expect(allowance.wait(now + seconds * 1_000)).toBe(0)
          }
        },
      ),
    )
  })

  test('never gives more in any time than the burst and what the time brings', () => {
    fc.assert(
      fc.property(
        rate,
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 300 }),
        ({ perSecond, burst }, steps) => {
          const allowance = new Allowance(perSecond, burst)
          let now = START
          let taken = 0
          for (const step of steps) {
            now += step
            if (allowance.take(now) === 0) taken++
          }
          expect(taken).toBeLessThanOrEqual(burst + ((now - START) / 1_000) * perSecond + 1)
        },
      ),
    )
  })

  test('is not shut by a clock that was set back', () => {
    const allowance = new Allowance(10, 10)
    expect(allowance.take(START)).toBe(0)
    expect(allowance.take(START - 3_600_000)).toBe(0)
  })
})
