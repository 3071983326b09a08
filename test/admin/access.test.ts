import type { LightMyRequestResponse } from 'fastify'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { problem, PROBLEMS } from '../../src/contract/problem.ts'
import { ACME, addDelivery, addExchange, addIdentity, addRun, GLOBEX, KEYS, TOKEN } from './rows.ts'
import { openAdminServer, type AdminServer } from './server.ts'

let server: AdminServer
let run = ''
let othersRun = ''
beforeAll(async () => {
  server = await openAdminServer()
  const mine = await addIdentity(server.db, { tenant: ACME, userName: 'ann@acme.example' })
  await addDelivery(server.db, { tenant: ACME, identity: mine, subject: 'name:ann@acme.example' })
  await addExchange(server.db, { tenant: ACME, path: '/scim/v2/Users?mine' })
  run = await addRun(server.db, { tenant: ACME })
  const others = await addIdentity(server.db, { tenant: GLOBEX, userName: 'bob@globex.example' })
  await addDelivery(server.db, { tenant: GLOBEX, identity: others, subject: 'name:bob@globex.example' })
  await addExchange(server.db, { tenant: GLOBEX, path: '/scim/v2/Users?others' })
  othersRun = await addRun(server.db, { tenant: GLOBEX })
  // An app and a connection that only the other tenant has.
  await server.db.query(
    `insert into app (tenant_id, id, type, mode, settings) values ($1, 'hidden', 'cxone', 'enforce', '{}')`,
    [GLOBEX],
  )
  await server.db.query(
    `insert into connection (tenant_id, id, profile, delivery) values ($1, 'hidden', 'entra', 'queue')`,
    [GLOBEX],
  )
})
afterAll(() => server.close())

const READS = (): string[] => [
  '/api/v1/apps',
  '/api/v1/apps/cxone-na1',
  '/api/v1/deliveries',
  '/api/v1/deliveries?state=due&app=cxone-na1',
  '/api/v1/runs',
  `/api/v1/runs/${run}`,
  '/api/v1/connections/okta/exchanges',
  '/api/v1/connections/okta/exchanges?after=0',
  '/api/v1/people?userName=ann@acme.example',
]

describe('sign-in', () => {
  test.each([
    ['no key', null],
    ['an unknown key', 'no-such-key'],
    ['a revoked key', KEYS.revoked],
    ['a key that is no longer declared', KEYS.undeclared],
    ['a SCIM token', TOKEN],
    ['two words', 'owner-key and-more'],
    ['a key beyond all bounds', 'k'.repeat(5000)],
  ])('%s is refused on every route, as a problem', async (_name, key) => {
    for (const url of [...READS(), '/api/v1/apps/cxone-na1/deliver']) {
      const reply = await server.ask(url, { key, method: url.endsWith('deliver') ? 'POST' : 'GET' })
      expect(reply.statusCode, url).toBe(401)
      expect(reply.headers['www-authenticate']).toBe('Bearer realm="rollcall"')
      expect(problem.parse(reply.json()).code).toBe('not-signed-in')
    }
  })

  test('the scheme is read in any case, and another scheme is none', async () => {
    const ask = (authorization: string): Promise<LightMyRequestResponse> =>
      server.ask('/api/v1/apps', { key: null, headers: { authorization } })
    expect((await ask(`bearer ${KEYS.owner}`)).statusCode).toBe(200)
    expect((await ask(`BEARER   ${KEYS.owner}`)).statusCode).toBe(200)
    expect((await ask(`Basic ${KEYS.owner}`)).statusCode).toBe(401)
  })
})

describe('roles', () => {
  test('every role may read', async () => {
    for (const key of [KEYS.owner, KEYS.operator, KEYS.auditor]) {
      for (const url of READS()) expect((await server.ask(url, { key })).statusCode, url).toBe(200)
    }
  })

  test('an auditor may not act, and nothing is started', async () => {
    const before = await countRuns()
    const reply = await server.ask('/api/v1/apps/cxone-na1/deliver', { key: KEYS.auditor, method: 'POST' })
    expect(reply.statusCode).toBe(403)
    expect(problem.parse(reply.json())).toMatchObject({
      code: 'not-allowed',
      detail: expect.stringContaining('role auditor'),
    })
    expect(await countRuns()).toBe(before)
  })

  test('operators and owners may act', async () => {
    for (const key of [KEYS.operator, KEYS.owner]) {
      expect((await server.ask('/api/v1/apps/cxone-na1/deliver', { key, method: 'POST' })).statusCode).toBe(202)
    }
  })

  const countRuns = async (): Promise<number> =>
    (await server.db.query<{ n: number }>('select count(*) as n from run')).rows[0]?.n ?? 0
})

describe('a tenant never sees another', () => {
  test('no list, search or page of the other tenant holds anything of ours, or the reverse', async () => {
    for (const url of READS().filter((path) => !path.includes('/runs/') && !path.includes('people'))) {
      const mine = (await server.ask(url)).body
      const others = (await server.ask(url, { key: KEYS.other })).body
      expect(mine, url).not.toMatch(/globex|others|hidden/)
      expect(others, url).not.toMatch(/acme|mine/)
      if (url.includes('deliver') || url.includes('exchanges')) {
        expect(mine, url).toMatch(/acme|mine/)
        expect(others, url).toMatch(/globex|others/)
      }
    }
  })

  test.each([
    ['an app', (): string => '/api/v1/apps/hidden', 'GET'],
    ['delivering to an app', (): string => '/api/v1/apps/hidden/deliver', 'POST'],
    ['a run', (): string => `/api/v1/runs/${othersRun}`, 'GET'],
    ['the log of a connection', (): string => '/api/v1/connections/hidden/exchanges', 'GET'],
  ] as const)('%s of another tenant is not there', async (_name, url, method) => {
    const reply = await server.ask(url(), { method, key: KEYS.owner })
    expect(reply.statusCode).toBe(404)
    expect(problem.parse(reply.json()).code).toBe('not-found')
    expect((await server.ask(url(), { method, key: KEYS.other })).statusCode).toBeLessThan(300)
  })

  test('a person of another tenant is not found', async () => {
    const url = '/api/v1/people?userName=bob@globex.example'
    expect((await server.ask(url)).json()).toEqual({ items: [], next: null })
    expect((await server.ask(url, { key: KEYS.other })).json<{ items: unknown[] }>().items).toHaveLength(1)
  })

  test('a cursor of another tenant opens nothing of it', async () => {
    await addDelivery(server.db, {
      tenant: GLOBEX,
      identity: await addIdentity(server.db, { tenant: GLOBEX, userName: 'z@globex.example' }),
      subject: 'name:z@globex.example',
    })
    const { next } = (await server.ask('/api/v1/deliveries?limit=1', { key: KEYS.other })).json<{ next: string }>()
    expect(typeof next).toBe('string')
    expect((await server.ask(`/api/v1/deliveries?cursor=${next}`)).body).not.toMatch(/globex/)
  })
})

describe('every refusal is problem details with a declared status', () => {
  const cases: [
    string,
    {
      method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
      url: string
      headers?: Record<string, string>
      payload?: string
    },
    keyof typeof PROBLEMS,
  ][] = [
    ['an unknown address', { url: '/api/v1/nothing' }, 'not-found'],
    ['an unknown address outside v1', { url: '/api/nothing' }, 'not-found'],
    ['an unknown app', { url: '/api/v1/apps/nothing' }, 'not-found'],
    ['an unknown run', { url: '/api/v1/runs/00000000-0000-4000-8000-000000000000' }, 'not-found'],
    ['a method that is not possible', { url: '/api/v1/apps', method: 'DELETE' }, 'method-not-allowed'],
    [
      'a method that is not possible, with a body',
      { url: '/api/v1/runs', method: 'PUT', headers: { 'content-type': 'text/plain' }, payload: 'x' },
      'method-not-allowed',
    ],
    [
      'malformed JSON',
      {
        url: '/api/v1/apps/cxone-na1/deliver',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        payload: '{"a":',
      },
      'bad-request',
    ],
    [
      'a body that is no JSON',
      {
        url: '/api/v1/apps/cxone-na1/deliver',
        method: 'POST',
        headers: { 'content-type': 'text/csv' },
        payload: 'a,b',
      },
      'wrong-media-type',
    ],
    [
      'a body beyond all bounds',
      {
        url: '/api/v1/apps/cxone-na1/deliver',
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify('x'.repeat(1024 * 1024)),
      },
      'too-large',
    ],
    ['a limit out of bounds', { url: '/api/v1/apps?limit=201' }, 'invalid'],
    ['a state that is none', { url: '/api/v1/deliveries?state=lost' }, 'invalid'],
    ['a cursor that is none', { url: '/api/v1/deliveries?cursor=abc' }, 'invalid'],
    ['a cursor of another list', { url: `/api/v1/runs?cursor=${Buffer.from('12').toString('base64url')}` }, 'invalid'],
    [
      'a cursor that would be SQL',
      {
        url: `/api/v1/runs?cursor=${Buffer.from(JSON.stringify({ created: "now'; drop table run", id: '00000000-0000-4000-8000-000000000000' })).toString('base64url')}`,
      },
      'invalid',
    ],
    ['an id that is none', { url: '/api/v1/runs/12' }, 'invalid'],
    ['an app id with a NUL', { url: '/api/v1/apps/a%00b' }, 'invalid'],
    ['a name with a NUL', { url: '/api/v1/people?userName=a%00b' }, 'invalid'],
    [
      'a cursor with a NUL',
      { url: `/api/v1/apps?cursor=${Buffer.from('"a\\u0000"').toString('base64url')}` },
      'invalid',
    ],
    ['a name that is missing', { url: '/api/v1/people' }, 'invalid'],
    ['the same key twice', { url: '/api/v1/deliveries?state=due&state=refused' }, 'invalid'],
  ]
  test.each(cases)('%s', async (_name, { url, ...request }, code) => {
    const reply = await server.ask(url, request)
    const body = problem.parse(reply.json())
    expect(body.code).toBe(code)
    expect(reply.statusCode).toBe(PROBLEMS[code].status)
    expect(body).toMatchObject({
      status: reply.statusCode,
      title: PROBLEMS[code].title,
      type: `urn:rollcall:problem:${code}`,
    })
    expect(reply.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(body.instance).toMatch(/^urn:rollcall:request:.+/)
    if (code === 'method-not-allowed') expect(reply.headers['allow']).toBe('GET, HEAD')
    if (code === 'invalid') expect(body.errors?.[0]?.path).toMatch(/^(query|params)\.[a-zA-Z]+$/)
  })

  test('a database that is gone is 503 and says no more', async () => {
    const other = await openAdminServer()
    await other.db.close()
    const reply = await other.ask('/api/v1/apps')
    expect([500, 503]).toContain(reply.statusCode)
    expect(problem.parse(reply.json()).detail).not.toMatch(/pool|sql/i)
    await other.app.close()
  })
})
