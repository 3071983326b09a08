import { expect, test } from 'vitest'
import { runSeed } from './nothing-accepted-is-lost.ts'

const SEEDS = [1, 2, 3]

// At the same time: most of a course is waiting for something to come up again.
test.concurrent.for(SEEDS)(
  'nothing accepted is lost, whoever is killed (seed %i)',
  { timeout: 600_000 },
  async (seed) => {
    const { findings, pushes, kills, summary } = await runSeed(seed)
    console.log(summary)
    expect(findings.join('\n\n')).toBe('')
    expect(pushes).toBe(300)
    expect(kills).toBeGreaterThanOrEqual(3)
  },
)
