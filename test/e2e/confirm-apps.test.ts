import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { scimClient, userOf, type ScimClient } from '../support/scim.ts'

const NOBODY = { account: { when: 'user.title == "Pilot"' } }

let cxone: TestCxone
let rollcall: TestRollcall
let scim: ScimClient
beforeAll(async () => {
  cxone = await startCxoneForTest()
  rollcall = await startRollcallForTest({
    // Two that have nothing to do, one before and one behind in any order, and both faster.
    apps: [
      { id: 'a-observed', type: 'memory', mode: 'observe', defaults: { role: 'Agent', team: 'Default Team' } },
      cxone.app,
      { id: 'z-nobody', type: 'memory', policy: NOBODY },
    ],
    delivery: 'confirm',
    confirmSeconds: 10,
  })
  await cxone.control('PUT', '/latency', { ms: 30 })
  scim = scimClient(rollcall.base, rollcall.scimToken)
})
afterAll(async () => {
  await rollcall.close()
  await cxone.close()
})

describe('a provider whose connection has several apps', () => {
  test('hears that one of them refuses, although the others have nothing to do', async () => {
    const stranger = (await cxone.state()).users.find((user) => user.status === 'ACTIVE')
    const userName = String(stranger?.userName)
    const refused = await scim('POST', '/Users', userOf(userName))
    expect(refused).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } })
    expect((await scim('GET', `/Users?filter=userName eq "${userName}"`)).body.totalResults).toBe(0)
  })

  test('hears 201 once the one that writes has written', async () => {
    const made = await scim('POST', '/Users', userOf('several@acme.test'))
    expect(made.status).toBe(201)
    expect(await cxone.userNamed('several@acme.test')).toMatchObject({ status: 'UNREGISTERED' })
  })
})
