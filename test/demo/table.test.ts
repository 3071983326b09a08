import fc from 'fast-check'
import { stripVTControlCharacters } from 'node:util'
import pc from 'picocolors'
import { describe, expect, test } from 'vitest'
import { paragraph, wrap } from '../../examples/demo/paragraph.ts'
import { table } from '../../examples/demo/table.ts'
import { width } from '../../src/cli/text.ts'

const CHECKS = [
  { what: 'accounts', expected: '20 people, each exactly once', found: '20 of 20', ok: true },
  { what: 'names', expected: 'as pushed', found: '19 of 20; 髙橋 翔 is called "x\u001b[31m"', ok: false },
]
const ACTS = [{ title: 'Twenty people join', checks: CHECKS }]

describe('the table', () => {
  test('shows for each act what was expected and found', () => {
    const text = table(ACTS, { colours: pc.createColors(false), columns: 100 })
    expect(text).toContain('  1  Twenty people join\n')
    expect(text).toMatch(/^ {2}✓ accounts +20 people, each exactly once +20 of 20$/m)
    expect(text).toMatch(/^ {2}✗ names +as pushed +19 of 20; 髙橋 翔 is called "x\\u001b\[31m"$/m)
  })
  test.each([60, 72, 80, 110])('fits into %i columns, in colour too', (columns) => {
    for (const colour of [true, false]) {
      const lines = table(ACTS, { colours: pc.createColors(colour), columns })
        .split('\n')
        .map(stripVTControlCharacters)
      expect(lines.filter((line) => width(line) > columns)).toEqual([])
    }
  })
})

const text = fc.array(fc.string({ unit: 'grapheme', minLength: 1 }).filter((word) => !/\s/.test(word)), { minLength: 1 }).map((words) => words.join(' ')) // prettier-ignore

describe('lines', () => {
  test('keep every word in its order, and are only too long for a single word', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (words, columns) => {
        const lines = wrap(words, columns)
        expect(lines.join(' ')).toBe(words)
        expect(lines.filter((line) => width(line) > columns && line.includes(' '))).toEqual([])
      }),
    )
  })
  test('of a paragraph stand below the text of the first', () => {
    expect(paragraph('1  ', 'one two three', 11)).toEqual(['1  one two', '   three'])
  })
})
