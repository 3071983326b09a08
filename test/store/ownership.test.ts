/** An account has one owner, whoever is at work on it when that changes. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createUser } from '../../src/operations/create-user.ts'
import { deleteUser } from '../../src/operations/delete-user.ts'
import { settleDelivery, type LeasedDelivery } from '../../src/store/deliveries.ts'
import { leaseDeliveries } from '../../src/store/leases.ts'
import { linkAccount, recordLinkState, rememberDelivered } from '../../src/store/links.ts'
import { changeOwner, leavingAccounts, readLink, readOwner, type ChangeOfOwner } from '../../src/store/ownership.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

const APP = { tenant: 'acme', app: 'cxone' }
const PERSON = { givenName: 'Mia', familyName: 'Roth', employeeNumber: null }

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'], ['okta', 'entra'])])
})
afterAll(() => world.close())
beforeEach(() => world.db.query('truncate identity, delivery, link, event, plan cascade'))

async function pushed(userName: string, connection = 'okta'): Promise<string> {
  const made = await createUser(world.operations, caller('acme', connection), { userName, active: true })
  if (!made.ok) throw new Error(made.refusal.kind)
  return made.value.id
}
async function leased(identity: string): Promise<LeasedDelivery> {
  const rows = await leaseDeliveries(world.db, APP, { limit: 9, token: randomUUID() })
  const found = rows.find((row) => row.identity === identity)
  if (found === undefined) throw new Error('it is not due')
  return found
}
const done = { state: 'delivered', countAttempt: false } as const

/** An identity that owns the account a1, with nothing left to do. */
async function owner(userName = 'mia@x.test'): Promise<string> {
  const id = await pushed(userName)
  const delivery = await leased(id)
  expect(await linkAccount(world.db, delivery, { account: 'a1', origin: 'created' })).toBe('linked')
  await rememberDelivered(world.db, delivery, { person: PERSON, leftAlone: {} })
  await settleDelivery(world.db, delivery, done)
  return id
}
const change = (from: string, to: string, more: Partial<ChangeOfOwner> = {}): ChangeOfOwner => ({
  ...APP,
  account: 'a1',
  from: { connection: 'okta', id: from },
  to: { connection: 'entra', id: to, names: PERSON },
  actor: 'key:ops',
  event: 'account.handed-over',
  why: 'handed over',
  ...more,
})
const rows = async () =>
  (
    await world.db.query(
      'select subject, identity_id, state, wanted > delivered as open from delivery order by subject',
    )
  ).rows

describe('an account', () => {
  test('that has an owner is not linked to another, also while it is disputed', async () => {
    const mia = await owner()
    const other = await leased(await pushed('other@x.test', 'entra'))
    expect(await linkAccount(world.db, other, { account: 'a1', origin: 'adopted' })).toBe('owned')
    await world.db.query('update delivery set wanted = wanted + 1 where identity_id = $1', [mia])
    await world.db.query(`update delivery set state = 'due', next_at = now()`)
    const again = await leased(mia)
    await recordLinkState(world.db, again, { state: 'disputed', account: 'a1', why: 'names differ' })
    expect(await readLink(world.db, again)).toMatchObject({ account: 'a1', disputed: true })
    expect(await linkAccount(world.db, other, { account: 'a1', origin: 'adopted' })).toBe('owned')
    expect(await readOwner(world.db, APP, 'a1')).toMatchObject({ connection: 'okta', deleted: false, known: PERSON })
    expect(await readOwner(world.db, { ...APP, tenant: 'bravo' }, 'a1')).toBeUndefined()
  })
  test('goes to another with its row, which is due for the new owner; the old one has nothing left to do', async () => {
    const mia = await owner()
    const there = await pushed('mia@x.test', 'entra')
    expect(await changeOwner(world.db, change(mia, there))).toBe(true)
    expect(await rows()).toEqual([
      { subject: 'account:a1', identity_id: there, state: 'due', open: true },
      { subject: expect.stringMatching(/^link:/), identity_id: mia, state: 'delivered', open: false },
    ])
    expect(await readOwner(world.db, APP, 'a1')).toMatchObject({ connection: 'entra' })
    // Whoever comes under the name at the old connection's border does not wait for them.
    await deleteUser(world.operations, caller('acme', 'entra'), there)
    const back = await pushed('mia@x.test', 'entra')
    expect((await rows()).map((row) => row['identity_id'])).toContain(back)
  })
  test('that a worker has in hand while it changes its owner is looked at again for the new one', async () => {
    const mia = await owner()
    const there = await pushed('mia@x.test', 'entra')
    await world.db.query(
      `update delivery set wanted = wanted + 1, state = 'due', next_at = now() where identity_id = $1`,
      [mia],
    )
    const held = await leased(mia)
    expect(await changeOwner(world.db, change(mia, there))).toBe(true)
    // What the worker knew of the old owner is not written down any more, and what it has done is not the end.
    await rememberDelivered(world.db, held, { person: { ...PERSON, givenName: 'Old' }, leftAlone: {} })
    expect(await settleDelivery(world.db, held, done)).toBe('due')
    expect(await leased(there)).toMatchObject({ subject: 'account:a1', connection: 'entra' })
  })
  test('is taken over only under the lease, and only once', async () => {
    const mia = await owner()
    await deleteUser(world.operations, caller(), mia)
    const [one, two] = [await pushed('mia@x.test'), await pushed('mia@x.test', 'entra')]
    const lease = await leased(one)
    const first = change(mia, one, { to: { connection: 'okta', id: one, names: PERSON }, lease })
    const lost = { ...first, lease: { ...lease, token: randomUUID() } }
    expect(await changeOwner(world.db, lost)).toBe(false)
    const outcomes = await Promise.all([changeOwner(world.db, first), changeOwner(world.db, change(mia, two))])
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    const { rows: owners } = await world.db.query(`select from link where account_id = 'a1' and origin is not null`)
    expect(owners).toHaveLength(1)
  })
  test('does not go to who owns another one there', async () => {
    const mia = await owner()
    const there = await pushed('other@x.test', 'entra')
    await linkAccount(world.db, await leased(there), { account: 'a2', origin: 'created' })
    expect(await changeOwner(world.db, change(mia, there))).toBe(false)
    expect(await readOwner(world.db, APP, 'a1')).toMatchObject({ connection: 'okta' })
  })
})

test('accounts whose owners want them gone are told from the others', async () => {
  const mia = await owner()
  expect(await leavingAccounts(world.db, APP, ['a1', 'a2'])).toEqual(new Set())
  await deleteUser(world.operations, caller(), mia)
  expect(await leavingAccounts(world.db, APP, ['a1', 'a2'])).toEqual(new Set(['a1']))
  expect(await leavingAccounts(world.db, APP, ['a2'])).toEqual(new Set())
})
