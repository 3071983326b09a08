import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createUser } from '../../src/operations/create-user.ts'
import { deleteUser } from '../../src/operations/delete-user.ts'
import { patchUser } from '../../src/operations/patch-user.ts'
import { parseFilter } from '../../src/scim/filter/parse.ts'
import { parsePatch } from '../../src/scim/patch/parse.ts'
import { USER } from '../../src/scim/schema/resource-type.ts'
import type { Db, Queryable } from '../../src/store/db.ts'
import { appsDue, countWaiting, readSubject, settleDelivery } from '../../src/store/deliveries.ts'
import { leaseDeliveries, renewLeases } from '../../src/store/leases.ts'
import { endDispute, linkAccount, markReturning, rememberDelivered } from '../../src/store/links.ts'
import { leavingAccounts, readLink, readOwner } from '../../src/store/ownership.ts'
import { storePlan } from '../../src/store/plans.ts'
import { forgetGone, readSettledByName } from '../../src/store/settlements.ts'
import { listUsers, readUser } from '../../src/store/views/users.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

/** Tables that grow with the directory or with use. */
const BIG = ['identity', 'delivery', 'event', 'link', 'plan', 'scim_exchange']

let world: TestWorld
const statements = new Map<string, readonly unknown[]>()

/** The database, listening to what is asked of it. */
function watched(db: Db): Db {
  const query = ((statement: string | { text: string; values?: unknown[] }, values?: unknown[]) => {
    const text = typeof statement === 'string' ? statement : statement.text
    if (/^\s*(with|select|insert|update|delete)/i.test(text)) {
      statements.set(text, (typeof statement === 'string' ? values : statement.values) ?? [])
    }
    return db.query(statement as string, values)
  }) as Queryable['query']
  return { ...db, query }
}

beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'], ['okta', 'big']), tenant('bravo', ['cxone'])])
  await world.db.query(`
    insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, external_id, active, document, created_at, modified_at)
    select 'acme', case when n % 20 = 0 then 'okta' else 'big' end, gen_random_uuid(), gen_random_uuid(), 'u' || n, 'u' || n, 'x' || n, true,
           jsonb_build_object('userName', 'u' || n, 'active', true, 'title', repeat('x', 300)), now(), now()
    from generate_series(1, 6000) as n`)
  await world.db.query(`
    insert into delivery (tenant_id, app_id, subject, connection_id, identity_id, delivered, state)
    select tenant_id, 'cxone', 'name:' || user_name_key, connection_id, id, 1, 'delivered' from identity where connection_id = 'big'`)
  await world.db.query(`
    insert into event (tenant_id, at, actor, kind, connection_id, identity_id) select tenant_id, now(), 'connection:big', 'user.created', connection_id, id from identity`)
  await world.db.query(`
    insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id) select tenant_id, 'cxone', connection_id, id, 'linked', id::text from identity`)
  await world.db.query('analyze')
})
afterAll(() => world.close())

test('no statement on the way of a request or a delivery scans a big table', async () => {
  const db = watched(world.db)
  const operations = { ...world.operations, db }
  const created = await createUser(operations, caller(), { userName: 'mia@acme.test', active: true })
  if (!created.ok) throw new Error(created.refusal.kind)
  const { id } = created.value
  const Operations = [{ op: 'replace', path: 'title', value: 'Lead' }]
  await patchUser(operations, caller(), { id, operations: parsePatch({ Operations }, USER), note: () => {} })
  await readUser(db, caller(), id)
  await listUsers(db, caller(), { from: { offset: 100 }, limit: 50 })
  for (const filter of [
    'userName eq "u20"',
    'externalId eq "x20"',
    'id eq "1"',
    'emails[type eq "work" and value eq "u20@acme.test"]',
    'emails.value eq "u20@acme.test"',
  ]) {
    await listUsers(db, caller(), { from: { offset: 0 }, limit: 100, filter: parseFilter(filter, USER) })
  }
  await appsDue(db)
  const [delivery] = await leaseDeliveries(db, { tenant: 'acme', app: 'cxone' }, { limit: 5, token: randomUUID() })
  if (delivery === undefined) throw new Error('nothing was due')
  await renewLeases(db, [delivery])
  await readSubject(db, delivery)
  await readLink(db, delivery)
  await readOwner(db, delivery, 'a1')
  await readSettledByName(db, delivery, 'u20')
  await forgetGone(db, delivery, 'u20')
  await leavingAccounts(db, delivery, ['a1', 'a2'])
  await storePlan(db, delivery, { id: randomUUID(), hash: 'h', steps: [], state: 'applying' })
  await linkAccount(db, delivery, { account: 'a1', origin: 'created' })
  await markReturning(db, delivery)
  await rememberDelivered(db, delivery, {
    person: { givenName: 'Mia', familyName: 'Roth', employeeNumber: null },
    leftAlone: {},
  })
  await endDispute(db, delivery)
  await settleDelivery(db, delivery, { state: 'delivered', countAttempt: false })
  await countWaiting(db, delivery)
  await deleteUser(operations, caller(), id)

  expect(statements.size).toBeGreaterThanOrEqual(15)
  const scans: string[] = []
  for (const [text, values] of statements) {
    const { rows } = await world.db.query<{ 'QUERY PLAN': unknown }>(`explain (format json) ${text}`, [...values])
    for (const table of scannedTables(rows[0]?.['QUERY PLAN']))
      if (BIG.includes(table)) scans.push(`${table} in ${text.trim().slice(0, 120)}`)
  }
  expect(scans).toEqual([])
})

function scannedTables(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  const { 'Node Type': type, 'Relation Name': relation } = node as Record<string, unknown>
  const below = Object.values(node).flatMap(scannedTables)
  return type === 'Seq Scan' && typeof relation === 'string' ? [relation, ...below] : below
}
