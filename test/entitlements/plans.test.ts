import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  askForReading,
  endReading,
  isReadSince,
  leaseReading,
  readForFound,
  releaseReading,
  renewReading,
} from '../../src/store/entitlement-readings.ts'
import { noteUnreachable, saveListing } from '../../src/store/entitlements.ts'
import { saveFound } from '../../src/store/found-items.ts'
import { findRenamed, listEntitlements, readListings, usesOf } from '../../src/store/views/entitlements.ts'
import { openTestWorld, tenant, type TestWorld } from '../store/world.ts'
import { listening, sequentialScans, type Asked } from '../store/plans.ts'
import { APP, entry } from './stage.ts'

const ENTRIES = 5_000
const BIG = ['entitlement', 'event', 'open_item']

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone', 'other']), tenant('bravo', ['cxone'])])
  // One app among others that have as many, or more.
  await world.db.query(`
    insert into entitlement (tenant_id, app_id, kind, id, name, name_key, active, former, first_seen, last_seen)
    select app.tenant_id, app.id, kind.kind, 'id' || n, 'Skill ' || n, 'skill ' || n, true,
           case when n % 50 = 0 then jsonb_build_array(jsonb_build_object('name', 'Old ' || n, 'key', 'old ' || n, 'until', now()))
                else '[]' end, now(), now()
    from app cross join (values ('skill', ${ENTRIES * 0.8}), ('team', ${ENTRIES * 0.2}), ('filler', ${ENTRIES * 5})) as kind (kind, most)
    cross join lateral generate_series(1, kind.most) as n
    where kind.kind <> 'filler' or app.id = 'other'`)
  await world.db.query(`
    insert into open_item (tenant_id, app_id, kind, key, state, since, opened_at, fix)
    select 'acme', 'cxone', 'unknown-role', 'old' || n, 'closed', now(), now(), '' from generate_series(1, 3000) as n`)
  await world.db.query('analyze')
})
afterAll(() => world.close())

test('no statement about entitlements reads those of all apps, or a table that grows', async () => {
  const asked: Asked[] = []
  const db = listening(world.db, asked)
  await askForReading(db, [APP])
  const reading = await leaseReading(db, { keys: [APP], token: randomUUID() })
  if (reading === undefined) throw new Error('no reading was due')
  const entries = Array.from({ length: 2_000 }, (_, n) => ({ ...entry(`id${n + 1}`, `Skill ${n + 2}`), detail: {} }))
  expect(await saveListing(db, reading, { kind: 'skill', verdict: 'whole', entries })).toBe(true)
  await noteUnreachable(db, reading, { kind: 'team', why: 'no' })
  await renewReading(db, reading)
  await endReading(db, reading, { whole: true, next: 900 })
  await releaseReading(db, reading)
  await isReadSince(db, APP, new Date())

  const first = await listEntitlements(db, { ...APP, limit: 200 })
  expect((await listEntitlements(db, { ...APP, limit: 200, after: first.next })).items).toHaveLength(200)
  expect((await listEntitlements(db, { ...APP, kind: 'team', limit: 200 })).items).toHaveLength(200)
  expect((await listEntitlements(db, { ...APP, kind: 'team', search: 'old 50', limit: 200 })).items).not.toEqual([])
  expect((await listEntitlements(db, { ...APP, search: 'skill 77', limit: 200 })).items).not.toEqual([])
  expect(await readListings(db, APP)).toHaveLength(2)
  const mentions = [1, 2, 3].map((n) => ({ kind: 'skill', name: `skill ${n + 10}`, at: ['here'] }))
  expect((await usesOf(db, APP, mentions)).size).toBe(3)
  expect(await findRenamed(db, APP, { kind: 'team', name: 'Old 50' })).toMatchObject({ name: 'Skill 50' })
  await saveFound(db, APP, {
    kinds: ['unknown-role'],
    found: [{ kind: 'unknown-role', key: 'x', fix: '' }],
    undecided: [],
  })
  await readForFound(db, APP, { kind: 'unknown-role', key: 'x' })

  expect(new Set(asked.map(({ text }) => text)).size).toBeGreaterThanOrEqual(16)
  expect(await sequentialScans(world.db, asked, BIG)).toEqual([])
})
