/** What answers look like: what is kept of them, and what counts as a change. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { shapeOf } from '../../src/connectors/cxone/doctor/shape.ts'
import type { Shapes } from '../../src/connectors/doctor.ts'
import { changesOf, mergeShapes } from '../../src/workflows/examine-app-shapes.ts'

const CALL = 'GET /users'
const seen = (body: unknown): Shapes => ({ [CALL]: shapeOf(body) })
const changes = (before: unknown, after: unknown) =>
  changesOf(seen(before), seen(after)).map(({ field, was, is }) => `${field}: ${was} → ${is}`)

test('a field is known by its path, its types and whether every object had it', () => {
  expect(
    shapeOf({
      users: [
        { id: 'a', rank: 1 },
        { id: 'b', rank: null, team: { id: 3 } },
      ],
      total: 2,
    }),
  ).toEqual({
    '': { types: ['object'], always: true },
    total: { types: ['number'], always: true },
    users: { types: ['array'], always: true },
    'users[]': { types: ['object'], always: true },
    'users[].id': { types: ['string'], always: true },
    'users[].rank': { types: ['null', 'number'], always: true },
    'users[].team': { types: ['object'], always: false },
    'users[].team.id': { types: ['number'], always: true },
  })
})

test.each([
  ['a field is gone', { users: [{ id: 'a', name: 'b' }] }, { users: [{ id: 'a' }] }, ['users[].name: string → gone']],
  ['of an object that is gone only the object', { a: { b: { c: 1 } } }, { a: {} }, ['a.b: object → gone']],
  ['a type is another', { id: 1 }, { id: '1' }, ['id: number → string']],
  ['a list is an object', { rows: [1] }, { rows: { one: 1 } }, ['rows: array → object']],
  ['the answer is another', { rows: [] }, [], [': object → array']],
  [
    'a field of an extension whose name has dots',
    { 'urn:x:2.0:User': { team: 1 } },
    { 'urn:x:2.0:User': {} },
    ['urn:x:2.0:User.team: number → gone'],
  ],
] as const)('a change: %s', (...[, before, after, expected]) => {
  expect(changes(before, after)).toEqual(expected)
})

test.each([
  ['the same', { users: [{ id: 'a' }] }, { users: [{ id: 'b' }, { id: 'c' }] }],
  ['a list without rows', { users: [{ id: 'a' }] }, { users: [] }],
  ['an empty value, and a filled one where all were empty', { a: 1, b: null }, { a: null, b: 'x' }],
  ['a field that not every object had', { users: [{ id: 'a' }, { id: 'b', rank: 1 }] }, { users: [{ id: 'a' }] }],
  ['a field more', { id: 1 }, { id: 1, more: true }],
  ['names that a customer gives', { customAttributes: { Shoe: 1 } }, { customAttributes: { Hat: 'x' } }],
])('no change: %s', (_, before, after) => {
  expect(changes(before, after)).toEqual([])
})

test('a call that was not made says nothing', () => {
  expect(changesOf(seen({ id: 1 }), {})).toEqual([])
  expect(mergeShapes(seen({ id: 1 }), {})).toEqual(seen({ id: 1 }))
})

test('nothing of anybody is kept: no value, and no key that could be a name, an id or an address', () => {
  const key = 'secret'
  fc.assert(
    fc.property(fc.jsonValue(), fc.emailAddress(), fc.uuid(), (value, mail, id) => {
      const shape = JSON.stringify(
        shapeOf({ users: [{ id, mail, [mail]: value, [id]: value, customAttributes: { [key]: 1 } }] }),
      )
      for (const told of [mail, id, key]) expect(shape).not.toContain(told)
    }),
  )
})

/** Objects of few names, so that the same fields come again with other types. */
const field = fc.constantFrom('a', 'b', 'c')
const body = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(null, 1, 'x', true),
    fc.array(tie('node'), { maxLength: 3 }),
    fc.dictionary(field, tie('node'), { maxKeys: 3 }),
  ),
})).node

test('what is known explains everything that it was made of, in any order', () => {
  fc.assert(
    fc.property(fc.array(body, { minLength: 1, maxLength: 6 }), (bodies) => {
      const known = bodies.map(seen).reduce(mergeShapes)
      for (const one of bodies) expect(changesOf(known, seen(one))).toEqual([])
      expect(mergeShapes(known, known)).toEqual(known)
    }),
  )
})
