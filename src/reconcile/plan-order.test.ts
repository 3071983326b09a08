/** In which order a plan gives, takes, lets in and shuts out. */
import { describe, expect, test } from 'vitest'
import {
  GRANT_KINDS,
  type Account,
  type AccountAttributes,
  type AttributeName,
  type Wish,
} from '../identity/account.ts'
import type { Standing } from './adoption.ts'
import { plan, type Abilities, type Situation } from './plan.ts'

const NAMES: readonly AttributeName[] = [
  'userName', 'givenName', 'familyName', 'role', 'team', 'loginAuthenticator', 'city',
] // prettier-ignore
const abilities: Abilities = {
  creates: NAMES,
  updates: NAMES,
  reads: NAMES,
  requires: ['userName'],
  updatesInactive: true,
  grants: GRANT_KINDS,
  invites: true,
}
const person = { givenName: 'Mia', familyName: 'Roth', employeeNumber: null }
const standing: Standing = { person, adopt: 'matching', known: person }
const mia: AccountAttributes = { userName: 'mia@acme.test', givenName: 'Mia', familyName: 'Roth' }

const account = (more: Partial<Account> = {}): Account => ({
  id: 'a1',
  state: 'active',
  attributes: { ...mia, role: 'agent', team: 'day' },
  grants: { role: [], skill: [{ id: 'sales', level: 3 }], group: [] },
  ...more,
})
const wish = (more: Partial<Wish> = {}): Wish => ({ active: true, attributes: mia, onCreate: {}, ...more })
const planned = (situation: Partial<Situation>) =>
  plan({ wish: wish(), account: account(), linked: true, abilities, standing, ...situation })
const kinds = (situation: Partial<Situation>) => planned(situation).map(({ kind }) => kind)

/** Everything at once: taken, changed, renamed, given, another way to sign in. */
const allOfIt = wish({
  attributes: { ...mia, userName: 'mia.roth@acme.test', role: 'lead', loginAuthenticator: 'sso' },
  grants: {
    skill: { want: [{ id: 'billing', level: 9 }], takes: 'all' },
    group: { want: [{ id: 'night' }], takes: 'all' },
  },
  invite: true,
})

describe('somebody who stays', () => {
  test('loses first, gains next, and gets the way to sign in and the invitation last', () => {
    expect(kinds({ wish: allOfIt, account: account({ state: 'unregistered' }) })).toEqual([
      'revoke', 'update', 'rename', 'grant', 'grant', 'update', 'invite',
    ]) // prettier-ignore
  })
  test('gets the way to sign in in a step of its own', () => {
    const steps = planned({ wish: allOfIt })
    expect(steps.filter(({ kind }) => kind === 'update')).toEqual([
      { kind: 'update', account: 'a1', set: { role: 'lead' } },
      { kind: 'update', account: 'a1', set: { loginAuthenticator: 'sso' } },
    ])
  })
  test('moves from one role to another without having both, and keeps the old one beside it where that is wanted', () => {
    const wanted = wish({
      attributes: { ...mia, role: 'lead' },
      grants: { role: { want: [{ id: 'agent' }], takes: 'all' } },
    })
    const had = account({ grants: { role: [{ id: 'lead' }] } })
    expect(planned({ wish: wanted, account: had })).toEqual([
      { kind: 'revoke', account: 'a1', of: 'role', ids: ['lead'] },
      { kind: 'update', account: 'a1', set: { role: 'lead' } },
      { kind: 'grant', account: 'a1', of: 'role', grants: [{ id: 'agent' }] },
    ])
  })
})

/** An app that gives and describes nothing until somebody has been there; what stands behind a refusal is not reached. */
function carriedOut(account: Account, wanted: Wish): { readonly account: Account; readonly asked: boolean } {
  let [now, asked] = [account, false]
  for (const step of planned({ wish: wanted, account })) {
    if (step.kind === 'invite') [now, asked] = [{ ...now, state: 'pending' }, true]
    const needsThem = step.kind === 'grant' || (step.kind === 'update' && step.set.city !== undefined)
    if (needsThem && now.asleep === true) break
    if (step.kind === 'update') now = { ...now, attributes: { ...now.attributes, ...step.set } }
    if (step.kind === 'grant') now = { ...now, grants: { ...now.grants, [step.of]: step.grants } }
  }
  return { account: now, asked }
}

describe('somebody who is asleep: the app may give them nothing before they have been there', () => {
  const asleep = account({ state: 'unregistered', asleep: true, grants: { role: [], skill: [], group: [] } })

  test('loses first, gets the way to sign in and the invitation next, and what is given last', () => {
    expect(kinds({ wish: allOfIt, account: account({ state: 'unregistered', asleep: true }) })).toEqual([
      'revoke', 'update', 'rename', 'update', 'invite', 'grant', 'grant',
    ]) // prettier-ignore
  })
  test('gets the role before the way in, and what only describes them after it', () => {
    const wanted = wish({ attributes: { ...mia, role: 'lead', city: 'Brno', loginAuthenticator: 'own' } })
    expect(planned({ wish: wanted, account: asleep }).map((step) => ('set' in step ? step.set : step.kind))).toEqual([
      { role: 'lead' }, { loginAuthenticator: 'own' }, { city: 'Brno' },
    ]) // prettier-ignore
  })
  test('is asked in, comes in with less than is wanted, and gets the rest then', () => {
    const wanted = wish({
      attributes: { ...mia, loginAuthenticator: 'own', city: 'Brno' },
      grants: { skill: { want: [{ id: 'billing', level: 9 }], takes: 'all' } },
      invite: true,
    })
    const before = carriedOut(asleep, wanted)
    expect(before).toMatchObject({ asked: true, account: { state: 'pending', grants: { skill: [] } } })
    expect(carriedOut(before.account, wanted)).toEqual({ ...before, asked: false })
    const { asleep: _awake, ...awake } = before.account
    const after = carriedOut({ ...awake, state: 'active' }, wanted)
    expect(after.account).toMatchObject({
      attributes: { city: 'Brno' },
      grants: { skill: [{ id: 'billing', level: 9 }] },
    })
    expect(kinds({ wish: wanted, account: after.account })).toEqual(['skip'])
  })
  test('is not asked in as long as something could not be taken', () => {
    const steps = kinds({ wish: allOfIt, account: account({ state: 'unregistered', asleep: true }) })
    expect(steps.indexOf('revoke')).toBeLessThan(steps.indexOf('invite'))
  })
})

describe('somebody who returns', () => {
  const returns = account({ state: 'inactive' })

  test('is put right in all things before they can sign in', () => {
    expect(kinds({ wish: allOfIt, account: returns })).toEqual([
      'revoke', 'update', 'rename', 'grant', 'grant', 'update', 'reactivate',
    ]) // prettier-ignore
  })
  test('is reactivated first where the app changes no inactive account', () => {
    const first = { ...abilities, updatesInactive: false }
    expect(kinds({ wish: allOfIt, account: returns, abilities: first })).toEqual([
      'reactivate', 'revoke', 'update', 'rename', 'grant', 'grant', 'update',
    ]) // prettier-ignore
  })
  test('to an account that was nobody’s loses what is not wanted before they can sign in', () => {
    const steps = planned({ wish: { ...allOfIt, attributes: mia }, account: returns, linked: false })
    expect(steps.map(({ kind }) => kind)).toEqual(['adopt', 'revoke', 'grant', 'grant', 'reactivate'])
  })
})

describe('somebody who leaves', () => {
  const leaves = wish({ active: false, grants: { skill: { want: [], takes: 'all' } }, endSession: true })

  test('is disabled before anything is taken', () => {
    expect(planned({ wish: leaves })).toEqual([
      { kind: 'deactivate', account: 'a1', endSession: true },
      { kind: 'revoke', account: 'a1', of: 'skill', ids: ['sales'] },
    ])
  })
  test('and is disabled already only loses what is to be taken', () => {
    expect(kinds({ wish: leaves, account: account({ state: 'inactive' }) })).toEqual(['revoke'])
  })
  test('keeps what they hold where the app changes no inactive account', () => {
    const first = { ...abilities, updatesInactive: false }
    expect(kinds({ wish: leaves, abilities: first })).toEqual(['deactivate'])
    expect(planned({ wish: leaves, account: account({ state: 'inactive' }), abilities: first })).toEqual([
      { kind: 'skip', why: expect.stringContaining('what it holds stays') },
    ])
  })
  test('is given nothing', () => {
    const wanted = { ...allOfIt, active: false, grants: { group: { want: [{ id: 'night' }], takes: 'all' as const } } }
    expect(kinds({ wish: wanted })).toEqual(['deactivate'])
  })
})

describe('an account that was there already', () => {
  test.each(['active', 'unregistered', 'pending', 'locked'] as const)(
    'and is %s gets the link and nothing else',
    (state) => {
      expect(
        kinds({ wish: allOfIt, account: account({ state, attributes: { ...allOfIt.attributes } }), linked: false }),
      ).toEqual(['adopt'])
    },
  )
  test('and works keeps its role and team, whatever is believed of its person coming back', () => {
    const defaults = wish({ onCreate: { role: 'agent', team: 'night' } })
    const lead = account({ attributes: { ...mia, role: 'lead' } })
    const returning = { ...standing, returning: true }
    expect(kinds({ wish: defaults, account: lead, linked: false, standing: returning })).toEqual(['adopt'])
  })
})

describe('an invitation', () => {
  const invited = wish({ invite: true })

  test('is sent to who was never asked in', () => {
    expect(planned({ wish: invited, account: account({ state: 'unregistered' }) })).toEqual([
      { kind: 'invite', account: 'a1' },
    ])
  })
  test.each(['active', 'pending', 'locked'] as const)('is not sent to somebody %s', (state) => {
    expect(kinds({ wish: invited, account: account({ state }) })).toEqual(['skip'])
  })
  test('is not sent to somebody inactive, nor to who leaves', () => {
    expect(kinds({ wish: invited, account: account({ state: 'inactive' }) })).toEqual(['reactivate'])
    const leaves = { ...invited, active: false }
    expect(kinds({ wish: leaves, account: account({ state: 'unregistered' }) })).toEqual(['deactivate'])
  })
  test('is not sent twice, nor unasked, nor where the app sends none', () => {
    const unregistered = account({ state: 'unregistered' })
    expect(kinds({ wish: invited, account: unregistered, standing: { ...standing, invited: true } })).toEqual(['skip'])
    expect(kinds({ account: unregistered })).toEqual(['skip'])
    expect(kinds({ wish: invited, account: unregistered, abilities: { ...abilities, invites: false } })).toEqual([
      'skip',
    ])
  })
})
