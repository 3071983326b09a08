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

describe('compareText', () => {
  it('orders as UTF-8 bytes do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (left, right) => {
        expect(Math.sign(compareText(left, right))).toBe(Buffer.compare(Buffer.from(left), Buffer.from(right)))
      }),
    )
    expect(compareText('\u{1F600}', '\uFF21')).toBeGreaterThan(0)
  })
})
