/** What the cxone connector does beyond the contract's cases: e-mail, lost answers, short throttles, keys that are wrong. */
import { randomUUID } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import type { Outcome } from '../../src/connectors/contract.ts'
import type { AccountAttributes } from '../../src/identity/account.ts'
import { openCxoneWorld, type CxoneWorld, type Switches, type WorldOptions } from './cxone-world.ts'

const opened: CxoneWorld[] = []
afterEach(async () => {
  for (const world of opened.splice(0)) await world.close()
})

async function open(options: WorldOptions = {}, switches: Switches = {}): Promise<CxoneWorld> {
  const world = await openCxoneWorld(switches, options)
  opened.push(world)
  return world
}

async function newcomer({ connector }: CxoneWorld): Promise<AccountAttributes> {
  const userName = `${randomUUID()}@example.test`
  const want = { userName, givenName: 'Ana', familyName: 'Novák', email: userName, role: 'agent', team: 'default team' }
  const answer = await connector.resolve(want)
  return answer.ok ? answer.want : expect.fail(answer.detail)
}

const seenOf = (outcome: Outcome) => (outcome.ok ? outcome.seen : expect.fail(`${outcome.code}: ${outcome.detail}`))

const rename = { givenName: 'Anna' }

/** A CXone whose reads say which address waits to be verified. */
const told: Switches = { hiddenFields: 'none' }

describe('the e-mail of an existing account', () => {
  it('is not changed, and nobody is mailed, unless the setting says so', async () => {
    const world = await open()
    const id = await world.seed({ state: 'active', attributes: await newcomer(world) })
    const set = { email: 'moved@example.test' }
    const outcome = await world.connector.apply({ kind: 'update', account: id, set }, 'k')
    expect(outcome).toMatchObject({ ok: false, code: 'value-invalid', retry: 'never' })
    expect(world.connector.capabilities.updates).not.toContain('email')
    expect(await world.mails()).toBe(0)
  })

  it.each(['atOnce', 'afterVerification'])(
    'is changed by one mail where the setting says so and CXone changes it %s',
    async (emailChange) => {
      const world = await open({ settings: { emailUpdates: true } }, { emailChange, ...told })
      const id = await world.seed({ state: 'active', attributes: await newcomer(world) })
      const change = { kind: 'update', account: id, set: { email: 'moved@example.test' } } as const
      seenOf(await world.connector.apply(change, 'k'))
      const mails = await world.mails()
      const raw = await world.raw(id)
      expect([raw?.['emailAddress'], raw?.['emailToBeVerified']]).toContain('moved@example.test')
      seenOf(await world.connector.apply(change, 'k2'))
      expect(await world.mails()).toBe(mails)
    },
  )
})

describe('an account whose new address waits to be verified', () => {
  const waiting = { emailToBeVerified: 'soon@example.test' }

  it('is left alone until then, since a change could mail the address again', async () => {
    const world = await open({}, told)
    const id = await world.seed({ state: 'active', attributes: await newcomer(world) })
    await world.control('PUT', `/users/${id}`, waiting)
    const before = await world.raw(id)
    const outcome = await world.connector.apply({ kind: 'update', account: id, set: rename }, 'k')
    expect(outcome).toMatchObject({ ok: false, code: 'value-invalid', retry: 'later' })
    expect([await world.raw(id), await world.mails()]).toEqual([before, 0])
    expect(seenOf(await world.connector.apply({ kind: 'deactivate', account: id }, 'k2')).state).toBe('inactive')
  })

  it('keeps that address through a change where the setting allows it', async () => {
    const world = await open({ settings: { resendVerification: true } }, told)
    const id = await world.seed({ state: 'active', attributes: await newcomer(world) })
    await world.control('PUT', `/users/${id}`, waiting)
    expect(
      seenOf(await world.connector.apply({ kind: 'update', account: id, set: rename }, 'k')).attributes.givenName,
    ).toBe('Anna')
    expect(await world.raw(id)).toMatchObject(waiting)
  })
})

describe('a create', () => {
  it('whose answer was lost is found again by the same key, and made once', async () => {
    const world = await open()
    const want = await newcomer(world)
    const count = (await world.ids()).length
    const match = { method: 'POST', path: '/v1/users$' }
    await world.control('POST', '/faults', { faults: [{ match, times: 1, effect: { drop: true, after: true } }] })
    const first = await world.connector.apply({ kind: 'create', want }, 'the-key')
    expect(first).toMatchObject({ ok: false, code: 'unreachable', retry: 'soon' })
    expect(seenOf(await world.connector.apply({ kind: 'create', want }, 'the-key')).attributes).toMatchObject(want)
    expect(await world.ids()).toHaveLength(count + 1)
    expect(await world.connector.apply({ kind: 'create', want }, 'another-key')).toMatchObject({ code: 'name-taken' })
  })

  it('that has begun waits through a short throttle', async () => {
    const world = await open()
    const want = await newcomer(world)
    const match = { method: 'GET', path: '/v3/users/' }
    await world.control('POST', '/faults', {
      faults: [{ match, times: 2, effect: { status: 429, headers: { 'retry-after': '0' }, body: {} } }],
    })
    expect(seenOf(await world.connector.apply({ kind: 'create', want }, 'k')).attributes.userName).toBe(want.userName)
  })

  it('without what CXone insists on is refused before anything is sent', async () => {
    const world = await open()
    const outcome = await world.connector.apply(
      { kind: 'create', want: { ...(await newcomer(world)), familyName: ' ' } },
      'k',
    )
    expect(outcome).toMatchObject({ ok: false, code: 'value-invalid', retry: 'never' })
    expect(outcome.ok ? '' : outcome.detail).toContain('familyName')
  })
})

describe('somebody who has never been active', () => {
  it('is renamed later, where CXone does not rename them now', async () => {
    const world = await open()
    const id = await world.seed({ state: 'pending', attributes: await newcomer(world) })
    const outcome = await world.connector.apply({ kind: 'rename', account: id, userName: 'new@example.test' }, 'k')
    expect(outcome).toMatchObject({ ok: false, code: 'value-invalid', retry: 'later' })
  })
})

describe('an access key', () => {
  it('that is wrong is said to be wrong, without its secret', async () => {
    const world = await open({ secret: 'not-the-secret' })
    const outcome = await world.connector.apply({ kind: 'deactivate', account: randomUUID() }, 'k')
    expect(outcome).toMatchObject({ ok: false, code: 'credentials-refused', retry: 'later' })
    expect(JSON.stringify(outcome)).not.toContain('not-the-secret')
  })
})

describe('the account that the connector signs in with', () => {
  const serviceUser = async (world: CxoneWorld) =>
    (await world.control<{ serviceUserId: string }>('GET', '/state')).serviceUserId

  it('is the subject of its token, where that is the id of a user', async () => {
    const world = await open({}, { tokenSubject: 'userId' })
    expect(await world.connector.self()).toBe(await serviceUser(world))
  })

  it('is else the owner of the access key, where its role may see keys', async () => {
    const world = await open({}, { tokenSubject: 'opaque' })
    const permissions = ['employees.view', 'accessKeys.view']
    await world.control('PUT', '/service-role', { permissions })
    expect(await world.connector.self()).toBe(await serviceUser(world))
  })

  it('is else not known, which is no trouble', async () => {
    const world = await open({}, { tokenSubject: 'opaque' })
    await world.control('PUT', '/service-role', { permissions: ['employees.view'] })
    expect(await world.connector.self()).toBeUndefined()
  })

  it('is not known where CXone answers with something else, which is no trouble either', async () => {
    const world = await open({}, { tokenSubject: 'userId' })
    const faults = [{ match: { path: '/access-keys|/users' }, effect: { status: 500, body: {} } }]
    await world.control('POST', '/faults', { faults })
    expect(await world.connector.self()).toBeUndefined()
  })

  it('is not taken for unknown while CXone is away', async () => {
    const world = await open({}, { tokenSubject: 'opaque' })
    await world.outage()
    await expect(world.connector.self()).rejects.toMatchObject({ refusal: { code: 'unreachable' } })
  })
})

describe('a role', () => {
  it('that may change employees is privileged, whatever its name', async () => {
    const { connector } = await open()
    const { records } = await connector.read('role')
    const privileges = Object.fromEntries(records.map(({ name, privilege }) => [name, privilege]))
    expect(privileges).toMatchObject({
      Administrator: 'administrator',
      Manager: 'elevated',
      Supervisor: 'elevated',
      'Provisioning Service': 'elevated',
    })
    for (const name of ['Agent', 'Evaluator', 'Workforce Planner', 'Senior Agent'])
      expect(privileges[name]).toBeUndefined()
  })

  it('that an account holds beside its primary one is seen, in every read', async () => {
    const world = await open()
    const id = await world.seed({ state: 'active', attributes: await newcomer(world) })
    const { records } = await world.connector.read('role')
    const idOf = (wanted: string) => records.find(({ name }) => name === wanted)?.id ?? ''
    await world.control('PUT', `/users/${id}`, { secondaryRoleIds: [idOf('Evaluator'), idOf('Administrator')] })
    const account = await world.connector.readOne('account', { id })
    const held = [idOf('Agent'), idOf('Administrator'), idOf('Evaluator')].toSorted()
    expect(account !== 'absent' && [...(account.roles ?? [])].toSorted()).toEqual(held)
    const { records: everybody } = await world.connector.read('account')
    expect(everybody.find((listed) => listed.id === id)).toEqual(account)
  })
})
