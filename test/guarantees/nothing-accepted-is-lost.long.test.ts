import { expect, test } from 'vitest'
import { runSeed } from './nothing-accepted-is-lost.ts'

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1)

test.for(SEEDS)('nothing accepted is lost, whoever is killed (seed %i of 20)', { timeout: 600_000 }, async (seed) => {
  const { findings, figures } = await runSeed(seed)
  console.log(`seed ${seed}:`, JSON.stringify(figures))
  expect(findings.join('\n\n')).toBe('')
  expect(figures.pushes).toBe(300)
  expect(figures.kills).toBeGreaterThanOrEqual(3)
})
