import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, type ScimClient } from '../support/scim.ts'

const SIZE = 10_000
let rollcall: TestRollcall
let scim: ScimClient
let sql: Client
let everybody: string[]

beforeAll(async () => {
  rollcall = await startRollcallForTest({ profile: 'okta' })
  scim = scimClient(rollcall.base, rollcall.scimToken)
  sql = new Client(rollcall.databaseUrl)
  await sql.connect()
  const { rows } = await sql.query<{ id: string }>(
    `insert into identity (tenant_id, connection_id, id, person_id, user_name, user_name_key, active, document, created_at, modified_at)
     select 'acme', 'okta', gen_random_uuid(), gen_random_uuid(), 'p' || n, 'p' || n, true, jsonb_build_object('userName', 'p' || n, 'active', true), now(), now()
     from generate_series(1, $1::integer) as n returning id`,
    [SIZE],
  )
  everybody = rows.map(({ id }) => id)
})
afterAll(async () => {
  await sql.end()
  await rollcall.close()
})

const groupOf = (members: readonly string[]): object => ({
  displayName: 'Everybody',
  members: members.map((value) => ({ value })),
})

const membersIn = (body: object): string[] =>
  ((body as { members?: { value: string }[] }).members ?? []).map(({ value }) => value).toSorted()

/** How many membership rows are there, by the transaction that wrote them; the oldest first. */
async function writtenAtOnce(): Promise<number[]> {
  const { rows } = await sql.query<{ n: number }>(
    'select count(*)::integer as n from membership group by membership.xmin order by membership.xmin::text::bigint',
  )
  return rows.map(({ n }) => n)
}

test('a group of ten thousand is written and read whole, and changed at the price of the change', async () => {
  const created = await scim('POST', '/Groups', groupOf(everybody))
  expect(created.status).toBe(201)
  expect(membersIn(created.body)).toEqual(everybody.toSorted())
  const path = `/Groups/${created.body.id}`
  expect(await writtenAtOnce()).toEqual([SIZE])
  const [one, two] = [everybody[0] ?? '', everybody[1] ?? '']

  expect((await scim('PUT', path, groupOf(everybody.slice(1)))).status).toBe(200)
  expect(membersIn((await scim('GET', path)).body)).toEqual(everybody.slice(1).toSorted())
  const back = patchOf({ op: 'add', path: 'members', value: [{ value: one }, { value: two }] })
  expect((await scim('PATCH', path, back)).status).toBe(204)
  expect((await scim('PATCH', path, patchOf({ op: 'remove', path: `members[value eq "${two}"]` }))).status).toBe(204)
  expect((await scim('PATCH', path, patchOf({ op: 'replace', value: { displayName: 'All' } }))).status).toBe(204)
  // One left and came back, one left; no other row was written again.
  expect(await writtenAtOnce()).toEqual([SIZE - 2, 1])

  const list = await scim('GET', '/Groups?count=10')
  expect(membersIn(list.body.Resources[0] ?? {})).toHaveLength(SIZE - 1)
  expect((await scim('PATCH', path, patchOf({ op: 'replace', path: 'members', value: [] }))).status).toBe(204)
  expect(membersIn((await scim('GET', path)).body)).toEqual([])
})
