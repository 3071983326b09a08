import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { CatalogueEntry, Connector, Page } from '../../src/connectors/contract.ts'
import { listEntitlements } from '../../src/store/views/entitlements.ts'
import { openEntitlementEngine, type EntitlementEngine } from '../../src/workflows/entitlement-engine.ts'
import { openTestWorld, tenant, type TestWorld } from '../store/world.ts'
import { until } from '../support/wait.ts'
import { APP, entry, openStage } from './stage.ts'

let world: TestWorld
const purposes: { urgency: number }[] = []
/** Listings that were asked for, each to be answered by the test. */
let asked: ((page: Page<CatalogueEntry>) => void)[] = []
const faults: unknown[] = []
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'])])
})
afterAll(() => world.close())
beforeEach(async () => {
  asked = []
  purposes.length = 0
  await world.db.query('truncate entitlement, entitlement_reading, entitlement_listing')
})

function openEngine(): EntitlementEngine {
  const { connector: plain } = openStage()
  const listing = (): Promise<Page<CatalogueEntry>> =>
    new Promise((resolve) => {
      asked.push(resolve)
    })
  const connector: Connector = {
    ...plain,
    capabilities: { ...plain.capabilities, entries: ['role'] },
    read: listing as Connector['read'] & typeof listing,
  }
  return openEntitlementEngine({
    db: world.db,
    targets: new Map([['acme/cxone', { connector }]]),
    minutes: () => 15,
    mentionsOf: async () => [],
    callingFor: (purpose, work) => {
      purposes.push(purpose)
      return work()
    },
    newId: randomUUID,
    log: { info: () => {}, warn: () => {} },
    onError: (error) => faults.push(error),
  })
}

const askedFor = (count: number) =>
  until(
    async () => asked.length,
    (so) => so >= count,
  )
const status = async () =>
  (
    await world.db.query<Record<string, unknown>>(
      'select failures, next_at > now() as later, lease_token is not null as leased from entitlement_reading',
    )
  ).rows[0]
const names = async () => (await listEntitlements(world.db, { ...APP, limit: 9 })).items.map(({ name }) => name)

test('two processes never read an app at the same time, in the lowest lane, and again when its time has come', async () => {
  const engines = [openEngine(), openEngine()]
  await askedFor(1)
  await world.db.query('select pg_sleep(2.5)')
  expect(asked).toHaveLength(1)
  expect(purposes.map(({ urgency }) => urgency)).toEqual([0])
  asked[0]?.({ records: [entry('r1', 'Agent')], verdict: 'partial', why: 'some are missing' })
  // The other has asked when it started, after this reading had begun: it is read once more.
  await until(
    async () => [await status(), asked.length] as const,
    ([row, so]) => so > 1 || row?.['leased'] === false,
  )
  asked[1]?.({ records: [entry('r1', 'Agent')], verdict: 'partial', why: 'some are missing' })
  await until(status, (row) => row?.['leased'] === false)
  expect(await status()).toMatchObject({ later: true, leased: false })
  expect(Number((await status())?.['failures'])).toBeGreaterThan(0)
  const before = asked.length
  await world.db.query('update entitlement_reading set next_at = now()')
  await askedFor(before + 1)
  asked[before]?.({ records: [entry('r1', 'Agents')], verdict: 'whole' })
  await until(status, (row) => row?.['failures'] === 0)
  expect(await status()).toEqual({ failures: 0, later: true, leased: false })
  expect(await names()).toEqual(['Agents'])
  for (const engine of engines) await engine.close()
  expect(faults).toEqual([])
})

test('a process that ends does not wait for a listing under way, gives the reading back, and drops what comes', async () => {
  const engine = openEngine()
  await askedFor(1)
  await engine.close()
  expect(await status()).toEqual({ failures: 0, later: false, leased: false })
  asked[0]?.({ records: [entry('r9', 'Late')], verdict: 'whole' })
  const next = openEngine()
  await askedFor(2)
  asked[1]?.({ records: [entry('r1', 'Agent')], verdict: 'whole' })
  await until(status, (row) => row?.['later'] === true)
  await next.close()
  expect(await names()).toEqual(['Agent'])
  expect(faults).toEqual([])
})
