import { expect, test } from 'vitest'
import { runSeed } from './nothing-accepted-is-lost.ts'

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1)

test.for(SEEDS)('nothing accepted is lost, whoever is killed (seed %i of 20)', { timeout: 600_000 }, async (seed) => {
  const { findings, pushes, kills, summary } = await runSeed(seed)
  console.log(summary)
  expect(findings.join('\n\n')).toBe('')
  expect(pushes).toBe(300)
  expect(kills).toBeGreaterThanOrEqual(3)
})
