import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDb, type Db } from '../../src/store/db.ts'
import { READ_BACKLOGS, readBacklogs } from '../../src/store/views/backlog.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startRollcallForTest } from '../support/rollcall.ts'

const PEOPLE = 8_000

let database: TestDatabase
let db: Db
beforeAll(async () => {
  database = await createTestDatabase()
  // Declares tenant, connection and app.
  const apps = [{ id: 'trial', type: 'memory' }]
  await (await startRollcallForTest({ apps, databaseUrl: database.url })).close()
  db = openDb(database.url, { max: 1 })
  await db.query(`
    insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, active, document, created_at, modified_at)
    select 'acme', 'okta', gen_random_uuid(), gen_random_uuid(), 'u' || n, 'u' || n, true, '{}', now(), now()
    from generate_series(1, ${PEOPLE}) as n`)
  await db.query(`
    insert into delivery (tenant_id, app_id, subject, connection_id, identity_id, delivered, state, code, next_at, accepted_at)
    select 'acme', 'trial', 'name:' || user_name_key, connection_id, id, case when seq % 40 < 2 then 0 else 1 end,
           case seq % 40 when 0 then 'retrying' when 1 then 'refused' else 'delivered' end,
           case when seq % 40 < 2 then 'value-invalid' end, now() + interval '1 hour', now() - interval '10 minutes'
    from identity`)
  await db.query('analyze')
})
afterAll(async () => {
  await db.close()
  await database.drop()
})

test('the figures of the backlog are counted from the rows that wait, not from the whole table', async () => {
  const trial = (await readBacklogs(db)).find(({ app }) => app === 'trial')
  expect(trial).toMatchObject({ tenant: 'acme', breaker: 'closed', waiting: PEOPLE / 40, due: 0, refused: PEOPLE / 40 })
  expect(trial?.oldestSeconds).toBeGreaterThan(500)
  const { rows } = await db.query<{ 'QUERY PLAN': string }>(`explain ${READ_BACKLOGS}`)
  const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
  expect(plan).not.toMatch(/Seq Scan on (?:delivery|identity)/)
  expect(plan).toMatch(/delivery_due/)
  expect(plan).toMatch(/delivery_cause/)
})
