import { describe, expect, it } from 'vitest'
import { USER } from '../schema/resource-type.ts'
import { BARE, ENTERPRISE, MIA, patch, refusalOf } from './mia.fixture.ts'
import { QUIRKS } from '../quirks.ts'
import { parsePatch } from './parse.ts'

describe('a PATCH that cannot be done', () => {
  it.each([
    [
      { op: 'move', path: 'title', value: 'x' },
      'invalidSyntax',
      'Operations[0].op is "move"; it must be add, replace or remove',
    ],
    [{ path: 'title', value: 'x' }, 'invalidSyntax', 'Operations[0].op is missing'],
    ['x', 'invalidSyntax', 'Operations[0] must be an object, not "x"'],
    [{ op: 'remove' }, 'noTarget', 'remove needs a path'],
    [{ op: 'remove', path: '' }, 'noTarget', 'remove needs a path'],
    [{ op: 'remove', path: USER.schema.urn }, 'noTarget', 'cannot be removed as a whole'],
    [{ op: 'replace', path: 5, value: 'x' }, 'invalidPath', 'Operations[0].path must be text, not 5'],
    [{ op: 'replace', path: 'emails[type eq', value: 'x' }, 'invalidPath', 'The path cannot be read at position 15'],
    [{ op: 'replace', path: 'nope', value: 'x' }, 'invalidPath', 'User has no attribute "nope"'],
    [{ op: 'replace', path: '__proto__.polluted', value: 'x' }, 'invalidPath', 'is not a path'],
    [{ op: 'replace', path: 'constructor.prototype.polluted', value: 'x' }, 'invalidPath', 'is not a path'],
    [{ op: 'replace', path: 'title' }, 'invalidValue', 'Operations[0].value is missing: replace needs one'],
    [
      { op: 'replace', value: 'x' },
      'invalidValue',
      'Operations[0].value must be an object when there is no path, not "x"',
    ],
    [{ op: 'add' }, 'invalidValue', 'Operations[0].value must be an object when there is no path'],
    [{ op: 'replace', path: 'title', value: 5 }, 'invalidValue', 'Operations[0].value must be text, not 5'],
    [{ op: 'replace', path: 'active', value: 'perhaps' }, 'invalidValue', 'must be true or false, not "perhaps"'],
    [{ op: 'replace', path: 'name', value: 'Mia' }, 'invalidValue', 'must be an object, not "Mia"'],
    [
      { op: 'replace', path: 'emails[type eq "work"]', value: [{ value: 'a' }, { value: 'b' }] },
      'invalidValue',
      'must be one element',
    ],
    [
      {
        op: 'replace',
        path: 'emails',
        value: [
          { value: 'a', primary: true },
          { value: 'b', primary: true },
        ],
      },
      'invalidValue',
      'primary is true for 2 elements',
    ],
    [{ op: 'replace', path: 'emails.primary', value: true }, 'invalidValue', 'primary is true for 2 elements'],
    [{ op: 'replace', path: ENTERPRISE, value: 'x' }, 'invalidValue', 'must be an object, not "x"'],
    [{ op: 'replace', path: 'userName', value: '' }, 'invalidValue', 'userName is missing'],
    [{ op: 'replace', value: { userName: null } }, 'invalidValue', 'userName is missing'],
    [{ op: 'remove', path: 'userName' }, 'mutability', 'userName cannot be removed'],
    [{ op: 'replace', path: 'id', value: 'u2' }, 'mutability', 'id cannot be changed'],
    [{ op: 'replace', value: { id: 'u2' } }, 'mutability', 'id cannot be changed'],
    [{ op: 'remove', path: 'id' }, 'mutability', 'id is readOnly and cannot be changed'],
    [{ op: 'add', path: 'groups', value: [{ value: 'g1' }] }, 'mutability', 'groups is readOnly and cannot be changed'],
    [{ op: 'replace', path: 'meta.created', value: '2026-01-01T00:00:00Z' }, 'mutability', 'meta.created is readOnly'],
    [
      { op: 'replace', path: 'emails[type sw "x"].value', value: 'y' },
      'noTarget',
      'no element of emails.value satisfies the filter',
    ],
    [
      { op: 'replace', path: 'emails[type eq "x" or type eq "y"].value', value: 'y' },
      'noTarget',
      'none can be made from it',
    ],
    [{ op: 'replace', path: 'emails[value eq "old"].value', value: 'new' }, 'noTarget', 'none can be made from it'],
    [{ op: 'replace', path: 'title', value: 'a\u0000b' }, 'invalidValue', 'Operations[0].value holds a NUL character'],
  ] as const)('is refused and says why, %#', (operation, scimType, detail) => {
    const good = { op: 'replace', path: 'nickName', value: 'Mi' }
    const error = refusalOf(() => patch(MIA, [operation, good]))
    expect(error).toMatchObject({ status: 400, scimType })
    expect(error.detail).toContain(detail)
  })

  it.each([
    [null, 'The body must be a JSON object, not null'],
    [[], 'The body must be a JSON object'],
    [{}, 'Operations is missing'],
    [{ Operations: {} }, 'Operations must be a list, not an object'],
    [{ Operations: null }, 'Operations must be a list, not null'],
  ])('is refused as no PATCH at all, %#', (body, detail) => {
    const error = refusalOf(() => parsePatch(body, USER))
    expect(error).toMatchObject({ status: 400, scimType: 'invalidSyntax' })
    expect(error.detail).toContain(detail)
  })

  it('is refused as a whole for its last operation', () => {
    const before = JSON.stringify(MIA)
    expect(
      refusalOf(() =>
        patch(MIA, [
          { op: 'replace', path: 'title', value: 'Lead' },
          { op: 'replace', path: 'id', value: 'other' },
        ]),
      ).scimType,
    ).toBe('mutability')
    expect(JSON.stringify(MIA)).toBe(before)
  })

  it('is refused with more than 1,000 operations, or a list without end', () => {
    const many = Array.from({ length: 1_001 }, () => ({ op: 'replace', path: 'title', value: 'x' }))
    expect(refusalOf(() => patch(MIA, many)).status).toBe(413)
    const emails = Array.from({ length: 600 }, (_, index) => ({ value: `${index}@x.test` }))
    const more = emails.map(({ value }) => ({ value: `more-${value}` }))
    const error = refusalOf(() =>
      patch(BARE, [
        { op: 'add', path: 'emails', value: emails },
        { op: 'add', path: 'emails', value: more },
      ]),
    )
    expect(error.detail).toContain('emails would have 1200 elements; at most 1000 are allowed')
  })

  it('is refused with more than 2,000 comparisons in its paths', () => {
    const path = `emails[${Array.from({ length: 21 }, (_, index) => `value eq "${index}"`).join(' or ')}]`
    const error = refusalOf(() =>
      patch(
        MIA,
        Array.from({ length: 100 }, () => ({ op: 'remove', path })),
      ),
    )
    expect(error.status).toBe(413)
    expect(error.detail).toContain('may hold 2000 comparisons, these have 2100')
  })
})

describe('a filter that picks nothing', () => {
  const strict = { quirks: QUIRKS.generic }
  const fax = 'phoneNumbers[type eq "fax"].value'

  it.each(['nope[', 'nope.x[', 'nope[a eq]', 'nope[a eq "b"', 'nope[a xx "b"]', 'nope[a eq b]', 'nope[a pr] and b pr'])(
    'is invalidPath for what is no path, even of an attribute that nobody knows: %s',
    (path) => {
      for (const quirks of Object.values(QUIRKS)) {
        const refused = refusalOf(() => patch(MIA, [{ op: 'replace', path, value: 'x' }], { quirks }))
        expect(refused).toMatchObject({ status: 400, scimType: 'invalidPath' })
      }
    },
  )

  it('passes over a well written path of an attribute that nobody knows, as the provider needs it (T30)', () => {
    const path = 'nope[a eq "b" and not (c pr or d gt 1)].e'
    const operations = [{ op: 'replace', path, value: 'x' }]
    expect(patch(MIA, operations, { quirks: QUIRKS.okta }).changed).toBe(false)
  })

  it('is noTarget for replace where no provider needs more than RFC 7644 section 3.5.2.3', () => {
    for (const path of [fax, 'phoneNumbers[type eq "fax"]']) {
      const value = path === fax ? '1' : { value: '1' }
      const refused = refusalOf(() => patch(MIA, [{ op: 'replace', path, value }], strict))
      expect(refused).toMatchObject({ status: 400, scimType: 'noTarget' })
    }
  })
  it('makes the element for add, and for the providers that replace what they never added', () => {
    const made = [{ value: '1', type: 'fax' }]
    const phones = (document: typeof MIA) => document['phoneNumbers']
    expect(phones(patch(BARE, [{ op: 'add', path: fax, value: '1' }], strict).document)).toEqual(made)
    for (const profile of ['okta', 'entra', 'onelogin'] as const) {
      const replaced = patch(BARE, [{ op: 'replace', path: fax, value: '1' }], { quirks: QUIRKS[profile] })
      expect(phones(replaced.document)).toEqual(made)
    }
  })
})
