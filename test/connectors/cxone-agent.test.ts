/** What the cxone connector does with the ACD half beyond the contract's cases. */
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { firstActive, newcomer, resolved, wholeOf } from '../../src/connectors/conformance-people.ts'
import { fullHolder } from '../../src/connectors/conformance-holdings.ts'
import { openCxoneWorld, type CxoneWorld, type Switches, type WorldOptions } from './cxone-world.ts'

const opened: CxoneWorld[] = []
afterEach(async () => {
  for (const world of opened.splice(0)) await world.close()
})

async function open(switches: Switches = {}, options: WorldOptions = {}): Promise<CxoneWorld> {
  const world = await openCxoneWorld(switches, options)
  opened.push(world)
  return world
}

const fault = (world: CxoneWorld, match: object, effect: object) =>
  world.control('POST', '/faults', { faults: [{ match, effect }] })

interface CallRow {
  readonly method: string
  readonly path: string
}
const callsTo = async (world: CxoneWorld, method: string, path: RegExp) =>
  (await world.control<readonly CallRow[]>('GET', '/calls?limit=10000')).filter(
    (call) => call.method === method && path.test(call.path),
  ).length

describe('a deactivation', () => {
  it.each([{ drop: true }, { status: 500, body: {} }, { status: 429, body: {} }, { status: 403, body: {} }])(
    'takes place though the ACD answers %j',
    async (effect) => {
      const world = await open()
      const account = await fullHolder(world)
      await fault(world, { path: 'incontactapi' }, effect)
      const outcome = await world.connector.apply({ kind: 'deactivate', account, endSession: true }, 'k')
      expect(outcome).toMatchObject({ ok: true, seen: { state: 'inactive' } })
    },
  )
})

describe('the user limit', () => {
  it('is held against before anything is sent', async () => {
    const world = await open()
    const want = await resolved(world, await newcomer(world))
    await world.leaveRoom?.(0)
    const outcome = await world.connector.apply({ kind: 'create', want }, 'k')
    expect(outcome).toMatchObject({ ok: false, code: 'ceiling-reached', retry: 'later' })
    expect(await callsTo(world, 'POST', /v1\/users$/)).toBe(0)
  })

  it('is left to CXone where the setting says so, and its refusal is understood', async () => {
    const world = await open({}, { settings: { respectUserLimit: false } })
    const want = await resolved(world, await newcomer(world))
    await world.leaveRoom?.(0)
    const outcome = await world.connector.apply({ kind: 'create', want }, 'k')
    expect(outcome).toMatchObject({ ok: false, code: 'ceiling-reached', retry: 'later' })
    expect(await callsTo(world, 'POST', /v1\/users$/)).toBe(1)
  })
})

describe('an invitation', () => {
  it('needs a sender, and says which right tells who that is', async () => {
    const world = await open({ tokenSubject: 'opaque' })
    const account = await fullHolder(world, { state: 'unregistered' })
    await world.control('PUT', '/service-role', { permissions: ['employees.view', 'employees.edit'] })
    const outcome = await world.connector.apply({ kind: 'invite', account }, 'k')
    expect(outcome).toMatchObject({ ok: false, code: 'right-missing', retry: 'later' })
    expect(outcome.ok ? '' : outcome.detail).toContain('Access Key View')
    expect(await world.mails()).toBe(0)
  })

  it('whose answer was lost is not sent again', async () => {
    const world = await open()
    const account = await fullHolder(world, { state: 'unregistered' })
    const match = { path: 'inviteById' }
    await world.control('POST', '/faults', { faults: [{ match, times: 1, effect: { drop: true, after: true } }] })
    expect(await world.connector.apply({ kind: 'invite', account }, 'k')).toMatchObject({ ok: false, retry: 'soon' })
    expect(await world.connector.apply({ kind: 'invite', account }, 'k')).toMatchObject({ ok: true })
    expect(await world.mails()).toBe(1)
  })
})

describe('licence attributes that an update cannot set', () => {
  it('are left as they are, said to be hidden, and not chased', async () => {
    const world = await open({ putLicence: 'ignored' })
    const account = await fullHolder(world)
    const { licence } = await resolved(world, { licence: (await world.template?.()) ?? '' })
    const outcome = await world.connector.apply({ kind: 'update', account, set: { licence: licence ?? '' } }, 'k')
    expect(outcome).toMatchObject({ ok: true, seen: { hidden: ['licence'] } })
    expect((await wholeOf(world, account)).hidden).toEqual(['licence'])
  })
})

describe('catalogues', () => {
  it('say what teams are charged for, in the words of CXone', async () => {
    const world = await open()
    const { records } = await world.connector.read('team')
    expect(records.some(({ charges = [] }) => charges.includes('niceScreenRecordingEnabled'))).toBe(true)
    expect(records.every(({ charges }) => charges !== undefined)).toBe(true)
  })

  it('say nothing of charges where the ACD teams may not be seen', async () => {
    const world = await open()
    await fault(world, { path: 'incontactapi/.*/teams' }, { status: 403, body: {} })
    const { records } = await world.connector.read('team')
    expect(records.length).toBeGreaterThan(0)
    expect(records.every(({ charges }) => charges === undefined)).toBe(true)
  })

  it('name the role of a security profile', async () => {
    const world = await open()
    const role = await firstActive(world.connector, 'role')
    const { records } = await world.connector.read('security-profile')
    expect(records.find((profile) => profile.role === role.id)?.name).toBe(role.name)
  })
})

describe('the version of the ACD services', () => {
  it('is the one that the setting names', async () => {
    const world = await open({}, { settings: { acdVersion: 22 } })
    await world.connector.read('skill')
    expect(await callsTo(world, 'GET', /services\/v22\.0\/skills/)).toBeGreaterThan(0)
  })

  it('is one that there is, where newer ones are not', async () => {
    const world = await open()
    await fault(world, { path: 'services/v(3[0-9]|29)\\.0/' }, { status: 404, body: {} })
    const { records } = await world.connector.read('skill')
    expect(records.length).toBeGreaterThan(0)
    expect(await callsTo(world, 'GET', /services\/v28\.0\/skills/)).toBeGreaterThan(0)
  })
})

describe('further roles', () => {
  it('are ten at most: more are refused before anything is sent', async () => {
    const world = await open()
    const account = await fullHolder(world)
    const grants = Array.from({ length: 11 }, () => ({ id: randomUUID() }))
    const before = await world.raw(account)
    const outcome = await world.connector.apply({ kind: 'grant', account, of: 'role', grants }, 'k')
    expect(outcome).toMatchObject({ ok: false, code: 'policy-invalid', retry: 'later' })
    expect(await world.raw(account)).toEqual(before)
  })
})
