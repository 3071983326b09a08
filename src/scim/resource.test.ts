import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ScimError } from './errors.ts'
import type { JsonValue } from './json.ts'
import { QUIRKS, type NoteCode } from './quirks.ts'
import { parseUser, type ParseOptions, type UserDocument } from './resource.ts'
import { attribute } from './schema/attribute.ts'
import { resourceType, USER } from './schema/resource-type.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const create = (body: unknown): UserDocument => parseUser(body, { mode: 'create' })
const replace = (body: unknown, current: UserDocument): UserDocument => parseUser(body, { mode: 'replace', current })

function refusalOf(body: unknown, options: ParseOptions<UserDocument> = { mode: 'create' }): ScimError {
  try {
    parseUser(body, options)
  } catch (error) {
    if (error instanceof ScimError) return error
    throw error
  }
  throw new Error('This was to be refused, but it was accepted')
}

function notesOf(body: unknown, options: Partial<ParseOptions<UserDocument>> = {}): NoteCode[] {
  const codes: NoteCode[] = []
  parseUser(body, { mode: 'create', ...options, note: (code) => codes.push(code) })
  return codes
}

describe('a POST body', () => {
  it("is kept as Okta sends it, without what is the server's or secret", () => {
    const body = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      userName: 'mia@acme.test',
      externalId: '00u8abcd',
      displayName: 'Mia Roth',
      locale: 'de-DE',
      name: { givenName: 'Mia', familyName: 'Roth' },
      emails: [{ primary: true, value: 'mia@acme.test', type: 'work' }],
      groups: [],
      password: 'random',
      active: true,
    }
    expect(create(body)).toStrictEqual({
      externalId: '00u8abcd',
      userName: 'mia@acme.test',
      name: { familyName: 'Roth', givenName: 'Mia' },
      displayName: 'Mia Roth',
      locale: 'de-DE',
      active: true,
      emails: [{ value: 'mia@acme.test', type: 'work', primary: true }],
    })
  })

  it('is kept in the order of the schema table, whatever the order it came in', () => {
    const document = create({
      active: true,
      [ENTERPRISE]: { manager: { value: 'u2' }, department: 'Legal' },
      emails: [{ type: 'work', value: 'x' }],
      userName: 'mia',
    })
    expect(JSON.stringify(document)).toBe(
      `{"userName":"mia","active":true,"emails":[{"value":"x","type":"work"}],"${ENTERPRISE}":{"department":"Legal","manager":{"value":"u2"}}}`,
    )
  })

  it('makes an active user when it does not say', () => {
    expect(create({ userName: 'mia' })).toStrictEqual({ userName: 'mia', active: true })
    expect(create({ userName: 'mia', active: null }).active).toBe(true)
  })

  it('keeps text as it was sent', () => {
    expect(create({ userName: ' Mia@Acme.TEST ', phoneNumbers: [{ value: ' +49 151 1 ' }] })).toMatchObject({
      userName: ' Mia@Acme.TEST ',
      phoneNumbers: [{ value: ' +49 151 1 ' }],
    })
  })

  it.each([
    ['T2', { active: 'False' }, { active: false }],
    ['T2', { emails: [{ value: 'x', primary: 'true' }] }, { emails: [{ value: 'x', primary: true }] }],
    [
      'T9',
      { DISPLAYNAME: 'M', Name: { GIVENNAME: 'Mia' }, 'urn:ietf:params:scim:schemas:core:2.0:User:title': 'Dr' },
      { displayName: 'M', name: { givenName: 'Mia' }, title: 'Dr' },
    ],
    [
      'T9',
      { 'name.givenName': 'Mia', [`${ENTERPRISE}:department`]: 'Legal' },
      { name: { givenName: 'Mia' }, [ENTERPRISE]: { department: 'Legal' } },
    ],
    ['T10', { [ENTERPRISE]: { manager: 'u2' } }, { [ENTERPRISE]: { manager: { value: 'u2' } } }],
    [
      'T10',
      { [ENTERPRISE]: { manager: [{ $ref: null, value: 'u2' }] } },
      { [ENTERPRISE]: { manager: { value: 'u2' } } },
    ],
    ['T10', { [ENTERPRISE]: { manager: { managerId: 'u2' } } }, { [ENTERPRISE]: { manager: { value: 'u2' } } }],
    ['T10', { [ENTERPRISE]: { manager: { value: '' } } }, {}],
    [
      'T12',
      { title: null, phoneNumbers: null, roles: [], nickName: '', name: { formatted: '' }, emails: [{ value: null }] },
      {},
    ],
    [
      'T13',
      { schemas: ['urn:scim:schemas:core:1.0', 'urn:x'], [ENTERPRISE]: { department: 'Legal' } },
      { [ENTERPRISE]: { department: 'Legal' } },
    ],
    [
      'T13',
      { 'urn:scim:schemas:extension:enterprise:1.0': { Department: 'Legal' } },
      { [ENTERPRISE]: { department: 'Legal' } },
    ],
    [
      'T13',
      { schemas: 'anything', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:user': { costCenter: '7' } },
      { [ENTERPRISE]: { costCenter: '7' } },
    ],
    ['T14', { id: null, meta: { resourceType: 'User' }, groups: [{ value: 'g1' }] }, {}],
    ['T14', { id: 5, meta: 'x', groups: 'x' }, {}],
    [
      'T26',
      { roles: [{ value: '{"id":"r1","value":"agent"}', primary: 'True' }] },
      { roles: [{ value: '{"id":"r1","value":"agent"}', primary: true }] },
    ],
    [
      'T30',
      { favouriteColour: 'green', name: { nickname: 'x', givenName: 'Mia' }, [ENTERPRISE]: { shoe: 4 } },
      { name: { givenName: 'Mia' } },
    ],
    ['T31', { title: ['Dr'] }, { title: 'Dr' }],
    ['T32', { emails: { value: 'x' } }, { emails: [{ value: 'x' }] }],
    ['T32', { emails: 'x' }, { emails: [{ value: 'x' }] }],
    ['T36', { emails: ['x', 'y'] }, { emails: [{ value: 'x' }, { value: 'y' }] }],
  ] as const)('is forgiven %s, %#', (_, body, kept) => {
    expect(create({ userName: 'mia', ...body })).toStrictEqual({ userName: 'mia', active: true, ...kept })
  })

  it('may name an element twice, which is kept once', () => {
    const emails = [
      { value: 'x', type: 'work' },
      { value: 'X', type: 'work' },
      { value: 'x', type: 'home' },
    ]
    expect(create({ userName: 'mia', emails })['emails']).toStrictEqual([emails[0], emails[2]])
  })

  it('may hold elements without a value, which are left out', () => {
    expect(
      create({
        userName: 'mia',
        emails: [{ type: 'work' }, { value: 'x' }],
        addresses: [{ type: 'work', primary: true }],
      }),
    ).toStrictEqual({
      userName: 'mia',
      active: true,
      emails: [{ value: 'x' }],
    })
  })

  it.each([
    [null, 'invalidSyntax', 'The body must be a JSON object, not null'],
    ['x', 'invalidSyntax', 'The body must be a JSON object, not "x"'],
    [[], 'invalidSyntax', 'The body must be a JSON object, not a list of 0'],
    [{}, 'invalidValue', 'userName is missing: every User needs one that is not blank'],
    [{ userName: '' }, 'invalidValue', 'userName is missing'],
    [{ userName: null }, 'invalidValue', 'userName is missing'],
    [{ userName: '   ' }, 'invalidValue', 'userName is missing'],
    [{ userName: 5 }, 'invalidValue', 'userName must be text, not 5'],
    [{ userName: 'x'.repeat(513) }, 'invalidValue', 'userName is 513 characters long; at most 512 are allowed'],
    [{ userName: 'a\u0000' }, 'invalidValue', 'userName holds a NUL character'],
    [{ userName: 'mia', active: 'perhaps' }, 'invalidValue', 'active must be true or false, not "perhaps"'],
    [{ userName: 'mia', active: 1 }, 'invalidValue', 'active must be true or false, not 1'],
    [{ userName: 'mia', name: 'Mia' }, 'invalidValue', 'name must be an object, not "Mia"'],
    [{ userName: 'mia', name: { givenName: {} } }, 'invalidValue', 'name.givenName must be text, not an object'],
    [{ userName: 'mia', title: ['a', 'b'] }, 'invalidValue', 'title must be text, not a list of 2'],
    [{ userName: 'mia', title: [['a']] }, 'invalidValue', 'title must be text, not a list of 1'],
    [
      { userName: 'mia', emails: [{ value: 'x' }, { value: 7 }] },
      'invalidValue',
      'emails[1].value must be text, not 7',
    ],
    [{ userName: 'mia', emails: [['x']] }, 'invalidValue', 'emails[0] must be an object, not a list of 1'],
    [
      {
        userName: 'mia',
        emails: [
          { value: 'x', primary: true },
          { value: 'y', primary: 'True' },
        ],
      },
      'invalidValue',
      'emails: primary is true for 2 elements; only one may be the primary one',
    ],
    [
      { userName: 'mia', x509Certificates: [{ value: 'not base64!' }] },
      'invalidValue',
      'x509Certificates[0].value must be base64 text',
    ],
    [{ userName: 'mia', [ENTERPRISE]: 'Legal' }, 'invalidValue', `${ENTERPRISE} must be an object, not "Legal"`],
    [
      { userName: 'mia', [ENTERPRISE]: { department: 4 } },
      'invalidValue',
      `${ENTERPRISE}:department must be text, not 4`,
    ],
  ] as const)('is refused for what is wrong with it, %#', (body, scimType, detail) => {
    const error = refusalOf(body)
    expect(error).toMatchObject({ status: 400, scimType })
    expect(error.detail).toContain(detail)
  })

  it('says what was forgiven', () => {
    expect(
      notesOf({
        userName: 'mia',
        active: 'True',
        emails: 'x',
        colour: 1,
        password: 'p',
        title: ['a'],
        'urn:scim:schemas:extension:enterprise:1.0': {},
      }),
    ).toStrictEqual(['T2', 'T32', 'T36', 'T30', 'password-discarded', 'T31', 'T13'])
    expect(notesOf({ userName: 'mia', active: true, emails: [{ value: 'x' }] })).toStrictEqual([])
  })

  it('never lets a password out, whatever its type and spelling', () => {
    for (const password of ['secret', ['secret'], { value: 'secret' }, 5, null]) {
      for (const name of ['password', 'PassWord', 'urn:ietf:params:scim:schemas:core:2.0:User:password']) {
        expect(create({ userName: 'mia', [name]: password })).toStrictEqual({ userName: 'mia', active: true })
      }
    }
  })

  it("is trimmed for OneLogin's templates only", () => {
    const body = { userName: ' mia', title: '  ' }
    expect(parseUser(body, { mode: 'create', quirks: QUIRKS.onelogin })).toStrictEqual({
      userName: 'mia',
      active: true,
    })
    expect(create(body)).toStrictEqual({ userName: ' mia', title: '  ', active: true })
  })
})

describe('a PUT body', () => {
  const current = create({
    userName: 'mia',
    active: false,
    title: 'Dr',
    emails: ['x'],
    [ENTERPRISE]: { department: 'Legal' },
  })

  it('clears what it does not name, and keeps active', () => {
    expect(replace({ userName: 'mia' }, current)).toStrictEqual({ userName: 'mia', active: false })
    expect(replace({ userName: 'mia', active: null }, current).active).toBe(false)
    expect(replace({ userName: 'mia', active: true }, current).active).toBe(true)
  })

  it('may echo all that was read', () => {
    const echoed = {
      ...current,
      schemas: ['x'],
      id: 'u1',
      meta: { version: 'W/"1"' },
      groups: [{ value: 'g1', display: 'G' }],
    }
    expect(replace(echoed, current)).toStrictEqual(current)
  })

  it("keeps the extension that OneLogin's template does not have, and clears it for others", () => {
    const options = { mode: 'replace', current, quirks: QUIRKS.onelogin } as const
    expect(parseUser({ userName: 'mia' }, options)[ENTERPRISE]).toStrictEqual({ department: 'Legal' })
    expect(parseUser({ userName: 'mia', [ENTERPRISE]: null }, options)[ENTERPRISE]).toBeUndefined()
    expect(parseUser({ userName: 'mia', [ENTERPRISE]: { division: 'D' } }, options)[ENTERPRISE]).toStrictEqual({
      division: 'D',
    })
    expect(replace({ userName: 'mia' }, current)[ENTERPRISE]).toBeUndefined()
  })

  it('cannot change what can be set but once', () => {
    const badge = attribute({ name: 'badge', mutability: 'immutable', description: 'x' })
    const schema = { ...USER.schema, attributes: [...USER.schema.attributes, badge] }
    const type = resourceType({ ...USER, schema })
    const body = { userName: 'mia', badge: 'B-7' }
    const current = parseUser(body, { mode: 'create', type })
    const put = (sent: object) => () => parseUser(sent, { mode: 'replace', type, current })
    expect(put(body)()).toEqual(current)
    for (const sent of [{ ...body, badge: 'B-8' }, { userName: 'mia' }])
      expect(put(sent)).toThrow(expect.objectContaining({ status: 400, scimType: 'mutability' }))
  })
  it("has no name for the manager, which is not the sender's to give", () => {
    const sent = { userName: 'mia', [ENTERPRISE]: { manager: { value: 'u2', displayName: 'Boss' } } }
    expect(create(sent)[ENTERPRISE]).toEqual({ manager: { value: 'u2' } })
  })
  it('is refused without userName', () => {
    expect(refusalOf({ title: 'x' }, { mode: 'replace', current }).detail).toContain('userName is missing')
  })
})

describe('any JSON', () => {
  const names = fc.constantFrom(
    'userName',
    'emails',
    'active',
    'name',
    'givenName',
    'value',
    'type',
    'primary',
    'manager',
    ENTERPRISE,
    '__proto__',
    'constructor',
    'prototype',
    'password',
    'schemas',
  )
  const json = fc.letrec<{ value: JsonValue; object: JsonValue }>((tie) => ({
    object: fc.dictionary(names, tie('value'), { noNullPrototype: false }),
    value: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 0 }) as fc.Arbitrary<JsonValue>,
      fc.constant('True'),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('object'),
    ),
  }))

  it('is a user or is refused as one, and pollutes no prototype', () => {
    fc.assert(
      fc.property(json.object, fc.boolean(), (body, named) => {
        const input = named ? { ...(body as object), userName: 'mia' } : body
        const before = JSON.stringify(input)
        try {
          const document = parseUser(input, { mode: 'create' })
          expect(Object.keys(document)).not.toContain('__proto__')
          expect(JSON.stringify(document)).not.toMatch(/__proto__|constructor|prototype|password/)
          // What was read once is read the same way again.
          expect(parseUser(document, { mode: 'create' })).toStrictEqual(document)
        } catch (error) {
          expect(error).toBeInstanceOf(ScimError)
        }
        expect(JSON.stringify(input)).toBe(before)
        expect(Object.keys(Object.prototype)).toStrictEqual([])
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    '{"__proto__": {"active": false}, "userName": "mia"}',
    '{"constructor": {"prototype": {"x": 1}}, "userName": "mia"}',
    '{"name": {"__proto__": {"givenName": "x"}}, "userName": "mia"}',
  ])('cannot reach a prototype by %s', (text) => {
    expect(create(JSON.parse(text))).toStrictEqual({ userName: 'mia', active: true })
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})
