import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { fuzzSurface } from './surface.ts'

let rollcall: TestRollcall
beforeAll(async () => {
  rollcall = await startRollcallForTest()
})
afterAll(() => rollcall.close())

test('whatever is sent is answered in SCIM form, and never with a fault of ours', async () => {
  await fuzzSurface(rollcall, { runs: 300, seed: 20_261_124 })
  expect(await (await fetch(`${rollcall.address}/healthz`)).json()).toEqual({ status: 'ok' })
})
