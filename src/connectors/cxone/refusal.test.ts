/** What unhappy answers mean. */
import { describe, expect, it } from 'vitest'
import { isNotThere, isRefusedAsAsked, refused, sayings } from './refusal.ts'
import { retryAfter } from '../http.ts'

const now = new Date('2026-03-01T12:00:00Z')
const answer = (status: number, body: unknown = {}, headers: Record<string, string> = {}) =>
  refused({ status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) }, 'PUT /x', now)

describe('a refusal', () => {
  it.each([
    [200, { success: false, message: 'No such team' }, 'value-invalid', 'never'],
    [200, { success: false, error: 'User is not authorized' }, 'right-missing', 'later'],
    [400, { code: 'X', details: 'bad', hostName: 'h', entityType: 'USER', errors: [] }, 'value-invalid', 'never'],
    [401, { status: 401, error: 'Unauthorized', message: 'expired', path: '/x' }, 'credentials-refused', 'later'],
    [403, {}, 'right-missing', 'later'],
    [404, {}, 'answer-unexpected', 'later'],
    [409, { message: 'taken' }, 'value-invalid', 'never'],
    [429, {}, 'throttled', 'soon'],
    [500, {}, 'answer-unexpected', 'soon'],
    [502, '<html>', 'unreachable', 'soon'],
    [503, {}, 'unreachable', 'soon'],
    [302, {}, 'answer-unexpected', 'later'],
  ])('of status %i with %j is %s, %s', (...[status, body, code, retry]) => {
    const error = answer(status, body)
    expect(error.refusal).toMatchObject({ code, retry })
    expect(error.refusal.detail).toMatch(/^CXone answered \d+ to PUT \/x.*\.$/)
  })

  it('carries the time that CXone gave, in seconds or as a date', () => {
    const date = 'Sun, 01 Mar 2026 12:01:00 GMT'
    expect(answer(429, {}, { 'retry-after': '60' }).refusal.after).toEqual(new Date('2026-03-01T12:01:00Z'))
    expect(answer(429, {}, { 'retry-after': date }).refusal.after).toEqual(new Date('2026-03-01T12:01:00Z'))
    expect(answer(429).refusal).not.toHaveProperty('after')
  })

  it('of one record may mean that it is not there, but never when rights, tokens or the network are at fault', () => {
    expect([404, 410, 400].map((status) => isNotThere(answer(status)))).toEqual([true, true, true])
    expect([401, 403, 429, 500, 503].map((status) => isNotThere(answer(status)))).toEqual(Array(5).fill(false))
    expect(isNotThere(new Error('cut'))).toBe(false)
    expect([400, 409, 422, 404, 500].map((status) => isRefusedAsAsked(answer(status)))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ])
  })
})

describe('Retry-After', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['soon', undefined],
    ['-5', undefined],
    ['0', 0],
    [' 2 ', 2],
    ['1.5', 1.5],
    ['999999999', 86_400],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
  ])('%j is %j seconds from now', (header, seconds) => {
    const after = retryAfter(header, now)
    expect(after === undefined ? undefined : (after.getTime() - now.getTime()) / 1000).toBe(seconds)
  })
})

describe('what CXone says', () => {
  it.each([
    [{ success: false, message: 'Bad role', error: 'Bad role' }, 'Bad role'],
    [{ error: 'invalid', errorDescription: 'The key is wrong' }, 'The key is wrong; invalid'],
    [{ code: 'E1', details: ['a', 'b'], entityType: 'USER' }, 'a; b; E1'],
    [{ errors: [{ message: 'too long' }, { field: 'firstName' }] }, 'too long; field: firstName'],
    ['plain words', 'plain words'],
    ['<!DOCTYPE html><html>…', 'a web page instead of JSON'],
    ['', ''],
    [{}, ''],
  ])('in %j is %j', (body, said) => {
    expect(sayings(typeof body === 'string' ? body : JSON.stringify(body))).toBe(said)
  })

  it('is one line of bounded length, whatever comes', () => {
    expect(sayings(JSON.stringify({ message: 'a\n'.repeat(5_000) })).length).toBeLessThanOrEqual(300)
    expect(sayings(JSON.stringify({ message: 'a\n\tb' }))).toBe('a b')
  })
})
