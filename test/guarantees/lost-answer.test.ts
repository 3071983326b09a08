import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openDb, type Db } from '../../src/store/db.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { openLossyConnection, type LossyConnection } from './lossy-connection.ts'

// A commit whose answer is lost is a commit: whoever hears "nothing was changed" must be able to rely on it.

let database: TestDatabase
let connection: LossyConnection
let rollcall: TestRollcall
let scim: ScimClient
let db: Db

beforeAll(async () => {
  database = await createTestDatabase()
  connection = await openLossyConnection(database.url)
  rollcall = await startRollcallForTest({ databaseUrl: connection.url })
  scim = scimClient(rollcall.base, rollcall.scimToken)
  db = openDb(database.url, { max: 1 })
})
afterAll(async () => {
  await rollcall.close()
  await connection.close()
  await db.close()
  await database.drop()
})

let id: string
let lostBefore: number
beforeEach(async () => {
  id = (await scim('POST', '/Users', userOf(`before${connection.lost()}@acme.test`))).body.id
  lostBefore = connection.lost()
})

async function versionOf(): Promise<unknown> {
  const { rows } = await db.query<{ version: number }>('select version from identity where id = $1', [id])
  return rows[0]?.version
}

test('a create that was committed is answered as created', async () => {
  connection.loseAnswerTo('insert-user')
  const { status, body } = await scim('POST', '/Users', userOf('made@acme.test'))
  expect([status, connection.lost()]).toEqual([201, lostBefore + 1])
  expect((await scim('GET', `/Users/${body.id}`)).body.userName).toBe('made@acme.test')
})

test('a change that was committed is answered as made, and was made once', async () => {
  connection.loseAnswerTo('update-user')
  const patch = patchOf({ op: 'replace', path: 'name.familyName', value: 'Okafor' })
  const { status, body } = await scim('PATCH', `/Users/${id}`, patch)
  expect([status, connection.lost()]).toEqual([200, lostBefore + 1])
  expect(body).toMatchObject({ name: { familyName: 'Okafor' }, meta: { version: 'W/"2"' } })
  expect(await versionOf()).toBe(2)
})

test('a delete that was committed is answered as done', async () => {
  connection.loseAnswerTo('end-user')
  expect([(await scim('DELETE', `/Users/${id}`)).status, connection.lost()]).toEqual([204, lostBefore + 1])
  expect((await scim('GET', `/Users/${id}`)).status).toBe(404)
})

test('a read whose answer is lost changed nothing, and says so', async () => {
  connection.loseAnswerTo('read-user')
  const { status, body } = await scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'title', value: 'Lead' }))
  expect([status, connection.lost()]).toEqual([503, lostBefore + 1])
  expect(body.detail).toContain('nothing was changed')
  expect(await versionOf()).toBe(1)
})
