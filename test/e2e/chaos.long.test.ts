import { expect, test } from 'vitest'
import { playChaos } from './chaos-story.ts'

const HARDNESS = { intensity: 0.15, calls: 6, retryAfterSeconds: 1 }
const seeds = Array.from({ length: 20 }, (_, index) => 101 + index)

test.each(seeds)(
  'thirty people end as they were wanted whatever strikes CXone, by seed %i',
  async (seed) => {
    const { wrong, left } = await playChaos(seed, HARDNESS)
    expect({ wrong, left }).toEqual({ wrong: [], left: [] })
  },
  300_000,
)
