import { describe, expect, test } from 'vitest'
import { readTokenRequest } from './token-request.ts'

const read = (form: string, { authorization, query = '' }: { authorization?: string; query?: string } = {}) =>
  readTokenRequest({ authorization, form: new URLSearchParams(form), query: new URLSearchParams(query) })
const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`
const GRANT = 'grant_type=client_credentials'

describe('a request for an access token', () => {
  test('in the body means what stands there', () => {
    expect(read(`${GRANT}&client_id=a&client_secret=b%2Bc&scope=scim++users+scim&x=y`)).toEqual({
      clientId: 'a',
      secrets: ['b+c'],
      scopes: ['scim', 'users'],
    })
  })

  test.each([
    ['a:b', ['b']],
    ['a:b+c/d=', ['b c/d=', 'b+c/d=']],
    ['a:b%2Bc%2Fd%3D', ['b+c/d=', 'b%2Bc%2Fd%3D']],
    ['a:b&c=d', ['b&c=d']],
    ['a:50%', ['50%']],
    ['a:b:c', ['b:c']],
  ])('in the header, %j, is taken as it stands and as it may have been encoded', (pair, secrets) => {
    expect(read(GRANT, { authorization: basic(pair) })).toMatchObject({ clientId: 'a', secrets })
  })

  test('may name the client in the body too, if it is the same', () => {
    expect(read(`${GRANT}&client_id=a`, { authorization: basic('a:b') })).toMatchObject({ clientId: 'a' })
    expect(() => read(`${GRANT}&client_id=c`, { authorization: basic('a:b') })).toThrow('another client')
  })

  test.each([
    ['', {}, 'grant_type is missing.'],
    ['grant_type=refresh_token', {}, 'The only grant type here is client_credentials.'],
    [GRANT, {}, 'This client is not known here'],
    [`${GRANT}&client_id=a`, {}, 'This client is not known here'],
    [`${GRANT}&client_id=a&client_secret=`, {}, 'This client is not known here'],
    [GRANT, { authorization: basic('a:') }, 'This client is not known here'],
    [`${GRANT}&${GRANT}`, {}, 'grant_type is there more than once.'],
    [`${GRANT}&client_id=a&client_secret=${'x'.repeat(3_000)}`, {}, 'client_secret is too long.'],
    [`${GRANT}&client_id=a&client_secret=b`, { query: 'client_id=a' }, 'Send client_id in the body'],
  ])('%.60j is refused', (form, more, words) => {
    expect(() => read(form, more)).toThrow(words)
  })
})
