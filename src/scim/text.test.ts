import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareText, fold } from './text.ts'

describe('fold', () => {
  it.each([
    ['MIA@Acme.Test', 'mia@acme.test'],
    ['ÄÖÜ', 'äöü'],
    ['A\u0308', 'ä'],
    ['ΣΑΣ', 'σασ'],
    ['İ', 'i'],
  ])('folds %s to %s', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  it('folds what is folded to itself', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => fold(fold(text)) === fold(text)))
  })
})

const text = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff })), { maxLength: 6 })
  .map((points) => String.fromCodePoint(...points))

describe('compareText', () => {
  it('orders as UTF-8 bytes do', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        expect(Math.sign(compareText(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)))
      }),
    )
    expect(compareText('\u{1F600}', '\uFF21')).toBeGreaterThan(0)
  })
})
