import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { app as appSchema, type App } from '../../src/contract/app.ts'
import { openDb, type Db } from '../../src/store/db.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { receiveMail, type MailServer } from '../support/mail-server.ts'
import { startRollcallForTest, type TestRollcall, type TestRollcallOptions } from '../support/rollcall.ts'
import { scimClient, userOf } from '../support/scim.ts'
import { until } from '../support/wait.ts'
import { receiveWebhooks, WEBHOOK_SECRET, type WebhookReceiver } from '../support/webhook-receiver.ts'

// Only ends what would never end.
vi.setConfig({ testTimeout: 120_000 })
const soon = <T>(look: () => Promise<T>, enough: (value: T) => boolean): Promise<T> => until(look, enough, 60_000)

/** Seconds, for a test that cannot wait as long as people can. */
const PACE = { look: 0.1, find: 60, gather: 0.3, quiet: 0.5, again: 600, probe: 0.5 }

let cxone: TestCxone
let database: TestDatabase
let db: Db
let hook: WebhookReceiver
let mail: MailServer
let running: TestRollcall[] = []
beforeEach(async () => {
  cxone = await startCxoneForTest({
    entry: { defaults: { role: 'Floor Walker', team: 'Default Team' }, concurrency: 4 },
  })
  database = await createTestDatabase()
  db = openDb(database.url, { max: 2 })
  hook = await receiveWebhooks()
  mail = await receiveMail({ disabledCommands: ['STARTTLS'] })
})
afterEach(async () => {
  for (const one of running) await one.close()
  running = []
  await db.close()
  await database.drop()
  await cxone.close()
  await hook.close()
  await mail.close()
})

async function start(options: TestRollcallOptions = {}): Promise<TestRollcall> {
  const alerts = [
    { id: 'ops-hook', type: 'webhook', url: hook.url, secret: { value: WEBHOOK_SECRET } },
    {
      id: 'ops-mail',
      type: 'smtp',
      host: '127.0.0.1',
      port: mail.port,
      tls: 'none',
      from: 'r@acme.test',
      to: ['ops@acme.test'],
    },
  ]
  const started = await startRollcallForTest({
    apps: [cxone.app],
    databaseUrl: database.url,
    alerts,
    alertPace: PACE,
    ...options,
  })
  running.push(started)
  return started
}

const shownBy = async ({ address, apiKey }: TestRollcall): Promise<App> => {
  const answer = await fetch(`${address}/api/v1/apps/cxone-na1`, { headers: { authorization: `Bearer ${apiKey}` } })
  return appSchema.parse(await answer.json())
}

async function push({ base, scimToken }: TestRollcall, people: number, name = 'agent'): Promise<void> {
  const scim = scimClient(base, scimToken)
  await Promise.all(
    Array.from({ length: people }, async (_, n) => {
      expect((await scim('POST', '/Users', userOf(`${name}${n}@acme.test`))).status).toBe(201)
    }),
  )
}

/** Somebody makes the role active in CXone. */
const mend = () => cxone.control('PUT', '/role', { roleName: 'Floor Walker', status: 'ACTIVE' })

const told = () => hook.received.map(({ body }) => `${body.type} ${String(body.data['waiting'])}`)
const undelivered = async (): Promise<number> =>
  (await db.query<{ n: number }>('select count(*) as n from delivery where wanted > delivered')).rows[0]?.n ?? -1

/** Tables that hold the address or the secret of an alert. */
async function tablesWithSecrets(): Promise<string[]> {
  const { rows: tables } = await db.query<{ name: string }>(
    `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  )
  const holding: string[] = []
  for (const { name } of tables) {
    const { rows } = await db.query(`select t from (select row_to_json(it)::text as t from ${name} as it) as whole
      where t like '%path-that-may-be-secret%' or t like '%${WEBHOOK_SECRET.slice(6, 30)}%'`)
    if (rows.length > 0) holding.push(name)
  }
  return holding
}

test('a role that cannot be given is one item with all who wait, told once to each; made active there, all are delivered and the end is told; neither address nor secret of an alert is kept anywhere', async () => {
  const rollcall = await start()
  await push(rollcall, 12)
  const app = await soon(
    () => shownBy(rollcall),
    ({ openItems }) => openItems[0]?.waiting === 12,
  )
  expect(app).toMatchObject({
    open: 1,
    openItems: [
      {
        kind: 'unknown-role',
        about: 'Floor Walker',
        waiting: 12,
        fix: expect.stringContaining('make it active again'),
      },
    ],
  })
  await soon(
    async () => told(),
    (messages) => messages.length > 0,
  )
  expect(hook.received[0]).toMatchObject({
    genuine: true,
    body: { data: { tenant: 'acme', app: 'cxone-na1', about: 'Floor Walker' } },
  })
  await mend()
  await soon(undelivered, (left) => left === 0)
  await soon(
    async () => told(),
    (messages) => messages.length > 1,
  )
  await soon(
    async () => mail.mails,
    (mails) => mails.length > 1,
  )
  expect(told()).toEqual([expect.stringMatching(/^open-item\.opened \d+$/), 'open-item.resolved 0'])
  expect(mail.mails.map(({ raw }) => /^Subject: .*$/m.exec(raw)?.[0])).toHaveLength(2)
  expect((await shownBy(rollcall)).openItems).toEqual([])
  expect((await cxone.state()).users.filter(({ userName }) => userName.startsWith('agent'))).toHaveLength(12)
  expect(await tablesWithSecrets()).toEqual([])
})

test('two processes tell it once, and a receiver that was down hears of it when it is back, after a restart too', async () => {
  hook.answer(503)
  const [first] = [await start(), await start()]
  await push(first, 5)
  await soon(
    async () => hook.calls(),
    (calls) => calls > 0,
  )
  for (const one of running) await one.close()
  running = []
  hook.answer(204)
  await db.query('update alert set due_at = now() where sent_at is null')
  const [again, other] = [await start(), await start()]
  await soon(
    async () => told(),
    (messages) => messages.length > 0,
  )
  await push(other, 5, 'more')
  await mend()
  await soon(undelivered, (left) => left === 0)
  await soon(
    async () => told(),
    (messages) => messages.length > 1,
  )
  // A reading of the app may have found it before anybody waited.
  expect(told()).toEqual([expect.stringMatching(/^open-item\.opened \d+$/), 'open-item.resolved 0'])
  expect(new Set(hook.received.map(({ id }) => id)).size).toBe(2)
  expect((await shownBy(again)).open).toBe(0)
})

describe('alert test', () => {
  const test1 = async ({ address, apiKey }: TestRollcall, id: string): Promise<unknown> => {
    const answer = await fetch(`${address}/api/v1/alerts/${id}/test`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}` },
    })
    return answer.json()
  }
  test('sends a signed message and a mail, and says what the receivers said', async () => {
    const rollcall = await start()
    expect(await test1(rollcall, 'ops-hook')).toEqual({
      alert: 'ops-hook',
      sent: true,
      detail: `${new URL(hook.url).host} took it with status 204.`,
    })
    expect(hook.received).toMatchObject([{ genuine: true, body: { type: 'test' } }])
    expect(await test1(rollcall, 'ops-mail')).toMatchObject({ sent: true })
    expect(mail.mails).toMatchObject([{ to: ['ops@acme.test'] }])
    hook.answer(500)
    expect(await test1(rollcall, 'ops-hook')).toMatchObject({
      sent: false,
      detail: expect.stringContaining('status 500'),
    })
    expect(await test1(rollcall, 'nobody')).toMatchObject({ detail: expect.stringContaining('ops-hook, ops-mail') })
  })
})
