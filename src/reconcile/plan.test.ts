import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Account, AccountAttributes, AttributeName, Wish } from '../identity/account.ts'
import { isChange, type Change } from './change.ts'
import { intentFor } from './intent.ts'
import { plan, type Abilities, type Situation } from './plan.ts'

const NAMES: readonly AttributeName[] = [
  'userName',
  'givenName',
  'familyName',
  'email',
  'mobile',
  'timeZone',
  'role',
  'team',
]
const abilities: Abilities = {
  creates: NAMES,
  updates: NAMES,
  reads: NAMES,
  requires: ['userName', 'familyName', 'email'],
  updatesInactive: true,
}
const mia: AccountAttributes = {
  userName: 'mia@acme.test',
  givenName: 'Mia',
  familyName: 'Roth',
  email: 'mia@acme.test',
}
const wish = (attributes: AccountAttributes = mia, active = true): Wish => ({
  active,
  attributes,
  onCreate: { role: 'r1', team: 't1' },
})
const account = (attributes: AccountAttributes = mia, state: Account['state'] = 'active'): Account => ({
  id: 'a1',
  state,
  attributes,
})
const planned = (situation: Partial<Situation>) =>
  plan({ wish: wish(), account: 'absent', linked: false, abilities, ...situation })

describe('somebody without an account', () => {
  test('gets one, with the defaults of the app', () => {
    expect(planned({})).toEqual([{ kind: 'create', want: { ...mia, role: 'r1', team: 't1' } }])
  })
  test('gets none if they are not active', () => {
    expect(planned({ wish: wish(mia, false) })).toMatchObject([{ kind: 'skip' }])
  })
  test('gets none if the app needs what the provider did not send, and hears which attribute', () => {
    expect(planned({ wish: wish({ ...mia, familyName: null }) })).toMatchObject([
      { kind: 'conflict', state: 'unmatched', why: expect.stringContaining('familyName') },
    ])
  })
  test('is not asked for attributes the app cannot create', () => {
    const [step] = planned({ wish: wish({ ...mia, title: 'Lead' }) })
    expect(step).toMatchObject({ kind: 'create' })
    expect(step).not.toHaveProperty('want.title')
  })
})

describe('an account that is there already', () => {
  test('and is nobody’s is disputed, whatever it looks like', () => {
    expect(planned({ account: account() })).toMatchObject([{ kind: 'conflict', state: 'disputed', account: 'a1' }])
  })
  test('is not disabled for somebody who does not own it', () => {
    expect(planned({ account: account(), wish: wish(mia, false) })).toMatchObject([{ kind: 'skip' }])
  })
  test('is ours if it is what we were about to create', () => {
    const intent = intentFor(mia, { identity: 'i1', at: '2026-11-24T10:00:00.000Z' })
    expect(planned({ account: { ...account(), createdAt: '2026-11-24T10:00:01.000Z' }, intent })).toMatchObject([
      { kind: 'adopt', account: 'a1' },
    ])
  })
  test('is not ours if it is older than our intent', () => {
    const intent = intentFor(mia, { identity: 'i1', at: '2026-11-24T10:00:00.000Z' })
    expect(planned({ account: { ...account(), createdAt: '2026-11-20T10:00:00.000Z' }, intent })).toMatchObject([
      { kind: 'conflict', state: 'disputed' },
    ])
  })
  test('is not ours if another person has the name', () => {
    const intent = intentFor(mia, { identity: 'i1', at: '2026-11-24T10:00:00.000Z' })
    expect(planned({ account: account({ ...mia, givenName: 'Mio' }), intent })).toMatchObject([
      { kind: 'conflict', state: 'disputed' },
    ])
  })
  test('and was created by an attempt of ours for somebody who has left since is disabled', () => {
    const intent = intentFor(mia, { identity: 'i1', at: '2026-11-24T10:00:00.000Z' })
    expect(planned({ account: account(), intent, wish: wish(mia, false) })).toMatchObject([
      { kind: 'adopt' },
      { kind: 'deactivate', account: 'a1' },
    ])
  })
})

describe('an account of ours', () => {
  const linked = (situation: Partial<Situation>) => planned({ linked: true, account: account(), ...situation })

  test('gets only what differs', () => {
    expect(linked({ wish: wish({ ...mia, givenName: 'Maria' }) })).toEqual([
      { kind: 'update', account: 'a1', set: { givenName: 'Maria' } },
    ])
  })
  test('is renamed in a step of its own, after the other attributes', () => {
    const steps = linked({ wish: wish({ ...mia, userName: 'maria@acme.test', givenName: 'Maria' }) })
    expect(steps.map((step) => step.kind)).toEqual(['update', 'rename'])
  })
  test('is not renamed for a difference in case', () => {
    expect(linked({ wish: wish({ ...mia, userName: 'MIA@acme.test' }) })).toMatchObject([{ kind: 'skip' }])
  })
  test('keeps role and team, which were set once', () => {
    expect(linked({ account: account({ ...mia, role: 'r9', team: 't9' }) })).toMatchObject([{ kind: 'skip' }])
  })
  test('is deactivated, and nothing else, when its person leaves', () => {
    expect(linked({ wish: wish({ ...mia, givenName: 'Maria', userName: 'new@acme.test' }, false) })).toEqual([
      { kind: 'deactivate', account: 'a1' },
    ])
  })
  test.each(['active', 'unregistered', 'pending', 'locked'] as const)('is deactivated when it is %s', (state) => {
    expect(linked({ wish: wish(mia, false), account: account(mia, state) })).toEqual([
      { kind: 'deactivate', account: 'a1' },
    ])
  })
  test('is left alone when it is inactive already', () => {
    expect(linked({ wish: wish(mia, false), account: account(mia, 'inactive') })).toMatchObject([{ kind: 'skip' }])
  })
  test('is put right before its person can sign in again', () => {
    const steps = linked({ wish: wish({ ...mia, givenName: 'Maria' }), account: account(mia, 'inactive') })
    expect(steps.map((step) => step.kind)).toEqual(['update', 'reactivate'])
  })
  test('is reactivated first where the app changes no inactive account', () => {
    const steps = linked({
      wish: wish({ ...mia, givenName: 'Maria' }),
      account: account(mia, 'inactive'),
      abilities: { ...abilities, updatesInactive: false },
    })
    expect(steps.map((step) => step.kind)).toEqual(['reactivate', 'update'])
  })
  test('is never stripped of what the app requires', () => {
    expect(linked({ wish: wish({ ...mia, familyName: null }) })).toMatchObject([{ kind: 'skip' }])
  })
  test('loses an optional attribute its person lost', () => {
    expect(
      linked({ wish: wish({ ...mia, mobile: null }), account: account({ ...mia, mobile: '+1 555 0100' }) }),
    ).toEqual([{ kind: 'update', account: 'a1', set: { mobile: null } }])
  })
  test('that has gone is reported, not created again', () => {
    expect(linked({ account: 'absent' })).toMatchObject([{ kind: 'conflict', state: 'deleted' }])
  })
  test('that has gone needs no deactivation', () => {
    expect(linked({ account: 'absent', wish: wish(mia, false) })).toMatchObject([{ kind: 'skip' }])
  })
})

describe('for any situation', () => {
  const value = fc.option(fc.string({ minLength: 1, maxLength: 8 }), { nil: null })
  const attributes = fc.record(
    {
      userName: fc.string({ minLength: 1, maxLength: 8 }),
      givenName: value,
      familyName: value,
      email: value,
      mobile: value,
      timeZone: value,
    },
    { requiredKeys: ['userName'] },
  )
  const situation = fc.record({
    wish: fc.record({ active: fc.boolean(), attributes, onCreate: fc.constant<AccountAttributes>({ role: 'r1' }) }),
    account: fc.record({
      id: fc.constant('a1'),
      state: fc.constantFrom<Account['state']>('active', 'unregistered', 'pending', 'locked', 'inactive'),
      attributes,
    }),
    linked: fc.constant(true),
    abilities: fc.record({
      creates: fc.constant(NAMES),
      updates: fc.subarray([...NAMES]),
      reads: fc.subarray([...NAMES]),
      requires: fc.subarray([...NAMES]),
      updatesInactive: fc.boolean(),
    }),
  })

  const apply = (before: Account, change: Change): Account => {
    if (change.kind === 'update') return { ...before, attributes: { ...before.attributes, ...change.set } }
    if (change.kind === 'rename') return { ...before, attributes: { ...before.attributes, userName: change.userName } }
    if (change.kind === 'deactivate') return { ...before, state: 'inactive' }
    return change.kind === 'reactivate' ? { ...before, state: 'active' } : before
  }

  test('a plan made after its own apply has no changes', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const after = plan(given).filter(isChange).reduce(apply, given.account)
        expect(plan({ ...given, account: after }).filter(isChange)).toEqual([])
      }),
    )
  })
  test('nobody inactive is ever reactivated, and nobody active deactivated', () => {
    fc.assert(
      fc.property(situation, (given) => {
        const kinds = plan(given).map((step) => step.kind)
        expect(kinds).not.toContain(given.wish.active ? 'deactivate' : 'reactivate')
      }),
    )
  })
})

describe('an account that the provider was shown under this identity’s id', () => {
  const person = { givenName: 'Mia', familyName: 'Roth', employeeNumber: null }
  const addressed = { addressed: true, account: account(), standing: { person, adopt: 'matching' } } as const
  const kinds = (situation: Partial<Situation>) => planned(situation).map(({ kind }) => kind)

  test('is theirs whatever it is to be called from now on, and nothing in it changes', () => {
    expect(
      kinds({ ...addressed, wish: wish({ ...mia, userName: 'mia.roth@acme.test', email: 'x@acme.test' }) }),
    ).toEqual(['adopt'])
  })
  test('is disabled once it is theirs, where that is the first that is wanted', () => {
    expect(kinds({ ...addressed, wish: wish(mia, false) })).toEqual(['adopt', 'deactivate'])
    const gone = { ...addressed, account: account(mia, 'inactive') }
    expect(kinds({ ...gone, wish: wish(mia, false) })).toEqual(['adopt'])
  })
  test('is left alone where another person, a protected account or another owner is in question', () => {
    const { standing } = addressed
    const lena = { ...standing, person: { ...person, givenName: 'Lena', familyName: 'Fuchs' } }
    const guard = { kind: 'privileged', why: 'has the privileged role Administrator' } as const
    const owner = { connection: 'entra', userName: 'm', deleted: false, known: person }
    for (const active of [true, false]) {
      const wanted = { ...addressed, wish: wish(mia, active) }
      expect(kinds({ ...wanted, standing: lena })).toEqual(['conflict'])
      expect(kinds({ ...wanted, standing: { ...standing, guard } })).toEqual(['conflict'])
      expect(kinds({ ...wanted, standing: { ...standing, adopt: 'never' } })).toEqual(['conflict'])
      expect(kinds({ ...wanted, standing: { ...standing, owner } })).toEqual([active ? 'conflict' : 'skip'])
    }
  })
})
