import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { until } from '../support/wait.ts'
import { admin, ask, AUDITOR, bearer, listed, openStage, STRANGER, type Instance, type Stage } from './stage.ts'

// Only ends what would never end.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const DECLARED = 'declared-token-0123456789'
const connections = [
  { id: 'okta', profile: 'okta', tokens: [{ value: DECLARED, name: 'from the file', expires: '2999-12-31' }] },
  { id: 'over', tokens: [{ value: 'over-token-0123456789', expires: '2020-01-31' }] },
  { id: 'bare', profile: 'generic' },
]

let stage: Stage
let one: Instance
let two: Instance
let sql: Client
beforeAll(async () => {
  stage = await openStage()
  one = await stage.start(connections)
  two = await stage.start(connections)
  sql = new Client(stage.databaseUrl)
  await sql.connect()
})
afterAll(async () => {
  await sql.end()
  await stage.close()
})

const make = async (body: object): Promise<{ id: number; token: string }> => {
  const { status, body: made } = await admin(one, '/tokens', { body })
  expect(status).toBe(201)
  return made as unknown as { id: number; token: string }
}
const revoke = (id: number, key?: string) =>
  admin(one, `/tokens/${id}/revoke`, { body: {}, ...(key === undefined ? {} : { key }) })

describe('a token that is made here', () => {
  test('opens its connection in every process at once, and no list, log or row shows it', async () => {
    const made = await make({ connection: 'okta', name: 'Okta, 2027' })
    expect(made).toMatchObject({ connection: 'okta', kind: 'token', state: 'valid', madeBy: 'key:boss', expires: null })
    for (const instance of [one, two]) expect((await ask(instance, bearer(made.token))).status).toBe(200)
    expect(JSON.stringify(await listed(one, 'okta'))).not.toContain(made.token)
    const { rows } = await sql.query('select * from credential')
    const { rows: events } = await sql.query(
      `select tenant_id, actor, connection_id, data from event where kind = 'token.created' and (data->>'token')::int = $1`,
      [made.id],
    )
    expect(events).toEqual([
      {
        tenant_id: 'acme',
        actor: 'key:boss',
        connection_id: 'okta',
        data: { token: made.id, name: 'Okta, 2027', expires: null },
      },
    ])
    for (const place of [JSON.stringify(rows), JSON.stringify(events), one.logged(), two.logged()])
      expect(place).not.toContain(made.token)
  })

  test('is all that a connection needs', async () => {
    const { token } = await make({ connection: 'bare' })
    expect((await ask(one, bearer(token))).status).toBe(200)
  })

  test('is for who may act, in their own tenant, on a connection that is there, and in the future', async () => {
    expect((await admin(one, '/tokens', { body: { connection: 'okta' }, key: AUDITOR })).status).toBe(403)
    expect((await admin(one, '/tokens', { body: { connection: 'okta' }, key: STRANGER })).status).toBe(404)
    expect((await admin(one, '/tokens', { body: { connection: 'gone' } })).status).toBe(404)
    const over = await admin(one, '/tokens', { body: { connection: 'okta', expires: '2020-01-01T00:00:00Z' } })
    expect([over.status, over.body['detail']]).toEqual([
      422,
      'body.expires: this is over. Write an instant in the future.',
    ])
    expect((await admin(one, '/tokens', { key: AUDITOR })).status).toBe(200)
    expect((await admin(one, '/tokens', { key: STRANGER })).body).toEqual({ items: [], next: null })
  })
})

describe('a token that expires', () => {
  test('opens nothing from then on, and says so to who has it', async () => {
    const { token, id } = await make({ connection: 'okta', expires: new Date(Date.now() + 1_500).toISOString() })
    const first = await ask(one, bearer(token))
    const refused = await until(
      () => ask(one, bearer(token)),
      ({ status }) => status !== 200,
    )
    expect([first.status, refused.status]).toEqual([200, 401])
    expect(refused.body['detail']).toMatch(/^This token has expired\./)
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer realm="rollcall", error="invalid_token", /)
    expect((await listed(one, 'okta')).find((item) => item.id === id)?.state).toBe('expired')
  })
  test('in the file is no reason not to start', async () => {
    expect((await ask(one, bearer('over-token-0123456789'))).body['detail']).toMatch(/^This token has expired\./)
    expect((await ask(one, bearer(DECLARED))).status).toBe(200)
  })
})

describe('a token that is revoked', () => {
  test('opens nothing after two seconds, in a process that has just seen it too', async () => {
    const { token, id } = await make({ connection: 'okta' })
    for (const instance of [one, two]) expect((await ask(instance, bearer(token))).status).toBe(200)
    expect((await revoke(id, AUDITOR)).status).toBe(403)
    expect((await revoke(id, STRANGER)).status).toBe(404)
    const revoked = await revoke(id)
    expect(revoked.body).toMatchObject({ id, state: 'revoked', revoked: { by: 'key:boss' } })
    await pause(2_100)
    for (const instance of [one, two]) {
      const refused = await ask(instance, bearer(token))
      expect([refused.status, refused.body['detail']]).toEqual([401, expect.stringMatching(/^This token is not known/)])
    }
    expect((await revoke(id)).body).toEqual(revoked.body)
    const { rows } = await sql.query(`select from event where kind = 'token.revoked' and (data->>'token')::int = $1`, [
      id,
    ])
    expect(rows).toHaveLength(1)
  })
  test('stays revoked whatever the file says', async () => {
    const value = 'to-be-revoked-0123456789'
    const file = [...connections, { id: 'late', tokens: [{ value, name: 'lost' }] }]
    const before = await stage.start(file)
    expect((await ask(before, bearer(value))).status).toBe(200)
    const [item] = await listed(before, 'late')
    await revoke(item?.id ?? 0)
    await before.close()
    const after = await stage.start(file)
    expect((await ask(after, bearer(value))).status).toBe(401)
    expect(await listed(after, 'late')).toMatchObject([{ id: item?.id, name: 'lost', state: 'revoked' }])
    await after.close()
    await (await stage.start(connections)).close()
  })
})

test('when one was last used is kept, once the process writes it down', async () => {
  const { token, id } = await make({ connection: 'okta' })
  const three = await stage.start(connections)
  const lastUsed = async () => (await listed(one, 'okta')).find((item) => item.id === id)?.lastUsed
  await ask(three, bearer(token))
  expect(await lastUsed()).toBeNull()
  await three.close()
  expect(await lastUsed()).toMatch(/^\d{4}-/)
})

test('a change of token under load costs not one request', async () => {
  const [old, next] = [
    await make({ connection: 'okta', name: 'old' }),
    await make({ connection: 'okta', name: 'next' }),
  ]
  const statuses = new Map<number, number>()
  let current = old.token
  let stopped = false
  const provider = async (instance: Instance): Promise<void> => {
    while (!stopped) {
      const { status } = await ask(instance, bearer(current))
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
    }
  }
  const load = [one, two, one, two].map((instance) => provider(instance))
  await pause(300)
  current = next.token
  await pause(300)
  await revoke(old.id)
  await pause(2_300)
  stopped = true
  await Promise.all(load)
  expect([...statuses.keys()]).toEqual([200])
  expect(statuses.get(200)).toBeGreaterThan(100)
  for (const instance of [one, two]) {
    expect((await ask(instance, bearer(old.token))).status).toBe(401)
    expect((await ask(instance, bearer(next.token))).status).toBe(200)
  }
})
