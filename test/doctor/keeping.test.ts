/** What is kept of an examination, and the open item of an API that has changed. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { shapeOf } from '../../src/connectors/cxone/doctor/shape.ts'
import type { Examination, Finding } from '../../src/connectors/doctor.ts'
import { leaseExamination, planExaminations } from '../../src/store/doctor.ts'
import { saveFound } from '../../src/store/found-items.ts'
import { readExamination } from '../../src/store/views/doctor.ts'
import { examine, keepExamination } from '../../src/workflows/examine-app.ts'
import { openTestWorld, tenant, type TestWorld } from '../store/world.ts'

const APP = { tenant: 'acme', app: 'cxone' }
let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone', 'other'])])
})
afterAll(() => world.close())
beforeEach(() => world.db.query('truncate examination, open_item cascade'))

const well: Finding = { check: 'address', status: 'ok', needed: true, found: 'It answers.', blocks: null, fix: null }
const asked = (bodies: Readonly<Record<string, unknown>>, findings: readonly Finding[] = [well]): Examination => ({
  findings,
  calls: 3,
  shapes: Object.fromEntries(Object.entries(bodies).map(([call, body]) => [call, shapeOf(body)])),
})
const keep = (examination: Examination, accept = false) => keepExamination(world.db, { ...APP, accept }, examination)
const standing = async () =>
  (
    await world.db.query<{ kind: string; fix: string }>(
      'select open_item.kind, open_item.fix from open_item where open_item.found_at is not null order by open_item.kind',
    )
  ).rows

test('the first examination is what later ones are compared with', async () => {
  expect(await keep(asked({ 'GET /a': { id: 1 } }))).toMatchObject({ ok: true, changes: [] })
  expect(await readExamination(world.db, APP)).toMatchObject({ ok: true, calls: 3, findings: [well], changes: [] })
  expect(await standing()).toEqual([])
})

test('a change is an item with what has changed, until it is as before', async () => {
  await keep(asked({ 'GET /a': { id: 1, name: 'x' } }))
  const { changes } = await keep(asked({ 'GET /a': { id: '1' } }))
  expect(changes).toEqual([
    { call: 'GET /a', field: 'id', was: 'number', is: 'string' },
    { call: 'GET /a', field: 'name', was: 'string', is: 'gone' },
  ])
  expect(await standing()).toEqual([
    {
      kind: 'api-changed',
      fix: expect.stringMatching(/id of GET \/a was number and is string; name of GET \/a was string and is gone/),
    },
  ])
  await keep(asked({ 'GET /a': { id: 2, name: 'y' } }))
  expect(await standing()).toEqual([])
})

test('a change stays where the call was not made again, such as while the app is down', async () => {
  await keep(asked({ 'GET /a': { id: 1 }, 'GET /b': { id: 1 } }))
  await keep(asked({ 'GET /a': { id: '1' }, 'GET /b': { id: 1 } }))
  const down: Finding = { ...well, status: 'blocked', blocks: 'Everything.', fix: 'Wait.' }
  expect(await keep(asked({ 'GET /b': { id: 1 } }, [down]))).toMatchObject({ ok: false, changes: [{ call: 'GET /a' }] })
  expect(await standing()).toHaveLength(1)
})

test('once it is accepted, the API is what it is now', async () => {
  await keep(asked({ 'GET /a': { id: 1 } }))
  await keep(asked({ 'GET /a': { id: '1' } }))
  expect(await keep(asked({ 'GET /a': { id: '1' } }), true)).toMatchObject({ changes: [] })
  expect(await standing()).toEqual([])
  expect(await keep(asked({ 'GET /a': { id: '2' } }))).toMatchObject({ changes: [] })
  expect(await keep(asked({ 'GET /a': { id: 2 } }))).toMatchObject({ changes: [{ was: 'string', is: 'number' }] })
})

test('it and what readings find do not end each other', async () => {
  await keep(asked({ 'GET /a': { id: 1 } }))
  await keep(asked({ 'GET /a': { id: '1' } }))
  const found = [{ kind: 'unknown-role', key: 'Boss', fix: 'Make it.' }]
  await saveFound(world.db, APP, { kinds: ['unknown-role'], found, undecided: [] })
  await keep(asked({ 'GET /a': { id: '1' } }))
  expect((await standing()).map(({ kind }) => kind)).toEqual(['api-changed', 'unknown-role'])
  await saveFound(world.db, APP, { kinds: ['unknown-role'], found: [], undecided: [] })
  expect((await standing()).map(({ kind }) => kind)).toEqual(['api-changed'])
})

test('what is missing makes a set-up bad only where it is needed, and what is unknown never does', async () => {
  const lesser: Finding = {
    ...well,
    check: 'native-scim',
    status: 'missing',
    needed: false,
    blocks: 'Nothing.',
    fix: 'Ask.',
  }
  const unknown: Finding = { ...well, check: 'ceiling', status: 'unknown', blocks: 'Accounts.', fix: 'Look.' }
  expect(await keep(asked({}, [well, lesser, unknown]))).toMatchObject({ ok: true })
  expect(await keep(asked({}, [well, { ...lesser, needed: true }]))).toMatchObject({ ok: false })
})

test('of a kind of app without a doctor that is all that is said', async () => {
  const { findings, calls } = await examine({ connector: {} }, async () => {})
  expect([calls, findings]).toEqual([
    0,
    [expect.objectContaining({ check: 'doctor', status: 'unknown', needed: false })],
  ])
})

test('an app that is left alone, is gone from the file or is being examined is not due', async () => {
  const lease = async () =>
    (await leaseExamination(world.db, { keys: [APP, { ...APP, app: 'other' }], token: crypto.randomUUID() }))?.app
  await planExaminations(world.db, [APP, { ...APP, app: 'other' }], 0)
  await world.db.query(`update app set paused_until = now() + interval '1 hour' where app.id = 'other'`)
  expect([await lease(), await lease()]).toEqual(['cxone', undefined])
  await world.db.query(`update app set paused_until = null, detached_at = now() where app.id = 'other'`)
  expect(await lease()).toBeUndefined()
  await world.db.query(`update app set detached_at = null where app.id = 'other'`)
  expect(await lease()).toBe('other')
})
