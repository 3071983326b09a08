import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ScimError } from '../errors.ts'
import type { JsonValue } from '../json.ts'
import { parseUser, type UserDocument } from '../resource.ts'
import { USER } from '../schema/resource-type.ts'
import { BARE, ENTERPRISE, MIA, patch } from './mia.fixture.ts'
import { parsePatch } from './parse.ts'

describe('any PATCH', () => {
  const paths = fc.constantFrom(
    'userName',
    'active',
    'name',
    'name.givenName',
    'title',
    'emails',
    'emails.value',
    'emails[type eq "work"]',
    'emails[type eq "work"].value',
    'emails[primary eq true].primary',
    'emails[not (type pr)].value',
    'roles[primary eq "True"].value',
    'addresses[type eq "home"].locality',
    ENTERPRISE,
    `${ENTERPRISE}:manager`,
    `${ENTERPRISE}:manager.value`,
    'id',
    'groups',
    'password',
    'meta',
    'schemas',
    'nope',
    '__proto__',
    'constructor',
    'prototype',
    '',
    'emails[',
    undefined,
  )
  const names = fc.constantFrom(
    'userName',
    'active',
    'name',
    'givenName',
    'emails',
    'value',
    'type',
    'primary',
    'manager',
    ENTERPRISE,
    '__proto__',
    'constructor',
    'name.givenName',
    'emails[type eq "work"].value',
    'id',
  )
  const json = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 0 }) as fc.Arbitrary<JsonValue>,
      fc.constantFrom<JsonValue>('True', 'x', '', true, null),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(names, tie('value'), { noNullPrototype: false }),
    ),
  })).value
  const operation = fc.record(
    { op: fc.constantFrom('add', 'Replace', 'remove'), path: paths, value: json },
    { requiredKeys: ['op', 'path'], noNullPrototype: true },
  )
  const documents = fc.constantFrom(MIA, BARE)

  function attempt(document: UserDocument, operations: readonly unknown[]): UserDocument | undefined {
    try {
      return patch(document, operations).document
    } catch (error) {
      expect(error).toBeInstanceOf(ScimError)
      return undefined
    }
  }

  it('gives a user or a SCIM error, changes nothing that it was given and pollutes no prototype', () => {
    fc.assert(
      fc.property(documents, fc.array(operation, { maxLength: 4 }), (document, operations) => {
        const before = JSON.stringify([document, operations])
        const result = attempt(document, operations)
        expect(JSON.stringify([document, operations])).toBe(before)
        expect(Object.keys(Object.prototype)).toStrictEqual([])
        if (result === undefined) return
        expect(result.userName.trim()).not.toBe('')
        expect(typeof result.active).toBe('boolean')
        // A patched document is one that a POST could have made.
        expect(parseUser(result, { mode: 'create' })).toStrictEqual(result)
      }),
      { numRuns: 2_000 },
    )
  })

  it('changes nothing when a replace or a remove comes a second time', () => {
    const settled = fc.record(
      { op: fc.constantFrom('replace', 'remove'), path: paths, value: json },
      { requiredKeys: ['op', 'path'], noNullPrototype: true },
    )
    fc.assert(
      fc.property(documents, settled, (document, step) => {
        const once = attempt(document, [step])
        // A step that undoes what its own filter asks for finds nothing the second time, and is refused.
        const twice = once && attempt(once, [step])
        if (twice !== undefined) expect(twice).toBe(once)
      }),
      { numRuns: 1_500 },
    )
  })

  it('takes any JSON as its body without another error', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => {
        try {
          parsePatch(body, USER)
        } catch (error) {
          expect(error).toBeInstanceOf(ScimError)
        }
      }),
    )
  })
})
