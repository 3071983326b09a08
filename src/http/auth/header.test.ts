import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { shownIn } from './header.ts'
import { SignInRefused } from './refusal.ts'

const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('the Authorization header', () => {
  test.each([
    ['Bearer abc', 'abc'],
    ['bearer   abc ', 'abc'],
    ['abc', 'abc'],
    ['BEARER abc', 'abc'],
    ['Bearer', undefined],
    ['bearerabc', 'bearerabc'],
    ['basically', 'basically'],
  ])('%j shows the token %j', (header, token) => {
    if (token === undefined) expect(() => shownIn(header)).toThrow('There is no token.')
    else expect(shownIn(header)).toEqual({ scheme: 'bearer', token })
  })

  test.each([
    [`Basic ${base64('okta:pass:word')}`, 'okta', 'pass:word'],
    [`basic  ${base64('okta:')}`, 'okta', ''],
    [`BASIC ${base64('ökta:grün')}`, 'ökta', 'grün'],
  ])('%j shows a user name and a password', (header, userName, password) => {
    expect(shownIn(header)).toEqual({ scheme: 'basic', userName, password })
  })

  test.each([
    undefined,
    '',
    ' ',
    'Bearer a b',
    `Basic ${base64('okta')}`,
    'Basic',
    'Basic ==',
    'Basic /w==',
    'x'.repeat(5_000),
  ])('%j is refused with 401 and a challenge', (header) => {
    expect(() => shownIn(header)).toThrow(SignInRefused)
    try {
      shownIn(header)
    } catch (error) {
      expect(error).toMatchObject({ status: 401, headers: { 'www-authenticate': expect.stringMatching(/^B/) } })
    }
  })

  test('whatever stands there is read or refused, and a refusal repeats nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 12 }), (header) => {
        try {
          shownIn(header)
        } catch (error) {
          expect(error).toBeInstanceOf(SignInRefused)
          expect(String(error)).not.toContain(header)
        }
      }),
    )
  })
})
