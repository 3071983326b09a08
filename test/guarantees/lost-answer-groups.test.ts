import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { openLossyConnection, type LossyConnection } from './lossy-connection.ts'

// As in lost-answer.test.ts, for groups: their changes are transactions, so it is the answer to the commit that counts. But
// who comes and goes is one statement, which is harmless to make twice.

let database: TestDatabase
let connection: LossyConnection
let rollcall: TestRollcall
let scim: ScimClient
let mia: string
beforeAll(async () => {
  database = await createTestDatabase()
  connection = await openLossyConnection(database.url)
  rollcall = await startRollcallForTest({ databaseUrl: connection.url })
  scim = scimClient(rollcall.base, rollcall.scimToken)
  mia = (await scim('POST', '/Users', userOf('mia@acme.test'))).body.id
})
afterAll(async () => {
  await rollcall.close()
  await connection.close()
  await database.drop()
})

let id: string
let lostBefore: number
beforeEach(async () => {
  id = (await scim('POST', '/Groups', { displayName: `Before ${connection.lost()}` })).body.id
  lostBefore = connection.lost()
})

const ADD_MIA = () => ({ op: 'add', path: 'members', value: [{ value: mia }] })
const addMia = () => scim('PATCH', `/Groups/${id}`, patchOf(ADD_MIA()))
const renameAndAddMia = () =>
  scim('PATCH', `/Groups/${id}`, patchOf({ op: 'replace', path: 'displayName', value: `After ${id}` }, ADD_MIA()))

const found = async (): Promise<{ version: string | null; members: number }> => {
  const { headers, body } = await scim('GET', `/Groups/${id}`)
  return { version: headers.get('etag'), members: (body as { members?: object[] }).members?.length ?? 0 }
}

test('a change that was committed is answered as made, and was made once', async () => {
  connection.loseAnswerTo('commit')
  const { status, headers } = await renameAndAddMia()
  expect([status, headers.get('etag'), connection.lost()]).toEqual([204, 'W/"2"', lostBefore + 1])
  expect(await found()).toEqual({ version: 'W/"2"', members: 1 })
})

test('a change that was not committed changed nothing, and says so', async () => {
  connection.loseAnswerTo('update-group')
  const { status, body } = await renameAndAddMia()
  expect([status, connection.lost()]).toEqual([503, lostBefore + 1])
  expect(body.detail).toContain('nothing was changed')
  expect(await found()).toEqual({ version: 'W/"1"', members: 0 })
})

test('a member who was added is a member once, and the answer says so', async () => {
  connection.loseAnswerTo('change-members')
  const { status, headers } = await addMia()
  expect([status, headers.get('etag'), connection.lost()]).toEqual([204, 'W/"2"', lostBefore + 1])
  expect(await found()).toEqual({ version: 'W/"2"', members: 1 })
})

test('a create that was committed is answered as created', async () => {
  connection.loseAnswerTo('commit')
  const { status, body } = await scim('POST', '/Groups', { displayName: 'Made', members: [{ value: mia }] })
  expect([status, connection.lost()]).toEqual([201, lostBefore + 1])
  expect((await scim('GET', `/Groups/${body.id}`)).body).toEqual(body)
})

test('a delete that was committed is answered as done', async () => {
  connection.loseAnswerTo('commit')
  expect([(await scim('DELETE', `/Groups/${id}`)).status, connection.lost()]).toEqual([204, lostBefore + 1])
  expect((await scim('GET', `/Groups/${id}`)).status).toBe(404)
})
