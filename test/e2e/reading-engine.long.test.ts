import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Connector, Page } from '../../src/connectors/contract.ts'
import { connect } from '../../src/connectors/memory/index.ts'
import { openTarget } from '../../src/connectors/memory/target.ts'
import type { Account } from '../../src/identity/account.ts'
import { openProtection } from '../../src/workflows/protection.ts'
import { openReadingEngine, type ReadingEngine } from '../../src/workflows/reading-engine.ts'
import { openTestWorld, tenant, type TestWorld } from '../store/world.ts'
import { until } from '../support/wait.ts'

let world: TestWorld
const purposes: { urgency: number }[] = []
/** Listings that were asked for, each to be answered by the test. */
let asked: ((page: Page<Account>) => void)[] = []
beforeAll(async () => {
  world = await openTestWorld()
  const acme = tenant('acme', ['cxone'])
  await world.declare([
    { ...acme, connections: acme.connections.map((one) => ({ ...one, showAccountsOf: ['cxone'] })) },
  ])
})
afterAll(() => world.close())

function openEngine(): ReadingEngine {
  const plain = connect(openTarget({ roles: [], teams: [] }, () => new Date()))
  const listing = (): Promise<Page<Account>> =>
    new Promise((resolve) => {
      asked.push(resolve)
    })
  const connector: Connector = { ...plain, read: listing as Connector['read'] & typeof listing }
  const protection = openProtection({
    connector: plain,
    adopt: 'matching',
    protect: { userNames: [] },
    now: () => new Date(),
  })
  return openReadingEngine({
    db: world.db,
    targets: new Map([
      ['acme/cxone', { connector, mode: 'enforce', defaults: {}, protection, policy: async () => undefined }],
    ]),
    minutes: () => 15,
    callingFor: (purpose, work) => {
      purposes.push(purpose)
      return work()
    },
    now: () => new Date(),
    newId: randomUUID,
    log: { info: () => {}, warn: () => {} },
    onError: (error) => {
      throw error
    },
  })
}
const status = async () =>
  (
    await world.db.query<Record<string, unknown>>(
      'select verdict, failures, next_at > now() as later, lease_token is not null as leased from account_reading',
    )
  ).rows[0]

test('two processes read an app once between them, in the lowest lane, and again when its time has come', async () => {
  const engines = [openEngine(), openEngine()]
  await until(
    async () => asked.length,
    (count) => count > 0,
  )
  await world.db.query('select pg_sleep(2.5)')
  expect(asked).toHaveLength(1)
  expect(purposes.map(({ urgency }) => urgency)).toEqual([0])
  asked[0]?.({ records: [], verdict: 'partial', why: 'some are missing' })
  await until(status, (row) => row?.['verdict'] === 'partial')
  expect(await status()).toEqual({ verdict: 'partial', failures: 1, later: true, leased: false })
  await world.db.query('update account_reading set next_at = now()')
  await until(
    async () => asked.length,
    (count) => count === 2,
  )
  asked[1]?.({ records: [], verdict: 'whole' })
  await until(status, (row) => row?.['verdict'] === 'whole')
  expect(await status()).toEqual({ verdict: 'whole', failures: 0, later: true, leased: false })
  for (const engine of engines) await engine.close()
})

test('a process that ends does not wait for a listing under way, gives the reading back, and drops what comes', async () => {
  asked = []
  await world.db.query(`update account_reading set next_at = now(), verdict = null`)
  const engine = openEngine()
  await until(
    async () => asked.length,
    (count) => count === 1,
  )
  await engine.close()
  expect(await status()).toEqual({ verdict: null, failures: 0, later: false, leased: false })
  asked[0]?.({ records: [{ id: 'a', state: 'active', attributes: { userName: 'late' } }], verdict: 'whole' })
  const next = openEngine()
  await until(
    async () => asked.length,
    (count) => count === 2,
  )
  asked[1]?.({ records: [], verdict: 'whole' })
  await until(status, (row) => row?.['verdict'] === 'whole')
  await next.close()
  expect((await world.db.query('select from identity')).rowCount).toBe(0)
})

test('an app that is to be left alone is not read until its pause is over', async () => {
  asked = []
  await world.db.query(`update app set paused_until = now() + interval '1 hour'`)
  await world.db.query(`update account_reading set next_at = now()`)
  const engine = openEngine()
  await world.db.query('select pg_sleep(2.5)')
  expect(asked).toHaveLength(0)
  await world.db.query(`update app set paused_until = null`)
  await until(
    async () => asked.length,
    (count) => count === 1,
  )
  asked[0]?.({ records: [], verdict: 'whole' })
  await engine.close()
})
