import { expect, test } from 'vitest'
import { runSeed } from './nothing-accepted-is-lost.ts'

const SEEDS = [1, 2, 3]

// At the same time: most of a course is waiting for something to come up again.
test.concurrent.for(SEEDS)(
  'nothing accepted is lost, whoever is killed (seed %i)',
  { timeout: 600_000 },
  async (seed) => {
    const { findings, figures } = await runSeed(seed)
    console.log(`seed ${seed}:`, JSON.stringify(figures))
    expect(findings.join('\n\n')).toBe('')
    expect(figures.pushes).toBe(300)
    expect(figures.kills).toBeGreaterThanOrEqual(3)
  },
)
