/** Who leaves is disabled, whatever the app cannot say about what it protects; and what is protected stays so. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ConnectorError, type Connector } from '../../src/connectors/contract.ts'
import { openProtection } from '../../src/workflows/protection.ts'
import { openOwnershipRig, type OwnershipRig } from './ownership-rig.ts'

let rig: OwnershipRig
beforeAll(async () => {
  rig = await openOwnershipRig()
})
afterAll(() => rig.close())

const silent = () => new ConnectorError({ code: 'unreachable', retry: 'soon', detail: 'That part does not answer.' })

interface Broken {
  self: boolean
  roles: boolean
  listing: boolean
}
let broken: Broken
let own: string | undefined

beforeEach(async () => {
  await rig.clear()
  await rig.query('update app set failures = 0, paused_until = null')
  broken = { self: false, roles: false, listing: false }
  own = undefined
  const plain = (): Connector => rig.connector
  const read = ((kind: 'account' | 'role', from?: string) => {
    if (kind === 'role' ? broken.roles : broken.listing) return Promise.reject(silent())
    return plain().read(kind as 'account', from)
  }) as Connector['read']
  const self = (): Promise<string | undefined> => (broken.self ? Promise.reject(silent()) : Promise.resolve(own))
  rig.use({
    // As a process keeps it.
    protection: openProtection({
      connector: { read, self },
      adopt: 'matching',
      protect: { userNames: [] },
      now: () => new Date(),
    }),
  })
})

const due = (): Promise<unknown> =>
  rig.query(`update delivery set next_at = now(), state = 'due' where wanted > delivered`)

async function leave(id: string): Promise<void> {
  await rig.patch(id, { active: false })
  await rig.drain()
}

async function pushed(userName: string, role?: string): Promise<string> {
  const id = await rig.push(userName)
  await rig.drain()
  const account = rig.named(userName)!
  if (role !== undefined) rig.target.put({ ...account, attributes: { ...account.attributes, role } })
  return id
}

describe('a leaver is disabled at once', () => {
  test('although the app does not say whose account the connector has, nor which roles there are', async () => {
    const mia = await pushed('mia')
    broken = { self: true, roles: true, listing: true }
    await leave(mia)
    expect(rig.named('mia')?.state).toBe('inactive')
    expect(await rig.query('select failures from app')).toEqual([{ failures: 0 }])
  })

  test('although they administer the app and it cannot be listed, if it had another administrator lately', async () => {
    const mia = await pushed('mia', 'role-Administrator')
    const kim = await pushed('kim', 'role-Administrator')
    await pushed('jo', 'role-Administrator')
    await leave(mia)
    broken.listing = true
    await leave(kim)
    expect(rig.named('kim')?.state).toBe('inactive')
  })
})

describe('what is protected stays so', () => {
  test('the connector’s own account, also in a new process to which the app does not say which that is', async () => {
    const mia = await pushed('mia')
    own = rig.named('mia')?.id
    await leave(mia)
    expect(await rig.row(mia)).toMatchObject({ state: 'disputed', code: 'protected' })
    const { protection } = fresh()
    rig.use({ protection })
    broken.self = true
    await due()
    await rig.drain()
    expect(rig.named('mia')?.state).toBe('active')
    expect(await rig.row(mia)).toMatchObject({
      state: 'retrying',
      code: 'answer-unexpected',
      detail: expect.stringContaining('cannot be told'),
    })
    expect(await rig.query('select failures from app')).toEqual([{ failures: 0 }])
    broken.self = false
    await due()
    await rig.drain()
    expect(await rig.row(mia)).toMatchObject({ state: 'disputed', code: 'protected' })
  })

  test('an administrator of whom nobody knows that there are others, and nobody else waits for that', async () => {
    const mia = await pushed('mia', 'role-Administrator')
    const kim = await pushed('kim')
    broken.listing = true
    await leave(mia)
    expect(rig.named('mia')?.state).toBe('active')
    expect(await rig.row(mia)).toMatchObject({
      state: 'retrying',
      detail: expect.stringContaining('last administrator'),
    })
    await leave(kim)
    expect(rig.named('kim')?.state).toBe('inactive')
    broken.listing = false
    await due()
    await rig.drain()
    expect(await rig.row(mia)).toMatchObject({ state: 'disputed', code: 'protected' })
  })
})

/** What another process would begin with. */
function fresh() {
  const self = (): Promise<string | undefined> => (broken.self ? Promise.reject(silent()) : Promise.resolve(own))
  const options = { adopt: 'matching', protect: { userNames: [] }, now: () => new Date() } as const
  return { protection: openProtection({ connector: { ...rig.connector, self }, ...options }) }
}
