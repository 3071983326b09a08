import { expect, test } from 'vitest'
import { playChaos } from './chaos-story.ts'

const HARDNESS = { people: 24, intensity: 0.15, calls: 6, retryAfterSeconds: 1 }
const seeds = Array.from({ length: 20 }, (_, index) => 101 + index)

test.each(seeds)(
  'people end as the policy wants them whatever strikes CXone, by seed %i',
  async (seed) => {
    const { wrong, left } = await playChaos(seed, HARDNESS)
    expect({ wrong, left }).toEqual({ wrong: [], left: [] })
  },
  600_000,
)
