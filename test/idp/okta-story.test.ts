/** Both families of Okta's apps play their whole story against the product, and what Okta believes is what is stored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OktaProvider } from '../../sim/idp/okta/provider.ts'
import { playStory } from '../../sim/idp/okta/story.ts'
import { people } from '../../sim/idp/people.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { groupDisagreements } from './group-agreement.ts'

let rollcall: TestRollcall

beforeAll(async () => {
  rollcall = await startRollcallForTest({ profile: 'okta' })
})

afterAll(() => rollcall.close())

describe('the story of an Okta application', () => {
  it.each(['oin', 'aiw'] as const)('holds for a %s app, with 120 people on two pages', async (family) => {
    const provider = new OktaProvider({ base: rollcall.base, token: rollcall.scimToken, family, retryScale: 0 })
    const steps = await playStory(provider, {
      people: people({ count: 120, seed: 4, domain: `${family}.test` }),
      groups: true,
    })
    provider.close()
    expect(provider.groupBeliefs()).toHaveLength(2)
    expect(
      await groupDisagreements({ base: rollcall.base, token: rollcall.scimToken }, provider.groupBeliefs()),
    ).toEqual([])
    expect(steps.filter((step) => !step.ok)).toEqual([])
    expect(steps).toHaveLength(15)
  })
})
