import { expect, test } from 'vitest'
import { playChaos } from './chaos-story.ts'

/** Few strikes, since every one of them stops the app until it is tried again; the long form tries more, and twenty seeds. */
const HARDNESS = { intensity: 0.06, calls: 2, retryAfterSeconds: 0 }

test.each([1, 2])(
  'thirty people end as they were wanted whatever strikes CXone, by seed %i',
  async (seed) => {
    const { wrong, left, struck, callsPerPerson } = await playChaos(seed, HARDNESS)
    expect({ wrong, left }).toEqual({ wrong: [], left: [] })
    expect(Object.keys(struck).length).toBeGreaterThan(5)
    expect(callsPerPerson).toBeGreaterThan(1)
  },
  120_000,
)
