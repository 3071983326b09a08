import { describe, expect, it } from 'vitest'
import type { Person } from '../people.ts'
import { ENTERPRISE_SCHEMA, PATCH_SCHEMA, USER_SCHEMA } from '../scim.ts'
import * as requests from './requests.ts'

const mia: Person = {
  key: 'abcd',
  userName: 'mia@acme.test',
  givenName: 'Mia',
  familyName: 'Roth',
  displayName: 'Mia Roth',
  email: 'mia@acme.test',
  locale: 'de-DE',
}

describe("Okta's requests", () => {
  it('create a user with the body of facts 1.3, key for key', () => {
    expect(JSON.stringify(requests.create(mia, 'random').body)).toBe(
      JSON.stringify({
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        userName: 'mia@acme.test',
        externalId: '00uabcd',
        displayName: 'Mia Roth',
        locale: 'de-DE',
        name: { givenName: 'Mia', familyName: 'Roth' },
        emails: [{ primary: true, value: 'mia@acme.test', type: 'work' }],
        groups: [],
        password: 'random',
        active: true,
      }),
    )
  })

  it('name the enterprise extension only when an attribute of it is mapped', () => {
    const body = requests.create({ ...mia, title: 'Agent', department: 'Legal' }, 'x').body
    expect(body).toMatchObject({
      schemas: [USER_SCHEMA, ENTERPRISE_SCHEMA],
      title: 'Agent',
      [ENTERPRISE_SCHEMA]: { department: 'Legal' },
    })
  })

  it('match with an encoded filter, first page of a hundred', () => {
    expect(requests.match('a@b.test')).toEqual({
      method: 'GET',
      path: '/Users?filter=userName%20eq%20%22a%40b.test%22&startIndex=1&count=100',
    })
    const odd = requests.match('o\'"quoted"\\@b.test&x=1').path
    expect(new URL(odd, 'http://x').searchParams.get('filter')).toBe('userName eq "o\'\\"quoted\\"\\\\@b.test&x=1"')
  })

  it('deactivate by a PATCH without a path, with a real boolean', () => {
    expect(requests.patchActive('u1', false)).toEqual({
      method: 'PATCH',
      path: '/Users/u1',
      body: { schemas: [PATCH_SCHEMA], Operations: [{ op: 'replace', value: { active: false } }] },
    })
  })

  it('carry the headers seen on the wire, and the credential as the admin typed it', () => {
    expect(requests.oktaHeaders('t', 'bearer', true)).toEqual({
      'User-Agent': 'Okta SCIM Client 1.0.0',
      Accept: 'application/scim+json',
      'Accept-Charset': 'utf-8',
      'Accept-Encoding': 'gzip,deflate',
      Connection: 'keep-alive',
      'Content-Type': 'application/scim+json; charset=utf-8',
      Authorization: 'Bearer t',
    })
    expect(requests.oktaHeaders('t', 'header', false)['Authorization']).toBe('t')
  })

  it('echo in a profile push what the server said and Okta does not map, and change nothing of it', () => {
    const answered = {
      schemas: [USER_SCHEMA],
      id: 'u1',
      userName: 'mia@acme.test',
      nickName: 'Mimi',
      name: { givenName: 'Mia', familyName: 'Roth', honorificPrefix: 'Dr' },
      emails: [
        { value: 'home@x.test', type: 'home' },
        { value: 'mia@acme.test', type: 'work', primary: true, display: 'Mia' },
      ],
      groups: [{ value: 'g1' }],
      meta: { version: 'W/"3"' },
      active: true,
    }
    const merged = requests.mergeProfile(answered, { ...mia, familyName: 'Roth-Weiß', email: 'new@acme.test' })
    expect(merged).toMatchObject({
      id: 'u1',
      nickName: 'Mimi',
      name: { givenName: 'Mia', familyName: 'Roth-Weiß', honorificPrefix: 'Dr' },
      emails: [answered.emails[0], { value: 'new@acme.test', type: 'work', primary: true, display: 'Mia' }],
      groups: answered.groups,
      meta: answered.meta,
      active: true,
    })
    expect(requests.mergeProfile(answered, mia, { active: false })['active']).toBe(false)
  })
})
