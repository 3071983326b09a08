/** Both of OneLogin's connectors play their whole story against the product, and what OneLogin believes is what is stored. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OneLoginProvider } from '../../sim/idp/onelogin/provider.ts'
import { playOneLoginStory } from '../../sim/idp/onelogin/story.ts'
import { people } from '../../sim/idp/people.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { groupDisagreements } from './group-agreement.ts'

let rollcall: TestRollcall

beforeAll(async () => {
  rollcall = await startRollcallForTest({ profile: 'onelogin' })
})

afterAll(() => rollcall.close())

describe('the story of a OneLogin connector', () => {
  it.each([
    ['core', 'suspend', 'delete'],
    ['enterprise', 'delete', 'suspend'],
  ] as const)(
    'holds for the %s connector: suspended means %s, removed means %s',
    async (variant, onSuspend, onRemove) => {
      const { base, scimToken: token } = rollcall
      const provider = new OneLoginProvider({ base, token, variant, onSuspend, onRemove })
      const steps = await playOneLoginStory(provider, {
        people: people({ count: 30, seed: 4, domain: `${variant}.test` }),
        groups: true,
      })
      provider.close()
      expect(provider.groupBeliefs()).toHaveLength(2)
      expect(
        await groupDisagreements({ base: rollcall.base, token: rollcall.scimToken }, provider.groupBeliefs()),
      ).toEqual([])
      expect(steps.filter((step) => !step.ok)).toEqual([])
      expect(steps).toHaveLength(15)
    },
  )
})
