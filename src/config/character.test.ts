import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseSource } from './source.ts'

/** What stands in the file where the first `needle` of the text is said to stand, and in which line. */
const found = (file: string, needle: string): string => {
  const source = parseSource(file)
  const { when } = source.data as { when: string }
  const place = source.locateCharacter(['when'], when.indexOf(needle) + 1)
  if (place === undefined) return 'nowhere'
  const line = file.split('\n')[place.line - 1] ?? ''
  return `${place.line}: ${line.slice(place.column - 1, place.column - 1 + needle.length)}`
}

describe('a character of a text is found in the file, however the text is written', () => {
  test.each([
    ['plain', 'when: user.x == lowr("A")', '1: lowr'],
    ['in double quotes', 'when: "user.x == lowr(\\"A\\")"', '1: lowr'],
    ['behind an escape', 'when: "user.x == \\"\\u00e4\\" || lowr(1)"', '1: lowr'],
    ['in single quotes', "when: 'user.x == ''A'' && lowr(1)'", '1: lowr'],
    ['over lines', 'when: user.x ==\n  1 && lowr(1)', '2: lowr'],
    ['in a block', 'when: |\n  user.x == 1 &&\n    lowr(1)\n', '3: lowr'],
    ['in a folded block', 'when: >-\n  user.x == 1 &&\n  lowr(1)\n', '3: lowr'],
    ['in JSON', '{\n\t"when": "a \\"b\\" lowr(1)"\n}', '2: lowr'],
  ])('%s', (_how, file, where) => {
    expect(found(file, 'lowr')).toBe(where)
  })

  test('whatever the text is', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', 'b', ' ', '"', "'", '\\', '|', '&', ':', '#', 'é', '\n', '\t'),
          minLength: 1,
        }),
        fc.nat(),
        (text, at) => {
          const file = JSON.stringify({ when: text })
          const source = parseSource(file)
          const index = at % text.length
          const place = source.locateCharacter(['when'], index + 1)
          const character = text[index] ?? ''
          if (/\s/.test(character)) return
          const escaped = JSON.stringify(character).slice(1, -1)
          expect(file.slice((place?.column ?? 0) - 1)).toMatch(new RegExp(`^${escapedPattern(escaped)}`))
        },
      ),
    )
  })

  test('the one behind the last, where something is missing, is right behind it', () => {
    expect(parseSource('when: abc\nelse: 1').locateCharacter(['when'], 4)).toEqual({ line: 1, column: 10 })
  })

  test('and nowhere rather than in a wrong place beyond its end', () => {
    expect(parseSource('when: abc').locateCharacter(['when'], 99)).toBeUndefined()
    expect(parseSource('when: 7').locateCharacter(['when'], 1)).toBeUndefined()
  })
})

const escapedPattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
