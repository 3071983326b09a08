/** Whose account it is: adoption, one owner, protection, rehire and recycled names, against the memory connector. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openOwnershipRig, type OwnershipRig } from './ownership-rig.ts'

let rig: OwnershipRig
beforeAll(async () => {
  rig = await openOwnershipRig()
})
afterAll(() => rig.close())
beforeEach(() => rig.clear())

const NAME = 'mia@x.test'
const MIA = { userName: NAME, givenName: 'Mia', familyName: 'Roth', email: 'mia.old@x.test' }
const named = (givenName: string, familyName: string) => ({ name: { givenName, familyName } })

describe('an account that exists already', () => {
  test('of the same user name and one same name is adopted, and nothing but the link changes', async () => {
    const id = rig.seed({ ...MIA, userName: 'MIA@X.test', familyName: 'ROTH', title: 'Lead' })
    const before = rig.account(id)
    const mia = await rig.push(NAME, { ...named('Maria', 'Roth'), title: 'Agent' })
    await rig.drain()
    expect(rig.account(id)).toEqual(before)
    expect(await rig.link(mia)).toMatchObject({ state: 'linked', origin: 'adopted', account_id: id, why: null })
    expect(await rig.row(mia)).toMatchObject({ state: 'delivered', subject: `account:${id}` })
    expect(await rig.query(`select kind, actor, data from event where account_id = $1`, [id])).toEqual([
      { kind: 'account.adopted', actor: 'rollcall', data: { why: expect.stringContaining('same name') } },
    ])
  })
  test('and was adopted gets what the provider changes later, and only that', async () => {
    const id = rig.seed({ ...MIA, title: 'Lead' })
    const mia = await rig.push(NAME, { ...named('Maria', 'Roth'), title: 'Agent' })
    await rig.drain()
    await rig.patch(mia, { title: 'Coach' })
    await rig.drain()
    expect(rig.account(id)?.attributes).toMatchObject({ givenName: 'Mia', title: 'Coach', email: 'mia.old@x.test' })
    await rig.patch(mia, { title: 'Agent' })
    await rig.drain()
    expect(rig.account(id)?.attributes).toMatchObject({ givenName: 'Mia', title: 'Agent' })
    await rig.patch(mia, { active: false })
    await rig.drain()
    expect(rig.account(id)).toMatchObject({ state: 'inactive', attributes: { givenName: 'Mia' } })
  })
  test('and is inactive comes back with the role and team of the defaults, and is otherwise as it was', async () => {
    const id = rig.seed(MIA, 'inactive')
    await rig.push(NAME, { ...named('Mia', 'Berg'), title: 'Agent' })
    await rig.drain()
    expect(rig.account(id)).toMatchObject({
      state: 'active',
      attributes: { ...MIA, role: 'role-Agent', team: 'team-Default Team' },
    })
    expect(rig.account(id)?.attributes.title).toBeUndefined()
  })
  test.each([
    ['of another person', { givenName: 'Max', familyName: 'Berg' }, 'Max Berg'],
    ['without names', { givenName: null, familyName: null }, 'not said'],
    ['with a privileged role', { role: 'role-Supervisor' }, 'Supervisor'],
  ])('%s is disputed and untouched, with the reason', async (_, attributes, reason) => {
    const id = rig.seed({ ...MIA, ...attributes })
    const before = rig.account(id)
    const mia = await rig.push(NAME)
    await rig.drain()
    await rig.patch(mia, { title: 'Coach' })
    await rig.drain()
    await rig.patch(mia, { active: false })
    await rig.drain()
    expect(rig.account(id)).toEqual(before)
    expect(await rig.link(mia)).toMatchObject({
      state: 'disputed',
      account_id: id,
      origin: null,
      why: expect.stringContaining(reason),
    })
  })
  test('that rollcall.yaml protects, that the connector signs in with, or in an app that adopts none, is disputed', async () => {
    const id = rig.seed(MIA)
    const mia = await rig.push(NAME)
    const why = async () => {
      await rig.patch(mia, { title: crypto.randomUUID() })
      await rig.drain()
      return (await rig.link(mia))?.['why']
    }
    rig.use({ settings: { protect: { userNames: [NAME.toUpperCase()] } } })
    expect(await why()).toContain('named under protect:')
    rig.use({ settings: {}, connector: { self: async () => id } })
    expect(await why()).toContain('signs in with')
    rig.use({ settings: { adopt: 'never' }, connector: {} })
    expect(await why()).toContain('adopt: never')
    rig.use({ settings: { protect: { userNames: [], roles: ['Night Shift', 'agent'] } } })
    expect(await why()).toContain('privileged role Agent')
    rig.use({ settings: {} })
    expect(await why()).toBeNull()
  })
})

describe('two connections that want one account', () => {
  test('the first owns it; the second is disputed, hears who owns it, and disables nobody', async () => {
    const okta = await rig.push(NAME)
    await rig.drain()
    const account = rig.named(NAME)
    const entra = await rig.push(NAME, {}, 'entra')
    await rig.drain()
    expect(await rig.link(entra)).toMatchObject({ state: 'disputed', why: expect.stringMatching(/mia@x.test.*okta/) })
    await rig.patch(entra, { title: 'Coach' }, 'entra')
    await rig.drain()
    await rig.patch(entra, { active: false }, 'entra')
    await rig.drain()
    await rig.remove(entra, 'entra')
    await rig.drain()
    expect(rig.named(NAME)).toEqual(account)
    await rig.patch(okta, { active: false })
    await rig.drain()
    expect(rig.named(NAME)).toMatchObject({ state: 'inactive' })
  })
  test('the second gets it when the first is deleted, if it is the same person', async () => {
    const okta = await rig.push(NAME)
    await rig.drain()
    const entra = await rig.push(NAME, { title: 'Coach' }, 'entra')
    await rig.drain()
    await rig.remove(okta)
    await rig.drain()
    expect(rig.named(NAME)?.state).toBe('inactive')
    await rig.patch(entra, { title: 'Lead' }, 'entra')
    await rig.drain()
    expect(rig.named(NAME)).toMatchObject({ state: 'active', attributes: { title: 'Lead' } })
    expect(await rig.link(entra)).toMatchObject({ state: 'linked', origin: 'created' })
    expect(await rig.link(okta)).toMatchObject({ state: 'unlinked', account_id: null, origin: null })
  })
})

describe('somebody who comes back', () => {
  test('deleted and created anew takes the same account over, whichever is delivered first', async () => {
    const first = await rig.push(NAME)
    await rig.drain()
    const id = rig.named(NAME)?.id
    await rig.remove(first)
    const second = await rig.push(NAME, { title: 'Coach' })
    await rig.drain()
    expect(rig.named(NAME)).toMatchObject({ id, state: 'active', attributes: { title: 'Coach' } })
    await rig.remove(second)
    await rig.drain()
    expect(rig.named(NAME)?.state).toBe('inactive')
    const third = await rig.push(NAME)
    await rig.drain()
    expect(rig.named(NAME)).toMatchObject({ id, state: 'active' })
    expect(rig.target.ids()).toHaveLength(1)
    expect(await rig.row(third)).toMatchObject({ state: 'delivered', subject: `account:${id}` })
    expect(await rig.query(`select kind from event where kind = 'account.taken-over'`)).toHaveLength(2)
  })
  test('has the role and team of a newcomer before they can sign in', async () => {
    const mia = await rig.push(NAME)
    await rig.drain()
    const id = rig.named(NAME)?.id ?? ''
    const promoted = rig.account(id)
    if (promoted === undefined) throw new Error('no account')
    rig.target.put({ ...promoted, attributes: { ...promoted.attributes, role: 'role-Supervisor', team: 'team-Night' } })
    await rig.patch(mia, { active: false })
    await rig.drain()
    expect(rig.account(id)?.state).toBe('inactive')
    await rig.patch(mia, { active: true })
    await rig.drain()
    expect(rig.account(id)).toMatchObject({
      state: 'active',
      attributes: { role: 'role-Agent', team: 'team-Default Team' },
    })
    const [plan] = await rig.query('select steps from plan order by created_at desc limit 1')
    expect(plan?.['steps']).toMatchObject([{ kind: 'update' }, { kind: 'reactivate' }])
  })
  test('in an app that changes no inactive account has them right after, even if that fails at first', async () => {
    const mia = await rig.push(NAME)
    await rig.drain()
    const id = rig.named(NAME)?.id ?? ''
    const promoted = rig.account(id)
    if (promoted === undefined) throw new Error('no account')
    await rig.patch(mia, { active: false })
    await rig.drain()
    rig.target.put({ ...promoted, state: 'inactive', attributes: { ...promoted.attributes, role: 'role-Supervisor' } })
    const plain = rig.connector
    let refuse = true
    rig.use({
      connector: {
        capabilities: { ...plain.capabilities, updatesInactive: false },
        apply: async (change, key) =>
          change.kind === 'update' && refuse
            ? { ok: false, retry: 'soon', code: 'answer-unexpected', detail: 'Not now.' }
            : plain.apply(change, key),
      },
    })
    await rig.patch(mia, { active: true })
    await rig.drain()
    expect(rig.account(id)).toMatchObject({ state: 'active', attributes: { role: 'role-Supervisor' } })
    refuse = false
    await rig.query('update delivery set next_at = now()')
    await rig.drain()
    expect(rig.account(id)).toMatchObject({ state: 'active', attributes: { role: 'role-Agent' } })
    expect(await rig.link(mia)).toMatchObject({ state: 'linked', returning_since: null })
  })
  test('with another given name is the same person; with both names changed they are held', async () => {
    const mia = await rig.push(NAME)
    await rig.drain()
    await rig.patch(mia, { active: false })
    await rig.drain()
    await rig.patch(mia, { active: true, 'name.givenName': 'Maria' })
    await rig.drain()
    expect(rig.named(NAME)).toMatchObject({ state: 'active', attributes: { givenName: 'Maria' } })
    await rig.patch(mia, { active: false })
    await rig.drain()
    const left = rig.named(NAME)
    // Changed while nobody is in it: the names of who left are the ones that count.
    await rig.patch(mia, { 'name.givenName': 'Lena', 'name.familyName': 'Berg' })
    await rig.drain()
    await rig.patch(mia, { active: true })
    await rig.drain()
    expect(rig.named(NAME)).toEqual(left)
    expect(await rig.link(mia)).toMatchObject({
      state: 'disputed',
      account_id: left?.id,
      origin: 'created',
      why: expect.stringMatching(/Maria Roth.*Lena Berg/),
    })
    // Put right at the provider: it is the one who left after all.
    await rig.patch(mia, { 'name.familyName': 'Roth' })
    await rig.drain()
    expect(rig.named(NAME)).toMatchObject({ id: left?.id, state: 'active', attributes: { familyName: 'Roth' } })
    expect(await rig.link(mia)).toMatchObject({ state: 'linked', why: null })
  })
  test('with another employee number is held, whatever the name', async () => {
    const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
    const mia = await rig.push(NAME, { [enterprise]: { employeeNumber: '17' } })
    await rig.drain()
    await rig.patch(mia, { active: false })
    await rig.drain()
    await rig.patch(mia, { active: true, [`${enterprise}:employeeNumber`]: '18' })
    await rig.drain()
    expect(rig.named(NAME)?.state).toBe('inactive')
    expect(await rig.link(mia)).toMatchObject({ state: 'disputed', why: expect.stringContaining('17') })
  })
  test('who is another person under the name of somebody deleted does not get the account', async () => {
    const mia = await rig.push(NAME)
    await rig.drain()
    await rig.remove(mia)
    await rig.drain()
    const left = rig.named(NAME)
    const lena = await rig.push(NAME, named('Lena', 'Berg'))
    await rig.drain()
    expect(rig.named(NAME)).toEqual(left)
    expect(await rig.link(lena)).toMatchObject({ state: 'disputed', why: expect.stringMatching(/Mia Roth.*Lena Berg/) })
  })
})

describe('a protected account of ours', () => {
  test('named in rollcall.yaml is neither changed nor disabled, and waits as an open item', async () => {
    const mia = await rig.push(NAME)
    await rig.drain()
    const before = rig.named(NAME)
    rig.use({ settings: { protect: { userNames: [NAME] } } })
    await rig.patch(mia, { title: 'Coach' })
    await rig.drain()
    expect(await rig.row(mia)).toMatchObject({ state: 'disputed', code: 'disputed' })
    await rig.patch(mia, { active: false })
    await rig.drain()
    expect(rig.named(NAME)).toEqual(before)
    expect(await rig.row(mia)).toMatchObject({
      state: 'disputed',
      code: 'protected',
      detail: expect.stringContaining('not disabled'),
    })
    rig.use({ settings: {} })
    await rig.query(`update delivery set state = 'due', next_at = now()`)
    await rig.drain()
    expect(rig.named(NAME)?.state).toBe('inactive')
    expect(await rig.link(mia)).toMatchObject({ state: 'linked', why: null })
  })
  test('of the last active administrator is not disabled; of one of two it is, unless both leave', async () => {
    rig.use({ defaults: { role: 'Administrator' } })
    const ids = [await rig.push('a@x.test'), await rig.push('b@x.test'), await rig.push('c@x.test')]
    await rig.drain()
    const [a = '', b = '', c = ''] = ids
    await rig.patch(a, { active: false })
    await rig.drain()
    expect(rig.named('a@x.test')?.state).toBe('inactive')
    await rig.patch(b, { active: false })
    await rig.patch(c, { active: false })
    await rig.drain()
    expect([rig.named('b@x.test')?.state, rig.named('c@x.test')?.state]).toEqual(['active', 'active'])
    expect(await rig.row(b)).toMatchObject({
      state: 'disputed',
      code: 'protected',
      detail: expect.stringContaining('last active administrator'),
    })
    rig.seed({ userName: 'new@x.test', role: 'role-Administrator' })
    await rig.query(`update delivery set state = 'due', next_at = now() where state = 'disputed'`)
    await rig.drain()
    expect([rig.named('b@x.test')?.state, rig.named('c@x.test')?.state]).toEqual(['inactive', 'inactive'])
  })
  test('whose person was promoted is disabled when they leave', async () => {
    const mia = await rig.push(NAME)
    await rig.drain()
    const account = rig.named(NAME)
    if (account === undefined) throw new Error('no account')
    rig.target.put({ ...account, attributes: { ...account.attributes, role: 'role-Supervisor' } })
    await rig.patch(mia, { active: false })
    await rig.drain()
    expect(rig.named(NAME)?.state).toBe('inactive')
  })
})
