/** An API that changes under a running product, from the answer of a call to the open item and back. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rollcall, type Call } from '../cli/terminal.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { until } from '../support/wait.ts'

let cxone: TestCxone
let product: TestRollcall
beforeAll(async () => {
  cxone = await startCxoneForTest({ users: 10 })
  product = await startRollcallForTest({ apps: [cxone.app] })
})
afterAll(async () => {
  await product.close()
  await cxone.close()
})

const run = (...words: string[]): Promise<Call> =>
  rollcall(['app', 'doctor', ...words], {
    env: { ROLLCALL_URL: product.address, ROLLCALL_API_KEY: product.apiKey },
    onSleep: () => sleep(20),
  })

test('an API that changes opens an item, which ends when it is as before, or when somebody takes it as it is', async () => {
  await run('cxone-na1')
  const items = async () =>
    (
      JSON.parse(
        (
          await rollcall(['app', 'show', 'cxone-na1', '--json'], {
            env: { ROLLCALL_URL: product.address, ROLLCALL_API_KEY: product.apiKey },
          })
        ).out,
      ) as { openItems: { kind: string; fix: string }[] }
    ).openItems
  await cxone.control('PUT', '/switches', { creationDate: 'epochMs' })
  const changed = await run('cxone-na1')
  expect([changed.exitCode, changed.out]).toEqual([
    0,
    expect.stringMatching(/Its API has changed\n.*creationDate was string, is number/),
  ])
  const [item] = await until(items, (found) => found.length > 0)
  expect(item).toMatchObject({
    kind: 'api-changed',
    fix: expect.stringMatching(/creationDate of .* was string and is number.*--accept/),
  })
  await cxone.control('PUT', '/switches', { creationDate: 'iso' })
  await run('cxone-na1')
  await until(items, (found) => found.length === 0)
  await cxone.control('PUT', '/switches', { creationDate: 'epochMs' })
  await run('cxone-na1')
  await until(items, (found) => found.length === 1)
  const taken = await run('cxone-na1', '--accept')
  expect(taken.out).not.toMatch(/has changed/)
  await until(items, (found) => found.length === 0)
  expect((await run('cxone-na1')).out).not.toMatch(/has changed/)
})
