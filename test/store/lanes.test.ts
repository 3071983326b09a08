import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pauseApp, readOutlook } from '../../src/store/apps.ts'
import type { Db, Queryable } from '../../src/store/db.ts'
import { leaseDeliveries } from '../../src/store/leases.ts'
import { openTestWorld, tenant, type TestWorld } from './world.ts'

const APP = { tenant: 'acme', app: 'cxone' }
const PEOPLE = 20_000
/** Deactivations and what is waited for, spread over the backlog. */
const LEAVERS = 20
const ASKED = 20

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'])])
  await world.db.query(
    `insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, active, document, created_at, modified_at)
     select 'acme', 'okta', gen_random_uuid(), gen_random_uuid(), 'u' || n, 'u' || n, true, '{}', now(), now() from generate_series(1, $1::int) as n`,
    [PEOPLE],
  )
  await world.db.query(
    `insert into delivery (tenant_id, app_id, subject, connection_id, identity_id, next_at, urgency)
     select tenant_id, 'cxone', 'name:' || user_name_key, connection_id, id, now() - interval '1 hour' + make_interval(secs => seq / 10.0),
            case when seq % ($1::int / $2::int) = 0 then 2 when seq % ($1::int / $3::int) = 1 then 1 else 0 end
     from identity`,
    [PEOPLE, LEAVERS, ASKED],
  )
  await world.db.query('analyze')
})
afterAll(() => world.close())

test('of 20,000 that are due the urgent ones are leased first, then what is waited for, then the oldest', async () => {
  const lease = async (limit: number) =>
    (await leaseDeliveries(world.db, APP, { limit, token: randomUUID() })).map(({ urgency }) => urgency)
  const first = await lease(LEAVERS + ASKED + 5)
  expect(first).toEqual([
    ...Array.from({ length: LEAVERS }, () => 2),
    ...Array.from({ length: ASKED }, () => 1),
    ...Array.from({ length: 5 }, () => 0),
  ])
  await world.db.query('update delivery set lease_until = null, lease_token = null')
})

interface Node {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows'?: number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly Node[]
}
const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)]

/** What each statement of `act` did, as PostgreSQL tells; none of it stays. */
async function plansOf(act: (db: Queryable) => Promise<unknown>): Promise<Node[][]> {
  const asked: { text: string; values: unknown[] }[] = []
  const query = ((statement: { text: string; values: unknown[] }) => {
    asked.push(statement)
    return world.db.query(statement)
  }) as Queryable['query']
  await act({ query } satisfies Pick<Db, 'query'>)
  await world.db.query('update delivery set lease_until = null, lease_token = null where lease_token is not null')
  await world.db.query('update app set probe_until = null')
  const plans: Node[][] = []
  for (const { text, values } of asked) {
    const undone = world.db.transaction(async (tx) => {
      const { rows } = await tx.query<{ 'QUERY PLAN': [{ Plan: Node }] }>(
        `explain (analyze, format json) ${text}`,
        values,
      )
      for (const row of rows) plans.push(nodesOf(row['QUERY PLAN'][0].Plan))
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
  }
  return plans
}

const touchedRows = (node: Node): number => (node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)

function expectByIndex(plans: readonly Node[][]): void {
  expect(plans.length).toBeGreaterThan(0)
  for (const nodes of plans) {
    const onDelivery = nodes.filter((node) => node['Relation Name'] === 'delivery')
    expect(onDelivery.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([])
    expect(nodes.filter((node) => node['Node Type'] === 'Sort')).toEqual([])
    expect(Math.max(0, ...onDelivery.map(touchedRows))).toBeLessThan(100)
  }
}

test('a lease reads the rows it takes, by their index, and sorts nothing', async () => {
  const plans = await plansOf((db) => leaseDeliveries(db, APP, { limit: 4, token: randomUUID(), failedFirst: true }))
  expectByIndex(plans)
  expect(plans.flat().map((node) => node['Index Name'])).toContain('delivery_due')
})

test('the outlook costs the same whatever waits below', async () => {
  const plans = await plansOf((db) => readOutlook(db, APP))
  expectByIndex(plans)
  expect(await readOutlook(world.db, APP)).toEqual({ open: false, backlog: LEAVERS + ASKED })
})

test('the one that tries for all is found the same way', async () => {
  await pauseApp(world.db, APP, { why: 'down', longest: 10 })
  await world.db.query(`update app set paused_until = now() - interval '1 second'`)
  const plans = await plansOf((db) => leaseDeliveries(db, APP, { limit: 4, token: randomUUID() }))
  expectByIndex(plans)
})
