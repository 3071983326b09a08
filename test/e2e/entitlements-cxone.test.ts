/** What CXone has to give, as a reading of it ends up in the store. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entitlementPage } from '../../src/contract/entitlement.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { until } from '../support/wait.ts'

let cxone: TestCxone
let rollcall: TestRollcall
beforeAll(async () => {
  cxone = await startCxoneForTest()
  rollcall = await startRollcallForTest({ apps: [cxone.app] })
})
afterAll(async () => {
  await rollcall.close()
  await cxone.close()
})

test('every kind it has is read whole, and the role and team of the defaults are named', async () => {
  const look = async () => {
    const headers = { authorization: `Bearer ${rollcall.apiKey}` }
    const answer = await fetch(`${rollcall.address}/api/v1/apps/cxone-na1/entitlements?limit=200`, { headers })
    return entitlementPage.parse(await answer.json())
  }
  const { items, listings } = await until(look, (page) => page.listings.length === 6)
  expect(listings.map(({ kind, verdict, why }) => ({ kind, verdict, why }))).toEqual(
    ['authenticator', 'group', 'role', 'security-profile', 'skill', 'team'].map((kind) => ({
      kind,
      verdict: 'whole',
      why: null,
    })),
  )
  const named = items.filter(({ usedBy }) => usedBy.length > 0)
  expect(named.map(({ kind, name, usedBy }) => [kind, name, ...usedBy])).toEqual([
    ['role', 'Agent', 'defaults.role'],
    ['team', 'Default Team', 'defaults.team'],
  ])
})
