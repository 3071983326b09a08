import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createUser } from '../../src/operations/create-user.ts'
import { patchUser } from '../../src/operations/patch-user.ts'
import { parsePatch } from '../../src/scim/patch/parse.ts'
import { USER } from '../../src/scim/schema/resource-type.ts'
import { endReading, leaseReading, renewReading } from '../../src/store/account-readings.ts'
import {
  hideAccounts,
  listShown,
  ownedOf,
  showAccounts,
  stepAside,
  type ShownAccount,
} from '../../src/store/shown-accounts.ts'
import { listening, sequentialScans, type Asked } from './plans.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

/** Tables that grow with the directory or with use. */
const BIG = ['identity', 'identity_email', 'delivery', 'event', 'link', 'plan']
const APP = { tenant: 'acme', app: 'cxone' }

let world: TestWorld

const accountOf = (n: number): ShownAccount => ({
  account: `a${n}`,
  id: randomUUID(),
  userName: `shown-${n}`,
  userNameKey: `shown-${n}`,
  active: true,
  document: {
    userName: `shown-${n}`,
    active: true,
    emails: [{ value: `shown-${n}@acme.test`, type: 'work', primary: true }],
  },
})
const batch = (from: number, count: number): ShownAccount[] =>
  Array.from({ length: count }, (_, index) => accountOf(from + index))

beforeAll(async () => {
  world = await openTestWorld()
  const acme = tenant('acme', ['cxone'], ['okta', 'big'])
  const connections = acme.connections.map((one) => ({ ...one, showAccountsOf: ['cxone'] }))
  await world.declare([{ ...acme, connections }])
  await world.db.query(`
    insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, active, document, created_at, modified_at,
                          shown, shown_app, shown_account)
    select 'acme', 'big', gen_random_uuid(), gen_random_uuid(), 'u' || n, 'u' || n, true,
           jsonb_build_object('userName', 'u' || n, 'active', true, 'title', repeat('x', 300)), now(), now(),
           n % 20 = 0, case when n % 20 = 0 then 'cxone' end, case when n % 20 = 0 then 'u' || n end
    from generate_series(1, 6000) as n`)
  await world.db.query(`
    insert into identity_email (tenant_id, connection_id, value_key, identity_id)
    select tenant_id, connection_id, user_name || '@acme.test', id from identity`)
  await world.db.query(`
    insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id, origin)
    select tenant_id, 'cxone', connection_id, id, 'linked', id::text, 'created' from identity where not shown`)
  await world.db.query(`
    insert into delivery (tenant_id, app_id, subject, connection_id, identity_id, delivered, state)
    select tenant_id, 'cxone', 'name:' || user_name_key, connection_id, id, 1, 'delivered' from identity where not shown`)
  await world.db.query('analyze')
})
afterAll(() => world.close())

test('no statement of a reading, or of a first write, scans a big table', async () => {
  const asked: Asked[] = []
  const db = listening(world.db, asked)
  const reading = await leaseReading(db, { keys: [APP], token: randomUUID() })
  if (reading === undefined) throw new Error('no reading was due')
  const show = (accounts: readonly ShownAccount[]) =>
    showAccounts(db, reading, { connection: 'okta', accounts, at: new Date() })
  expect(await show(batch(0, 500))).toBe(500)
  expect(await show(batch(0, 510))).toBe(10)
  expect(await renewReading(db, reading)).toBe(true)
  expect(await listShown(db, APP, { after: 'a5', limit: 500 })).toContain('a500')
  expect(await ownedOf(db, APP, ['a1', 'a2'])).toEqual([])
  expect(await hideAccounts(db, reading, ['a1', 'a2'])).toBe(2)
  expect(await stepAside(db, caller(), 'shown-3')).toBe(true)
  expect(await stepAside(db, caller(), 'nobody')).toBe(false)
  const operations = { ...world.operations, db }
  expect(await createUser(operations, caller(), { userName: 'SHOWN-4', active: true })).toMatchObject({ ok: true })
  const { rows } = await world.db.query<{ id: string }>(`select id from identity where user_name = 'shown-5'`)
  const operation = parsePatch({ Operations: [{ op: 'replace', path: 'title', value: 'Lead' }] }, USER)
  const change = { id: rows[0]?.id ?? '', operations: operation, note: () => {} }
  expect(await patchUser(operations, caller(), change)).toMatchObject({ ok: true })
  await endReading(db, reading, { verdict: 'whole', accounts: 510, next: 900 })

  expect(new Set(asked.map(({ text }) => text)).size).toBeGreaterThanOrEqual(10)
  expect(await sequentialScans(world.db, asked, BIG)).toEqual([])
})
