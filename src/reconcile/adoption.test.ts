import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Account, AccountAttributes, AttributeName } from '../identity/account.ts'
import type { PersonNames } from '../identity/person-names.ts'
import { claim, exceptLeftAlone, heldReturn, stillLeftAlone, type Owner, type Standing } from './adoption.ts'

const person: PersonNames = { givenName: 'Mia', familyName: 'Roth', employeeNumber: null }
const nobody: PersonNames = { givenName: null, familyName: null, employeeNumber: null }
const account: Account = {
  id: 'a1',
  state: 'active',
  attributes: { userName: 'Mia@x.test', givenName: 'Mia', familyName: 'Roth', role: 'r1' },
}
const plain: Standing = { person, adopt: 'matching' }
const owner: Owner = { connection: 'okta', userName: 'mia@x.test', deleted: false, known: nobody }
const left: Owner = { ...owner, deleted: true, known: person }
const guard = { kind: 'privileged', why: 'has the privileged role Supervisor' } as const
const other = { ...account, attributes: { ...account.attributes, givenName: 'Max', familyName: 'Berg' } }

describe('an account of the wanted name', () => {
  test.each<[string, Account, Partial<Standing>, string]>([
    ['whose names are the same is adopted', account, {}, 'adopt'],
    ['whose given name alone is the same is adopted', account, { person: { ...person, familyName: 'Berg' } }, 'adopt'],
    ['whose family name alone is the same is adopted', account, { person: { ...person, givenName: 'Max' } }, 'adopt'],
    ['of another person is disputed', other, {}, 'neither given nor family name'],
    ['is disputed if the provider names nobody', account, { person: nobody }, 'not said'],
    ['is disputed in an app that adopts none', account, { adopt: 'never' }, 'adopt: never'],
    ['is disputed if it is protected', account, { guard }, 'privileged role Supervisor'],
    ['is disputed if it has an owner, who is named', account, { owner }, 'mia@x.test of the connection okta'],
    ['is theirs again if its owner was deleted', account, { owner: left }, 'adopt'],
    ['is theirs again where the app adopts none', account, { owner: left, adopt: 'never' }, 'adopt'],
    [
      'is disputed if the deleted owner was somebody else',
      account,
      { owner: { ...left, known: { ...person, givenName: 'Max', familyName: 'Berg' } } },
      'another person',
    ],
    [
      'is theirs by the account’s own names if the owner’s are not known',
      account,
      { owner: { ...left, known: nobody } },
      'adopt',
    ],
    ['is disputed by the account’s own names likewise', other, { owner: { ...left, known: nobody } }, 'another person'],
    [
      'that is settled to be theirs is theirs, whatever the names',
      other,
      { settled: { as: 'adopt', evenProtected: false } },
      'adopt',
    ],
    [
      'that is settled to be theirs stays protected',
      account,
      { guard, settled: { as: 'adopt', evenProtected: false } },
      'protected',
    ],
    [
      'that is settled to be theirs even so is theirs',
      account,
      { guard, settled: { as: 'adopt', evenProtected: true } },
      'adopt',
    ],
    [
      'that the connector signs in with is nobody’s, whatever is settled',
      account,
      { guard: { kind: 'self', why: 'is its own' }, settled: { as: 'adopt', evenProtected: true } },
      'protected',
    ],
    [
      'that is settled to be theirs stays its owner’s',
      account,
      { owner, settled: { as: 'adopt', evenProtected: true } },
      'one owner',
    ],
    [
      'that is settled not to be theirs is left alone',
      account,
      { settled: { as: 'ignore', evenProtected: false } },
      'not this person',
    ],
  ])('%s', (...[, found, more, expected]) => {
    const verdict = claim(found, 'mia@X.test', { ...plain, ...more })
    if (expected === 'adopt') expect(verdict).toMatchObject({ kind: 'adopt', origin: 'adopted', account: 'a1' })
    else
      expect(verdict).toMatchObject({
        kind: expect.stringMatching(/conflict|skip/),
        why: expect.stringContaining(expected),
      })
  })
  test('that turns out to have another name is disputed', () => {
    expect(claim(account, 'mia2@x.test', plain)).toMatchObject({ kind: 'conflict', state: 'disputed' })
  })
  test('is taken over only from who is gone', () => {
    expect(claim(account, 'mia@x.test', { ...plain, owner: left })).toMatchObject({ takesOver: true })
    expect(claim(account, 'mia@x.test', plain)).toMatchObject({ takesOver: false })
  })
})

test('who returns is held for another employee number, or when no name is the same, unless somebody has settled it', () => {
  const known = { ...person, employeeNumber: '17' }
  expect(heldReturn(account, { ...plain, known })).toBeUndefined()
  expect(heldReturn(account, { ...plain, known, person: { ...person, employeeNumber: '18' } })).toContain('17')
  const lena = { ...plain, known, person: { givenName: 'Lena', familyName: 'Berg', employeeNumber: null } }
  expect(heldReturn(account, lena)).toContain('Mia Roth')
  expect(heldReturn(account, { ...lena, settled: { as: 'adopt', evenProtected: false } })).toBeUndefined()
})

const name = fc.constantFrom<AttributeName>('givenName', 'familyName', 'title', 'mobile')
const attributes: fc.Arbitrary<AccountAttributes> = fc.dictionary(name, fc.option(fc.constantFrom('a', 'b')))
const wished = (all: AccountAttributes) => ({ active: true, attributes: all, onCreate: {} })

describe('for any attributes', () => {
  test('an adoption alone changes nothing', () => {
    fc.assert(
      fc.property(attributes, (all) => {
        expect(exceptLeftAlone(wished(all), all).attributes).toEqual({})
      }),
    )
  })
  test('an attribute that was changed once is the provider’s for good, whatever it says later', () => {
    fc.assert(
      fc.property(attributes, fc.array(attributes), (first, later) => {
        let alone = first
        const changed = new Set<string>()
        for (const all of later) {
          for (const key of Object.keys(all) as AttributeName[]) if (all[key] !== (first[key] ?? null)) changed.add(key)
          const told = exceptLeftAlone(wished(all), alone).attributes
          for (const key of Object.keys(all) as AttributeName[]) {
            if (changed.has(key)) expect(told).toHaveProperty(key, all[key])
            else if (first[key] !== undefined && alone[key] !== undefined) expect(told).not.toHaveProperty(key)
          }
          alone = stillLeftAlone(all, alone)
        }
      }),
    )
  })
})
