import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../json.ts'
import { USER } from '../schema/resource-type.ts'
import { evaluate } from './evaluate.ts'
import { parseFilter } from './parse.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const MIA = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', ENTERPRISE],
  id: 'u1',
  externalId: 'MRoth',
  userName: 'Mia@Acme.Test',
  name: { givenName: 'Mia', familyName: "O'Malley" },
  title: 'Straße',
  active: true,
  emails: [
    { value: 'mia@acme.test', type: 'work', primary: true },
    { value: 'mia@home.test', type: 'home' },
  ],
  addresses: [{ type: 'work', country: 'DE' }],
  roles: [{ value: 'agent', primary: 'True' }],
  [ENTERPRISE]: { department: 'Legal', manager: { value: 'u2' } },
  meta: { created: '2026-11-23T09:00:00Z', lastModified: '2026-11-23T10:00:00.500Z' },
} as const satisfies JsonValue

const matches = (filter: string, resource: JsonValue = MIA): boolean => evaluate(parseFilter(filter, USER), resource)

describe('evaluate', () => {
  it.each([
    // caseExact decides.
    ['userName eq "mia@acme.test"', true],
    ['userName eq "MIA@ACME.TEST"', true],
    ['externalId eq "MRoth"', true],
    ['externalId eq "mroth"', false],
    ['id eq "U1"', false],
    ['schemas eq "URN:ietf:params:scim:schemas:core:2.0:User"', true],
    // Text.
    ['userName sw "mia"', true],
    ['userName ew ".TEST"', true],
    ['userName co "@acme"', true],
    ['userName co "@other"', false],
    ['name.familyName co "O\'Malley"', true],
    ['userName gt "mia"', true],
    ['userName lt "mia"', false],
    ['userName ge "MIA@acme.test"', true],
    ['userName le "mia@acme.test"', true],
    ['title eq ""', false],
    // Multi-valued: any value will do, and value is meant where none is named.
    ['emails eq "MIA@home.test"', true],
    ['emails.type eq "home"', true],
    ['emails co "@acme"', true],
    ['emails ne "mia@acme.test"', true],
    ['emails[type eq "work" and value co "@acme"]', true],
    ['emails[type eq "home" and value co "@acme"]', false],
    ['emails.type eq "home" and emails.value co "@acme"', true],
    ['emails[type eq "work"].value eq "mia@acme.test"', true],
    ['emails[type eq "home"].value eq "mia@acme.test"', false],
    ['emails[not (primary pr)]', true],
    ['roles[primary eq "true"]', true],
    ['addresses[country eq "de"]', true],
    // Extension and references.
    [`${ENTERPRISE}:department eq "legal"`, true],
    ['manager eq "u2"', true],
    ['id eq "u1" and manager eq "u3"', false],
    // Booleans, dates.
    ['active eq true', true],
    ['active eq "True"', true],
    ['active ne true', false],
    ['meta.created eq "2026-11-23T10:00:00+01:00"', true],
    ['meta.created lt "2026-11-23T09:00:00.001Z"', true],
    ['meta.lastModified gt "2026-11-23T10:00:00Z"', true],
    ['meta.lastModified le "2026-11-23T10:00:00Z"', false],
    // Unassigned is null.
    ['nickName pr', false],
    ['nickName eq "x"', false],
    ['nickName ne "x"', true],
    ['nickName eq null', true],
    ['nickName ne null', false],
    ['nickName gt "a"', false],
    ['title eq null', false],
    ['phoneNumbers ne "1"', true],
    ['phoneNumbers eq null', true],
    ['phoneNumbers pr', false],
    ['emails pr', true],
    ['name pr', true],
    ['emails.display pr', false],
    ['emails[display eq null]', true],
    // Logic.
    ['not (active eq true) or title pr', true],
    ['title pr and nickName pr or active eq true', true],
    ['title pr and (nickName pr or active eq false)', false],
  ])('%s is %s', (filter, expected) => {
    expect(matches(filter)).toBe(expected)
  })

  it('takes empty text, lists and objects for no value', () => {
    expect(matches('title pr', { title: '' })).toBe(false)
    expect(matches('emails pr', { emails: [] })).toBe(false)
    expect(matches('emails pr', { emails: [{}] })).toBe(false)
    expect(matches('active pr', { active: false })).toBe(true)
  })

  it('sees no inherited member', () => {
    expect(matches('title pr', Object.create({ title: 'x' }) as JsonValue)).toBe(false)
  })

  const FILTERS = [
    'userName gt "a"',
    'emails[type eq "work"].value eq "x"',
    'active eq true',
    'meta.created ge "2026-01-01T00:00:00Z"',
    'manager ne "u1"',
    'not (name.givenName co "i")',
    'schemas pr',
  ].map((filter) => parseFilter(filter, USER))

  it('answers for any JSON, and its negation the contrary', () => {
    const names = fc.constantFrom(
      'userName',
      'emails',
      'active',
      'meta',
      'created',
      'name',
      'givenName',
      'type',
      'value',
      'schemas',
      ENTERPRISE,
      'manager',
      '__proto__',
    )
    const json = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.jsonValue({ maxDepth: 0 }) as fc.Arbitrary<JsonValue>,
        fc.array(tie('value')),
        fc.dictionary(names, tie('value')),
      ),
    })).value
    fc.assert(
      fc.property(json, fc.constantFrom(...FILTERS), (resource, filter) => {
        expect(evaluate({ kind: 'not', filter }, resource)).toBe(!evaluate(filter, resource))
      }),
      { numRuns: 500 },
    )
  })
})
