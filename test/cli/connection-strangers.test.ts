/** Calls that reached no connection: who may see them, and what is kept of one. */
import { createHash } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { until } from '../support/wait.ts'

interface UnknownCalls {
  readonly items: { readonly carried: string; readonly path: string }[]
  readonly hidden: string | null
}

let server: TestRollcall
let sql: Client
beforeAll(async () => {
  server = await startRollcallForTest({ profiles: ['okta', 'entra'] })
  sql = new Client(server.databaseUrl)
  await sql.connect()
})
afterAll(async () => {
  await sql.end()
  await server.close()
})

const call = (token: string, path = '/scim/v2/Users?filter=userName%20eq%20%22ann%40secret.test%22') =>
  fetch(server.address + path, { headers: { authorization: token } })

const seenBy = async (key: string, connection: string): Promise<UnknownCalls> => {
  const response = await fetch(`${server.address}/api/v1/connections/${connection}/unknown-calls`, {
    headers: { authorization: `Bearer ${key}` },
  })
  return (await response.json()) as UnknownCalls
}

const rows = async (): Promise<Record<string, unknown>[]> =>
  (await sql.query<Record<string, unknown>>('select * from unknown_call order by id')).rows

const carriedTo = async (key: string, connection: string): Promise<string[]> =>
  (await seenBy(key, connection)).items.map(({ carried }) => carried)

test('with two tenants, a call that carries nothing known is shown to neither; what somebody has is shown to them', async () => {
  const revoke = (token: string) =>
    sql.query('update credential set revoked_at = now() where sha256 = $1', [
      createHash('sha256').update(token).digest(),
    ])
  await revoke('entra-only-0123456789')
  await revoke(server.strangerToken)
  await call('Bearer a-token-of-nobody-at-all')
  await call('')
  await call('Bearer entra-only-0123456789')
  await call(`Bearer ${server.strangerToken}`)
  await call(`Basic ${Buffer.from(`any:${server.apiKey}`).toString('base64')}`)
  await until(rows, (written) => written.length >= 5)

  expect((await seenBy(server.apiKey, 'okta')).hidden).toBe('several-tenants')
  expect(await carriedTo(server.apiKey, 'entra-only')).toEqual(['revoked', 'api-key'])
  expect(await carriedTo(server.apiKey, 'okta-only')).toEqual(['api-key'])
  expect(await carriedTo(server.strangerKey, 'okta')).toEqual(['revoked'])
})

test('nothing of a secret, a query or a body is stored', async () => {
  const stored = JSON.stringify(await rows())
  expect(stored).toContain('/scim/v2/Users')
  expect(stored).not.toMatch(/secret\.test|nobody-at-all|0123456789/)
  for (const token of ['a-token-of-nobody-at-all', server.strangerToken, server.apiKey])
    expect(stored).not.toContain(createHash('sha256').update(token).digest('hex'))
})

test('a call for something else, and one that signs in, is none of these', async () => {
  const before = (await rows()).at(-1)?.['id']
  await call('', '/favicon.ico')
  await call('', '/api/v1/people')
  await call(`Bearer ${server.scimToken}`)
  await call('Bearer the-last-of-them-0123456789', '/scim')
  await until(rows, (written) => written.at(-1)?.['path'] === '/scim')
  const after = (await rows()).filter(({ id }) => Number(id) > Number(before))
  expect(after.map(({ path }) => path)).toEqual(['/scim'])
})

test('of a flood, no more than a hundred are kept for each, and what somebody has is not washed away by it', async () => {
  for (let round = 0; round < 3; round++) {
    await Promise.all(Array.from({ length: 60 }, (_, at) => call(`Bearer flood-${round}-${at}-0123456789`)))
    await until(
      rows,
      (written) => written.filter((row) => row['tenant_id'] === null).length >= Math.min(100, 60 * (round + 1)),
    )
  }
  expect((await rows()).filter((row) => row['tenant_id'] === null)).toHaveLength(100)
  expect(await carriedTo(server.strangerKey, 'okta')).toEqual(['revoked'])
})
