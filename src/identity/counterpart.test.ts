import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { counterpart, type Comparable } from './counterpart.ts'

const one: Comparable = {
  id: '1',
  userName: 'mia@x.test',
  userNameKey: 'mia@x.test',
  email: 'mia.roth@x.test',
  names: { givenName: 'Mia', familyName: 'Roth', employeeNumber: '17' },
}
const other = (more: Partial<Comparable>): Comparable => ({
  ...one,
  id: '2',
  userName: 'other',
  userNameKey: 'other',
  email: null,
  names: { ...one.names, employeeNumber: null },
  ...more,
})
const byName = other({ userName: 'Mia@x.test', userNameKey: 'mia@x.test' })
const byMail = other({ id: '3', email: 'MIA.ROTH@x.test' })
const byNumber = other({ id: '4', names: one.names })
const stranger = { givenName: 'Lena', familyName: 'Berg', employeeNumber: null }

describe('the counterpart of somebody in another connection', () => {
  test.each([
    ['has the same user name', [byNumber, byMail, byName], byName, 'user name'],
    ['else the same address, in any case', [byNumber, byMail], byMail, 'e-mail address'],
    ['else the same employee number', [byNumber], byNumber, 'employee number'],
  ])('%s', (...[, candidates, match, by]) => {
    expect(counterpart(one, candidates)).toEqual({ match, by })
  })
  test.each([
    ['nobody is like them', [], 'nobody there'],
    ['nobody has anything in common with them', [other({})], 'nobody there'],
    ['two are like them', [byMail, { ...byMail, id: '5' }], '2 people there have the same e-mail address'],
    ['the name is somebody else’s there', [{ ...byName, names: stranger }, byMail], 'seems to be another person'],
    ['the number differs', [{ ...byName, names: { ...one.names, employeeNumber: '18' } }], 'employee number was 17'],
  ])('is nobody where %s', (...[, candidates, why]) => {
    expect(counterpart(one, candidates)).toEqual({ why: expect.stringContaining(why) })
  })
  test('is never chosen by an address or a number that is not said', () => {
    const bare = { ...one, email: null, names: { ...one.names, employeeNumber: null } }
    expect(counterpart(bare, [other({})])).toHaveProperty('why')
  })
  test('does not depend on the order of the others', () => {
    const some = fc.shuffledSubarray([byName, byMail, byNumber, other({}), { ...byMail, id: '6' }])
    fc.assert(
      fc.property(some, (candidates) => {
        expect(counterpart(one, candidates)).toEqual(counterpart(one, candidates.toReversed()))
      }),
    )
  })
})
