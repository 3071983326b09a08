import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { keptText, shapeOf, showsAsKept } from './as-kept.ts'
import { encodeResource } from './encode.ts'
import { parseUser } from './resource.ts'
import { withDeclared, type DeclaredSchema } from './schema/declared.ts'
import { ENTERPRISE_USER_SCHEMA } from './schema/enterprise-user.ts'
import { GROUP, USER } from './schema/resource-type.ts'

const STORED = {
  id: '6f1e0d6a-38a1-4d3f-9d0e-2b4b1f4d5a77',
  version: 3,
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  modifiedAt: new Date('2026-02-03T04:05:06.789Z'),
}
const baseUrl = 'https://scim.example.com/scim/v2'

/** Values in which something looks like the beginning of an extension. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => value.isWellFormed() && !value.includes('\0')),
  fc.constantFrom(`"${ENTERPRISE_USER_SCHEMA}": {`, `${ENTERPRISE_USER_SCHEMA}":{`, '\\', '"}'),
)
const user = fc.record(
  {
    userName: fc.uuid(),
    active: fc.boolean(),
    title: text,
    name: fc.record({ givenName: text, familyName: text }, { requiredKeys: [] }),
    emails: fc.array(fc.record({ value: fc.emailAddress(), type: fc.constantFrom('work', 'home') }), { maxLength: 3 }),
    [ENTERPRISE_USER_SCHEMA]: fc.record({ department: text, employeeNumber: text }, { requiredKeys: [] }),
  },
  { requiredKeys: ['userName', 'active'] },
)
const groups = fc.option(fc.constant({ groups: [{ value: 'g1', display: 'Sales "EU"', type: 'direct' }] }), {
  nil: undefined,
})

test('a user whose text goes through is the user that is encoded, whatever is in it', () => {
  fc.assert(
    fc.property(user, groups, fc.boolean(), (body, derived, spaced) => {
      const document = parseUser(body, { mode: 'create' })
      const kept = spaced ? JSON.stringify(document, null, 1) : JSON.stringify(document)
      // As PostgreSQL writes jsonb: blanks after colons and commas, no line breaks.
      const asStored = spaced ? kept.replaceAll(/\n */g, '') : kept
      const through = JSON.parse(keptText(USER, { ...STORED, text: asStored }, { baseUrl, derived })) as object
      expect(through).toEqual(
        JSON.parse(JSON.stringify(encodeResource(USER, { ...STORED, document, baseUrl, derived }))),
      )
    }),
  )
})

const declared = (name: string, returned: 'default' | 'request'): DeclaredSchema => ({
  schema: 'urn:acme:User',
  resource: 'User',
  description: '',
  attributes: [
    {
      name,
      type: 'string',
      description: '',
      required: false,
      caseExact: false,
      canonicalValues: [],
      referenceTypes: [],
      multiValued: false,
      returned,
      attributes: [],
    },
  ],
})

describe('documents show all they hold', () => {
  const [plain, more] = [[USER, GROUP], withDeclared([declared('site', 'default')])]
  test('where they were always written with what is known now', () => {
    expect(showsAsKept(plain, [shapeOf(plain)])).toBe(true)
    expect(showsAsKept(more, [shapeOf(plain), shapeOf(more)])).toBe(true)
  })
  test('but not once what they were written with is not known any more', () => {
    expect(showsAsKept(plain, [shapeOf(plain), shapeOf(more)])).toBe(false)
    expect(showsAsKept(plain, [['?']])).toBe(false)
  })
  test('nor where something is shown only on request', () => {
    const secretive = withDeclared([declared('site', 'request')])
    expect(showsAsKept(secretive, [shapeOf(secretive)])).toBe(false)
    expect(showsAsKept(plain, [shapeOf(secretive)])).toBe(false)
  })
})
