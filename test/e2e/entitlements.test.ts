/** What `rollcall serve` knows of an app before anybody is delivered to it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { app, type App } from '../../src/contract/app.ts'
import { entitlementPage } from '../../src/contract/entitlement.ts'
import { runStarted, runWithSteps } from '../../src/contract/run.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { until } from '../support/wait.ts'

let rollcall: TestRollcall
beforeAll(async () => {
  rollcall = await startRollcallForTest({
    apps: [{ id: 'target', type: 'memory', roles: ['Advisor'], defaults: { role: 'Agent', team: 'Default Team' } }],
    alertPace: { look: 0.1, find: 60, gather: 0, quiet: 0, again: 0, probe: 20 },
  })
})
afterAll(() => rollcall.close())

const ask = async (path: string, method = 'GET', body?: object): Promise<unknown> => {
  const headers = { authorization: `Bearer ${rollcall.apiKey}`, ...(body && { 'content-type': 'application/json' }) }
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  return (await fetch(`${rollcall.address}/api/v1${path}`, { method, headers, ...sent })).json()
}
const itemsOnce = async (are: (items: App['openItems']) => boolean): Promise<App['openItems']> => {
  const look = async (): Promise<App> => app.parse(await ask('/apps/target'))
  return (await until(look, ({ openItems }) => are(openItems))).openItems
}

test('it is read at the start, what its defaults name and it does not have is an open item, and it is read when asked', async () => {
  expect(await itemsOnce(({ length }) => length > 0)).toMatchObject([
    { kind: 'unknown-role', about: 'Agent', waiting: 0, fix: expect.stringContaining('It is named by defaults.role.') },
  ])
  const { items, listings } = entitlementPage.parse(await ask('/apps/target/entitlements'))
  expect(items.find(({ name }) => name === 'Default Team')).toMatchObject({ kind: 'team', usedBy: ['defaults.team'] })
  expect(listings.every(({ verdict }) => verdict === 'whole')).toBe(true)
  const { run } = runStarted.parse(await ask('/apps/target/entitlements/read', 'POST'))
  const ended = await until(
    async () => runWithSteps.parse(await ask(`/runs/${run}`)),
    ({ state }) => state === 'done' || state === 'failed',
  )
  expect(ended).toMatchObject({ state: 'done', result: { read: true } })
})

test('what a policy names is looked up as soon as it is saved', async () => {
  const give = { role: 'Advisor', skills: ['Sales', 'Juggling'] }
  const saved = await ask('/apps/target/policy', 'PUT', { document: { rules: [{ name: 'all', give }] } })
  expect(saved).toMatchObject({ version: 1 })
  const items = await itemsOnce((some) => some.some(({ kind }) => kind === 'unknown-skill'))
  expect(items.find(({ kind }) => kind === 'unknown-skill')).toMatchObject({
    about: 'Juggling',
    fix: expect.stringContaining('rules[0].give.skills'),
  })
  const { items: skills } = entitlementPage.parse(await ask('/apps/target/entitlements?kind=skill&search=sales'))
  expect(skills).toMatchObject([{ name: 'Sales', usedBy: [expect.stringContaining('rules[0].give.skills')] }])
})
