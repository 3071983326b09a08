import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { createEmptyDatabase, type TestDatabase } from './empty-database.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { openAdmin } from './admin.ts'
import { API_KEY, serve, TOKEN, writeConfig, type ServeProcess } from './serve-process.ts'
import { until } from '../support/wait.ts'

const PEOPLE = 100

// Only ends what would never end.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let cxone: TestCxone
let database: TestDatabase
let both: readonly ServeProcess[]
let scims: readonly ScimClient[]

beforeAll(async () => {
  cxone = await startCxoneForTest({ entry: { concurrency: 4 } })
  database = await createEmptyDatabase()
  const folder = temporaryDirectory()
  const configPath = writeConfig(folder, [cxone.app])
  const key = Buffer.alloc(32, 7).toString('base64')
  both = [1, 2].map((n) =>
    serve({ configPath, dataDir: `${folder}/${n}`, databaseUrl: database.url, env: { ROLLCALL_KEY: key } }),
  )
  scims = await Promise.all(both.map(async ({ listening }) => scimClient(`${await listening}/scim/v2`, TOKEN)))
})

afterAll(async () => {
  await Promise.all(both.map((process) => process.end('SIGTERM')))
  await database.drop()
  await cxone.close()
})

const nameOf = (n: number): string => `person${n}@two.test`
const range = Array.from({ length: PEOPLE }, (_, n) => n)
const through = (n: number): ScimClient => scims[n % 2] as ScimClient

async function everythingDelivered(): Promise<void> {
  const admin = openAdmin(async () => (await both[0]?.listening) ?? '', API_KEY)
  const rows = await until(
    () => admin.deliveries(),
    (all) => all.every(({ state }) => state !== 'due' && state !== 'retrying'),
    120_000,
  )
  expect(rows.filter(({ state }) => state !== 'delivered')).toEqual([])
}

async function callsOf(route: string): Promise<number> {
  const { byRoute } = (await cxone.state()).calls
  return byRoute[route] ?? 0
}

test('two processes that start at once on an empty database both become ready', async () => {
  for (const { listening } of both) expect((await fetch(`${await listening}/readyz`)).status).toBe(200)
})

test('a hundred people pushed through both become a hundred accounts, and later changes lose nothing', async () => {
  const before = (await cxone.state()).users
  const ids = await Promise.all(
    range.map(async (n) => {
      const made = await through(n)('POST', '/Users', userOf(nameOf(n)))
      expect(made.status).toBe(201)
      return made.body.id
    }),
  )
  await everythingDelivered()
  expect(await callsOf('POST /user-management/v1/users')).toBe(PEOPLE)

  // Both processes change each person at the same moment, each another attribute.
  await Promise.all(
    ids.flatMap((id, n) => [
      through(n)('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'name.givenName', value: `Given${n}` })),
      through(n + 1)('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'name.familyName', value: `Family${n}` })),
    ]),
  ).then((answers) => expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200)))
  await everythingDelivered()
  const changed = (await cxone.state()).users
  const made = changed.filter(({ id }) => !before.some((old) => old.id === id))
  const names = made.map((user) => `${user.userName} ${String(user['firstName'])} ${String(user['lastName'])}`)
  expect(new Set(names)).toEqual(new Set(range.map((n) => `${nameOf(n)} Given${n} Family${n}`)))
  expect(made).toHaveLength(PEOPLE)
  expect(changed.filter(({ id }) => before.some((old) => old.id === id))).toEqual(before)

  // The process that did not hear of the last change deactivates.
  const leavers = ids.slice(0, PEOPLE / 2)
  await Promise.all(
    leavers.map((id, n) =>
      through(n + 1)('PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: { active: false } })),
    ),
  )
  await everythingDelivered()
  expect(await callsOf('POST /user-management/v1/users/deactivate')).toBe(leavers.length)
  const gone = (await cxone.state()).users.filter(
    ({ userName, status }) => userName.endsWith('@two.test') && status === 'DELETED',
  )
  expect(gone).toHaveLength(leavers.length)
})
