import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { stringify } from 'yaml'
import { app as appSchema, type App } from '../../src/contract/app.ts'
import { createEmptyDatabase, type TestDatabase } from '../guarantees/empty-database.ts'
import { API_KEY, serve, TOKEN, type ServeProcess } from '../guarantees/serve-process.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { scimClient, userOf } from '../support/scim.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { until } from '../support/wait.ts'
import { receiveWebhooks, WEBHOOK_SECRET, type WebhookReceiver } from '../support/webhook-receiver.ts'

const PEOPLE = 500
const LIMIT_MS = 300_000

// Only ends what would never end.
vi.setConfig({ testTimeout: 900_000, hookTimeout: 120_000 })

let cxone: TestCxone
let database: TestDatabase
let hook: WebhookReceiver
let processes: readonly ServeProcess[] = []
let launch: () => readonly ServeProcess[]

beforeAll(async () => {
  cxone = await startCxoneForTest({
    entry: { defaults: { role: 'Floor Walker', team: 'Default Team' }, concurrency: 4 },
  })
  database = await createEmptyDatabase()
  hook = await receiveWebhooks()
  const folder = temporaryDirectory()
  const configPath = join(folder, 'rollcall.yaml')
  const tenant = {
    id: 'acme',
    apiKeys: [{ id: 'ops', role: 'owner', value: API_KEY }],
    connections: [{ id: 'okta', profile: 'okta', delivery: 'queue', tokens: [{ value: TOKEN }], apps: [cxone.app.id] }],
    apps: [cxone.app],
    alerts: [{ id: 'ops-hook', type: 'webhook', url: hook.url, secret: { env: 'OPS_HOOK_SECRET' } }],
  }
  writeFileSync(configPath, stringify({ tenants: [tenant] }))
  const env = { ROLLCALL_KEY: Buffer.alloc(32, 7).toString('base64'), OPS_HOOK_SECRET: WEBHOOK_SECRET }
  launch = () => [1, 2].map((n) => serve({ configPath, dataDir: `${folder}/${n}`, databaseUrl: database.url, env }))
})
afterAll(async () => {
  await Promise.all(processes.map((process) => process.end('SIGTERM')))
  await database.drop()
  await hook.close()
  await cxone.close()
})

async function shown(): Promise<App> {
  const address = await processes[0]?.listening
  const answer = await fetch(`${address}/api/v1/apps/cxone-na1`, { headers: { authorization: `Bearer ${API_KEY}` } })
  return appSchema.parse(await answer.json())
}
const toldOf = (count: number) =>
  until(
    async () => hook.received,
    (all) => all.length >= count,
    LIMIT_MS,
  )

test('five hundred people who wait for a role are one item, told once by two processes that are killed meanwhile, and all are delivered when it is mended', async () => {
  hook.answer(503)
  processes = launch()
  const scims = await Promise.all(
    processes.map(async ({ listening }) => scimClient(`${await listening}/scim/v2`, TOKEN)),
  )
  for (let n = 0; n < PEOPLE; n += 20) {
    await Promise.all(
      Array.from({ length: 20 }, async (_, m) => {
        const made = await scims[m % 2]?.('POST', '/Users', userOf(`person${n + m}@alerts.test`))
        expect(made?.status).toBe(201)
      }),
    )
  }
  const waiting = await until(shown, ({ openItems }) => openItems[0]?.waiting === PEOPLE, LIMIT_MS)
  expect(waiting.openItems).toEqual([
    expect.objectContaining({ kind: 'unknown-role', about: 'Floor Walker', waiting: PEOPLE }),
  ])
  await until(
    async () => hook.calls(),
    (calls) => calls > 0,
    LIMIT_MS,
  )
  await Promise.all(processes.map((process) => process.end('SIGKILL')))

  hook.answer(204)
  processes = launch()
  await Promise.all(processes.map(({ listening }) => listening))
  await toldOf(1)
  await cxone.control('PUT', '/role', { roleName: 'Floor Walker', status: 'ACTIVE' })
  await until(shown, ({ waiting: { due, retrying } }) => due + retrying === 0, LIMIT_MS)
  const told = await toldOf(2)
  expect(told.map(({ genuine, body }) => [genuine, body.type, body.data['kind']])).toEqual([
    [true, 'open-item.opened', 'unknown-role'],
    [true, 'open-item.resolved', 'unknown-role'],
  ])
  expect((await shown()).openItems).toEqual([])
  const made = (await cxone.state()).users.filter(({ userName }) => userName.endsWith('@alerts.test'))
  expect(made).toHaveLength(PEOPLE)
})
