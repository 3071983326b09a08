import { afterAll, beforeAll, expect, test } from 'vitest'
import { forgetOldAlerts } from '../../src/store/alerts.ts'
import { openItems } from '../../src/store/views/open-items.ts'
import { sendAlerts } from '../../src/workflows/alert.ts'
import { findUnmet, keepOpenItems, noteSettled } from '../../src/workflows/open-items.ts'
import { APP, DONE, openItemsWorld, refusedFor, type ItemsWorld } from './open-items-world.ts'
import { listening, sequentialScans, type Asked } from './plans.ts'

/** Tables that grow with the directory or with use. */
const BIG = ['delivery', 'alert', 'event', 'identity']
const PEOPLE = 8_000

let it: ItemsWorld
beforeAll(async () => {
  it = await openItemsWorld()
  const { db } = it.world
  await db.query(`
    insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, active, document, created_at, modified_at)
    select 'acme', 'okta', gen_random_uuid(), gen_random_uuid(), 'u' || n, 'u' || n, true, '{}', now(), now()
    from generate_series(1, ${PEOPLE}) as n`)
  await db.query(`
    insert into delivery (tenant_id, app_id, subject, connection_id, identity_id, delivered, state, code, next_at)
    select 'acme', 'cxone', 'name:' || user_name_key, connection_id, id, case when seq % 40 = 0 then 0 else 1 end,
           case when seq % 40 = 0 then 'retrying' else 'delivered' end, case when seq % 40 = 0 then 'unknown-role' end,
           now() + interval '1 hour'
    from identity`)
  await db.query(`
    insert into open_item (tenant_id, app_id, kind, key, state, since, opened_at, fix)
    select 'acme', 'cxone', 'unknown-role', 'old' || n, 'closed', now(), now(), '' from generate_series(1, 300) as n`)
  await db.query(`
    insert into alert (tenant_id, channel, item_id, kind, due_at, sent_at, created_at)
    select 'acme', 'hook', id, 'opened', now(), now(), now() from open_item cross join generate_series(1, 20)`)
  await db.query('analyze')
})
afterAll(() => it.world.close())

test('nothing about open items reads a whole table that grows', async () => {
  const asked: Asked[] = []
  const db = listening(it.world.db, asked)
  const { channels, log } = it.alerting
  const telling = { channels, gatherSeconds: 0, quietSeconds: 0, againSeconds: 0 }
  const settle = async (result: typeof DONE) => {
    await it.world.db.query(
      `update delivery set next_at = now() where id = (select min(id) from delivery where wanted > delivered)`,
    )
    const [one] = await it.lease(1)
    if (one === undefined) throw new Error('nothing was due')
    await noteSettled({ db }, one, { state: 'delivered', countAttempt: false, ...result })
  }
  await settle(refusedFor('unknown-role'))
  await keepOpenItems({ db, telling, probeSeconds: 0, log })
  await findUnmet(db, () => undefined)
  await openItems(db, APP)
  await sendAlerts({ ...it.alerting, db })
  await it.world.db.query(`update delivery set lease_until = null`)
  await settle(DONE)
  await forgetOldAlerts(db)
  expect(new Set(asked.map(({ text }) => text)).size).toBeGreaterThanOrEqual(12)
  expect(await sequentialScans(it.world.db, asked, BIG)).toEqual([])
})
