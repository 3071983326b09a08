import { describe, expect, test } from 'vitest'
import { namesForTexts, statement } from './statement.ts'

describe('a text that is put together anew each time', () => {
  test('has a name from the second time on, and the same one', () => {
    const prepared = namesForTexts()
    expect(prepared('select 1')).toEqual({ text: 'select 1' })
    expect(prepared('select 1')).toEqual({ text: 'select 1', name: 'made-1' })
    expect(prepared('select 1')).toEqual({ text: 'select 1', name: 'made-1' })
  })
  test('gets its name also after thousands that have come once', () => {
    const prepared = namesForTexts()
    for (let n = 0; n < 5_000; n++) prepared(`select ${n}`)
    prepared('select now()')
    expect(prepared('select now()')).toHaveProperty('name')
  })
  test('gets none once a hundred have one, and these keep theirs', () => {
    const prepared = namesForTexts()
    const names = Array.from({ length: 150 }, (_, n) => [prepared(`select ${n}`), prepared(`select ${n}`)][1]?.name)
    expect(new Set(names.slice(0, 100)).size).toBe(100)
    expect(names.slice(100).every((name) => name === undefined)).toBe(true)
    expect(prepared('select 7')).toHaveProperty('name', names[7])
  })
})

describe('a statement whose values have names', () => {
  test('numbers them in the order in which the text has them first', () => {
    const make = statement('some', `select $b, $a, $b, '$.path[*]'`)
    expect(make({ a: 1, b: null, c: 3 })).toEqual({
      name: 'some',
      text: `select $1, $2, $1, '$.path[*]'`,
      values: [null, 1],
    })
  })
  test('is not made where one is missing', () => {
    expect(() => statement('some', 'select $a')({ b: 1 })).toThrow('the statement some has no value for $a')
  })
})
