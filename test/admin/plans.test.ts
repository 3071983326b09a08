/** Each list of the admin API keeps to its indexes on big tables. */
import type { QueryConfig } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDb, type Db, type Queryable } from '../../src/store/db.ts'
import { listAccounts } from '../../src/store/views/accounts.ts'
import { findApiKey } from '../../src/store/views/api-keys.ts'
import { listApps, readApp } from '../../src/store/views/apps.ts'
import { listDeliveries } from '../../src/store/views/deliveries.ts'
import { exchangesAfter, listExchanges } from '../../src/store/views/exchanges.ts'
import { openItems } from '../../src/store/views/open-items.ts'
import { findPeople } from '../../src/store/views/people.ts'
import { listRuns, listRunSteps, readRun } from '../../src/store/views/runs.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { ACME, seedTenants } from './rows.ts'

const BIG = ['identity', 'delivery', 'event', 'scim_exchange', 'run', 'plan', 'link']

let database: TestDatabase
let db: Db
let identity = ''
beforeAll(async () => {
  database = await createTestDatabase()
  db = openDb(database.url, { max: 2 })
  await seedTenants(db)
  for (const statement of FILL) await db.query(statement)
  await db.query('analyze')
  const { rows } = await db.query<{ id: string }>(`select id from identity where tenant_id = 'acme' limit 1`)
  identity = rows[0]?.id ?? ''
}, 120_000)
afterAll(async () => {
  await db.close()
  await database.drop()
})

const PEOPLE = 'tenant cross join generate_series(1, 8000) as n'
const FILL = [
  `insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, active, document, created_at, modified_at)
   select tenant.id, 'okta', gen_random_uuid(), gen_random_uuid(), 'user' || n, 'user' || n, true, '{}', now(), now() from ${PEOPLE}`,
  `insert into delivery (tenant_id, app_id, subject, connection_id, identity_id, wanted, delivered, state)
   select identity.tenant_id, 'cxone-na1', 'account:' || identity.seq, 'okta', identity.id, 1,
     case when identity.seq % 50 < 4 then 0 else 1 end,
     case identity.seq % 50 when 0 then 'due' when 1 then 'retrying' when 2 then 'refused' when 3 then 'disputed' else 'delivered' end
   from identity`,
  `insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id, origin)
   select tenant_id, 'cxone-na1', 'okta', id, 'linked', seq::text, 'created' from identity`,
  `insert into plan (id, tenant_id, app_id, delivery_id, hash, state, steps, created_at)
   select gen_random_uuid(), tenant_id, app_id, id, 'h', 'applied', '[]', now() from delivery`,
  `insert into scim_exchange (tenant_id, connection_id, at, method, path, status, duration_ms, request_id)
   select tenant.id, 'okta', now(), 'GET', '/' || n, 200, 1, 'r' from ${PEOPLE}`,
  `insert into run (id, tenant_id, workflow, state, actor, input, created_at)
   select gen_random_uuid(), tenant.id, 'deliver-now', 'done', 'key:ops', '{}', now() - n * interval '1 minute' from ${PEOPLE}`,
]

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly Plans?: readonly PlanNode[]
}

/** Explains what it is asked instead of answering it, and notes which tables would be read from end to end. */
function explainer(): { db: Queryable; scanned: string[]; statements: () => number } {
  const scanned: string[] = []
  let statements = 0
  const visit = (node: PlanNode): void => {
    const table = node['Relation Name'] ?? ''
    if (node['Node Type'] === 'Seq Scan' && BIG.includes(table)) scanned.push(table)
    for (const inner of node.Plans ?? []) visit(inner)
  }
  const query = async ({ text, values }: QueryConfig) => {
    const { rows } = await db.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>({
      text: `explain (format json) ${text}`,
      values: values ?? [],
    })
    statements++
    for (const row of rows) for (const { Plan } of row['QUERY PLAN']) visit(Plan)
    return { rows: [], rowCount: 0 }
  }
  return { db: { query } as unknown as Queryable, scanned, statements: () => statements }
}

const run = { created: '2026-01-01 00:00:00+00', id: '00000000-0000-4000-8000-000000000000' }
const key = { tenant: ACME, app: 'cxone-na1' }
const log = { tenant: ACME, connection: 'okta' }

test.each<[string, (view: Queryable) => Promise<unknown>]>([
  ['an API key', (view) => findApiKey(view, Buffer.alloc(32))],
  ['apps', (view) => listApps(view, { tenant: ACME, limit: 50 })],
  ['one app', (view) => readApp(view, key)],
  ['open items', (view) => openItems(view, key)],
  ['deliveries', (view) => listDeliveries(view, { tenant: ACME, limit: 50 })],
  ['deliveries, a later page', (view) => listDeliveries(view, { tenant: ACME, limit: 50, before: 9000 })],
  ['deliveries of an app', (view) => listDeliveries(view, { ...key, limit: 50 })],
  ...(['due', 'retrying', 'refused', 'disputed', 'delivered'] as const).map(
    (state): [string, (view: Queryable) => Promise<unknown>] => [
      `deliveries that are ${state}`,
      (view) => listDeliveries(view, { tenant: ACME, state, limit: 50 }),
    ],
  ),
  [
    'refused deliveries of an app, a later page',
    (view) => listDeliveries(view, { ...key, state: 'refused', before: 9000, limit: 50 }),
  ],
  ['runs', (view) => listRuns(view, { tenant: ACME, limit: 50 })],
  ['runs, a later page', (view) => listRuns(view, { tenant: ACME, limit: 50, before: run })],
  ['one run', (view) => readRun(view, { tenant: ACME, run: run.id })],
  ['steps of a run', (view) => listRunSteps(view, { tenant: ACME, run: run.id })],
  ['the SCIM log', (view) => listExchanges(view, { ...log, limit: 50 })],
  ['the SCIM log, a later page', (view) => listExchanges(view, { ...log, before: 900, limit: 50 })],
  ['following the SCIM log', (view) => exchangesAfter(view, { ...log, after: 15_990, limit: 50 })],
  ['people by name', (view) => findPeople(view, { tenant: ACME, userName: 'user7', limit: 50 })],
  [
    'people by name in a connection',
    (view) => findPeople(view, { tenant: ACME, userName: 'user7', connection: 'okta', limit: 50 }),
  ],
  [
    'accounts of identities',
    (view) => listAccounts(view, { tenant: ACME, identities: [{ connection: 'okta', id: identity }] }),
  ],
])('%s: no table that grows is read from end to end', async (_name, read) => {
  const { db: view, scanned, statements } = explainer()
  await read(view)
  expect(statements()).toBe(1)
  expect(scanned).toEqual([])
})

test('the check itself notices a table that is read from end to end', async () => {
  const { db: view, scanned } = explainer()
  await view.query({ text: `select from delivery where delivery.detail = 'x'`, values: [] })
  expect(scanned).toEqual(['delivery'])
})
