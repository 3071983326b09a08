/** What people decide about identity and account, and moves from one provider to another, against the memory connector. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handOver } from '../../src/operations/hand-over.ts'
import { joinTwo, partOne } from '../../src/operations/join-people.ts'
import { settleLink } from '../../src/operations/settle-link.ts'
import type { SettleAs } from '../../src/store/settlements.ts'
import { openOwnershipRig, type OwnershipRig } from './ownership-rig.ts'

let rig: OwnershipRig
beforeAll(async () => {
  rig = await openOwnershipRig()
})
afterAll(() => rig.close())
beforeEach(() => rig.clear())

const NAME = 'mia@x.test'
const MAX = { userName: NAME, givenName: 'Max', familyName: 'Berg' }

async function settle(identity: string, as: SettleAs, evenProtected = false) {
  const id = Number((await rig.link(identity))?.['id'])
  const settlement = { tenant: 'acme', id, as, evenProtected, actor: 'key:ops' }
  const result = await settleLink(rig.world.operations, settlement)
  if (!result.ok) return result.refusal.why
  await rig.drain()
  return 'settled'
}

describe('a dispute that is settled', () => {
  test('as adopt links the account, changes nothing of it, and is over', async () => {
    const id = rig.seed(MAX)
    const before = rig.account(id)
    const mia = await rig.push(NAME)
    await rig.drain()
    expect(await settle(mia, 'adopt')).toBe('settled')
    expect(rig.account(id)).toEqual(before)
    expect(await rig.link(mia)).toMatchObject({ state: 'linked', account_id: id, settled_as: null, why: null })
    expect(await rig.row(mia)).toMatchObject({ state: 'delivered' })
    expect(await rig.query(`select actor, data from event where kind = 'link.settled'`)).toEqual([
      { actor: 'key:ops', data: { as: 'adopt', evenProtected: false } },
    ])
    await rig.patch(mia, { 'name.givenName': 'Maja' })
    await rig.drain()
    expect(rig.account(id)?.attributes).toMatchObject({ givenName: 'Maja', familyName: 'Berg' })
  })
  test('as ignore leaves the account alone and the person without one, until it is reopened', async () => {
    const id = rig.seed(MAX)
    const before = rig.account(id)
    const mia = await rig.push(NAME)
    await rig.drain()
    expect(await settle(mia, 'ignore')).toBe('settled')
    expect(await rig.row(mia)).toMatchObject({ state: 'delivered', detail: expect.stringContaining('settled') })
    await rig.patch(mia, { title: 'Coach' })
    await rig.drain()
    expect(rig.account(id)).toEqual(before)
    if (before === undefined) throw new Error('no account')
    rig.target.put({ ...before, attributes: { ...before.attributes, userName: 'max@x.test' } })
    await rig.patch(mia, { title: 'Lead' })
    await rig.drain()
    expect(rig.named(NAME)).toBeUndefined()
    expect(await settle(mia, 'reopen')).toBe('settled')
    expect(rig.named(NAME)).toMatchObject({ attributes: { familyName: 'Roth' } })
  })
  test('touches a protected account only if that is said, and then follows its owner', async () => {
    const id = rig.seed({ ...MAX, role: 'role-Supervisor' })
    const mia = await rig.push(NAME)
    await rig.drain()
    await settle(mia, 'adopt')
    expect(await rig.link(mia)).toMatchObject({ state: 'disputed', why: expect.stringContaining('Supervisor') })
    await settle(mia, 'adopt', true)
    expect(await rig.link(mia)).toMatchObject({ state: 'linked', account_id: id })
    await rig.patch(mia, { active: false })
    await rig.drain()
    expect(rig.account(id)?.state).toBe('inactive')
  })
  test('never gives away the account that the connector signs in with', async () => {
    const id = rig.seed(MAX)
    rig.use({ connector: { self: async () => id } })
    const mia = await rig.push(NAME)
    await rig.drain()
    await settle(mia, 'adopt', true)
    expect(await rig.link(mia)).toMatchObject({ state: 'disputed', origin: null })
  })
  test('about who returns gives the account back to them', async () => {
    const mia = await rig.push(NAME)
    await rig.drain()
    await rig.patch(mia, { active: false })
    await rig.drain()
    await rig.patch(mia, { active: true, 'name.givenName': 'Lena', 'name.familyName': 'Berg' })
    await rig.drain()
    expect(rig.named(NAME)?.state).toBe('inactive')
    expect(await settle(mia, 'ignore')).toContain('release')
    expect(await settle(mia, 'adopt')).toBe('settled')
    expect(rig.named(NAME)).toMatchObject({ state: 'active', attributes: { givenName: 'Lena' } })
    expect(await rig.link(mia)).toMatchObject({ state: 'linked', settled_as: null, given_name: 'Lena' })
  })
  test('about the account of somebody deleted gives it to the newcomer', async () => {
    const mia = await rig.push(NAME)
    await rig.drain()
    await rig.remove(mia)
    await rig.drain()
    const id = rig.named(NAME)?.id
    const lena = await rig.push(NAME, { name: { givenName: 'Lena', familyName: 'Berg' } })
    await rig.drain()
    expect(await settle(lena, 'adopt')).toBe('settled')
    expect(rig.named(NAME)).toMatchObject({ id, state: 'active', attributes: { familyName: 'Berg' } })
  })
  test('cannot take an account from an owner who is there', async () => {
    await rig.push(NAME)
    await rig.drain()
    const entra = await rig.push(NAME, {}, 'entra')
    await rig.drain()
    await settle(entra, 'adopt', true)
    expect(await rig.link(entra)).toMatchObject({ state: 'disputed', why: expect.stringContaining('okta') })
  })
  test('for a create that was refused holds when the same person is sent again under another id', async () => {
    const id = rig.seed(MAX)
    const mia = await rig.push(NAME)
    await rig.drain()
    // As a refusal before the provider was answered leaves it.
    await rig.query('update identity set deleted_at = now(), refused_at = now(), active = false where id = $1', [mia])
    expect(await settle(mia, 'adopt')).toBe('settled')
    expect(await rig.link(mia)).toMatchObject({ state: 'disputed', settled_as: 'adopt' })
    const other = await rig.push(NAME, { name: { givenName: 'Lena', familyName: 'Fuchs' } })
    await rig.drain()
    expect(await rig.link(other)).toMatchObject({ state: 'disputed' })
    await rig.remove(other)
    await rig.drain()
    const again = await rig.push(NAME)
    await rig.drain()
    expect(await rig.link(again)).toMatchObject({ state: 'linked', account_id: id })
    expect(await rig.link(mia)).toBeUndefined()
  })
})

describe('an account that is released', () => {
  test('stays as it is, follows nobody, and is not taken again by who gave it up', async () => {
    const okta = await rig.push(NAME)
    await rig.drain()
    const before = rig.named(NAME)
    expect(await settle(okta, 'release')).toBe('settled')
    await rig.patch(okta, { title: 'Coach' })
    await rig.drain()
    await rig.patch(okta, { active: false })
    await rig.drain()
    expect(rig.named(NAME)).toEqual(before)
    expect(await rig.link(okta)).toMatchObject({ state: 'unlinked', origin: null, why: 'released by key:ops' })
    const entra = await rig.push(NAME, {}, 'entra')
    await rig.drain()
    expect(await rig.link(entra)).toMatchObject({ state: 'linked', origin: 'adopted', account_id: before?.id })
    expect(rig.named(NAME)).toEqual(before)
  })
  test('of somebody deleted is an orphan', async () => {
    const mia = await rig.push(NAME)
    await rig.drain()
    await rig.remove(mia)
    await rig.drain()
    expect(await settle(mia, 'release')).toBe('settled')
    expect(await rig.link(mia)).toMatchObject({ state: 'orphan', origin: null, settled_as: null })
  })
})

test('a decision that makes no sense is refused, with the one that would', async () => {
  const mia = await rig.push(NAME)
  await rig.drain()
  expect(await settle(mia, 'adopt')).toContain('already')
  expect(await settle(mia, 'ignore')).toContain('release')
  expect(await settle(mia, 'reopen')).toContain('Nothing was settled')
  const none = { tenant: 'acme', id: 999_999, as: 'adopt', evenProtected: false, actor: 'key:ops' } as const
  expect(await settleLink(rig.world.operations, none)).toMatchObject({ ok: false, refusal: { kind: 'no-such-link' } })
  const other = { ...none, tenant: 'bravo', id: Number((await rig.link(mia))?.['id']), as: 'release' } as const
  expect(await settleLink(rig.world.operations, other)).toMatchObject({ ok: false })
})

describe('a move from one provider to another', () => {
  const move = (apply: boolean, more: object = {}) =>
    handOver(rig.world.operations, {
      tenant: 'acme',
      from: 'okta',
      to: 'entra',
      apply,
      after: 0,
      limit: 100,
      actor: 'key:ops',
      ...more,
    })
  const mails = (value: string) => ({ emails: [{ value, type: 'work' }] })

  test('shows who would go where, moves nothing until it is told to, and then nothing but the owner', async () => {
    const mia = await rig.push('mia@x.test', { title: 'Lead' })
    const ann = await rig.push('ann', { name: { givenName: 'Ann', familyName: 'Lee' }, ...mails('ann@x.test') })
    const bob = await rig.push('bob', { name: { givenName: 'Bob', familyName: 'Ray' } })
    await rig.push('jsmith', { name: { givenName: 'Jo', familyName: 'Smith' } })
    await rig.push('eve', { name: { givenName: 'Eve', familyName: 'Day' } })
    await rig.drain()
    const accounts = () => rig.target.ids().map((id) => rig.account(id))
    const before = accounts()
    const miaThere = await rig.push('MIA@X.test', { title: 'Coach' }, 'entra')
    const annThere = await rig.push(
      'ann.lee@x.test',
      { name: { givenName: 'Ann', familyName: 'Lee' }, ...mails('ANN@x.test') },
      'entra',
    )
    await rig.push('jsmith', { name: { givenName: 'Jane', familyName: 'Smythe' } }, 'entra')
    await rig.push('eve', { name: { givenName: 'Eve', familyName: 'Day' }, active: false }, 'entra')
    // ann.lee gets an account of her own before the move; the one that she has had stays with okta.
    await rig.query(`update delivery set state = 'disputed' where identity_id = $1`, [annThere])
    await rig.drain()
    expect(accounts()).toEqual(before)

    const shown = await move(false)
    expect(shown).toMatchObject({ ok: true, next: undefined })
    if (!shown.ok) return
    const told = shown.steps.map(({ step, ok, detail }) => `${step.replace(/.* /, '')} ${ok}: ${detail}`)
    expect(told).toEqual([
      'mia@x.test true: would go to MIA@X.test of entra, by user name',
      'ann true: would go to ann.lee@x.test of entra, by e-mail address',
      'bob false: stays with okta: nobody there has the same user name, e-mail address or employee number',
      'jsmith false: stays with okta: jsmith has the same user name, but seems to be another person: the name was Jo Smith and is Jane Smythe',
      'eve false: stays with okta: eve is inactive at entra and eve is not, so the account would be disabled by it',
    ])
    expect(await rig.query(`select connection_id from link where state = 'linked'`)).toHaveLength(5)

    const applied = await move(true)
    if (!applied.ok) throw new Error(applied.refusal.why)
    expect(applied.steps.map(({ ok }) => ok)).toEqual([true, true, false, false, false])
    await rig.drain()
    expect(accounts()).toEqual(before)
    expect(await rig.link(miaThere)).toMatchObject({ state: 'linked', origin: 'adopted' })
    expect(await rig.link(mia)).toMatchObject({ state: 'unlinked', why: 'handed over to MIA@X.test of entra' })
    expect(await rig.query(`select actor from event where kind = 'account.handed-over'`)).toHaveLength(2)
    expect(
      await rig.query(`select distinct person_id from identity where id = any($1)`, [[ann, annThere]]),
    ).toHaveLength(1)

    // The old provider takes everybody away: nobody who has moved is touched.
    for (const id of [mia, ann, bob]) await rig.patch(id, { active: false })
    await rig.drain()
    expect([rig.named('mia@x.test')?.state, rig.named('ann')?.state, rig.named('bob')?.state]).toEqual([
      'active',
      'active',
      'inactive',
    ])
    for (const id of [mia, ann]) await rig.remove(id)
    await rig.drain()
    // The new one is followed: what it changes, and when it disables somebody.
    await rig.patch(miaThere, { title: 'Manager' }, 'entra')
    await rig.patch(annThere, { active: false }, 'entra')
    await rig.drain()
    expect(rig.named('mia@x.test')?.attributes).toMatchObject({ title: 'Manager' })
    expect(rig.named('ann')?.state).toBe('inactive')
  })
  test('goes on where it stopped, and finds nothing left to do the second time', async () => {
    for (const name of ['a', 'b', 'c']) await rig.push(name)
    await rig.drain()
    for (const name of ['a', 'b', 'c']) await rig.push(name, {}, 'entra')
    await rig.drain()
    const first = await move(true, { limit: 2 })
    if (!first.ok || first.next === undefined) throw new Error('no second part')
    const second = await move(true, { limit: 2, after: first.next })
    expect([first.steps.length, second.ok && second.steps.length, second.ok && second.next]).toEqual([2, 1, undefined])
    expect(await move(true)).toMatchObject({ steps: [] })
  })
  test('needs two connections, and the app at the new one', async () => {
    expect(await move(false, { to: 'okta' })).toMatchObject({ ok: false })
    expect(await move(false, { to: 'nobody' })).toMatchObject({ refusal: { kind: 'no-such-connection' } })
    expect(await move(false, { app: 'other' })).toMatchObject({ refusal: { kind: 'not-possible' } })
    expect(await move(false, { app: 'cxone' })).toMatchObject({ ok: true })
  })
})

test('people of two connections are one person only when somebody says so', async () => {
  await rig.push(NAME)
  await rig.push(NAME, {}, 'entra')
  const people = async () => (await rig.query('select distinct person_id from identity')).length
  expect(await people()).toBe(2)
  const one = { connection: 'okta', userName: NAME }
  const other = { connection: 'entra', userName: NAME.toUpperCase() }
  const request = { tenant: 'acme', actor: 'key:ops', one, other }
  expect(await joinTwo(rig.world.operations, request)).toEqual({ ok: true, changed: true })
  expect(await joinTwo(rig.world.operations, request)).toEqual({ ok: true, changed: false })
  expect(await people()).toBe(1)
  expect(await joinTwo(rig.world.operations, { ...request, other: { ...other, userName: 'nobody' } })).toMatchObject({
    ok: false,
    missing: { userName: 'nobody' },
  })
  expect(await partOne(rig.world.operations, { ...request, one: other })).toEqual({ ok: true, changed: true })
  expect(await partOne(rig.world.operations, { ...request, one: other })).toEqual({ ok: true, changed: false })
  expect(await people()).toBe(2)
  expect(await rig.query(`select kind, actor from event where kind like 'person.%' order by seq`)).toEqual([
    { kind: 'person.joined', actor: 'key:ops' },
    { kind: 'person.parted', actor: 'key:ops' },
  ])
})
