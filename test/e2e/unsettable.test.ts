/** A licence that CXone accepts and leaves as it was: everything else is delivered, and a person is told what is left. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { app as appSchema, type App } from '../../src/contract/app.ts'
import { deliveryPage, type Delivery } from '../../src/contract/delivery.ts'
import { policyTest, type PolicyTestAnswer } from '../../src/contract/policy.ts'
import { openDb, type Db } from '../../src/store/db.ts'
import { reviveDeliveries } from '../../src/store/deliveries.ts'
import { rollcall as command } from '../cli/terminal.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { scimClient, userOf } from '../support/scim.ts'
import { until } from '../support/wait.ts'
import { receiveWebhooks, WEBHOOK_SECRET, type WebhookReceiver } from '../support/webhook-receiver.ts'

// Only ends what would never end.
vi.setConfig({ testTimeout: 60_000 })

const LICENCE = { DIGITAL: [{ name: 'Digital Engagement', values: ['true'], objects: [] }] }
const PACE = { look: 0.05, find: 60, gather: 0.1, quiet: 0.1, again: 600, probe: 60 }

let cxone: TestCxone
let rollcall: TestRollcall
let db: Db
let hook: WebhookReceiver
beforeAll(async () => {
  hook = await receiveWebhooks()
  cxone = await startCxoneForTest({ entry: { settings: { mirrorSeconds: 0.2, readLagSeconds: 0.2 } } })
  await cxone.control('PUT', '/switches', { putLicence: 'ignored', createAttributes: 'ignored' })
  const template = (await cxone.state()).users.find(({ status }) => status === 'ACTIVE')
  if (template === undefined) throw new Error('the simulator is empty')
  await cxone.control('PUT', `/users/${template.id}`, { billable: true, applicationAttributes: LICENCE })
  await cxone.control('POST', '/mirror/catch-up')
  rollcall = await startRollcallForTest({
    apps: [{ ...cxone.app, policy: { rules: [{ name: 'all', give: { licence: template.userName } }] } }],
    alerts: [{ id: 'ops-hook', type: 'webhook', url: hook.url, secret: { value: WEBHOOK_SECRET } }],
    alertPace: PACE,
  })
  db = openDb(rollcall.databaseUrl, { max: 1 })
})
afterAll(async () => {
  await db.close()
  await rollcall.close()
  await cxone.close()
  await hook.close()
})

const api = async (path: string, body?: object): Promise<unknown> => {
  const answer = await fetch(`${rollcall.address}/api/v1${path}`, {
    headers: { authorization: `Bearer ${rollcall.apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  })
  return answer.json()
}
const shown = async (): Promise<App> => appSchema.parse(await api('/apps/cxone-na1'))
const deliveries = async (): Promise<readonly Delivery[]> => deliveryPage.parse(await api('/deliveries')).items
const tried = async (userName: string): Promise<PolicyTestAnswer> =>
  policyTest.parse(await api('/apps/cxone-na1/policy/test', { userName }))
const told = (): readonly unknown[] => hook.received.map(({ body }) => [body.type, body.data['kind']])
const openItems = (enough: (items: App['openItems']) => boolean): Promise<App> =>
  until(shown, (app) => enough(app.openItems), 30_000)
/** A look at everybody that is left, without waiting for tomorrow. */
const tomorrow = async (): Promise<void> => {
  await db.query('update delivery set recheck_at = now() where recheck_at is not null')
  await reviveDeliveries(db)
}

test('is one item however many it is about, told once, shown wherever somebody looks, and over once a person has set it', async () => {
  const scim = scimClient(rollcall.base, rollcall.scimToken)
  const ids: string[] = []
  for (const name of ['ann', 'bea', 'cid']) {
    const made = await scim('POST', '/Users', userOf(`${name}@example.com`))
    ids.push(made.body.id)
  }
  const { openItems: items } = await openItems((all) => all[0]?.waiting === 3)
  expect(items).toEqual([
    expect.objectContaining({
      kind: 'not-settable',
      about: 'licence',
      fix: expect.stringMatching(/all else of these people is delivered.*under Employees.*delivery list/s),
    }),
  ])
  const rows = await until(deliveries, (all) => all.every(({ state }) => state === 'delivered'))
  expect(rows[0]?.detail).toMatch(/licence stays as it is.*Digital Engagement.*is wanted.*under Employees/s)
  expect((await tried('ann@example.com')).diff).toEqual([
    expect.objectContaining({ change: 'by-hand', attribute: 'licence', detail: expect.stringContaining('Employees') }),
  ])
  const env = { ROLLCALL_URL: rollcall.address, ROLLCALL_API_KEY: rollcall.apiKey }
  expect((await command(['app', 'show', 'cxone-na1'], { env })).out).toMatch(/not-settable licence +3 /)
  await until(
    async () => told(),
    (all) => all.length > 0,
  )

  // Whoever changes for another reason still lacks it, though the policy gives it to new people only; whoever leaves does not.
  await scim('PUT', `/Users/${ids[0]}`, {
    ...userOf('ann@example.com'),
    name: { givenName: 'Anna', familyName: 'Lee' },
  })
  await scim('DELETE', `/Users/${ids[1]}`)
  await openItems((all) => all[0]?.waiting === 2)
  await until(deliveries, (all) => all.every(({ wanted, delivered }) => wanted === delivered))
  expect((await shown()).openItems[0]?.waiting).toBe(2)

  const ann = await cxone.userNamed('ann@example.com')
  await cxone.control('PUT', `/users/${ann?.id}`, { billable: true, applicationAttributes: LICENCE })
  await cxone.control('POST', '/mirror/catch-up')
  await tomorrow()
  await openItems((all) => all[0]?.waiting === 1)
  const cid = await cxone.userNamed('cid@example.com')
  await cxone.control('PUT', `/users/${cid?.id}`, { billable: true, applicationAttributes: LICENCE })
  await cxone.control('POST', '/mirror/catch-up')
  await tomorrow()
  expect((await openItems((all) => all.length === 0)).openItems).toEqual([])
  expect((await tried('ann@example.com')).diff).toEqual([])
  await until(
    async () => told(),
    (all) => all.length > 1,
  )
  expect(told()).toEqual([
    ['open-item.opened', 'not-settable'],
    ['open-item.resolved', 'not-settable'],
  ])
})
