/** A policy that is tried on somebody whose account is in CXone: the words of the app, not its ids. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { entitlementPage } from '../../src/contract/entitlement.ts'
import { policyTest, type PolicyTestAnswer } from '../../src/contract/policy.ts'
import { rollcall as command } from '../cli/terminal.ts'
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

const api = (path: string, body?: object): Promise<Response> =>
  fetch(`${rollcall.address}/api/v1/apps/cxone-na1${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${rollcall.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
const tried = async (body: object): Promise<PolicyTestAnswer> => {
  const answer = await api('/policy/test', body)
  expect(answer.status).toBe(200)
  return policyTest.parse(await answer.json())
}
const scim = async (path: string, body: object): Promise<void> => {
  const answer = await fetch(rollcall.base + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${rollcall.scimToken}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify(body),
  })
  expect(answer.status).toBe(201)
}

test('the difference is told by names, found and wanted, and nothing is written', async () => {
  const entries = await until(
    async () => entitlementPage.parse(await (await api('/entitlements?limit=200')).json()),
    ({ listings }) => listings.length === 6,
  )
  const userName = 'ann.lee@example.com'
  await scim('/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    active: true,
    name: { givenName: 'Ann', familyName: 'Lee' },
    emails: [{ value: userName, primary: true }],
  })
  await until(
    () => cxone.userNamed(userName),
    (user) => user !== undefined,
  )
  const team = entries.items.find(
    ({ kind, name, state }) => kind === 'team' && state === 'active' && name !== 'Default Team',
  )
  if (team === undefined) throw new Error('the simulator has one team only')
  const document = { owns: { team: 'always' }, rules: [{ name: 'all', give: { team: team.name } }] }
  const before = (await cxone.userNamed(userName)) ?? {}
  const answer = await until(
    () => tried({ userName, document }),
    ({ target }) => target.state === 'read',
  )
  expect(answer.diff).toContainEqual({
    change: 'update',
    attribute: 'team',
    found: 'Default Team',
    wanted: team.name,
    detail: null,
  })
  expect(await cxone.userNamed(userName)).toEqual(before)
  await cxone.outage(60)
  const shown = await command(['policy', 'test', userName, '--app', 'cxone-na1'], {
    env: { ROLLCALL_URL: rollcall.address, ROLLCALL_API_KEY: rollcall.apiKey },
  })
  expect(shown.out).toContain('The account was not looked at: ')
  expect(shown.out).toContain('an account is for them')
})
