import { METHODS } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sendRaw, type RawAnswer } from '../e2e/raw-http.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'

let rollcall: TestRollcall
beforeAll(async () => {
  rollcall = await startRollcallForTest({ profile: 'generic' })
})
afterAll(() => rollcall.close())

const send = (
  method: string,
  target: string,
  ...headers: readonly (readonly [string, string])[]
): Promise<RawAnswer | undefined> => {
  const { hostname, port } = new URL(rollcall.base)
  const all = [['authorization', `Bearer ${rollcall.scimToken}`] as const, ...headers]
  return sendRaw({ host: hostname, port: Number(port) }, { method, target, headers: all })
}

const bodyOf = (answer: RawAnswer | undefined): unknown => JSON.parse(answer?.body ?? '')

/** `CONNECT` asks for a tunnel, so it never becomes a request. */
const EVERY = METHODS.filter((method) => method !== 'CONNECT')

describe('a method that an address does not take', () => {
  test.each([
    ['/scim/v2/Users', 'GET, POST'],
    ['/scim/v2/Groups/1', 'GET, PUT, PATCH, DELETE'],
    ['/scim/v2/Bulk', 'POST'],
    ['/scim/v2/Schemas', 'GET'],
  ])('is 405 at %s and says which do', async (target, allow) => {
    const taken = [...allow.split(', '), 'HEAD', 'OPTIONS']
    for (const method of EVERY.filter((one) => !taken.includes(one))) {
      const answer = await send(method, target)
      expect([method, answer?.status, answer?.headers['allow']]).toEqual([method, 405, allow])
      expect(bodyOf(answer)).toMatchObject({ status: '405', detail: expect.stringContaining(allow) })
      expect(answer?.headers['content-type']).toMatch(/^application\/scim\+json/)
    }
  })

  test('is 404 where there is nothing, in the form of the address', async () => {
    for (const method of EVERY.filter((one) => one !== 'HEAD')) {
      const [scim, other] = [await send(method, '/scim/v2/Nothing'), await send(method, '/nothing')]
      expect([method, scim?.status, other?.status]).toEqual([method, ...(method === 'QUERY' ? [400, 400] : [404, 404])])
      expect(scim?.headers['content-type']).toMatch(/^application\/scim\+json/)
      expect(other?.headers['content-type']).toMatch(/^application\/problem\+json/)
    }
  })
})

test.each([
  ['a method that HTTP does not have', 'FOO', []],
  [
    'two lengths',
    'POST',
    [
      ['content-length', '5'],
      ['content-length', '6'],
    ],
  ],
  [
    'a length and pieces',
    'POST',
    [
      ['content-length', '5'],
      ['transfer-encoding', 'chunked'],
    ],
  ],
  ['a length below nothing', 'POST', [['content-length', '-1']]],
  ['a length that is none', 'POST', [['content-length', 'x']]],
  ['a coding that nobody knows', 'POST', [['transfer-encoding', 'gzip']]],
] as const)('a request with %s is refused in SCIM form', async (_, method, headers) => {
  const answer = await send(method, '/scim/v2/Users', ...headers)
  expect(answer?.status).toBe(400)
  expect(answer?.headers['content-type']).toMatch(/^application\/scim\+json/)
  expect(bodyOf(answer)).toMatchObject({ status: '400', detail: expect.any(String) })
})
