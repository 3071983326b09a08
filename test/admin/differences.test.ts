/** /api/v1/differences and the mode of an app: who may ask, what is refused, and what is left behind. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { app as appSchema } from '../../src/contract/app.ts'
import { difference, differencePersonPage } from '../../src/contract/difference.ts'
import { modeSet } from '../../src/contract/mode.ts'
import { createRun } from '../../src/durable/runs.ts'
import { NO_NUMBERS } from '../../src/reconcile/difference-numbers.ts'
import { beginDifference, endDifference, endReading, writePeople } from '../../src/store/differences.ts'
import { ACME, addDelivery, addIdentity, KEYS } from './rows.ts'
import { openAdminServer, type AdminServer } from './server.ts'

let server: AdminServer
let mia = ''
beforeAll(async () => {
  server = await openAdminServer()
  mia = await addIdentity(server.db, { tenant: ACME, userName: 'mia@x.test' })
})
afterAll(() => server.close())
beforeEach(async () => {
  await server.db.query('truncate run, difference, delivery, event cascade')
  await server.db.query(`update app set mode = 'observe', mode_pinned = false, detached_at = null`)
})

const post = (url: string, payload?: object, key = KEYS.operator) =>
  server.ask(`/api/v1${url}`, { method: 'POST', key, ...(payload === undefined ? {} : { payload }) })

const NOBODY = {
  notes: [],
  account: null,
  why: null,
  reason: null,
  before: {},
  after: {},
  gives: [],
  takes: [],
  move: null,
  role: null,
  inForce: null,
}

/** A difference that says that somebody gets an account. */
async function done(): Promise<string> {
  const id = await createRun(server.db, { tenant: ACME, workflow: 'difference', actor: 'key:ops', input: {} })
  await beginDifference(server.db, { id, tenant: ACME, app: 'cxone-na1', policyVersion: null, givenHash: null })
  await endReading(server.db, id, { verdict: 'whole', why: null })
  const person = { connection: 'okta', identity: mia, userName: 'mia@x.test', kinds: ['create', 'mail'] }
  const detail = { ...NOBODY, kinds: ['create'], notes: ['mail'], after: { userName: 'mia@x.test' } }
  await writePeople(server.db, id, { from: 0, people: [{ ...person, detail }], compared: 1 })
  const numbers = { numbers: { ...NO_NUMBERS, people: 1 }, inForce: null, differing: 0, warnings: [] }
  await endDifference(server.db, id, { numbers, hash: 'abc' })
  return id
}

test('a difference is begun by who may act, for an app that is there', async () => {
  const { statusCode, headers } = await post('/apps/cxone-na1/differences')
  expect(statusCode).toBe(202)
  const { rows } = await server.db.query('select id, workflow, actor, input from run')
  expect(rows).toEqual([
    { id: expect.any(String), workflow: 'difference', actor: 'key:ops', input: { app: 'cxone-na1' } },
  ])
  expect(headers['location']).toBe(`/api/v1/differences/${(rows[0] as { id: string }).id}`)
  expect((await post('/apps/cxone-na1/differences', undefined, KEYS.auditor)).statusCode).toBe(403)
  expect((await post('/apps/nowhere/differences')).statusCode).toBe(404)
  await server.db.query('update app set detached_at = now()')
  expect((await post('/apps/cxone-na1/differences')).statusCode).toBe(409)
})

test('a policy that is given is checked first, and goes with the run', async () => {
  const broken = await post('/apps/cxone-na1/differences', { text: 'rules: [{ name: All, when: "user.nmae" }]' })
  expect([broken.statusCode, broken.json<{ code: string }>().code]).toEqual([400, 'policy-invalid'])
  expect((await post('/apps/cxone-na1/differences', { text: '{}', document: {} })).statusCode).toBe(422)
  expect((await server.db.query('select from run')).rows).toEqual([])
  const text = 'rules: [{ name: All, give: { role: Agent } }]'
  expect((await post('/apps/cxone-na1/differences', { text })).statusCode).toBe(202)
  const { rows } = await server.db.query('select input from run')
  expect(rows).toMatchObject([{ input: { policy: { rules: [{ name: 'All', give: { role: 'Agent' } }] } } }])
})

test('a difference is shown, with its people, to its own tenant only', async () => {
  const id = await done()
  const shown = difference.parse((await server.ask(`/api/v1/differences/${id}`, { key: KEYS.auditor })).json())
  expect(shown).toMatchObject({ id, state: 'done', verdict: 'whole', hash: 'abc', numbers: { people: 1 } })
  const page = differencePersonPage.parse((await server.ask(`/api/v1/differences/${id}/people?kind=mail`)).json())
  expect(page).toMatchObject({ items: [{ userName: 'mia@x.test', kinds: ['create'], notes: ['mail'] }], next: null })
  const none = differencePersonPage.parse((await server.ask(`/api/v1/differences/${id}/people?kind=update`)).json())
  expect(none.items).toEqual([])
  expect((await server.ask(`/api/v1/differences/${id}/people?kind=nobody`)).statusCode).toBe(422)
  for (const url of [`/api/v1/differences/${id}`, `/api/v1/differences/${id}/people`])
    expect((await server.ask(url, { key: KEYS.other })).statusCode).toBe(404)
  expect((await server.ask(`/api/v1/differences/${randomUUID()}`)).statusCode).toBe(404)
})

test('one whose run has not begun is there, and is being read; one whose run failed before that is not', async () => {
  expect((await post('/apps/cxone-na1/differences')).statusCode).toBe(202)
  const { rows } = await server.db.query<{ id: string }>('select id from run')
  const url = `/api/v1/differences/${rows[0]?.id}`
  const shown = difference.parse((await server.ask(url)).json())
  expect(shown).toMatchObject({ id: rows[0]?.id, app: 'cxone-na1', state: 'reading', numbers: null, ended: null })
  expect((await server.ask(`${url}/people`)).json()).toEqual({ items: [], next: null })
  expect((await server.ask(url, { key: KEYS.other })).statusCode).toBe(404)
  await server.db.query(`update run set state = 'failed'`)
  expect((await server.ask(url)).statusCode).toBe(404)
})

test('an app is enforced by who names what they have seen, and what waited is due', async () => {
  const id = await done()
  await addDelivery(server.db, { tenant: ACME, identity: mia, subject: 'name:mia@x.test', state: 'delivered' })
  const enforce = (hash: string, key = KEYS.operator) => post('/apps/cxone-na1/enforce', { difference: id, hash }, key)
  expect((await enforce('abc', KEYS.auditor)).statusCode).toBe(403)
  expect((await enforce('abc', KEYS.other)).statusCode).toBe(409)
  expect((await enforce('other')).json()).toMatchObject({ status: 409, detail: expect.stringContaining('Look again') })
  const set = modeSet.parse((await enforce('abc')).json())
  expect(set).toEqual({ app: 'cxone-na1', mode: 'enforce', changed: true, due: 1 })
  expect((await enforce('abc')).json()).toMatchObject({ changed: false, due: 0 })
  const { rows } = await server.db.query('select state, wanted > delivered as due from delivery')
  expect(rows).toEqual([{ state: 'due', due: true }])
  const shown = appSchema.parse((await server.ask('/api/v1/apps/cxone-na1')).json())
  expect(shown).toMatchObject({ mode: 'enforce', modePinned: false, observed: null })
  expect(modeSet.parse((await post('/apps/cxone-na1/observe')).json())).toMatchObject({
    mode: 'observe',
    changed: true,
  })
  const events = await server.db.query('select kind, actor, tenant_id from event order by seq')
  expect(events.rows).toEqual([
    { kind: 'app.enforced', actor: 'key:ops', tenant_id: ACME },
    { kind: 'app.observed', actor: 'key:ops', tenant_id: ACME },
  ])
})

test('nobody changes the mode of an app whose mode rollcall.yaml names, or that it has no more', async () => {
  const id = await done()
  const asks = [
    () => post('/apps/cxone-na1/enforce', { difference: id, hash: 'abc' }),
    () => post('/apps/cxone-na1/observe'),
  ]
  await server.db.query('update app set mode_pinned = true')
  for (const ask of asks)
    expect((await ask()).json()).toMatchObject({
      status: 409,
      detail: expect.stringContaining('rollcall.yaml says mode: observe'),
    })
  await server.db.query('update app set detached_at = now(), mode_pinned = false')
  for (const ask of asks)
    expect((await ask()).json()).toMatchObject({ status: 409, detail: expect.stringContaining('no longer') })
  expect((await post('/apps/nowhere/observe')).statusCode).toBe(404)
})
