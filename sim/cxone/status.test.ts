// Decides that people move between the states of facts 9.5 and 9.6 and in no other way, under the default switches.
import { expect, test } from 'vitest'
import { replacementFor, somebody } from './caller.ts'
import { testCaller } from './test-caller.ts'

const sim = testCaller({ users: 60 })

const USERS = '/user-management/v1/users'
const create = async (number = 1): Promise<string> => (await sim.api('POST', USERS, somebody(number))).body.uuid
const stored = async (id: string) => (await sim.control('GET', `/users/${id}`)).body
const statusOf = async (id: string): Promise<string> => (await stored(id)).status
const deactivate = (...userIds: string[]) => sim.api('POST', `${USERS}/deactivate`, { userIds })
const revive = (id: string) => sim.api('POST', `${USERS}/${id}/revive`)
const serviceUser = async (): Promise<string> => (await sim.control('GET', '/state')).body.serviceUserId
const invite = async (...inviteUserIds: string[]) =>
  sim.api('POST', '/user-management/v2/users/inviteById', { inviteUserIds, senderUserId: await serviceUser() })

test('create, invite, activate, lock, unlock, deactivate, revive walk through all states', async () => {
  const id = await create()
  const seen = [await statusOf(id)]
  const note = async () => seen.push(await statusOf(id))
  await invite(id)
  await note()
  await sim.control('POST', `/users/${id}/activate`)
  await note()
  await sim.control('POST', `/users/${id}/lock`)
  await note()
  await sim.control('POST', `/users/${id}/activate`)
  await note()
  await deactivate(id)
  await note()
  expect((await stored(id)).deletedDate).toEqual(expect.any(String))
  await revive(id)
  await note()
  expect(seen).toEqual(['UNREGISTERED', 'PENDING', 'ACTIVE', 'BLOCKED', 'ACTIVE', 'DELETED', 'ACTIVE'])
  expect((await stored(id)).deletedDate).toBeNull()
})

test('a revive ends where the person had come to', async () => {
  const [fresh, invited] = [await create(1), await create(2)]
  await invite(invited)
  await deactivate(fresh, invited)
  expect((await revive(fresh)).body).toEqual({ success: true, uuid: fresh })
  await revive(invited)
  expect([await statusOf(fresh), await statusOf(invited)]).toEqual(['UNREGISTERED', 'PENDING'])
})

test('deactivate returns unknown, inactive and its own id, and deactivates the others', async () => {
  const [id, gone, self] = [await create(1), await create(2), await serviceUser()]
  await deactivate(gone)
  const { status, body } = await deactivate('nobody', gone, self, id)
  expect([status, body]).toEqual([200, { notDeletedUserIds: ['nobody', gone, self] }])
  expect([await statusOf(id), await statusOf(self)]).toEqual(['DELETED', 'ACTIVE'])
})

test('deactivate wants a list of strings', async () => {
  for (const body of [undefined, {}, { userIds: 'x' }, { userIds: [1] }]) {
    expect((await sim.api('POST', `${USERS}/deactivate`, body)).status).toBe(400)
  }
})

test('who is not deactivated cannot be revived, and nobody unknown can', async () => {
  const id = await create()
  expect((await revive(id)).body.code).toBe('USER_NOT_DELETED')
  expect((await revive('nobody')).status).toBe(404)
})

test('a deactivated user cannot be updated, and is still found', async () => {
  const id = await create()
  const body = replacementFor((await sim.api('GET', `/user-management/v3/users/${id}`)).body.user)
  await deactivate(id)
  expect((await sim.api('PUT', USERS, body)).body.code).toBe('USER_DELETED')
  expect((await sim.api('GET', `/user-management/v3/users/${id}`)).body.user.status).toBe('DELETED')
})

test('an invite is mailed, again while pending, never to the active, and not to the deactivated', async () => {
  const [id, gone] = [await create(1), await create(2)]
  await deactivate(gone)
  await invite(id)
  await invite(id)
  expect((await invite(gone)).body.code).toBe('USER_DELETED')
  await sim.control('POST', `/users/${id}/activate`)
  expect((await invite(id)).body).toEqual({ success: true })
  const mails = (await sim.control('GET', '/mails')).rows
  expect(mails.map((mail) => [mail.to, mail['kind']])).toEqual([
    [somebody(1)['emailAddress'], 'invite'],
    [somebody(1)['emailAddress'], 'invite'],
  ])
})

test('an invite by address reaches everybody who has it', async () => {
  const { emailAddress } = somebody(1)
  const first = await create(1)
  const second = (await sim.api('POST', USERS, { ...somebody(2), emailAddress })).body.uuid
  const sender = (await stored(await serviceUser())).emailAddress
  const send = (list: unknown, from: unknown = sender) =>
    sim.api('POST', '/user-management/v2/users/inviteByEmail', { emailAddressesList: list, senderEmail: from })
  expect((await send([emailAddress!.toUpperCase()])).body).toEqual({ success: true })
  expect([await statusOf(first), await statusOf(second)]).toEqual(['PENDING', 'PENDING'])
  expect((await send(['none@alpenglow.example'])).status).toBe(404)
  expect((await send([emailAddress], 'none@alpenglow.example')).status).toBe(404)
  expect((await send('x')).status).toBe(400)
})

test('an invite needs a sender and people who exist', async () => {
  const path = '/user-management/v2/users/inviteById'
  const id = await create()
  expect((await sim.api('POST', path, { inviteUserIds: [id] })).status).toBe(400)
  expect((await sim.api('POST', path, { inviteUserIds: [id], senderUserId: 'nobody' })).status).toBe(404)
  expect((await invite(id, 'nobody')).status).toBe(404)
  expect(await statusOf(id)).toBe('UNREGISTERED')
})

test('the userName of a pending user cannot be changed', async () => {
  const id = await create()
  await invite(id)
  const body = replacementFor((await sim.api('GET', `/user-management/v3/users/${id}`)).body.user)
  const answer = await sim.api('PUT', USERS, { ...body, userName: 'other@alpenglow.example' })
  expect(answer.body.code).toBe('USERNAME_NOT_EDITABLE')
  expect((await sim.api('PUT', USERS, { ...body, lastName: 'Other' })).status).toBe(200)
})

test('deactivating somebody with an access key switches the key off', async () => {
  const state = (await sim.control('GET', '/state')).body
  const key = state.accessKeys.find((one) => one.userId !== state.serviceUserId)!
  await deactivate(key.userId)
  const { body } = await sim.api('GET', `/access-key-management/v1/access-keys/${key.accessKeyId}`)
  expect(body.resultSet.isActive).toBe(false)
})
