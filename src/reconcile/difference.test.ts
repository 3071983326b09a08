import { describe, expect, test } from 'vitest'
import type { Account } from '../identity/account.ts'
import type { PlanStep } from './change.ts'
import { isNothing, outcomeOf, type EntryNames, type NamedEntry, type PersonOutcome } from './difference.ts'
import { add, NO_NUMBERS, warningsOf } from './difference-numbers.ts'
import { reasonOf } from './difference-reasons.ts'

const ENTRIES: Readonly<Record<string, readonly NamedEntry[]>> = {
  role: ['Agent', 'Supervisor', 'Administrator'].map((name) => ({ id: `r-${name}`, name })),
  team: [
    { id: 't-plain', name: 'Plain' },
    { id: 't-quality', name: 'Quality', charges: ['QM'] },
    { id: 't-all', name: 'All', charges: ['QM', 'WFM'] },
  ],
  skill: [{ id: 's-1', name: 'Billing' }],
}
const names: EntryNames = {
  of: (kind, id) => ENTRIES[kind]?.find((entry) => entry.id === id),
  roles: (ENTRIES['role'] ?? []).map(({ id, name }) => ({
    id,
    name,
    ...(name === 'Administrator' ? { privilege: 'administrator' as const } : {}),
  })),
}
const account = (more: Partial<Account> = {}): Account => ({
  id: '7',
  state: 'active',
  attributes: { userName: 'mia', role: 'r-Agent', team: 't-quality' },
  ...more,
})
const planned = (steps: readonly PlanStep[], seen: Account | 'absent' = account(), adopted = false): PersonOutcome =>
  outcomeOf({ kind: 'planned', steps }, { account: seen, adopted, names })

const update = (set: Account['attributes']): PlanStep => ({ kind: 'update', account: '7', set })

describe('what is told of one person', () => {
  test('is nothing where the account is as wanted', () => {
    expect(isNothing(planned([{ kind: 'skip', why: 'as wanted' }]))).toBe(true)
  })

  test('is what changes, before and after, with roles and teams by name', () => {
    expect(planned([update({ role: 'r-Supervisor', title: 'Lead' })])).toMatchObject({
      kinds: ['update'],
      before: { role: 'Agent', title: null },
      after: { role: 'Supervisor', title: 'Lead' },
      role: null,
    })
  })

  test('counts a new account as made, however many calls that takes', () => {
    const steps: PlanStep[] = [
      { kind: 'create', want: { userName: 'mia', team: 't-plain' } },
      { kind: 'update', account: 'new', set: { loginAuthenticator: 'own' } },
      { kind: 'grant', account: 'new', of: 'skill', grants: [{ id: 's-1', level: 3 }] },
      { kind: 'invite', account: 'new' },
    ]
    expect(planned(steps, 'absent')).toMatchObject({
      kinds: ['create', 'grant', 'invite'],
      notes: ['mail'],
      gives: [{ of: 'skill', id: 's-1', name: 'Billing', level: 3 }],
      move: { from: null, to: 'Plain', adds: [], drops: [] },
    })
  })

  test('says why nothing is done, in words and in a word', () => {
    const conflict: PlanStep = { kind: 'conflict', state: 'disputed', account: '9', why: 'an account has one owner' }
    const outcome = outcomeOf(
      { kind: 'planned', steps: [conflict], reason: 'another owner' },
      { account: account(), adopted: false, names },
    )
    expect(outcome).toMatchObject({ kinds: ['disputed'], account: '9', why: conflict.why, reason: 'another owner' })
  })

  test.each<[string, Account, Account['attributes'], string[], object | null]>([
    ['a team that costs more', account(), { team: 't-all' }, ['charges'], { adds: ['WFM'], drops: [] }],
    ['a team that costs less', account(), { team: 't-plain' }, [], { adds: [], drops: ['QM'] }],
    ['no other team', account(), { title: 'x' }, [], null],
  ])('a move into %s', (...[, seen, set, notes, move]) => {
    const outcome = planned([update(set)], seen)
    expect(outcome.notes).toEqual(notes)
    if (move === null) expect(outcome.move).toBeNull()
    else expect(outcome.move).toMatchObject(move)
  })

  test('who returns is charged for again, team by team', () => {
    const returns: PlanStep = { kind: 'reactivate', account: '7' }
    expect(planned([returns], account({ state: 'inactive' }))).toMatchObject({
      notes: ['charges'],
      move: { from: null, to: 'Quality', adds: ['QM'] },
    })
  })

  test('an account that was there before and changes its role is noted, by either of the ways to hold one', () => {
    const seen = account({ attributes: { userName: 'mia', role: 'r-Supervisor' } })
    expect(planned([update({ role: 'r-Agent' })], seen, true).role).toEqual({ from: 'Supervisor', to: 'Agent' })
    const second = account({ roles: ['r-Agent', 'r-Supervisor'] })
    const taken: PlanStep = { kind: 'revoke', account: '7', of: 'role', ids: ['r-Supervisor'] }
    expect(planned([taken], second, true).role).toEqual({ from: 'Supervisor', to: 'Agent' })
    expect(planned([update({ role: 'r-Agent' })], seen, false).role).toBeNull()
    const adopt: PlanStep = { kind: 'adopt', account: '7', origin: 'adopted', takesOver: false, why: 'same name' }
    expect(planned([adopt, update({ role: 'r-Agent' })], seen).notes).toEqual(['adopted-role'])
  })

  test('an administrator is noted for whatever is changed', () => {
    const boss = account({ attributes: { userName: 'boss', role: 'r-Administrator' } })
    expect(planned([{ kind: 'deactivate', account: '7' }], boss).notes).toEqual(['administrator'])
    expect(planned([{ kind: 'skip', why: 'as wanted' }], boss).notes).toEqual([])
  })
})

describe('numbers', () => {
  const some = [
    planned([update({ team: 't-all', title: 'x' })]),
    planned([update({ team: 't-all' })]),
    planned([{ kind: 'skip', why: 'as wanted' }]),
    planned([{ kind: 'invite', account: '7' }]),
    outcomeOf(
      { kind: 'refused', why: 'no such role', reason: 'unknown-role Pilot' },
      { account: 'absent', adopted: false, names },
    ),
  ]

  test('are the same whether people come in one page or in many', () => {
    const whole = add(NO_NUMBERS, some)
    const pieces = some.reduce((numbers, outcome) => add(numbers, [outcome]), NO_NUMBERS)
    expect(pieces).toEqual(whole)
    expect(whole).toMatchObject({
      people: 5,
      unchanged: 1,
      kinds: { update: 2, invite: 1, refused: 1 },
      attributes: { team: 2, title: 1 },
      moves: [{ from: 'Quality', to: 'All', adds: ['WFM'], people: 2 }],
      costlier: 2,
      mails: 1,
      reasons: [{ kind: 'refused', reason: 'unknown-role Pilot', people: 1 }],
    })
  })

  test('leave nobody out: everybody is unchanged or of a kind', () => {
    const numbers = add(NO_NUMBERS, some)
    expect(numbers.unchanged + some.filter((outcome) => !isNothing(outcome)).length).toBe(numbers.people)
  })

  test('warn of what cannot be taken back, and of nothing where nothing happens', () => {
    expect(warningsOf(add(NO_NUMBERS, some)).map(({ code, people }) => [code, people])).toEqual([
      ['mails', 1],
      ['charges', 2],
      ['refused', 1],
    ])
    expect(warningsOf(add(NO_NUMBERS, [planned([{ kind: 'skip', why: '' }])]))).toEqual([])
    const gone = planned([{ kind: 'deactivate', account: '7' }])
    expect(warningsOf(add(NO_NUMBERS, [gone])).map(({ code }) => code)).toEqual(['deactivations'])
  })
})

describe('the reason why nothing is done', () => {
  const person = { givenName: 'Mia', familyName: 'Roth', employeeNumber: null }
  const steps: PlanStep[] = [{ kind: 'conflict', state: 'disputed', account: '7', why: 'x' }]
  const owner = { connection: 'okta', userName: 'ann', deleted: false, known: person }
  const guard = { kind: 'privileged', why: 'has the role' } as const
  const of = (standing: object, more: object = {}) =>
    reasonOf(steps, {
      account: account(),
      linked: false,
      standing: { person, adopt: 'matching', ...standing },
      wanted: 'mia',
      ...more,
    })
  test.each([
    ['another owner', () => of({ owner })],
    ['another person returns', () => of({ owner: { ...owner, deleted: true } })],
    ['protected: privileged', () => of({ guard })],
    ['another user name', () => of({}, { wanted: 'lea' })],
    ['the app adopts none', () => of({ adopt: 'never' })],
    ['the names differ', () => of({})],
    ['protected: self', () => of({ guard: { kind: 'self', why: 'is ours' } }, { linked: true })],
    [
      undefined,
      () =>
        reasonOf([{ kind: 'skip', why: '' }], {
          account: 'absent',
          linked: false,
          standing: { person, adopt: 'matching' },
          wanted: '',
        }),
    ],
  ])('%s', (reason, found) => {
    expect(found()).toBe(reason)
  })
})
