// Decides that access keys are made, switched and deleted, in UserHub and through the ACD, as facts 2.6 and 4.8 say; and
// that divisions can be looked up (4.6).
import { expect, test } from 'vitest'
import type { Answer, Row } from './caller.ts'
import { active, oneWho, signInAnswer, stateOf, USERS } from './switch-case.ts'
import { testCaller } from './test-caller.ts'

const sim = testCaller({ users: 60 })

const BASE = '/access-key-management/v1/access-keys'

const signIn = async ({ body }: Answer): Promise<number> => {
  const { accessKeyId, accessKeySecret } = body.resultSet
  return (await signInAnswer(sim, { accessKeyId, accessKeySecret })).status
}

test('a new key signs in, is listed without its secret, and is off when switched off', async () => {
  const { id } = await oneWho(sim, active)
  const made = await sim.api('POST', BASE, { userId: id })
  expect(await signIn(made)).toBe(200)
  const listed = await sim.api('GET', `${BASE}?userId=${id}`)
  const { accessKeySecret, ...shown } = made.body.resultSet
  expect(listed.body.accessKeys).toEqual([{ ...shown, lastUsedDate: expect.any(String) }])
  expect(listed.text).not.toContain(accessKeySecret)
  const switched = await sim.api('PATCH', `${BASE}?accessKeyId=${shown.accessKeyId}`, { isActive: false })
  expect(switched.body.resultSet).toMatchObject({ isActive: false })
  expect(await signIn(made)).toBe(401)
  await sim.api('PATCH', `${BASE}?accessKeyId=${shown.accessKeyId}&userId=${id}`, { isActive: true })
  expect(await signIn(made)).toBe(200)
  expect((await sim.api('DELETE', `${BASE}/${shown.accessKeyId}`)).status).toBe(200)
  expect(await signIn(made)).toBe(401)
  expect((await sim.api('GET', `${BASE}/${shown.accessKeyId}`)).status).toBe(404)
})

test('the twin in the ACD shows and changes the same keys', async () => {
  const { id } = await oneWho(sim, active)
  const { agentId } = (await sim.control('GET', `/agents/${id}`)).body
  const made = await sim.acd('POST', `/access-keys?agentId=${String(agentId)}`)
  expect(await signIn(made)).toBe(200)
  const { accessKeyId } = made.body.resultSet
  const { accesskeys } = (await sim.acd('GET', `/access-keys?agentId=${String(agentId)}`)).body as unknown as {
    accesskeys: Row[]
  }
  expect(accesskeys.map((key) => key.accessKeyId)).toEqual([accessKeyId])
  expect((await sim.acd('PATCH', `/access-keys/${accessKeyId}`, { isActive: false })).status).toBe(200)
  expect((await sim.api('GET', `${BASE}/${accessKeyId}`)).body.resultSet).toMatchObject({ isActive: false, userId: id })
  await sim.acd('DELETE', `/access-keys/${accessKeyId}`)
  expect((await sim.acd('GET', `/access-keys/${accessKeyId}`)).status).toBe(404)
})

test('keys of somebody deactivated are off, and stay off after a revive', async () => {
  const { id } = await oneWho(sim, active)
  const made = await sim.api('POST', BASE, { userId: id })
  await sim.api('POST', `${USERS}/deactivate`, { userIds: [id] })
  expect((await stateOf(sim)).accessKeys.find((key) => key.userId === id)?.['isActive']).toBe(false)
  await sim.api('POST', `${USERS}/${id}/revive`)
  expect(await signIn(made)).toBe(401)
})

test('a key for nobody, of another tenant or without a flag is refused by name', async () => {
  expect((await sim.api('POST', BASE, { userId: 'nobody' })).status).toBe(404)
  const { id } = await oneWho(sim, active)
  const other = await sim.api('POST', BASE, { userId: id, tenantId: 'other' })
  expect([other.status, other.body.details]).toEqual([400, expect.stringContaining('tenantId')])
  const { accessKeyId } = sim.simulator
  const flagless = await sim.api('PATCH', `${BASE}?accessKeyId=${accessKeyId}`, {})
  expect([flagless.status, flagless.body.details]).toEqual([400, expect.stringContaining('isActive')])
})

test('divisions are searched by name and read by number', async () => {
  const search = (body: unknown) => sim.api('POST', '/division-management/v1/division/search', body)
  const all = (await search({})).body
  expect([all['totalRecords'], (all['division'] as Row[]).length]).toEqual([4, 4])
  const [emea] = (await search({ filter: { name: ['EMEA'] } })).body['division'] as Row[]
  const path = '/division-management/v1/division'
  expect((await sim.api('GET', `${path}/${String(emea?.['divisionId'])}`)).body['division']).toEqual(emea)
  expect((await sim.api('GET', `${path}/99`)).status).toBe(404)
})
