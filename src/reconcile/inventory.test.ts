/** What counts as worth a look in an app, account by account. */
import { describe, expect, test } from 'vitest'
import type { Account, AccountState } from '../identity/account.ts'
import { FINDINGS, takeInventory, type Finding } from './inventory.ts'

const now = new Date('2026-11-24T12:00:00Z')
const daysAgo = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString()
const names = {
  of: (kind: string, id: string) =>
    kind === 'role' && id === 'r-admin' ? { id, name: 'Administrator', active: true } : undefined,
  roles: [{ id: 'r-admin', name: 'Administrator', privilege: 'administrator' as const }],
}

let count = 0
interface Given extends Partial<Omit<Account, 'attributes'>> {
  readonly attributes?: Account['attributes']
}
const account = ({ attributes, ...given }: Given = {}): Account => {
  const id = `a${++count}`
  return {
    id,
    state: 'active',
    lastSignIn: daysAgo(1),
    ...given,
    attributes: {
      userName: `${id}@acme.test`,
      givenName: `Given ${id}`,
      familyName: 'Doe',
      email: `${id}@acme.test`,
      role: 'r-agent',
      team: 't1',
      loginAuthenticator: 'sso',
      ...attributes,
    },
  }
}
const look = (accounts: readonly Account[], more: { idleDays?: number; keys?: readonly KeyOf[] } = {}) =>
  takeInventory(accounts, { now, idleDays: 90, names, keys: undefined, ...more })
type KeyOf = Parameters<typeof takeInventory>[1]['keys'] extends (infer K) | undefined
  ? K extends readonly (infer T)[]
    ? T
    : never
  : never
const found = (accounts: readonly Account[], more?: Parameters<typeof look>[1]): readonly (readonly Finding[])[] =>
  look(accounts, more).rows.map(({ findings }) => findings)

test('of an ordinary account there is nothing to say', () => {
  expect(found([account()])).toEqual([[]])
})

test.each<[AccountState, readonly Finding[]]>([
  ['active', ['idle']],
  ['locked', ['idle']],
  ['pending', ['never-activated']],
  ['unregistered', ['never-activated']],
  ['inactive', []],
])('an account that is %s and was last seen a year ago', (state, findings) => {
  expect(found([account({ state, lastSignIn: daysAgo(365) })])).toEqual([findings])
})

describe('when somebody was last there', () => {
  test('counts as long ago only after as many days as were asked about', () => {
    const one = account({ lastSignIn: daysAgo(40) })
    expect(found([one], { idleDays: 41 })).toEqual([[]])
    expect(found([one], { idleDays: 39 })).toEqual([['idle']])
  })
  test('is never, only where the app says of anybody when they were there', () => {
    const never = account({ lastSignIn: null })
    expect(found([never])).toEqual([[]])
    expect(found([never, account()])).toEqual([['never-seen'], []])
  })
  test('says nothing where it was not shown, or cannot be read as a date', () => {
    const { lastSignIn: _, ...unknown } = account()
    expect(found([unknown, account({ lastSignIn: 'yesterday' }), account()])).toEqual([[], [], []])
    expect(look([unknown, account()]).totals.seen).toMatchObject({ 'not shown': 1, 'within 7 days': 1 })
  })
})

test('nobody signs in without an authenticator, and one that was not shown is not missing', () => {
  const missing = account({ attributes: { loginAuthenticator: null } })
  const { loginAuthenticator: _, ...attributes } = account().attributes
  const notShown: Account = { ...account(), attributes }
  expect(found([missing, { ...missing, state: 'inactive' }, notShown])).toEqual([['no-authenticator'], [], []])
})

test('names and addresses are compared without regard to case among those in use, and an empty one with nobody', () => {
  const same = { givenName: 'Ada', familyName: 'Doe', email: 'ada@acme.test' }
  const upper = { givenName: 'ADA', familyName: 'DOE', email: 'Ada@Acme.Test' }
  const gone = account({ state: 'inactive', attributes: same })
  expect(found([account({ attributes: same }), gone])).toEqual([[], []])
  expect(found([account({ attributes: same }), account({ attributes: upper }), gone])).toEqual([
    ['same-name', 'same-mail'],
    ['same-name', 'same-mail'],
    [],
  ])
  const empty = { givenName: '', familyName: '', email: '' }
  expect(found([account({ attributes: empty }), account({ attributes: empty })])).toEqual([[], []])
})

test('administrators are those of the catalogue, and roles are shown by name', () => {
  const { rows, totals } = look([account({ attributes: { role: 'r-admin' } }), account()])
  expect(rows.map(({ role, findings }) => [role, ...findings])).toEqual([
    ['Administrator', 'administrator'],
    ['r-agent'],
  ])
  expect(totals.roles).toEqual([
    { id: 'r-admin', name: 'Administrator', accounts: 1, inUse: 1 },
    { id: 'r-agent', name: 'r-agent', accounts: 1, inUse: 1 },
  ])
})

test('keys are shown with their owners, and those that nobody should have any more are named', () => {
  const owner = account()
  const gone = account({ state: 'inactive' })
  const { keys, rows, totals } = look([owner, gone], {
    keys: [
      { id: 'k1', account: owner.id, active: true, lastUsed: daysAgo(1) },
      { id: 'k2', account: gone.id, active: true, lastUsed: null },
      { id: 'k3', account: gone.id, active: false, lastUsed: daysAgo(900) },
      { id: 'k4', account: 'somebody', active: true },
    ],
  })
  expect(keys.map(({ id, owner: of, findings }) => [id, of, ...findings])).toEqual([
    ['k1', owner.attributes.userName],
    ['k2', gone.attributes.userName, 'owner-inactive', 'unused'],
    ['k3', gone.attributes.userName],
    ['k4', 'somebody'],
  ])
  expect(rows.map(({ findings }) => findings)).toEqual([['owns-key'], ['owns-key']])
  expect(totals.keys).toEqual({ active: 3, inactive: 1 })
  expect(look([owner]).totals.keys).toBeNull()
})

test('the numbers are those of the rows', () => {
  const accounts = [
    account(),
    account({ state: 'pending' }),
    account({ state: 'inactive' }),
    account({ lastSignIn: null }),
  ]
  const { rows, totals } = look(accounts)
  expect(totals).toMatchObject({ accounts: 4, inUse: 3, states: { active: 2, pending: 1, inactive: 1 } })
  expect(Object.values(totals.seen).reduce((sum, number) => sum + number, 0)).toBe(3)
  for (const finding of FINDINGS)
    expect(totals.findings[finding]).toBe(rows.filter(({ findings }) => findings.includes(finding)).length)
})

test('an app with nobody in it has an inventory too', () => {
  expect(look([])).toMatchObject({ rows: [], keys: [], totals: { accounts: 0, roles: [] } })
})
