import fc from 'fast-check'
import pc from 'picocolors'
import { describe, expect, test } from 'vitest'
import { table, type Column } from './table.ts'
import { fit, pad, printable, width } from './text.ts'

const plain = pc.createColors(false)

describe('text on a terminal', () => {
  test.each([
    ['abc', 3],
    ['Zoë', 3],
    ['Zoe\u0308', 3],
    ['日本', 4],
    ['👩‍👩‍👧', 2],
    ['', 0],
  ])('%j takes %i columns', (text, columns) => {
    expect(width(text)).toBe(columns)
  })

  test('whatever would act on the terminal is shown instead', () => {
    expect(printable('a\x1b[31mb\r\n\u202ec\x9b\ud800')).toBe('a\\u001b[31mb\\u000d\\u000a\\u202ec\\u009b\\ud800')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/)
      }),
    )
  })

  test('a text that is cut fits, and one that fits is not cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 30 }), (text, columns) => {
        const cut = fit(text, columns)
        expect(width(cut)).toBeLessThanOrEqual(columns)
        if (width(text) <= columns) expect(cut).toBe(text)
        else expect(cut.endsWith('…')).toBe(true)
        expect(width(pad(cut, columns))).toBe(columns)
      }),
    )
  })
})

describe('a table', () => {
  interface Row {
    readonly name: string
    readonly why: string
  }
  const columns: Column<Row>[] = [
    { title: 'NAME', value: (row) => row.name },
    { title: 'WHY', value: (row) => row.why, flexible: true },
  ]
  const rows = [
    { name: 'ann', why: 'the account of this name belongs to somebody else' },
    { name: 'bartholomew', why: '' },
  ]

  test('is aligned, without blanks at the end of a line', () => {
    expect(table(rows, columns, { columns: undefined, colours: plain })).toEqual([
      'NAME         WHY',
      'ann          the account of this name belongs to somebody else',
      'bartholomew',
    ])
  })

  test('cuts flexible columns on a narrow terminal and nothing in a pipe', () => {
    expect(table(rows, columns, { columns: 30, colours: plain })).toEqual([
      'NAME         WHY',
      'ann          the account of t…',
      'bartholomew',
    ])
  })

  test('fits the terminal whatever is in it, as long as the rest leaves room', () => {
    const row = fc.record({
      name: fc.string({ unit: 'grapheme', maxLength: 10 }),
      why: fc.string({ unit: 'grapheme', maxLength: 80 }),
    })
    fc.assert(
      fc.property(fc.array(row), fc.integer({ min: 40, max: 120 }), (data, room) => {
        for (const line of table(data, columns, { columns: room, colours: plain }))
          expect(width(line)).toBeLessThanOrEqual(room)
      }),
    )
  })

  test('has the same letters with colour as without', () => {
    const painted = columns.map((column) => ({ ...column, colour: () => pc.createColors(true).red }))
    const lines = table(rows, painted, { columns: 30, colours: pc.createColors(true) })
    expect(lines.map((line) => line.replace(/\x1b\[\d+m/g, '').trimEnd())).toEqual(
      table(rows, columns, { columns: 30, colours: plain }),
    )
    expect(lines.join('')).toContain('\x1b[31m')
  })
})
