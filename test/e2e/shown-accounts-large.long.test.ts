/** A contact centre of twenty thousand, shown to two providers while people are pushed. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Account } from '../../src/identity/account.ts'
import { every } from '../../src/durable/timers.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { leaseReading } from '../../src/store/account-readings.ts'
import type { Queryable } from '../../src/store/db.ts'
import { analyzeGrown } from '../../src/store/statistics.ts'
import { listUsers } from '../../src/store/views/users.ts'
import { BATCH, readAccounts } from '../../src/workflows/read-accounts.ts'
import { caller, openTestWorld, tenant, type TestWorld } from '../store/world.ts'

const MANY = 20_000
const PAGE = 1_000

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  const acme = tenant('acme', ['cxone'], ['okta', 'entra'])
  await world.declare([
    { ...acme, connections: acme.connections.map((one) => ({ ...one, showAccountsOf: ['cxone'] })) },
  ])
})
afterAll(() => world.close())

const accountOf = (n: number): Account => ({
  id: randomUUID(),
  state: 'active',
  attributes: { userName: `agent-${n}`, givenName: 'A', familyName: `N${n}`, email: `agent-${n}@acme.test` },
})

test('is read page by page in a few statements a batch, and people who are pushed meanwhile are accepted', async () => {
  const accounts = Array.from({ length: MANY }, (_, n) => accountOf(n))
  const protection = {
    adopt: 'matching',
    protect: { userNames: [] },
    self: async () => undefined,
    rolesFor: async () => [],
    lastRoles: () => [],
    everybody: async () => [],
  } as const
  let statements = 0
  const query = ((statement: string, values?: unknown[]) => {
    statements += 1
    return world.db.query(statement, values)
  }) as Queryable['query']
  const read = async (): Promise<void> => {
    await world.db.query('update account_reading set next_at = now(), lease_until = null')
    const reading = await leaseReading(world.db, { keys: [{ tenant: 'acme', app: 'cxone' }], token: randomUUID() })
    if (reading === undefined) throw new Error('no reading was due')
    const list = async (from = '0') => {
      const start = Number(from)
      const next = start + PAGE < MANY ? { next: String(start + PAGE) } : {}
      return { records: accounts.slice(start, start + PAGE), verdict: 'whole', ...next } as const
    }
    const context = { db: { ...world.db, query }, target: { protection }, list, now: () => new Date() }
    const result = await readAccounts({ ...context, newId: randomUUID, stopped: () => false }, reading)
    expect(result).toEqual({ verdict: 'whole', accounts: MANY })
  }
  let pushed = 0
  const push = async (): Promise<void> => {
    for (let n = 0; n < 200; n++) {
      const made = await createUser(world.operations, caller(), { userName: `agent-${n * 100}`, active: true })
      if (made.ok) pushed += 1
    }
  }
  // As the product does while it runs: without it PostgreSQL goes on believing in an empty table.
  const stop = every(
    2,
    () => analyzeGrown(world.db),
    (error) => {
      throw error
    },
  )
  await Promise.all([read(), push()])
  await stop()
  expect(pushed).toBe(200)
  for (const connection of ['okta', 'entra']) {
    const { total } = await listUsers(world.db, caller('acme', connection), { from: { offset: 0 }, limit: 1 })
    expect(total).toBe(MANY)
  }
  const first = statements
  expect(first).toBeLessThan((MANY / BATCH) * 8)
  await read()
  const { rows } = await world.db.query<{ changed: number }>(
    'select count(*) as changed from identity where version > 2',
  )
  expect(rows[0]?.changed).toBe(0)
}, 120_000)
