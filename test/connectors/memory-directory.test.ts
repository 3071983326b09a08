/** What the directory of the memory connector does by itself, beyond what every target must. */
import { describe, expect, it } from 'vitest'
import type { Connector, Outcome } from '../../src/connectors/contract.ts'
import { memory } from '../../src/connectors/memory/index.ts'
import type { Account, AccountAttributes } from '../../src/identity/account.ts'
import type { Change } from '../../src/reconcile/change.ts'

const io = {
  fetch: () => Promise.reject(new Error('nothing is called')),
  now: () => new Date('2026-11-24T10:00:00Z'),
  log: { debug: () => {}, warn: () => {} },
}
const open = (entry: object = {}): Connector => memory.open(memory.config.parse(entry), io)

let key = 0
const apply = (connector: Connector, change: Change): Promise<Outcome> => connector.apply(change, `key-${++key}`)
const done = async (connector: Connector, change: Change): Promise<Account> => {
  const outcome = await apply(connector, change)
  if (!outcome.ok) throw new Error(outcome.detail)
  return outcome.seen
}
const create = async (connector: Connector, want: AccountAttributes): Promise<Account> => {
  const resolved = await connector.resolve(want)
  if (!resolved.ok) throw new Error(resolved.detail)
  return done(connector, { kind: 'create', want: resolved.want })
}
const names = async (connector: Connector, kind: Connector['capabilities']['entries'][number]) =>
  (await connector.read(kind)).records.map(({ name }) => name)

describe('an entry that says nothing', () => {
  it('has a little of everything', async () => {
    const connector = open()
    for (const kind of connector.capabilities.entries) expect(await names(connector, kind), kind).not.toEqual([])
    const { records } = await connector.read('authenticator')
    expect(records.map(({ name, system }) => [name, system])).toEqual([
      ['Password', true],
      ['Single sign-on', false],
    ])
  })
})

describe('an entry that names what there is', () => {
  const entry = {
    roles: ['Agent', 'Team lead'],
    skills: ['Chat'],
    groups: [],
    authenticators: [{ name: 'Okta' }],
  }

  it('has just that, and a security profile for each role', async () => {
    const connector = open(entry)
    expect(await names(connector, 'skill')).toEqual(['Chat'])
    expect(await names(connector, 'group')).toEqual([])
    expect(await names(connector, 'security-profile')).toEqual(['Agent', 'Team lead'])
    const [roles, profiles] = [await connector.read('role'), await connector.read('security-profile')]
    expect(profiles.records.map(({ role }) => role)).toEqual(roles.records.map(({ id }) => id))
  })
  it('says of a skill at which levels it is held, and refuses others', async () => {
    const connector = open(entry)
    const ask = (level: number) => connector.resolve({}, { skill: { want: [{ id: 'chat', level }], takes: 'all' } })
    expect(await ask(20)).toMatchObject({ ok: true })
    expect(await ask(21)).toMatchObject({
      ok: false,
      code: 'policy-invalid',
      about: 'chat',
      detail: expect.stringContaining('1 to 20'),
    })
  })
  it('is refused where a key is not known', () => {
    expect(memory.config.safeParse({ ...entry, authenticators: [{ name: 'Okta', sytem: true }] }).success).toBe(false)
  })
})

describe('an account', () => {
  it('is active from the start where its person signs in elsewhere, or it is not said how', async () => {
    const connector = open()
    expect((await create(connector, { userName: 'a' })).state).toBe('active')
    expect((await create(connector, { userName: 'b', loginAuthenticator: 'Single sign-on' })).state).toBe('active')
  })
  it('is not registered where its person needs a password of the directory', async () => {
    const connector = open()
    expect((await create(connector, { userName: 'a', loginAuthenticator: 'password' })).state).toBe('unregistered')
  })
  it.each(['unregistered', 'pending'] as const)('that was %s is that again when it is reactivated', async (state) => {
    const connector = open()
    const { id: account } = await create(connector, { userName: 'a', loginAuthenticator: 'Password' })
    if (state === 'pending') await done(connector, { kind: 'invite', account })
    await done(connector, { kind: 'deactivate', account })
    expect((await done(connector, { kind: 'deactivate', account })).state).toBe('inactive')
    expect((await done(connector, { kind: 'reactivate', account })).state).toBe(state)
  })
})

describe('a limit', () => {
  it('counts whoever is not inactive, and holds for who returns', async () => {
    const connector = open({ limit: 1 })
    const { id: first } = await create(connector, { userName: 'a' })
    const second: Change = { kind: 'create', want: { userName: 'b' } }
    expect(await apply(connector, second)).toMatchObject({ code: 'ceiling-reached', retry: 'later' })
    await done(connector, { kind: 'deactivate', account: first })
    const { id } = await done(connector, second)
    expect(await apply(connector, { kind: 'reactivate', account: first })).toMatchObject({ code: 'ceiling-reached' })
    await done(connector, { kind: 'deactivate', account: id })
    expect((await done(connector, { kind: 'reactivate', account: first })).state).toBe('active')
  })
  it('is not what stands in the way of a name that is taken', async () => {
    const connector = open({ limit: 1 })
    await create(connector, { userName: 'a' })
    expect(await apply(connector, { kind: 'create', want: { userName: 'A' } })).toMatchObject({ code: 'name-taken' })
    expect((await connector.read('account')).records).toHaveLength(1)
  })
})
