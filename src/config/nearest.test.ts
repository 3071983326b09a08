import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearest, suggestion } from './nearest.ts'

test.each([
  ['tokenz', 'tokens'],
  ['conections', 'connections'],
  ['PROFILE', 'profile'],
  ['pasue', 'pause'],
  ['xyz', undefined],
  ['', undefined],
])('%j is taken for %j', (word, expected) => {
  expect(nearest(word, ['tokens', 'connections', 'profile', 'pause'])).toBe(expected)
})

test('a word that is there is its own nearest', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (words) => {
      for (const word of words) expect(nearest(word, words)).toBe(word)
    }),
  )
})

test('one slip of the hand in a long word is always forgiven', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{4,20}$/), fc.nat(), fc.stringMatching(/^[a-z]$/), (word, at, letter) => {
      const position = at % word.length
      const slips = [
        word.slice(0, position) + word.slice(position + 1),
        word.slice(0, position) + letter + word.slice(position),
        word.slice(0, position) + letter + word.slice(position + 1),
      ]
      for (const slip of slips) expect(nearest(slip, [word])).toBe(word)
    }),
  )
})

test('what is possible is listed when there is no near word, and not without end', () => {
  expect(suggestion('zzzz', ['one', 'two'], 'none')).toBe('Possible here: one, two.')
  expect(suggestion('zzzz', [], 'Remove it.')).toBe('Remove it.')
  expect(
    suggestion(
      'zzzz',
      Array.from({ length: 13 }, (_, at) => `key${at}`),
      '',
    ),
  ).toMatch(/key11, …\.$/)
})
