/** /api/v1/links and /connections: whose accounts they are, what is decided about them, and who may. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handover } from '../../src/contract/handover.ts'
import { link, linkPage } from '../../src/contract/link.ts'
import { ACME, addDelivery, addIdentity, addLink, GLOBEX, KEYS } from './rows.ts'
import { openAdminServer, type AdminServer } from './server.ts'

let server: AdminServer
let disputed = 0
let linked = 0
beforeAll(async () => {
  server = await openAdminServer()
})
afterAll(() => server.close())
beforeEach(async () => {
  await server.db.query('truncate identity, delivery, link, event cascade')
  const mia = await addIdentity(server.db, { tenant: ACME, userName: 'mia@x.test' })
  const ann = await addIdentity(server.db, { tenant: ACME, userName: 'ann@x.test' })
  const bob = await addIdentity(server.db, { tenant: GLOBEX, userName: 'bob@x.test' })
  await addDelivery(server.db, { tenant: ACME, identity: mia, subject: 'name:mia@x.test', state: 'disputed' })
  disputed = await addLink(server.db, {
    tenant: ACME,
    identity: mia,
    state: 'disputed',
    account: '7',
    why: 'of another person',
  })
  linked = await addLink(server.db, { tenant: ACME, identity: ann, state: 'linked', account: '8', origin: 'created' })
  await addLink(server.db, { tenant: GLOBEX, identity: bob, state: 'disputed', account: '9' })
})

const list = async (query = '') => linkPage.parse((await server.ask(`/api/v1/links${query}`)).json())
const settle = (id: number, payload: object, key = KEYS.operator) =>
  server.ask(`/api/v1/links/${id}/settle`, { method: 'POST', payload, key })

describe('links', () => {
  test('are listed newest first, of this tenant only, by app and state, page by page', async () => {
    expect((await list()).items.map(({ id }) => id)).toEqual([linked, disputed])
    expect((await list('?state=disputed&app=cxone-na1')).items).toMatchObject([
      {
        id: disputed,
        state: 'disputed',
        userName: 'mia@x.test',
        account: '7',
        why: 'of another person',
        present: true,
        settled: null,
      },
    ])
    expect((await list('?app=other')).items).toEqual([])
    const first = await list('?limit=1')
    expect((await list(`?limit=1&cursor=${first.next}`)).items.map(({ id }) => id)).toEqual([disputed])
  })
  test('are settled by who may act, with the author, and the delivery is due at once', async () => {
    const answer = await settle(disputed, { as: 'adopt' })
    expect(answer.statusCode).toBe(200)
    expect(link.parse(answer.json())).toMatchObject({
      id: disputed,
      settled: { as: 'adopt', by: 'key:ops', evenProtected: false },
    })
    const { rows } = await server.db.query('select state, next_at <= now() as now from delivery')
    expect(rows).toEqual([{ state: 'due', now: true }])
    const events = await server.db.query('select actor, kind, account_id, data from event')
    expect(events.rows).toEqual([
      { actor: 'key:ops', kind: 'link.settled', account_id: '7', data: { as: 'adopt', evenProtected: false } },
    ])
    expect((await settle(disputed, { as: 'reopen' })).json()).toMatchObject({ settled: null })
  })
  test('are settled about a protected account by an owner only, and only when one adopts', async () => {
    expect((await settle(disputed, { as: 'adopt', evenProtected: true })).statusCode).toBe(403)
    expect((await settle(disputed, { as: 'ignore', evenProtected: true }, KEYS.owner)).statusCode).toBe(422)
    expect((await settle(disputed, { as: 'adopt', evenProtected: true }, KEYS.owner)).json()).toMatchObject({
      settled: { by: 'key:owner', evenProtected: true },
    })
  })
  test.each([
    ['by who may only read', () => settle(disputed, { as: 'adopt' }, KEYS.auditor), 403, 'auditor'],
    ['in a way there is not', () => settle(disputed, { as: 'steal' }), 422, 'body.as'],
    ['in a way that makes no sense there', () => settle(linked, { as: 'ignore' }), 409, 'Use release'],
    ['of another tenant', () => settle(disputed, { as: 'adopt' }, KEYS.other), 404, 'There is no link'],
    ['that are not there', () => settle(999_999, { as: 'adopt' }), 404, 'rollcall link list'],
  ])('are not settled %s', async (...[, asking, status, why]) => {
    const answer = await asking()
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toMatchObject({ detail: expect.stringContaining(why) })
    expect((await server.db.query('select from event')).rowCount).toBe(0)
  })
})

describe('a handover', () => {
  const hand = (payload: object, from = 'okta', key = KEYS.operator) =>
    server.ask(`/api/v1/connections/${from}/handover`, { method: 'POST', payload, key })
  beforeEach(async () => {
    await server.db.query(
      `insert into connection (tenant_id, id, profile, delivery) values ($1, 'entra', 'entra', 'queue') on conflict do nothing`,
      [ACME],
    )
    await addIdentity(server.db, { tenant: ACME, userName: 'ann@x.test', connection: 'entra' })
  })

  test('shows each account and moves none, then moves it', async () => {
    const shown = handover.parse((await hand({ to: 'entra' })).json())
    expect(shown).toEqual({
      steps: [
        {
          step: 'cxone-na1: the account of ann@x.test',
          ok: true,
          detail: 'would go to ann@x.test of entra, by user name',
          app: 'cxone-na1',
          account: '8',
        },
      ],
      next: null,
    })
    expect((await server.db.query('select from event')).rowCount).toBe(0)
    const applied = handover.parse((await hand({ to: 'entra', apply: true })).json())
    expect(applied.steps).toMatchObject([{ ok: true, detail: 'went to ann@x.test of entra, by user name' }])
    const { rows } = await server.db.query(`select connection_id from link where account_id = '8'`)
    expect(rows).toEqual([{ connection_id: 'entra' }])
  })
  test.each([
    ['by who may only read', () => hand({ to: 'entra' }, 'okta', KEYS.auditor), 403],
    ['to nobody', () => hand({ to: 'nobody' }), 404],
    ['from another tenant’s connection', () => hand({ to: 'entra' }, 'okta', KEYS.other), 404],
    ['to itself', () => hand({ to: 'okta' }), 409],
    ['without saying to whom', () => hand({}), 422],
  ])('is not made %s', async (...[, asking, status]) => {
    expect((await asking()).statusCode).toBe(status)
  })
})

test('people are joined and parted by name, and whoever is not there is named', async () => {
  await addIdentity(server.db, { tenant: ACME, userName: 'mia@x.test', connection: 'entra' })
  const one = { connection: 'okta', userName: 'mia@x.test' }
  const other = { connection: 'entra', userName: 'Mia@x.test' }
  const ask = (url: string, payload: object, key = KEYS.operator) =>
    server.ask(`/api/v1/people/${url}`, { method: 'POST', payload, key })
  expect((await ask('join', { one, other })).json()).toEqual({ changed: true })
  const { items } = (await server.ask('/api/v1/people?userName=mia@x.test')).json<{ items: { identities: [] }[] }>()
  expect(items.map(({ identities }) => identities.length)).toEqual([2])
  expect((await ask('part', { one })).json()).toEqual({ changed: true })
  expect((await ask('part', { one: { ...one, userName: 'nobody' } })).json()).toMatchObject({
    status: 404,
    detail: 'Nobody has the user name "nobody" in the connection okta.',
  })
  expect((await ask('join', { one, other }, KEYS.auditor)).statusCode).toBe(403)
})
