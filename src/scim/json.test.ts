import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ScimError } from './errors.ts'
import { checkJson, JSON_LIMITS, member, sameJson, shown, type JsonValue } from './json.ts'

function refusalOf(value: unknown): ScimError | undefined {
  try {
    checkJson(value)
    return undefined
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
}

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))

describe('checkJson', () => {
  it('takes ordinary JSON', () => {
    expect(
      refusalOf({ userName: 'mia', emails: [{ value: 'mia@acme.test' }], active: true, n: 1, none: null }),
    ).toBeUndefined()
  })

  it.each([
    [{ userName: 'a\u0000b' }, 'userName holds a NUL character'],
    [{ emails: [{ value: 'ok' }, { value: '\ud800' }] }, 'emails[1].value holds half of a surrogate pair'],
    [{ 'a\u0000': 1 }, 'The body holds a NUL character'],
    ['\udfff', 'The body holds half of a surrogate pair'],
    [{ title: 'x'.repeat(JSON_LIMITS.textLength + 1) }, 'title is longer than 262144 characters'],
  ])('refuses text that cannot be kept and names the place, %#', (value, detail) => {
    expect(refusalOf(value)).toMatchObject({ status: 400, scimType: 'invalidValue' })
    expect(refusalOf(value)?.detail).toContain(detail)
  })

  it('takes a whole surrogate pair', () => {
    expect(refusalOf({ displayName: 'Mia 😀' })).toBeUndefined()
  })

  it('refuses what is nested deeper than the limit, however deep', () => {
    expect(refusalOf(nested(JSON_LIMITS.depth))).toBeUndefined()
    expect(refusalOf(nested(JSON_LIMITS.depth + 1))?.scimType).toBe('invalidSyntax')
    expect(refusalOf(nested(10_000))?.scimType).toBe('invalidSyntax')
  })

  it('refuses more values than the limit', () => {
    expect(refusalOf(Array.from({ length: JSON_LIMITS.nodes }, () => 0))?.detail).toContain('more than 1000000 values')
  })
})

describe('shown', () => {
  it('escapes what must not reach a log or a database', () => {
    expect(shown('a\u0000\ud800"')).toBe('"a\\u0000\\ud800\\""')
  })

  it('is short and can be kept for every value', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((all) => String.fromCharCode(...all))
    fc.assert(
      fc.property(fc.oneof(units, fc.jsonValue({ maxDepth: 1 })), (value) => {
        const text = shown(value)
        expect(text.isWellFormed() && !text.includes('\u0000')).toBe(true)
        expect(text.length).toBeLessThan(400)
      }),
    )
  })
})

describe('sameJson', () => {
  it('does not mind the order of names, but that of lists', () => {
    expect(sameJson({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true)
    expect(sameJson([1, 2], [2, 1])).toBe(false)
    expect(sameJson({ a: 1 }, { b: 1 })).toBe(false)
    expect(sameJson([], {})).toBe(false)
    expect(sameJson({ a: 1 }, JSON.parse('{"__proto__": 1}') as JsonValue)).toBe(false)
  })
})

describe('member', () => {
  it('sees own members only', () => {
    expect(member({}, 'constructor')).toBeUndefined()
    expect(member([1], 'length')).toBeUndefined()
    expect(member({ a: 1 }, 'a')).toBe(1)
  })
})
