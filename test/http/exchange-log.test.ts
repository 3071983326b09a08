import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openExchangeLog } from '../../src/http/scim/exchange-log.ts'
import { EXCHANGES_KEPT, type Exchange } from '../../src/operations/record-exchanges.ts'
import { caller, openTestWorld, tenant, type TestWorld } from '../store/world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', [], ['okta', 'entra'])])
})
afterAll(() => world.close())

const exchange = (more: Partial<Exchange>): Exchange => ({
  at: new Date(),
  method: 'POST',
  path: '/scim/v2/Users',
  status: 201,
  durationMs: 1,
  requestId: 'r',
  body: null,
  understood: [],
  ...more,
})

async function recorded(exchanges: readonly Exchange[], connection = 'okta'): Promise<Record<string, unknown>[]> {
  await world.db.query('truncate scim_exchange')
  const log = openExchangeLog(world.db)
  for (const one of exchanges) log.record(caller('acme', connection), one, 100)
  await log.flush()
  return (await world.db.query<Record<string, unknown>>('select * from scim_exchange order by id')).rows
}

describe('what is remembered of an exchange', () => {
  test('holds no password, token or secret, wherever it stands', async () => {
    const rows = await recorded([
      exchange({ body: { userName: 'mia', password: 'hunter2', nested: [{ clientSecret: 'hunter2' }] } }),
      exchange({ body: { Operations: [{ op: 'replace', path: 'password', value: 'hunter2' }] } }),
      exchange({ body: { Operations: [{ op: 'replace', value: { Password: 'hunter2', title: 'Lead' } }] } }),
    ])
    expect(JSON.stringify(rows)).not.toContain('hunter2')
    expect(rows[0]).toMatchObject({ body: { userName: 'mia', password: '***' } })
    expect(rows[2]).toMatchObject({ body: { Operations: [{ value: { title: 'Lead' } }] } })
  })
  test('is cut where it is long, and storable whatever it is', async () => {
    let deep: unknown = 'end'
    for (let n = 0; n < 2_000; n++) deep = [deep]
    const rows = await recorded([
      exchange({ body: { text: 'x'.repeat(100_000) } }),
      exchange({
        body: { text: 'a\u0000b\ud800c' },
        path: '/scim/v2/Users/\u0000',
        why: 'not \ud800 well \u0000 formed',
      }),
      exchange({ body: deep }),
      exchange({ body: undefined }),
    ])
    expect(rows).toHaveLength(4)
    for (const row of rows) expect(JSON.stringify(row).length).toBeLessThan(20_000)
    expect(rows[1]).toMatchObject({ body: { text: 'a\ufffdb\ufffdc' } })
  })
  test('is storable when text only looks like what is not, and when a name or a note is not', async () => {
    const body = { path: 'C:\\u0000', pair: 'x\\udabb1', 'ACME\udabb1': ['\u0000'], '\u0000': 1 }
    const [row] = await recorded([exchange({ body, understood: [{ code: 'T30', detail: 'a\u0000\udabb' }] })])
    expect(row).toMatchObject({
      body: { path: 'C:\\u0000', pair: 'x\\udabb1', 'ACME\ufffd1': ['\ufffd'], '\ufffd': 1 },
      understood: [{ code: 'T30', detail: 'a\ufffd\ufffd' }],
    })
  })
  test('is storable whatever the body', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue({ stringUnit: 'binary' }), fc.string({ unit: 'binary' }), async (body, text) => {
        expect(await recorded([exchange({ body, path: text, why: text })])).toHaveLength(1)
      }),
      { numRuns: 30, examples: [[{ text: `${'x'.repeat(8_182)}\u{1F600}\u{1F600}` }, '\ud800']] },
    )
  })
  test('of one connection that cannot be written does not cost the others theirs', async () => {
    await world.db.query('truncate scim_exchange')
    const log = openExchangeLog(world.db)
    log.record(caller('acme', 'not declared'), exchange({}), 0)
    log.record(caller('acme', 'entra'), exchange({}), 0)
    await expect(log.flush()).rejects.toThrow('foreign key')
    const { rows } = await world.db.query('select connection_id from scim_exchange')
    expect(rows).toEqual([{ connection_id: 'entra' }])
  })
  test('holds on to no long body until it is written', async () => {
    await world.db.query('truncate scim_exchange')
    const log = openExchangeLog(world.db)
    const body = { text: 'x'.repeat(100_000) }
    log.record(caller(), exchange({ body }), 100_000)
    // What is still read later would show this.
    body.text = 'later'
    await log.flush()
    const { rows } = await world.db.query<{ body: unknown }>('select body from scim_exchange')
    expect(rows).toEqual([{ body: { cut: expect.stringMatching(/^\{"text":"x+…$/) } }])
  })
  test('is the last few hundred of each connection', async () => {
    const log = openExchangeLog(world.db)
    for (let n = 0; n < EXCHANGES_KEPT + 40; n++) {
      log.record(caller(), exchange({ path: `/scim/v2/Users/${n}` }), 0)
      if (n % 50 === 0) await log.flush()
    }
    await log.flush()
    log.record(caller('acme', 'entra'), exchange({}), 0)
    log.record(caller(), exchange({ path: 'newest' }), 0)
    await log.flush()
    const { rows } = await world.db.query<{ connection_id: string; kept: number; newest: string }>(
      'select connection_id, count(*) as kept, (array_agg(path order by id desc))[1] as newest from scim_exchange group by 1 order by 1',
    )
    expect(rows).toEqual([
      { connection_id: 'entra', kept: 1, newest: '/scim/v2/Users' },
      { connection_id: 'okta', kept: EXCHANGES_KEPT, newest: 'newest' },
    ])
  })
  test('of a flood is its end, and what was refused before that', async () => {
    await world.db.query('truncate scim_exchange')
    const log = openExchangeLog(world.db)
    for (let n = 0; n < 400; n++)
      log.record(caller(), exchange({ path: `/scim/v2/Users/${n}`, status: n === 7 ? 404 : 200 }), 0)
    await log.flush()
    const { rows } = await world.db.query<{ path: string }>('select path from scim_exchange order by id')
    expect(rows.map(({ path }) => path)).toEqual(
      [7, ...Array.from({ length: 100 }, (_, n) => 300 + n)].map((n) => `/scim/v2/Users/${n}`),
    )
  })
})
