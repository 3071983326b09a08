import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { people } from './people.ts'

describe('the people of the played company', () => {
  it('are the same for one seed, and others for another', () => {
    expect(people({ count: 40, seed: 7 })).toEqual(people({ count: 40, seed: 7 }))
    expect(people({ count: 40, seed: 7 })).not.toEqual(people({ count: 40, seed: 8 }))
  })

  it('keep their place when the company grows', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(60), fc.integer(), (few, more, seed) => {
        expect(people({ count: few + more, seed }).slice(0, few)).toEqual(people({ count: few, seed }))
      }),
      { numRuns: 30 },
    )
  })

  it('have logins that are unique without regard to case, printable ASCII, and one mail address each', () => {
    const all = people({ count: 1_000, seed: 1 })
    expect(new Set(all.map((one) => one.userName.toLowerCase())).size).toBe(1_000)
    expect(new Set(all.map((one) => one.key)).size).toBe(1_000)
    for (const one of all) {
      expect(one.userName).toMatch(/^[a-z0-9'.-]+@acme\.test$/)
      expect(one.email).toBe(one.userName)
      expect(one.givenName).not.toBe('')
      expect(one.familyName).not.toBe('')
    }
  })

  it('come from many places and write their names in their own script', () => {
    const all = people({ count: 200, seed: 3 })
    expect(new Set(all.map((one) => one.locale)).size).toBeGreaterThan(8)
    for (const script of [/\p{Script=Greek}/u, /\p{Script=Han}/u, /\p{Script=Arabic}/u, /[şığ]/u, /ß/u, /'/u]) {
      expect(all.some((one) => script.test(one.displayName))).toBe(true)
    }
  })
})
