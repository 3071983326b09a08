import { describe, expect, it } from 'vitest'
import type { Person } from '../people.ts'
import { ENTERPRISE_SCHEMA, PATCH_SCHEMA, USER_SCHEMA } from '../scim.ts'
import { changesTo, mapping } from './mapping.ts'
import * as requests from './requests.ts'

const mia: Person = {
  key: 'abcd',
  userName: 'mia@acme.test',
  givenName: 'Mia',
  familyName: 'Roth',
  displayName: 'Mia Roth',
  email: 'mroth@acme.test',
  locale: 'de-DE',
}

describe("Entra's requests", () => {
  it('create a user with the body of facts 2.4, key for key', () => {
    expect(JSON.stringify(requests.createUser(mia, true).body)).toBe(
      JSON.stringify({
        schemas: [USER_SCHEMA, ENTERPRISE_SCHEMA],
        externalId: 'mroth',
        userName: 'mia@acme.test',
        active: true,
        displayName: 'Mia Roth',
        emails: [{ primary: true, type: 'work', value: 'mroth@acme.test' }],
        meta: { resourceType: 'User' },
        name: { formatted: 'Mia Roth', familyName: 'Roth', givenName: 'Mia' },
        title: null,
        phoneNumbers: null,
        roles: [],
      }),
    )
  })

  it('carry no User-Agent, and the flag of the dialect in front of the query', () => {
    expect(Object.keys(requests.entraHeaders('t', true))).not.toContain('User-Agent')
    const path = (request: Parameters<typeof requests.inDialect>[0]) =>
      requests.inDialect(request, 'aadOptscim062020').path
    expect(path(requests.readUser('u1'))).toBe('/Users/u1?aadOptscim062020')
    expect(path(requests.readGroup('g1'))).toBe('/Groups/g1?aadOptscim062020&excludedAttributes=members')
    expect(requests.inDialect(requests.readUser('u1'), 'default').path).toBe('/Users/u1')
  })

  it('match with an encoded filter', () => {
    const odd = requests.matchUser('userName', 'o\'"quoted"\\+@b.test&x=1').path
    expect(new URL(odd, 'http://x').searchParams.get('filter')).toBe('userName eq "o\'\\"quoted\\"\\\\+@b.test&x=1"')
    expect(decodeURIComponent(requests.matchGroup('Sales').path)).toBe(
      '/Groups?excludedAttributes=members&filter=displayName eq "Sales"',
    )
  })

  const changes = [
    { path: 'emails[type eq "work"].value', value: 'mia.roth@acme.test', isNew: false },
    { path: 'phoneNumbers[type eq "mobile"].value', value: '+49 151 1', isNew: true },
    { path: `${ENTERPRISE_SCHEMA}:department`, value: 'Legal', isNew: false },
    { path: 'active', value: false, isNew: false },
  ]

  it('update in the default dialect with an operation each, capitalised, booleans as strings', () => {
    expect(requests.patchUser('u1', changes, 'default')).toEqual({
      method: 'PATCH',
      path: '/Users/u1',
      body: {
        schemas: [PATCH_SCHEMA],
        Operations: [
          { op: 'Replace', path: 'emails[type eq "work"].value', value: 'mia.roth@acme.test' },
          { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+49 151 1' },
          { op: 'Replace', path: `${ENTERPRISE_SCHEMA}:department`, value: 'Legal' },
          { op: 'Replace', path: 'active', value: 'False' },
        ],
      },
    })
  })

  it('update with the flag by one operation without a path, booleans as such', () => {
    expect(requests.patchUser('u1', changes, 'aadOptscim062020').body?.['Operations']).toEqual([
      {
        op: 'replace',
        value: {
          'emails[type eq "work"].value': 'mia.roth@acme.test',
          'phoneNumbers[type eq "mobile"].value': '+49 151 1',
          [`${ENTERPRISE_SCHEMA}:department`]: 'Legal',
          active: false,
        },
      },
    ])
  })

  it.each([
    [
      'default',
      [
        { op: 'Remove', path: 'members', value: [{ $ref: null, value: 'u1' }] },
        { op: 'Add', path: 'members', value: [{ $ref: null, value: 'u2' }, { $ref: null, value: 'u3' }] }, // prettier-ignore
      ],
    ],
    [
      'aadOptscim062020',
      [
        { op: 'remove', path: 'members[value eq "u1"]' },
        { op: 'add', path: 'members', value: [{ $ref: null, value: 'u2' }, { $ref: null, value: 'u3' }] }, // prettier-ignore
      ],
    ],
  ] as const)('change members in the way of the dialect: %s', (dialect, expected) => {
    const request = requests.changeMembers('g1', { added: ['u2', 'u3'], removed: ['u1'] }, dialect)
    expect(request.body?.['Operations']).toEqual(expected)
  })

  it('set and clear the manager as a plain id', () => {
    const operation = (request: ReturnType<typeof requests.setManager>) => request.body?.['Operations']
    const path = `${ENTERPRISE_SCHEMA}:manager`
    expect(operation(requests.setManager('u1', 'u2', 'default'))).toEqual([{ op: 'Add', path, value: 'u2' }])
    expect(operation(requests.clearManager('u1', 'default'))).toEqual([{ op: 'Replace', path, value: '' }])
    expect(operation(requests.clearManager('u1', 'aadOptscim062020'))).toEqual([{ op: 'remove', path }])
  })
})

describe('what differs from a user as it was read', () => {
  const sent = mapping({ ...mia, title: 'Agent', department: 'Legal' })

  it('is every mapped attribute of an empty user, and nothing of one that has them all', () => {
    expect(changesTo({}, sent).map(({ path }) => path)).toHaveLength(9)
    const body = requests.createUser({ ...mia, title: 'Agent', department: 'Legal' }, true).body ?? {}
    expect(changesTo(body, sent)).toEqual([])
  })

  it('is told by exact value, and whether the attribute is new', () => {
    const body = requests.createUser({ ...mia, title: 'agent' }, true).body ?? {}
    expect(changesTo(body, sent)).toEqual([
      { path: 'title', value: 'Agent', isNew: false },
      { path: `${ENTERPRISE_SCHEMA}:department`, value: 'Legal', isNew: true },
    ])
  })
})
