/** How often an app is called, through the whole product, where waiting is the point. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openDb, type Db } from '../../src/store/db.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { until } from '../support/wait.ts'

// Only ends what would never end.
vi.setConfig({ testTimeout: 180_000 })

interface Rig {
  readonly cxone: TestCxone
  readonly rollcall: TestRollcall
  readonly db: Db
  readonly scim: ScimClient
}

async function openRig(rate: object): Promise<Rig> {
  const cxone = await startCxoneForTest({ entry: { rate } })
  const rollcall = await startRollcallForTest({ apps: [cxone.app] })
  const db = openDb(rollcall.databaseUrl, { max: 1 })
  return { cxone, rollcall, db, scim: scimClient(rollcall.base, rollcall.scimToken) }
}
async function closeRig({ cxone, rollcall, db }: Rig): Promise<void> {
  await db.close()
  await rollcall.close()
  await cxone.close()
}
const lastNameIs = ({ cxone }: Rig, userName: string, name: string) =>
  until(
    () => cxone.userNamed(userName),
    (user) => user?.['lastName'] === name,
    150_000,
  )

let byDefault: Rig
let slow: Rig
beforeAll(async () => {
  byDefault = await openRig({})
  slow = await openRig({ startPerSecond: 0.3, perSecond: 0.3, burst: 1 })
})
afterAll(async () => {
  await closeRig(byDefault)
  await closeRig(slow)
})

test('an app that bears fewer calls at once than a change takes gets them one by one, with the rate as it is by default', async () => {
  const userName = 'mia@acme.test'
  const { id } = (await byDefault.scim('POST', '/Users', userOf(userName))).body
  await lastNameIs(byDefault, userName, 'Roth')
  await byDefault.cxone.control('PUT', '/limits', { requestsPerSecond: 4, burst: 3, retryAfter: 1 })
  for (const name of ['Berger', 'Lindqvist', 'Okafor']) {
    await byDefault.scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', path: 'name.familyName', value: name }))
    expect(await lastNameIs(byDefault, userName, name)).toMatchObject({ userName })
  }
})

test('a delivery whose calls wait for longer than a lease lasts keeps its lease and is made once', async () => {
  const userName = 'mia@acme.test'
  await slow.scim('POST', '/Users', userOf(userName))
  await lastNameIs(slow, userName, 'Roth')
  const { rows } = await until(
    () => slow.db.query(`select state, wanted, delivered, attempts, recheck_at from delivery`),
    ({ rows: [row] }) => (row as { state: string }).state === 'delivered',
    150_000,
  )
  // Somebody who had found the lease run out would have had the row looked at once more.
  expect(rows).toEqual([{ state: 'delivered', wanted: 1, delivered: 1, attempts: 0, recheck_at: null }])
  expect((await slow.cxone.state()).users.filter((user) => user.userName === userName)).toHaveLength(1)
})
