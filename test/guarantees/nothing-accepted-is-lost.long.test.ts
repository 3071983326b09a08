import { expect, test } from 'vitest'
import { runSeed, THREE_PROVIDERS } from './nothing-accepted-is-lost.ts'

const SEEDS = Array.from({ length: 20 }, (_, index) => index + 1)

test.for(SEEDS)('nothing accepted is lost, whoever is killed (seed %i of 20)', { timeout: 600_000 }, async (seed) => {
  const { findings, pushes, kills, summary } = await runSeed(seed)
  console.log(summary)
  expect(findings.join('\n\n')).toBe('')
  expect(pushes).toBe(300)
  expect(kills).toBeGreaterThanOrEqual(3)
})

test.for(SEEDS.slice(0, 10))(
  'nothing is lost that three waiting providers were told of, in chaos (seed %i)',
  { timeout: 600_000 },
  async (seed) => {
    const { findings, pushes, kills, summary } = await runSeed(seed + 100, THREE_PROVIDERS)
    console.log(summary)
    expect(findings.join('\n\n')).toBe('')
    expect(pushes).toBe(300)
    expect(kills).toBeGreaterThanOrEqual(3)
  },
)
