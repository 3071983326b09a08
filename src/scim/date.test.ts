import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instantOf } from './date.ts'

describe('instantOf', () => {
  it.each([
    ['2026-11-23T10:00:00Z', '2026-11-23T10:00:00.000Z'],
    ['2026-11-23t10:00:00z', '2026-11-23T10:00:00.000Z'],
    ['2026-11-23T10:00:00', '2026-11-23T10:00:00.000Z'],
    ['2026-11-23T10:00:00.5+01:00', '2026-11-23T09:00:00.500Z'],
    ['2026-11-23T23:30:00.123456789-08:00', '2026-11-24T07:30:00.123Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ])('reads %s', (text, instant) => {
    expect(instantOf(text)).toBe(Date.parse(instant))
  })

  it.each([
    '',
    '2026-11-23',
    '2026-13-01T00:00:00Z',
    '2026-02-29T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00+25:00',
    'yesterday',
  ])('does not read %s', (text) => {
    expect(instantOf(text)).toBeUndefined()
  })

  it('reads back every instant that JavaScript writes', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
        expect(instantOf(date.toISOString())).toBe(date.getTime())
      }),
    )
  })
})
