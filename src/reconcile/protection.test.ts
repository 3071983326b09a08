import { describe, expect, test } from 'vitest'
import type { Account } from '../identity/account.ts'
import {
  adoptionGuard,
  hardGuard,
  isLastAdministrator,
  privilegeOfName,
  returnGuard,
  type RoleEntry,
  type Surroundings,
} from './protection.ts'

const roles: readonly RoleEntry[] = [
  { id: 'r1', name: 'Agent' },
  { id: 'r2', name: 'Supervisor', privilege: 'elevated' },
  { id: 'r3', name: 'Administrator', privilege: 'administrator' },
]
const account = (more: Partial<Account> = {}): Account => ({
  id: 'a1',
  state: 'active',
  attributes: { userName: 'mia@x.test', role: 'r1' },
  ...more,
})
const nothing: Surroundings = { protect: { userNames: [] }, self: undefined, roles }

test.each([
  ['Administrator', 'administrator'],
  ['System administrators', 'administrator'],
  ['Local Admin', 'administrator'],
  ['Manager', 'elevated'],
  ['Floor Supervisor', 'elevated'],
  ['Team lead', 'elevated'],
  ['Agent', undefined],
  ['Evaluator', undefined],
  ['Badminton', undefined],
  ['Lead generation', undefined],
] as const)('a role named %s is taken for %s', (name, privilege) => {
  expect(privilegeOfName(name)).toBe(privilege)
})

describe('nobody adopts', () => {
  test.each<[string, Account, Partial<Surroundings>, string]>([
    ['the account the connector signs in with', account(), { self: 'a1' }, 'self'],
    ['an account that is named, in any case', account(), { protect: { userNames: ['MIA@X.test'] } }, 'named'],
    ['the holder of a privileged role', account({ attributes: { role: 'r2' } }), {}, 'privileged'],
    ['who holds one beside an ordinary role', account({ roles: ['r1', 'r3'] }), {}, 'privileged'],
    ['who holds a role nobody knows', account({ attributes: { role: 'r9' } }), {}, 'privileged'],
    ['who holds a role that is named by id', account(), { protect: { userNames: [], roles: ['r1'] } }, 'privileged'],
    ['who holds a role that is named', account(), { protect: { userNames: [], roles: ['AGENT'] } }, 'privileged'],
  ])('%s', (...[, given, more, kind]) => {
    expect(adoptionGuard(given, { ...nothing, ...more })).toMatchObject({ kind, why: expect.stringMatching(/\S/) })
  })
  test('but anybody may adopt an ordinary account, one without a role, and one whose role is not among those named', () => {
    expect(adoptionGuard(account(), nothing)).toBeUndefined()
    expect(adoptionGuard(account({ attributes: {} }), nothing)).toBeUndefined()
    const protect = { userNames: [], roles: ['Administrator'] }
    expect(adoptionGuard(account({ attributes: { role: 'r2' } }), { ...nothing, protect })).toBeUndefined()
  })
})

test('the hands are kept off by id and by name, whatever the role', () => {
  expect(hardGuard(account({ attributes: { role: 'r3' } }), nothing)).toBeUndefined()
})

test('who returns is given the default role in place of a privileged one, but further ones would stay', () => {
  const promoted = account({ attributes: { role: 'r2' } })
  expect(returnGuard(promoted, nothing, true)).toBeUndefined()
  expect(returnGuard(promoted, nothing, false)).toMatchObject({ kind: 'privileged' })
  const further = account({ roles: ['r1', 'r3'] })
  expect(returnGuard(further, nothing, true)).toMatchObject({ why: expect.stringContaining('Administrator') })
})

describe('the last active administrator', () => {
  const one = account({ attributes: { role: 'r3' } })
  const other = (more: Partial<Account>): Account => ({ ...one, id: 'a2', ...more })
  const last = (all: readonly Account[], more: { self?: string; leaving?: string[] } = {}) =>
    isLastAdministrator(one, all, { roles, self: more.self, leaving: new Set(more.leaving) })

  test('is one beside whom there is no other who is active, stays, and is a person', () => {
    expect(last([one])).toBe(true)
    expect(last([one, other({})])).toBe(false)
    expect(last([one, other({ roles: ['r1', 'r3'], attributes: { role: 'r1' } })])).toBe(false)
    expect(last([one, other({ attributes: { role: 'r2' } })])).toBe(true)
    for (const state of ['inactive', 'pending', 'locked'] as const) expect(last([one, other({ state })])).toBe(true)
    expect(last([one, other({})], { leaving: ['a2'] })).toBe(true)
    expect(last([one, other({})], { self: 'a2' })).toBe(true)
  })
  test('is not somebody who is no administrator', () => {
    expect(isLastAdministrator(account(), [], { roles, self: undefined, leaving: new Set() })).toBe(false)
  })
})
