import { Client } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { until } from '../support/wait.ts'

let rollcall: TestRollcall
let scim: ScimClient
let sql: Client
beforeAll(async () => {
  rollcall = await startRollcallForTest({
    apps: [
      { id: 'reads', type: 'memory', mode: 'enforce' },
      { id: 'ignores', type: 'memory', mode: 'enforce' },
    ],
  })
  scim = scimClient(rollcall.base, rollcall.scimToken)
  sql = new Client(rollcall.databaseUrl)
  await sql.connect()
  await sql.query(`update app set reads_groups = true where id = 'reads'`)
})
afterAll(async () => {
  await sql.end()
  await rollcall.close()
})

/** What is wanted and what is delivered of each row of an app, added up. */
async function progress(app: string): Promise<{ wanted: number; delivered: number }> {
  const { rows } = await sql.query<{ wanted: number; delivered: number }>(
    'select sum(wanted)::integer as wanted, sum(delivered)::integer as delivered from delivery where app_id = $1',
    [app],
  )
  return rows[0] ?? { wanted: 0, delivered: 0 }
}

test('a change of a group is delivered again for its members, where an app reads groups and nowhere else', async () => {
  const ids: string[] = []
  for (let n = 0; n < 6; n++) ids.push((await scim('POST', '/Users', userOf(`p${n}@acme.test`))).body.id)
  const settled = (app: string, wanted: number) =>
    until(
      () => progress(app),
      (now) => now.wanted === wanted && now.delivered === wanted,
    )
  await settled('reads', 6)
  await settled('ignores', 6)
  const members = ids.slice(0, 4).map((value) => ({ value }))
  const { id } = (await scim('POST', '/Groups', { displayName: 'Sales', members })).body
  await settled('reads', 10)
  // One row for all four, worked off in the background.
  await scim('PATCH', `/Groups/${id}`, patchOf({ op: 'replace', value: { displayName: 'Support' } }))
  await settled('reads', 14)
  await scim('PATCH', `/Groups/${id}`, patchOf({ op: 'replace', value: { id, displayName: 'Support' } }))
  await scim('PATCH', `/Groups/${id}`, patchOf({ op: 'replace', path: 'members', value: [] }))
  await settled('reads', 18)
  await scim('DELETE', `/Groups/${id}`)
  await until(
    async () => (await sql.query('select 1 from fan_out')).rows.length,
    (waiting) => waiting === 0,
  )
  expect(await progress('reads')).toEqual({ wanted: 18, delivered: 18 })
  expect(await progress('ignores')).toEqual({ wanted: 6, delivered: 6 })
})
