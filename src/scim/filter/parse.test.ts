import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ScimError } from '../errors.ts'
import type { NoteCode } from '../quirks.ts'
import { GROUP, resolveAttribute, USER } from '../schema/resource-type.ts'
import type { CompareOperator, Filter, Literal } from './ast.ts'
import { parseFilter, parsePath } from './parse.ts'
import { printFilter, printPath } from './print.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

function refusalOf(act: () => unknown): ScimError {
  try {
    act()
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('This was to be refused, but it was accepted')
}

const understood = (text: string): string => printFilter(parseFilter(text, USER))

describe('parseFilter', () => {
  it.each([
    // RFC 7644 section 3.4.2.2, figure 2.
    ['userName eq "bjensen"', 'userName eq "bjensen"'],
    ['name.familyName co "O\'Malley"', 'name.familyName co "O\'Malley"'],
    ['userName sw "J"', 'userName sw "J"'],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', 'userName sw "J"'],
    ['title pr', 'title pr'],
    ['meta.lastModified gt "2011-05-13T04:42:34Z"', 'meta.lastModified gt "2011-05-13T04:42:34Z"'],
    ['title pr and userType eq "Employee"', 'title pr and userType eq "Employee"'],
    ['schemas eq "urn:x"', 'schemas eq "urn:x"'],
    [
      'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
      'userType eq "Employee" and (emails.value co "example.com" or emails.value co "example.org")',
    ],
    [
      'userType ne "Employee" and not (emails co "example.com")',
      'userType ne "Employee" and not (emails.value co "example.com")',
    ],
    ['userType eq "Employee" and (emails.type eq "work")', 'userType eq "Employee" and emails.type eq "work"'],
    [
      'userType eq "E" and emails[type eq "work" and value co "@x"]',
      'userType eq "E" and emails[type eq "work" and value co "@x"]',
    ],
    [
      'emails[type eq "work" and value co "@x"] or ims[type eq "xmpp" and value co "@y"]',
      'emails[type eq "work" and value co "@x"] or ims[type eq "xmpp" and value co "@y"]',
    ],
    // Precedence: not, and, or.
    ['title pr or nickName pr and active eq true', 'title pr or (nickName pr and active eq true)'],
    ['(title pr or nickName pr) and active eq true', '(title pr or nickName pr) and active eq true'],
    ['not (title pr) and nickName pr', 'not (title pr) and nickName pr'],
    // Any case, any blanks.
    ['USERNAME EQ "x"', 'userName eq "x"'],
    ['  title   PR  AND\tNOT ( nickName pr ) ', 'title pr and not (nickName pr)'],
    ['active eq TRUE', 'active eq true'],
    ['title eq NULL', 'title eq null'],
    // Provider habits.
    ['emails[type eq "work"].value eq "x"', 'emails[type eq "work" and value eq "x"]'],
    ['emails[type eq "work"].value pr', 'emails[type eq "work" and value pr]'],
    ['roles[primary eq "True"].value pr', 'roles[primary eq true and value pr]'],
    ['active eq "False"', 'active eq false'],
    ['id eq "u1" and manager eq "u2"', `id eq "u1" and ${ENTERPRISE}:manager.value eq "u2"`],
    [`${ENTERPRISE}:department eq "Legal"`, `${ENTERPRISE}:department eq "Legal"`],
    // Values.
    [String.raw`displayName eq "a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`, 'displayName eq "a\\"\\\\/\\b\\f\\n\\r\\té😀"'],
    ['displayName eq "and ) ] or not"', 'displayName eq "and ) ] or not"'],
    ['displayName eq ""', 'displayName eq ""'],
    ['x509Certificates eq "MIIC"', 'x509Certificates.value eq "MIIC"'],
    ['meta.created le "2026-11-23T10:00:00+01:00"', 'meta.created le "2026-11-23T10:00:00+01:00"'],
  ])('understands %s', (text, canonical) => {
    expect(understood(text)).toBe(canonical)
  })

  it('understands members of a group without sub-attribute', () => {
    expect(printFilter(parseFilter('id eq "g1" and members eq "u1"', GROUP))).toBe(
      'id eq "g1" and members.value eq "u1"',
    )
  })

  it.each([
    ['', 'position 1: expected the name of an attribute, found the end'],
    ['userName', 'position 9: expected an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr), found the end'],
    [
      'userName eq',
      'position 12: expected a value: text in double quotes, a number, true, false or null, found the end',
    ],
    ['userName is "x"', 'position 10: expected an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr), found "is"'],
    [
      'userName eq bjensen',
      'position 13: expected a value: text in double quotes, a number, true, false or null, found "bjensen"',
    ],
    ['userName eq "x', 'position 13: the text that begins here has no closing double quote'],
    ["userName eq 'x'", 'position 13: "\'x\'" is no name, number or text in double quotes'],
    ['userName eq "x" and', 'position 20: expected the name of an attribute, found the end'],
    ['userName eq "x" userName', 'position 17: expected and, or, or the end, found "userName"'],
    ['(userName eq "x"', 'position 17: expected and, or, or ")", found the end'],
    ['userName eq "x")', 'position 16: expected and, or, or the end, found ")"'],
    ['not userName eq "x"', 'position 5: expected "(", found "userName"'],
    ['emails[type eq "work"', 'position 22: expected and, or, or "]", found the end'],
    ['emails[emails[type pr]]', 'position 8: emails has no sub-attribute "emails"'],
    ['emails[nope eq 1]', 'position 8: emails has no sub-attribute "nope"'],
    ['emails[type pr].nope pr', 'position 17: emails has no sub-attribute "nope"'],
    ['userName[value eq "x"]', 'position 9: userName has no elements to choose from'],
    ['emails.value[type pr]', 'position 13: emails.value has no elements to choose from'],
    ['nope eq "x"', 'position 1: User has no attribute "nope"'],
    ['__proto__ eq "x"', 'position 1: User has no attribute "__proto__"'],
    ['constructor.prototype pr', 'position 1: User has no attribute "constructor.prototype"'],
    ['name eq "x"', 'position 6: name has no value of its own; compare one of formatted, familyName'],
    ['addresses eq "x"', 'position 11: addresses has no value of its own'],
    // Comparisons that an attribute does not allow (E6).
    ['active gt true', 'position 11: gt does not apply to active, which is boolean; use eq, ne or pr'],
    ['active co "t"', 'position 11: co does not apply to active'],
    ['active eq "maybe"', 'position 11: active is compared with true or false, not with "maybe"'],
    ['active eq 1', 'position 11: active is compared with true or false, not with 1'],
    ['x509Certificates gt "M"', 'gt does not apply to x509Certificates.value, which is binary'],
    ['userName eq 5', 'position 13: userName is compared with text in double quotes, not with 5'],
    ['userName eq true', 'userName is compared with text in double quotes, not with true'],
    ['userName gt null', 'gt needs a value; null goes with eq and ne only'],
    [
      'meta.created gt "yesterday"',
      'meta.created is compared with an instant such as "2026-11-23T10:00:00Z", not with "yesterday"',
    ],
    ['meta.created sw "2026"', 'sw does not apply to meta.created'],
    // Text that no JSON has or no database keeps.
    [
      String.raw`userName eq "\x41"`,
      'position 13: the text holds an escape or control character that JSON does not allow',
    ],
    [String.raw`userName eq "\u0000"`, 'position 13: the text holds a NUL character'],
    [String.raw`userName eq "\ud800"`, 'position 13: the text holds half of a surrogate pair'],
    ['userName eq 1e999', 'position 13: "1e999" is no name, number or text in double quotes'],
    ['userName eq 01', 'position 13: "01" is no name, number or text in double quotes'],
    ['userName eq "x"; drop', 'position 16: "; drop" is no name, number or text in double quotes'],
  ])('refuses %s and says where and why', (text, detail) => {
    const error = refusalOf(() => parseFilter(text, USER))
    expect(error).toMatchObject({ status: 400, scimType: 'invalidFilter' })
    expect(error.detail).toContain(detail)
  })

  it('refuses to test a secret', () => {
    expect(refusalOf(() => parseFilter('password sw "a"', USER))).toMatchObject({ status: 403, scimType: 'sensitive' })
  })

  it('bounds length, depth and number of comparisons', () => {
    const nested = (depth: number): string => `${'('.repeat(depth)}title pr${')'.repeat(depth)}`
    expect(understood(nested(32))).toBe('title pr')
    expect(refusalOf(() => parseFilter(nested(33), USER)).detail).toContain('nested deeper than 32 levels')
    expect(refusalOf(() => parseFilter(nested(8_000), USER)).detail).toContain('nested deeper than 32 levels')
    const many = Array.from({ length: 1_000 }, () => 'title pr').join(' or ')
    expect(parseFilter(many, USER)).toMatchObject({ kind: 'or' })
    const tooMany = Array.from({ length: 1_001 }, () => 'title pr').join(' or ')
    expect(refusalOf(() => parseFilter(tooMany, USER)).detail).toContain('more than 1000 comparisons')
    expect(refusalOf(() => parseFilter(`userName eq "${'x'.repeat(16_384)}"`, USER)).detail).toContain(
      'longer than 16384',
    )
  })

  it('notes that a boolean came as text', () => {
    const notes: [NoteCode, string][] = []
    parseFilter('active eq "True"', USER, (code, detail) => notes.push([code, detail]))
    expect(notes).toStrictEqual([['T2', 'active: "True" read as true']])
  })

  it('carries the row of the schema table in every node', () => {
    expect(parseFilter('emails eq "X"', USER)).toStrictEqual({
      kind: 'compare',
      path: resolveAttribute('emails.value', USER),
      operator: 'eq',
      value: 'X',
    })
  })
})

describe('parsePath', () => {
  it.each([
    ['userName', 'userName'],
    ['NAME.familyname', 'name.familyName'],
    ['emails[type eq "work"]', 'emails[type eq "work"]'],
    ['emails[type eq "work"].Value', 'emails[type eq "work"].value'],
    ['roles[primary eq "True"].display', 'roles[primary eq true].display'],
    [
      'addresses[type eq "work" and (country eq "DE" or not (region pr))].locality',
      'addresses[type eq "work" and (country eq "DE" or not (region pr))].locality',
    ],
    [ENTERPRISE, ENTERPRISE],
    [`${ENTERPRISE}:manager.value`, `${ENTERPRISE}:manager.value`],
    ['urn:ietf:params:scim:schemas:core:2.0:User:emails[type pr].value', 'emails[type pr].value'],
  ])('understands %s', (text, canonical) => {
    const path = parsePath(text, USER)
    expect(path && printPath(path)).toBe(canonical)
  })

  it.each(['nope', 'emails.nope', 'nope[type eq "x"].value', 'urn:x:y:z', '__proto__', 'constructor.prototype'])(
    'knows no %s, which is well written',
    (text) => {
      expect(parsePath(text, USER)).toBeUndefined()
    },
  )

  it.each([
    ['emails[type eq "work"', 'position 22'],
    ['emails[type eq "work"]value', 'position 23: expected "." and a sub-attribute, or the end, found "value"'],
    ['emails[]', 'position 8: expected the name of an attribute'],
    ['emails[type eq "work"].', 'position 24: expected the name of a sub-attribute'],
    ['emails[type eq "work"].value.x', 'position 24: emails has no sub-attribute "value.x"'],
    ['title[value eq "x"]', 'title has no elements to choose from'],
    ['.emails', 'position 1: expected the name of an attribute, found "."'],
    ['a b', 'position 3: expected "[", or the end, found "b"'],
    ['userName eq "x"', 'position 1'],
    ['99', 'position 1: expected the name of an attribute, found the number 99'],
  ])('refuses %s and says where and why', (text, detail) => {
    const error = refusalOf(() => parsePath(text, USER))
    expect(error).toMatchObject({ status: 400, scimType: 'invalidPath' })
    expect(error.detail).toContain(detail)
  })
})

// Filters as trees, over a few places of every type.

const place = (name: string) => {
  const path = resolveAttribute(name, USER)
  if (path === undefined) throw new Error(`The test names ${name}, which is no attribute`)
  return path
}
const text = fc.string({ unit: 'grapheme', maxLength: 8 }).filter((it) => it.isWellFormed() && !it.includes('\u0000'))
const instant = fc
  .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-01-01') })
  .map((date) => date.toISOString())

interface Kind {
  readonly names: readonly string[]
  readonly operators: readonly CompareOperator[]
  readonly values: fc.Arbitrary<Literal>
}

const KINDS: readonly Kind[] = [
  {
    names: [
      'userName',
      'externalId',
      'name.givenName',
      'emails.value',
      'emails.type',
      'schemas',
      `${ENTERPRISE}:department`,
      `${ENTERPRISE}:manager.value`,
    ],
    operators: ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'],
    values: text,
  },
  { names: ['active', 'roles.primary'], operators: ['eq', 'ne'], values: fc.boolean() },
  { names: ['meta.created'], operators: ['eq', 'ne', 'gt', 'ge', 'lt', 'le'], values: instant },
  { names: ['title', 'active', 'meta.created'], operators: ['eq', 'ne'], values: fc.constant(null) },
]

const compare = fc.constantFrom(...KINDS).chain((kind) =>
  fc.record(
    {
      kind: fc.constant('compare' as const),
      path: fc.constantFrom(...kind.names).map(place),
      operator: fc.constantFrom(...kind.operators),
      value: kind.values,
    },
    { noNullPrototype: true },
  ),
)
const present = fc.record(
  {
    kind: fc.constant('present' as const),
    path: fc.constantFrom('title', 'emails', 'name', 'addresses.country').map(place),
  },
  { noNullPrototype: true },
)

const compound = (leaf: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
  fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.record({ kind: fc.constant('not' as const), filter: tie('filter') }, { noNullPrototype: true }),
      fc.record(
        {
          kind: fc.constantFrom('and' as const, 'or' as const),
          terms: fc.array(tie('filter'), { minLength: 2, maxLength: 4 }),
        },
        { noNullPrototype: true },
      ),
    ),
  })).filter

const inner = compound(
  fc.oneof(
    fc.record(
      {
        kind: fc.constant('compare' as const),
        path: fc.constantFrom('emails.value', 'emails.type').map(place),
        operator: fc.constantFrom<CompareOperator>('eq', 'co', 'ne'),
        value: text,
      },
      { noNullPrototype: true },
    ),
    fc.record(
      { kind: fc.constant('present' as const), path: fc.constant(place('emails.display')) },
      { noNullPrototype: true },
    ),
  ),
)
const element = fc.record(
  { kind: fc.constant('element' as const), path: fc.constant(place('emails')), filter: inner },
  { noNullPrototype: true },
)

describe('a printed filter', () => {
  it('reads back as the same tree', () => {
    fc.assert(
      fc.property(compound(fc.oneof(compare, present, element)), (filter) => {
        expect(parseFilter(printFilter(filter), USER)).toStrictEqual(filter)
      }),
      { numRuns: 500 },
    )
  })

  it('reads back as the same path', () => {
    fc.assert(
      fc.property(inner, fc.constantFrom('emails', 'emails.value', 'emails.primary'), (filter, name) => {
        const path = { kind: 'attribute' as const, path: place(name), filter }
        expect(parsePath(printPath(path), USER)).toStrictEqual(path)
      }),
    )
  })
})

describe('any text', () => {
  const pieces = fc.constantFrom(
    'userName',
    'emails',
    'eq',
    'pr',
    'and',
    'or',
    'not',
    '(',
    ')',
    '[',
    ']',
    '.',
    '"x"',
    '"',
    '\\',
    '1',
    '-',
    'true',
    'null',
    ' ',
    'urn:',
    '\u0000',
    'é',
  )
  const hostile = fc.oneof(
    fc.array(fc.integer({ min: 0, max: 0xffff })).map((all) => String.fromCharCode(...all)),
    fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join('')),
    fc.array(pieces, { maxLength: 24 }).map((parts) => parts.join(' ')),
  )

  it('is a filter or is refused as one', () => {
    fc.assert(
      fc.property(hostile, (source) => {
        try {
          parseFilter(source, USER)
        } catch (error) {
          expect(error).toBeInstanceOf(ScimError)
          expect((error as ScimError).scimType).toBe('invalidFilter')
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('is a path or is refused as one', () => {
    fc.assert(
      fc.property(hostile, (source) => {
        try {
          parsePath(source, USER)
        } catch (error) {
          expect(error).toBeInstanceOf(ScimError)
          expect((error as ScimError).scimType).toMatch(/invalidPath|sensitive/)
        }
      }),
      { numRuns: 2_000 },
    )
  })
})
