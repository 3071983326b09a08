import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { app, appPage } from '../../src/contract/app.ts'
import { deliveryPage, type Delivery } from '../../src/contract/delivery.ts'
import { exchangePage } from '../../src/contract/exchange.ts'
import { peoplePage } from '../../src/contract/person.ts'
import { runPage, runStarted, runWithSteps } from '../../src/contract/run.ts'
import { ACME, addDelivery, addExchange, addIdentity, addOpenItem, addRun, GLOBEX } from './rows.ts'
import { openAdminServer, type AdminServer } from './server.ts'

let server: AdminServer
beforeAll(async () => {
  server = await openAdminServer()
})
afterAll(() => server.close())

/** Reads a list to its end, `limit` items a page. */
async function readAll<T>(
  url: string,
  parse: (body: unknown) => { items: T[]; next: string | null },
  limit: number,
): Promise<T[]> {
  const items: T[] = []
  let cursor = ''
  do {
    const page = parse((await server.ask(`${url}${url.includes('?') ? '&' : '?'}limit=${limit}${cursor}`)).json())
    expect(page.items.length).toBeLessThanOrEqual(limit)
    items.push(...page.items)
    cursor = page.next === null ? '' : `&cursor=${page.next}`
  } while (cursor !== '')
  return items
}

describe('deliveries', () => {
  const STATES = ['due', 'retrying', 'refused', 'disputed', 'observed', 'delivered'] as const
  beforeAll(async () => {
    for (let n = 0; n < 30; n++) {
      const state = STATES[n % STATES.length] ?? 'due'
      const identity = await addIdentity(server.db, { tenant: ACME, userName: `user${n}@acme.example` })
      const done = state === 'delivered' || state === 'observed'
      await addDelivery(server.db, {
        tenant: ACME,
        identity,
        subject: `name:user${n}@acme.example`,
        state,
        delivered: done ? 1 : 0,
        urgency: n === 0 ? 2 : 0,
      })
      await addDelivery(server.db, {
        tenant: GLOBEX,
        identity: await addIdentity(server.db, { tenant: GLOBEX, userName: `user${n}@globex.example` }),
        subject: `name:user${n}`,
        state,
      })
    }
  })
  const names = (items: readonly Delivery[]): string[] => items.map(({ userName }) => userName)

  test.each([1, 7, 30, 200])('are read completely and once, %i a page', async (limit) => {
    const all = names(await readAll('/api/v1/deliveries', (body) => deliveryPage.parse(body), limit))
    expect(all).toHaveLength(30)
    expect(new Set(all).size).toBe(30)
  })

  test('new ones do not shift a page that is being read', async () => {
    const first = deliveryPage.parse((await server.ask('/api/v1/deliveries?limit=10')).json())
    const identity = await addIdentity(server.db, { tenant: ACME, userName: 'late@acme.example' })
    const late = await addDelivery(server.db, { tenant: ACME, identity, subject: 'name:late@acme.example' })
    const second = deliveryPage.parse((await server.ask(`/api/v1/deliveries?limit=10&cursor=${first.next}`)).json())
    expect(new Set([...names(first.items), ...names(second.items)]).size).toBe(20)
    await server.db.query('delete from delivery where id = $1', [late])
  })

  test.each(STATES)('are filtered by state: %s', async (state) => {
    const items = await readAll(`/api/v1/deliveries?state=${state}`, (body) => deliveryPage.parse(body), 3)
    expect(items).toHaveLength(5)
    expect(items.every((item) => item.state === state)).toBe(true)
  })

  test('are filtered by app', async () => {
    expect(await readAll('/api/v1/deliveries?app=cxone-na1', (body) => deliveryPage.parse(body), 50)).toHaveLength(30)
    expect(await readAll('/api/v1/deliveries?app=other', (body) => deliveryPage.parse(body), 50)).toHaveLength(0)
  })

  test('say when the next attempt is only where there is one', async () => {
    const items = await readAll('/api/v1/deliveries', (body) => deliveryPage.parse(body), 50)
    for (const { state, next } of items)
      expect(next === null).toBe(['delivered', 'observed', 'disputed'].includes(state))
  })

  test('name a deactivation', async () => {
    const items = await readAll('/api/v1/deliveries', (body) => deliveryPage.parse(body), 50)
    expect(items.filter(({ urgency }) => urgency === 'deactivation').map(({ userName }) => userName)).toEqual([
      'user0@acme.example',
    ])
  })
})

describe('apps', () => {
  test('show what waits, by why', async () => {
    const { items } = appPage.parse((await server.ask('/api/v1/apps')).json())
    expect(items).toEqual([
      {
        id: 'cxone-na1',
        type: 'cxone',
        mode: 'enforce',
        state: 'working',
        waiting: { due: 5, retrying: 5, refused: 5, disputed: 5 },
        open: 0,
      },
    ])
  })

  test('are read page by page in the order of their ids', async () => {
    for (const id of ['b', 'a', 'c'])
      await server.db.query(
        `insert into app (tenant_id, id, type, mode, settings, detached_at) values ($1, $2, 'memory', 'observe', '{}', now())`,
        [ACME, id],
      )
    const items = await readAll('/api/v1/apps', (body) => appPage.parse(body), 2)
    expect(items.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'a detached',
      'b detached',
      'c detached',
      'cxone-na1 working',
    ])
  })

  test('show their open items and how many wait for each, those of a detached connection not among them', async () => {
    const { db } = server
    const code = (state: string, set: string) =>
      db.query(`update delivery set ${set} where tenant_id = $1 and state = $2`, [ACME, state])
    await code('retrying', `code = 'unknown-role', code_key = 'Agnt'`)
    await code('refused', `code = 'name-taken'`)
    for (const tenant of [ACME, GLOBEX]) {
      await addOpenItem(db, { tenant, kind: 'unknown-role', key: 'Agnt', fix: `Make it in ${tenant}.` })
      await addOpenItem(db, { tenant, kind: 'unknown-role', key: 'Other' })
      await addOpenItem(db, { tenant, kind: 'unreachable' })
      await addOpenItem(db, { tenant, kind: 'name-taken', state: 'seen' })
    }
    const shown = async () => app.parse((await server.ask('/api/v1/apps/cxone-na1')).json())
    const items = async () =>
      (await shown()).openItems.map(({ kind, about, waiting }) => [kind, about, waiting].join(' ').replace('  ', ' '))
    expect(await items()).toEqual(['unreachable 10', 'unknown-role Agnt 5', 'unknown-role Other 0'])
    expect((await shown()).openItems[1]?.fix).toBe('Make it in acme.')
    expect(appPage.parse((await server.ask('/api/v1/apps')).json()).items.at(-1)).toMatchObject({ open: 3 })

    await db.query(`delete from connection_app where tenant_id = $1`, [ACME])
    expect(await items()).toEqual(['unknown-role Agnt 0', 'unknown-role Other 0', 'unreachable 0'])
    expect((await shown()).waiting).toEqual({ due: 0, retrying: 0, refused: 0, disputed: 0 })
    await db.query(`insert into connection_app (tenant_id, connection_id, app_id) values ($1, 'okta', 'cxone-na1')`, [
      ACME,
    ])
  })

  test('say when they are paused, and why', async () => {
    const set = (text: string) =>
      server.db.query(`update app set ${text} where tenant_id = $1 and id = 'cxone-na1'`, [ACME])
    await set(`paused_until = now() + interval '1 hour', pause_why = 'CXone does not answer.'`)
    expect(app.parse((await server.ask('/api/v1/apps/cxone-na1')).json())).toMatchObject({
      state: 'paused',
      pausedWhy: 'CXone does not answer.',
      way: 'cxone',
      connections: ['okta'],
    })
    await set(`paused_until = null, pause_why = null`)
  })

  test('are tried now by a run that names who asked', async () => {
    const reply = await server.ask('/api/v1/apps/cxone-na1/deliver', { method: 'POST' })
    const { run } = runStarted.parse(reply.json())
    expect(reply.headers['location']).toBe(`/api/v1/runs/${run}`)
    const started = runWithSteps.parse((await server.ask(`/api/v1/runs/${run}`)).json())
    expect(started).toMatchObject({
      workflow: 'deliver-now',
      state: 'waiting',
      actor: 'key:ops',
      input: { app: 'cxone-na1' },
    })
  })

  test('that are detached are not written to', async () => {
    const reply = await server.ask('/api/v1/apps/a/deliver', { method: 'POST' })
    expect(reply.statusCode).toBe(409)
    expect(reply.json()).toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('no longer in rollcall.yaml'),
    })
  })
})

describe('runs', () => {
  test('are read newest first, also those of one instant, and completely', async () => {
    const instants = [
      '2030-01-01T00:00:00.000001Z',
      '2030-01-01T00:00:00.000002Z',
      '2030-01-01T00:00:00.000002Z',
      '2030-01-01T00:00:00.000003Z',
    ]
    const ids: string[] = []
    for (const created of instants) ids.push(await addRun(server.db, { tenant: ACME, created }))
    const items = await readAll('/api/v1/runs', (body) => runPage.parse(body), 1)
    const mine = items.map(({ id }) => id).filter((id) => ids.includes(id))
    expect(mine).toHaveLength(4)
    expect([mine[0], mine[3]]).toEqual([ids[3], ids[0]])
  })

  test('show their steps', async () => {
    const id = await addRun(server.db, { tenant: ACME, state: 'done', steps: ['make-due'] })
    const run = runWithSteps.parse((await server.ask(`/api/v1/runs/${id}`)).json())
    expect(run.steps).toEqual([{ name: 'make-due', state: 'done', result: 3, at: expect.any(String) }])
  })
})

describe('the SCIM log', () => {
  beforeAll(async () => {
    for (let n = 0; n < 12; n++)
      await addExchange(server.db, {
        tenant: ACME,
        path: `/scim/v2/Users/${n}`,
        ...(n === 11 ? { status: 409, why: 'The name is taken.' } : {}),
      })
  })

  test('is read newest first, page by page', async () => {
    const items = await readAll('/api/v1/connections/okta/exchanges', (body) => exchangePage.parse(body), 5)
    expect(items.map(({ path }) => path.split('/').at(-1))).toEqual([
      '11',
      '10',
      '9',
      '8',
      '7',
      '6',
      '5',
      '4',
      '3',
      '2',
      '1',
      '0',
    ])
    expect(items[0]).toMatchObject({
      status: 409,
      why: 'The name is taken.',
      understood: [{ code: 'T1', detail: 'read as written' }],
    })
  })

  test('is followed oldest first from where it was left', async () => {
    const [latest] = exchangePage.parse((await server.ask('/api/v1/connections/okta/exchanges?limit=1')).json()).items
    await addExchange(server.db, { tenant: ACME, path: '/new/1' })
    await addExchange(server.db, { tenant: ACME, path: '/new/2' })
    const { items } = exchangePage.parse(
      (await server.ask(`/api/v1/connections/okta/exchanges?after=${latest?.id}`)).json(),
    )
    expect(items.map(({ path }) => path)).toEqual(['/new/1', '/new/2'])
  })
})

describe('people', () => {
  const find = async (query: string) => peoplePage.parse((await server.ask(`/api/v1/people?${query}`)).json()).items

  test('are found by a name in any case, with their accounts as last seen', async () => {
    const identity = await addIdentity(server.db, { tenant: ACME, userName: 'Zoë@acme.example' })
    await server.db.query(`update identity set user_name_key = 'zoë@acme.example' where id = $1`, [identity])
    const delivery = await addDelivery(server.db, {
      tenant: ACME,
      identity,
      subject: 'account:77',
      state: 'delivered',
      delivered: 1,
    })
    await server.db.query(
      `insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id, origin) values ($1, 'cxone-na1', 'okta', $2, 'linked', '77', 'created')`,
      [ACME, identity],
    )
    const accounts = async () => (await find('userName=zo%C3%8B@ACME.example'))[0]?.accounts
    expect(await accounts()).toEqual([
      {
        app: 'cxone-na1',
        connection: 'okta',
        account: '77',
        state: 'unknown',
        link: 'linked',
        why: null,
        delivery: { state: 'delivered', wanted: 1, delivered: 1, next: null, detail: null },
      },
    ])

    const plan = (state: string, outcomes: unknown, at: string) =>
      server.db.query(
        `insert into plan (id, tenant_id, app_id, delivery_id, hash, state, steps, outcomes, created_at) values (gen_random_uuid(), $1, 'cxone-na1', $2, 'h', $3, '[]', $4, $5)`,
        [ACME, delivery, state, JSON.stringify(outcomes), at],
      )
    const seen = (state: string) => ({ ok: true, seen: { id: '77', state, attributes: {} } })
    await plan('applied', [seen('pending'), seen('active')], '2026-01-01T00:00:00Z')
    expect((await accounts())?.[0]?.state).toBe('active')
    await plan('failed', [seen('inactive'), { ok: false, code: 'throttled' }], '2026-01-02T00:00:00Z')
    expect((await accounts())?.[0]?.state).toBe('inactive')
    await plan('failed', [{ ok: false, code: 'unreachable' }], '2026-01-03T00:00:00Z')
    expect((await accounts())?.[0]?.state).toBe('inactive')
  })

  test('who only want an account have none yet', async () => {
    await addIdentity(server.db, { tenant: ACME, userName: 'new@acme.example' })
    expect((await find('userName=new@acme.example'))[0]?.accounts).toEqual([
      { app: 'cxone-na1', connection: 'okta', account: null, state: 'absent', link: null, why: null, delivery: null },
    ])
  })

  test('have identities in several connections, and those who exist come before the deleted', async () => {
    await server.db.query(
      `insert into connection (tenant_id, id, profile, delivery) values ($1, 'entra', 'entra', 'queue')`,
      [ACME],
    )
    const person = '00000000-0000-4000-8000-00000000000a'
    await addIdentity(server.db, { tenant: ACME, userName: 'twice@acme.example', person })
    await addIdentity(server.db, {
      tenant: ACME,
      userName: 'twice-elsewhere@acme.example',
      connection: 'entra',
      person,
    })
    await addIdentity(server.db, { tenant: ACME, userName: 'twice@acme.example', deleted: true })
    const people = await find('userName=twice@acme.example')
    expect(people).toHaveLength(2)
    expect(people[0]?.person).toBe(person)
    expect(people[0]?.identities.map(({ connection }) => connection).toSorted()).toEqual(['entra', 'okta'])
    expect(people[1]?.identities[0]?.deleted).not.toBeNull()
    expect(await find('userName=twice@acme.example&connection=entra')).toEqual([])
  })
})
