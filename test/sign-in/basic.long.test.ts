import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { ask, basic, bearer, openStage, type Stage } from './stage.ts'

// Only ends what would never end.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 })

const PASSWORD = 'the only password'
const connections = [
  { id: 'okta', profile: 'okta', basic: { username: 'rollcall-okta', passwords: [{ value: PASSWORD }] } },
  { id: 'other', tokens: [{ value: 'other-token-0123456789' }] },
]

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage.close())

test('whoever guesses is told to wait, while the right password and every token of the same address still work', async () => {
  const three = await stage.start(connections)
  expect((await ask(three, basic('rollcall-okta', PASSWORD))).status).toBe(200)
  const guesses = await Promise.all(
    Array.from({ length: 14 }, (_, guess) => ask(three, basic('rollcall-okta', `guess ${guess}`))),
  )
  const refused = guesses.filter(({ status }) => status === 429)
  expect(refused.length).toBeGreaterThan(0)
  expect(guesses.filter(({ status }) => status === 401)).toHaveLength(guesses.length - refused.length)
  for (const { headers } of refused) expect(headers.get('retry-after')).toMatch(/^[1-9]\d*$/)
  expect((await ask(three, basic('rollcall-okta', PASSWORD))).status).toBe(200)
  expect((await ask(three, bearer('other-token-0123456789'))).status).toBe(200)
  await three.close()
})

test('many requests at once after a start are one check', async () => {
  const four = await stage.start(connections)
  const answers = await Promise.all(Array.from({ length: 40 }, () => ask(four, basic('rollcall-okta', PASSWORD))))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  await four.close()
})
