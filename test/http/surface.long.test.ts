import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { fuzzSurface } from './surface.ts'

let rollcall: TestRollcall
beforeAll(async () => {
  rollcall = await startRollcallForTest()
})
afterAll(() => rollcall.close())

/** Bytes in use once everything that can be freed is. */
function heap(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

const seed = Math.trunc(Math.random() * 2 ** 31)

test(`thousands of requests at random: no fault, no growth (seed ${seed})`, async () => {
  await fuzzSurface(rollcall, { runs: 2_000, seed })
  const before = heap()
  await fuzzSurface(rollcall, { runs: 10_000, seed: seed + 1 })
  expect(heap() - before).toBeLessThan(40_000_000)
}, 900_000)
