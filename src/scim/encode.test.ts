import { describe, expect, it } from 'vitest'
import { encodeResource, listResponse, locationOf, versionTag, type Stored } from './encode.ts'
import { parseProjection, type Projection } from './projection.ts'
import { parseUser, type UserDocument } from './resource.ts'
import { USER } from './schema/resource-type.ts'

const encodeUser = (user: Stored<UserDocument>, projection?: Projection) => encodeResource(USER, user, projection)
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const stored = {
  id: 'u1',
  version: 3,
  createdAt: new Date('2026-11-23T09:00:00Z'),
  modifiedAt: new Date('2026-11-24T10:00:00.5Z'),
  baseUrl: 'https://rollcall.test/scim/v2',
  document: parseUser(
    {
      userName: 'mia',
      name: { givenName: 'Mia', familyName: 'Roth' },
      emails: [{ value: 'mia@acme.test', type: 'work' }],
      [ENTERPRISE]: { department: 'Legal', manager: { value: 'u2' } },
    },
    { mode: 'create' },
  ),
}
const META = {
  resourceType: 'User',
  created: '2026-11-23T09:00:00.000Z',
  lastModified: '2026-11-24T10:00:00.500Z',
  location: 'https://rollcall.test/scim/v2/Users/u1',
  version: 'W/"3"',
}

describe('an encoded user', () => {
  it('has schemas, id and meta around its document', () => {
    const wire = encodeUser(stored)
    expect(wire).toStrictEqual({ schemas: [CORE, ENTERPRISE], id: 'u1', ...stored.document, meta: META })
    expect(Object.keys(wire)).toStrictEqual([
      'schemas',
      'id',
      'userName',
      'name',
      'active',
      'emails',
      'meta',
      ENTERPRISE,
    ])
  })

  it('names an extension in schemas only if it has data of it', () => {
    const plain = parseUser({ userName: 'kim' }, { mode: 'create' })
    expect(encodeUser({ ...stored, document: plain })['schemas']).toStrictEqual([CORE])
  })

  it('shows the order of the table whatever the order it was stored in', () => {
    const { userName, active, ...rest } = stored.document
    expect(JSON.stringify(encodeUser({ ...stored, document: { ...rest, active, userName } }))).toBe(
      JSON.stringify(encodeUser(stored)),
    )
  })

  it('never shows a secret or what the table does not know', () => {
    const document = { ...stored.document, password: 'secret', stray: 1 }
    expect(encodeUser({ ...stored, document })).toStrictEqual(encodeUser(stored))
    expect(encodeUser({ ...stored, document }, parseProjection({ attributes: 'password' }, USER))).not.toHaveProperty(
      'password',
    )
  })

  it('shows what is derived', () => {
    const groups = [{ value: 'g1', display: 'Sales', type: 'direct' }]
    expect(encodeUser({ ...stored, derived: { groups } })['groups']).toStrictEqual(groups)
  })

  it('is at one address, with a slash at the end of the base or without', () => {
    expect(locationOf(USER, 'u1', 'https://x.test/scim/v2/')).toBe('https://x.test/scim/v2/Users/u1')
    expect(locationOf(USER, 'a/b?', 'https://x.test/scim/v2')).toBe('https://x.test/scim/v2/Users/a%2Fb%3F')
    expect(versionTag(7)).toBe('W/"7"')
    const [sales, lead] = ['Sales', 'Lead'].map((display) => versionTag(7, { groups: [{ display }] }))
    expect(sales).toMatch(/^W\/"7\.[a-z0-9]+"$/)
    expect(lead).not.toBe(sales)
  })
})

describe('a projection', () => {
  const ALWAYS = { schemas: [CORE, ENTERPRISE], id: 'u1' }
  const whole = encodeUser(stored)
  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(whole).filter(([name]) => !names.includes(name)))

  it.each([
    ['userName', { userName: 'mia' }],
    [' USERNAME , active ', { userName: 'mia', active: true }],
    ['id', {}],
    ['nope', {}],
    ['nope,userName', { userName: 'mia' }],
    ['name', { name: { familyName: 'Roth', givenName: 'Mia' } }],
    ['name.givenName', { name: { givenName: 'Mia' } }],
    ['name.honorificPrefix', {}],
    ['emails.value', { emails: [{ value: 'mia@acme.test' }] }],
    [`${CORE}:userName`, { userName: 'mia' }],
    [ENTERPRISE, { [ENTERPRISE]: { department: 'Legal', manager: { value: 'u2' } } }],
    [`${ENTERPRISE}:department`, { [ENTERPRISE]: { department: 'Legal' } }],
    ['meta.version', { meta: { version: 'W/"3"' } }],
  ] as const)('of the attributes %s leaves these and what is always returned', (attributes, left) => {
    expect(encodeUser(stored, parseProjection({ attributes }, USER))).toStrictEqual({ ...ALWAYS, ...left })
  })

  it.each([
    ['emails', without('emails')],
    ['id,schemas', whole],
    ['emails.type', { ...whole, emails: [{ value: 'mia@acme.test' }] }],
    ['name.givenName,name.familyName', without('name')],
    [ENTERPRISE, without(ENTERPRISE)],
    [`${ENTERPRISE}:manager,${ENTERPRISE}:department`, without(ENTERPRISE)],
    [CORE, { ...ALWAYS, [ENTERPRISE]: whole[ENTERPRISE] }],
  ])('without %s leaves the rest', (excludedAttributes, left) => {
    expect(encodeUser(stored, parseProjection({ excludedAttributes }, USER))).toStrictEqual(left)
  })

  it('with both takes away from what was asked for', () => {
    const projection = parseProjection({ attributes: 'name,userName', excludedAttributes: 'name.givenName' }, USER)
    expect(encodeUser(stored, projection)).toStrictEqual({ ...ALWAYS, userName: 'mia', name: { familyName: 'Roth' } })
  })
})

describe('a list response', () => {
  it('counts all that match and what this page holds (RFC 7644 section 3.4.2)', () => {
    expect(listResponse({ totalResults: 7, startIndex: 3, resources: [{ id: 'u1' }] })).toStrictEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 7,
      startIndex: 3,
      itemsPerPage: 1,
      Resources: [{ id: 'u1' }],
    })
  })
})
