import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { admin, ask, basic, bearer, listed, openStage, type Instance, type Stage } from './stage.ts'

// Only ends what would never end.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const PASSWORD = 'Passwort: grün & lang'
const NEXT = 'the next password'
const connections = [
  {
    id: 'okta',
    profile: 'okta',
    basic: { username: 'rollcall-okta', passwords: [{ value: PASSWORD }, { value: NEXT }] },
  },
  { id: 'other', tokens: [{ value: 'other-token-0123456789' }] },
]

let stage: Stage
let one: Instance
let sql: Client
beforeAll(async () => {
  stage = await openStage()
  one = await stage.start(connections)
  sql = new Client(stage.databaseUrl)
  await sql.connect()
})
afterAll(async () => {
  await sql.end()
  await stage.close()
})

test('each password of the user name opens the connection, in UTF-8 and with colons', async () => {
  for (const password of [PASSWORD, PASSWORD.normalize('NFD'), NEXT])
    expect((await ask(one, basic('rollcall-okta', password))).status).toBe(200)
})

test.each([
  ['a wrong password', basic('rollcall-okta', 'wrong')],
  ['no password', basic('rollcall-okta', '')],
  ['another user name', basic('rollcall-Okta', NEXT)],
  ['no colon', `Basic ${Buffer.from('rollcall-okta').toString('base64')}`],
  ['no base64', 'Basic rollcall-okta:x'],
  ['nothing', 'Basic'],
])('%s is refused with a challenge, and nothing of it is repeated', async (_, authorization) => {
  const refused = await ask(one, authorization)
  expect([refused.status, refused.body['status']]).toEqual([401, '401'])
  expect(refused.headers.get('www-authenticate')).toMatch(/^Basic realm="rollcall", charset="UTF-8"/)
  expect(refused.text).not.toMatch(/rollcall-okta|wrong/i)
})

test('passwords are kept as slow hashes with a salt of their own, and no row opens anything by itself', async () => {
  const { rows } = await sql.query<{ slow_hash: string; sha256: Buffer }>(
    `select slow_hash, sha256 from credential where kind = 'password' order by id`,
  )
  expect(rows).toHaveLength(2)
  for (const { slow_hash, sha256 } of rows) {
    expect(slow_hash).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/)
    for (const stolen of [slow_hash, sha256.toString('base64'), sha256.toString('hex')])
      expect((await ask(one, bearer(stolen))).status).toBe(401)
  }
  expect(new Set(rows.map(({ slow_hash }) => slow_hash.split('$')[4])).size).toBe(2)
  for (const password of [PASSWORD, NEXT]) expect(one.logged()).not.toContain(password)
})

test('declaring them again changes nothing, and a revoked one stays revoked', async () => {
  const before = await listed(one, 'okta')
  const [next] = before
  expect(before.map(({ kind, state }) => [kind, state])).toEqual([
    ['password', 'valid'],
    ['password', 'valid'],
  ])
  await admin(one, `/tokens/${next?.id}/revoke`, { body: {} })
  await pause(2_100)
  expect((await ask(one, basic('rollcall-okta', NEXT))).status).toBe(401)
  const two = await stage.start(connections)
  expect((await listed(two, 'okta')).map(({ id, state }) => [id, state])).toEqual([
    [before[0]?.id, 'revoked'],
    [before[1]?.id, 'valid'],
  ])
  expect((await ask(two, basic('rollcall-okta', NEXT))).status).toBe(401)
  expect((await ask(two, basic('rollcall-okta', PASSWORD))).status).toBe(200)
  await two.close()
})
