/** A policy of rollcall.yaml: what whoever saves one is told, and who waited for another. */
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { policy as policySchema } from '../../src/contract/policy.ts'
import { openDb, type Db } from '../../src/store/db.ts'
import { rollcall as command } from '../cli/terminal.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { scimClient, userOf } from '../support/scim.ts'
import { until } from '../support/wait.ts'

let database: TestDatabase
let db: Db
let running: TestRollcall | undefined
let lines: Readonly<Record<string, unknown>>[] = []
beforeEach(async () => {
  database = await createTestDatabase()
  db = openDb(database.url, { max: 1 })
})
afterEach(async () => {
  await running?.close()
  await db.close()
  await database.drop()
})

/** Ends what runs, and starts it with this policy. */
async function start(policy: object): Promise<TestRollcall> {
  await running?.close()
  lines = []
  const kept = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  const desk = { id: 'desk', type: 'memory', roles: ['Agent', 'Supervisor'], defaults: { role: 'Agent' }, policy }
  running = await startRollcallForTest({ apps: [desk], databaseUrl: database.url, log: pino({ level: 'warn' }, kept) })
  return running
}

interface Row {
  readonly state: string
  readonly code: string | null
}
const rowsThat = (enough: (row: Row) => boolean): Promise<readonly Row[]> =>
  until(
    async () => (await db.query<Row>('select state, code from delivery order by id')).rows,
    (rows) => rows.every(enough),
  )

test('what it changes of accounts that are there is logged at every start, with app, line and what to do, and shown with the policy', async () => {
  const policy = { owns: { role: 'always' }, account: { invite: true } }
  for (const _ of [1, 2]) {
    await start(policy)
    const warned = lines.filter(({ app }) => app === 'desk')
    expect(warned).toEqual([
      expect.objectContaining({
        tenant: 'acme',
        line: expect.any(Number),
        msg: expect.stringMatching(
          /rollcall\.yaml:\d+:\d+: tenants\[0\]\.apps\[0\]\.policy\.account\.invite: New people .* Leave it out/,
        ),
      }),
      expect.objectContaining({
        msg: expect.stringMatching(/policy\.owns\.role: The role of accounts .* Write `onCreate`/),
      }),
    ])
    expect(new Set(warned.map(({ line }) => line)).size).toBe(2)
  }
  const { address = '', apiKey = '' } = running ?? {}
  const answer = await fetch(`${address}/api/v1/apps/desk/policy`, { headers: { authorization: `Bearer ${apiKey}` } })
  const { warnings } = policySchema.parse(await answer.json())
  expect(warnings).toHaveLength(2)
  const { err } = await command(['policy', 'show', 'desk'], {
    env: { ROLLCALL_URL: address, ROLLCALL_API_KEY: apiKey },
  })
  for (const warning of warnings) expect(err).toContain(`Note: ${warning}`)
})

test('whoever waited for another one is tried again with the start that brings it, and nobody else is', async () => {
  const holding = {
    rules: [
      { name: 'fails', when: 'user.title == "fails"', give: { role: { from: '"Nobody"', among: ['Agent'] } } },
      { name: 'unknown', when: 'user.title == "unknown"', give: { role: 'Walker' } },
      { name: 'fine', when: 'user.title == "fine"', give: { role: 'Agent' } },
    ],
    otherwise: 'hold',
  }
  const first = await start(holding)
  const scim = scimClient(first.base, first.scimToken)
  for (const title of ['held', 'unknown', 'fails'])
    expect((await scim('POST', '/Users', { ...userOf(`${title}@example.com`), title })).status).toBe(201)
  const waiting = await rowsThat(({ code }) => code !== null)
  expect(new Set(waiting.map(({ code }) => code))).toEqual(new Set(['held', 'policy-invalid', 'unknown-role']))
  expect((await scim('POST', '/Users', { ...userOf('fine@example.com'), title: 'fine' })).status).toBe(201)
  await until(
    async () => (await db.query<Row>(`select state, code from delivery where state = 'delivered'`)).rows,
    (rows) => rows.length === 1,
  )
  await start({ rules: [] })
  await rowsThat(({ state }) => state === 'delivered')
  const { rows } = await db.query<{ userName: string; done: number }>(
    `select identity.user_name as "userName", count(*) as done from event
     join identity on identity.tenant_id = event.tenant_id and identity.id = event.identity_id
     where event.kind = 'delivery.done' group by 1 order by 1`,
  )
  expect(rows.map(({ userName, done }) => [userName, done])).toEqual(
    ['fails', 'fine', 'held', 'unknown'].map((name) => [`${name}@example.com`, 1]),
  )
})
