import { describe, expect, test } from 'vitest'
import type { UserDocument } from '../scim/resource.ts'
import { projectAttributes, projectWish } from './project.ts'
import { userNameKey } from './user-name.ts'

const document = (more: Partial<UserDocument> = {}): UserDocument => ({
  userName: 'mia@acme.test',
  active: true,
  ...more,
})

describe('the attributes an account is asked for', () => {
  test('come from the core and the enterprise schema', () => {
    const attributes = projectAttributes(
      document({
        name: { givenName: 'Mia', familyName: 'Roth', middleName: 'K' },
        displayName: 'Mia Roth',
        title: 'Agent',
        timezone: 'Europe/Berlin',
        emails: [
          { value: 'mia@home.test', type: 'home' },
          { value: 'mia@work.test', type: 'work' },
        ],
        phoneNumbers: [
          { value: '1', type: 'work' },
          { value: '2', type: 'Mobile' },
        ],
        'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Support', employeeNumber: '42' },
      }),
    )
    expect(attributes).toEqual({
      userName: 'mia@acme.test',
      givenName: 'Mia',
      familyName: 'Roth',
      middleName: 'K',
      displayName: 'Mia Roth',
      title: 'Agent',
      timeZone: 'Europe/Berlin',
      email: 'mia@work.test',
      mobile: '2',
      department: 'Support',
      employeeNumber: '42',
    })
  })
  test.each([
    [
      'the primary address',
      [
        { value: 'a@x.test', type: 'work' },
        { value: 'b@x.test', primary: true },
      ],
      'b@x.test',
    ],
    [
      'else the one of type work',
      [
        { value: 'a@x.test', type: 'home' },
        { value: 'b@x.test', type: 'work' },
      ],
      'b@x.test',
    ],
    [
      'else the first',
      [
        { value: 'a@x.test', type: 'home' },
        { value: 'b@x.test', type: 'other' },
      ],
      'a@x.test',
    ],
    ['else a userName that is an address', undefined, 'mia@acme.test'],
  ])('take %s for e-mail', (_, emails, expected) => {
    expect(projectAttributes(document(emails === undefined ? {} : { emails })).email).toBe(expected)
  })
  test('are wanted empty where the document has nothing', () => {
    expect(projectAttributes(document())).toMatchObject({ givenName: null, mobile: null, title: null })
  })
})

test('a deleted identity wants no active account, whatever its document says', () => {
  expect(projectWish({ document: document(), active: true, deleted: true }, {}).active).toBe(false)
})

test('two spellings of one name have one key', () => {
  expect(userNameKey('JOSE\u0301@acme.test')).toBe(userNameKey('josé@ACME.test'))
})
