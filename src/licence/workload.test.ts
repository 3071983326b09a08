import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { breakEven, byHandMayDo, hoursInWords, minutesInWords, workload } from './workload.ts'

describe('the accounts of a year', () => {
  test.each([
    [100, 30_00, 30],
    [50, 12_50, 6],
    [1, 50_00, 1],
    [1, 49_99, 0],
    [1_000_000, 100_00, 1_000_000],
    [7, 0, 0],
  ])('of %i users at %i hundredths of a percent: %i leave and as many join', (users, turnover, leavers) => {
    expect(workload(users, turnover)).toEqual({ leavers, changes: 2 * leavers })
  })

  test.each([-1, 10_001, 0.5, Number.NaN])('turnover %d is refused', (turnover) => {
    expect(() => workload(10, turnover)).toThrow(RangeError)
  })

  test.each([
    [50, 24, 'yes'],
    [50, 25, 'no'],
    [51, 0, 'no'],
    [50, undefined, 'perhaps'],
    [51, undefined, 'no'],
  ] as const)('%i users with %s accounts a year: work by hand may do: %s', (users, changes, expected) => {
    expect(byHandMayDo(users, changes)).toBe(expected)
  })
})

describe('what saved work is worth', () => {
  test('is the hours that the cost would buy, and the minutes it would have to save for each account', () => {
    expect(breakEven(186_000_00, 40_00, 60)).toEqual({ hours: 46_500, minutesPerChange: 4_650 })
    expect(breakEven(186_000_00, 40_00, undefined)).toEqual({ hours: 46_500, minutesPerChange: undefined })
    expect(breakEven(186_000_00, 40_00, 0)).toMatchObject({ minutesPerChange: undefined })
  })

  test.each([
    [0, 40_00],
    [100, 0],
  ])('is nothing for a cost of %i at a wage of %i', (cost, wage) => {
    expect(breakEven(cost, wage, 10)).toBeUndefined()
  })

  test('a dearer hour never takes more of them', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e13 }),
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 1, max: 1e6 }),
        (cost, wage, more) => {
          expect(breakEven(cost, wage + more, 10)!.hours).toBeLessThanOrEqual(breakEven(cost, wage, 10)!.hours)
        },
      ),
    )
  })

  test('is told in minutes below an hour, in hours from there', () => {
    expect([1, 59, 60, 90, 4_650].map(minutesInWords)).toEqual([
      '1 minute',
      '59 minutes',
      '1 hour',
      '1.5 hours',
      '77.5 hours',
    ])
    expect(hoursInWords(48_947)).toBe('4,894.7 hours')
  })
})
