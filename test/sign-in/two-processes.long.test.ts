import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createEmptyDatabase, type TestDatabase } from '../guarantees/empty-database.ts'
import { API_KEY, serve, TOKEN, writeConfig, type ServeProcess } from '../guarantees/serve-process.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { admin, ask, bearer } from './stage.ts'

// Only ends what would never end.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

let database: TestDatabase
let both: readonly ServeProcess[]
let addresses: readonly { readonly address: string }[]

beforeAll(async () => {
  database = await createEmptyDatabase()
  const folder = temporaryDirectory()
  const configPath = writeConfig(folder, [])
  const env = { ROLLCALL_KEY: Buffer.alloc(32, 7).toString('base64') }
  both = [1, 2].map((n) => serve({ configPath, dataDir: `${folder}/${n}`, databaseUrl: database.url, env }))
  addresses = await Promise.all(both.map(async ({ listening }) => ({ address: await listening })))
})
afterAll(async () => {
  await Promise.all(both.map((process) => process.end('SIGTERM')))
  await database.drop()
})

test('what one process makes and revokes holds in the other, two seconds later at the latest, and its last use is kept', async () => {
  const [one, two] = addresses
  if (one === undefined || two === undefined) throw new Error('there are two processes')
  const { body } = await admin(one, '/tokens', { key: API_KEY, body: { connection: 'okta' } })
  const token = bearer(body['token'])
  for (const address of addresses) expect((await ask(address, token)).status).toBe(200)
  expect((await admin(two, `/tokens/${String(body['id'])}/revoke`, { key: API_KEY, body: {} })).status).toBe(200)
  await pause(2_100)
  for (const address of addresses) {
    expect((await ask(address, token)).status).toBe(401)
    expect((await ask(address, bearer(TOKEN))).status).toBe(200)
  }
  await both[1]?.end('SIGTERM')
  const { body: list } = await admin(one, '/tokens', { key: API_KEY })
  expect(list['items']).toMatchObject([
    { id: body['id'], state: 'revoked', lastUsed: expect.any(String) },
    { state: 'valid', lastUsed: expect.any(String) },
  ])
  for (const { said } of both) expect(said()).not.toContain(String(body['token']))
})
