import { expect, test } from 'vitest'
import { playChaos } from './chaos-story.ts'

/** Few people and strikes, since every one of them stops the app until it is tried again; the long form tries twenty seeds. */
const HARDNESS = { people: 6, intensity: 0.06, calls: 2, retryAfterSeconds: 0 }

test.each([1, 2])(
  'people end as the policy wants them whatever strikes CXone, by seed %i',
  async (seed) => {
    const { wrong, left, struck, callsPerPerson } = await playChaos(seed, HARDNESS)
    expect({ wrong, left }).toEqual({ wrong: [], left: [] })
    expect(Object.keys(struck).length).toBeGreaterThan(5)
    expect(callsPerPerson).toBeGreaterThan(1)
  },
  120_000,
)
