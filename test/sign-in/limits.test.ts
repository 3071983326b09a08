import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { until } from '../support/wait.ts'
import { ask, bearer, grant, openStage, type Instance, type Stage } from './stage.ts'

// Only ends what would never end.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const SLOW = 'slow-token-0123456789'
const NEXT = 'slow-next-0123456789'
const FREE = 'free-token-0123456789'
const connections = [
  {
    id: 'slow',
    requestsPerSecond: 4,
    tokens: [{ value: SLOW }, { value: NEXT }],
    oauth: { clientId: 'slow-client', secrets: [{ value: 'slow-secret-0123456789' }] },
  },
  { id: 'free', tokens: [{ value: FREE }, { value: 'late-token-0123456789' }] },
]

let stage: Stage
let one: Instance
beforeAll(async () => {
  stage = await openStage()
  one = await stage.start(connections)
})
afterAll(() => stage.close())

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index)

describe('a connection that is asked too fast', () => {
  test('hears 429 with whole seconds and in SCIM form, whichever token it uses, and goes on afterwards', async () => {
    const answers = await Promise.all(range(20).map((n) => ask(one, bearer(n % 2 === 0 ? SLOW : NEXT))))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(4)
    expect(answers).toHaveLength(refused.length + answers.filter(({ status }) => status === 200).length)
    for (const { headers, body } of refused) {
      expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
      expect(headers.get('content-type')).toMatch(/^application\/scim\+json/)
      expect(body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '429' })
    }
    expect((await ask(one, bearer(FREE))).status).toBe(200)
    await pause(1_000 * Number(refused.at(-1)?.headers.get('retry-after')))
    expect((await ask(one, bearer(SLOW))).status).toBe(200)
  })

  test('and one that fetches too many access tokens', async () => {
    const client = {
      grant_type: 'client_credentials',
      client_id: 'slow-client',
      client_secret: 'slow-secret-0123456789',
    }
    const answers = await Promise.all(range(12).map(() => grant(one, client)))
    const refused = answers.find(({ status }) => status === 429)
    expect(refused?.body['error']).toBe('temporarily_unavailable')
    expect(refused?.headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
  })
})

test('an address that fails a thousand times is told to wait; a token works from there, seen before or not', async () => {
  expect((await ask(one, bearer(FREE))).status).toBe(200)
  const statuses = new Map<number, number>()
  const began = performance.now()
  for (const block of range(20)) {
    const answers = await Promise.all(range(50).map((n) => ask(one, bearer(`wrong-${block}-${n}`))))
    for (const { status, headers } of answers) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === 429) expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
    }
    // A valid token among them is never refused.
    expect((await ask(one, bearer(FREE))).status).toBe(200)
  }
  expect(new Set(statuses.keys())).toEqual(new Set([401, 429]))
  // Three hundred, and one more a second: never as many as come at once where one is forgiven.
  expect(statuses.get(401)).toBeLessThanOrEqual(301 + (performance.now() - began) / 1_000)
  expect((await ask(one, bearer('late-token-0123456789'))).status).toBe(200)
  const wrong = { grant_type: 'client_credentials', client_id: 'slow-client', client_secret: 'wrong' }
  // On a slow machine a failure or two may have been forgiven meanwhile.
  await until(
    () => grant(one, wrong),
    ({ status }) => status === 429,
  )
  const right = { ...wrong, client_secret: 'slow-secret-0123456789' }
  const granted = await until(
    () => grant(one, right),
    ({ status }) => status === 200,
  )
  expect(granted.status).toBe(200)
})
