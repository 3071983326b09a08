/** Entra's job plays its whole story against the product in both dialects, and what Entra believes is what is stored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { playedClock } from '../../sim/idp/clock.ts'
import { EntraProvider } from '../../sim/idp/entra/provider.ts'
import { playEntraStory } from '../../sim/idp/entra/story.ts'
import { people } from '../../sim/idp/people.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { groupDisagreements } from './group-agreement.ts'

let rollcall: TestRollcall

beforeAll(async () => {
  rollcall = await startRollcallForTest({ profile: 'entra' })
})

afterAll(() => rollcall.close())

describe('the story of an Entra application', () => {
  it.each([
    ['default', 120],
    ['aadOptscim062020', 24],
  ] as const)('holds in the dialect %s, with %d people', async (dialect, count) => {
    const clock = playedClock()
    const provider = new EntraProvider({ base: rollcall.base, token: rollcall.scimToken, dialect, clock })
    const domain = `${dialect.toLowerCase()}.test`
    const steps = await playEntraStory(provider, { people: people({ count, seed: 4, domain }), groups: true, clock })
    provider.close()
    expect(provider.groupBeliefs()).toHaveLength(2)
    expect(
      await groupDisagreements({ base: rollcall.base, token: rollcall.scimToken }, provider.groupBeliefs()),
    ).toEqual([])
    expect(steps.filter((step) => !step.ok)).toEqual([])
    expect(steps).toHaveLength(16)
    expect(provider.job()).toMatchObject({ status: 'healthy', counts: { open: 0 } })
  })
})
