import fc from 'fast-check'
import { expect, test } from 'vitest'
import { differsFrom, nameOf, sharesName, type PersonNames } from './person-names.ts'

const person = (givenName: string | null, familyName: string | null, employeeNumber: string | null = null) => ({
  givenName,
  familyName,
  employeeNumber,
})
const mia = person('Mia', 'Roth', '17')

test.each<[string, PersonNames, PersonNames, string | undefined]>([
  ['the same in everything', mia, mia, undefined],
  [
    'in another case, composition and spacing',
    person('José', 'de  la Cruz'),
    person('JOSE\u0301', 'De La Cruz'),
    undefined,
  ],
  ['with another family name', mia, person('Mia', 'Berg', '17'), undefined],
  ['with another given name', mia, person('Maria', 'Roth'), undefined],
  ['with both names changed', person('Mia', 'Roth'), person('Lena', 'Berg'), 'the name was Mia Roth and is Lena Berg'],
  [
    'with both changed and the same number',
    mia,
    person('Lena', 'Berg', '17'),
    'the name was Mia Roth and is Lena Berg',
  ],
  ['with another number', mia, person('Mia', 'Roth', '18'), 'the employee number was 17 and is 18'],
  ['whose number is not said any more', mia, person('Mia', 'Roth'), undefined],
  ['who says no name at all', mia, person(null, null), undefined],
  ['of whom no name is known', person(null, null), mia, undefined],
  ['with a name on either side only', person('Mia', null), person(null, 'Mia'), 'the name was Mia and is Mia'],
])('somebody %s', (...[, known, now, difference]) => {
  expect(differsFrom(known, now)).toBe(difference)
})

test('a name that is not said is the same as none', () => {
  expect(sharesName(person(null, null), person(null, null))).toBe(false)
  expect(nameOf(person(null, null))).toBe('not said')
})

const text = fc.option(fc.string({ minLength: 1, maxLength: 4 }))
const anybody = fc.record({ givenName: text, familyName: text, employeeNumber: text })

test('nobody differs from themselves, and who shares no name never counts as the same by name', () => {
  fc.assert(
    fc.property(anybody, (one) => {
      expect(differsFrom(one, one)).toBeUndefined()
    }),
  )
  fc.assert(
    fc.property(anybody, anybody, (one, other) => {
      const differs = differsFrom(one, other) !== undefined
      expect(differsFrom(other, one) !== undefined).toBe(differs)
      expect(sharesName(one, other)).toBe(sharesName(other, one))
    }),
  )
})
