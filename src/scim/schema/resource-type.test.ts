import { describe, expect, it } from 'vitest'
import { attribute } from './attribute.ts'
import { GROUP, resolveAttribute, resolveSchema, resourceType, USER } from './resource-type.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

describe('resolveAttribute', () => {
  it.each([
    ['userName', 'userName'],
    ['USERNAME', 'userName'],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName', 'userName'],
    ['URN:IETF:PARAMS:SCIM:SCHEMAS:CORE:2.0:USER:name.GIVENNAME', 'name.givenName'],
    ['urn:scim:schemas:core:1.0:userName', 'userName'],
    ['emails.Value', 'emails.value'],
    ['meta.lastModified', 'meta.lastModified'],
    [`${ENTERPRISE}:department`, `${ENTERPRISE}:department`],
    [`${ENTERPRISE}:manager.managerId`, `${ENTERPRISE}:manager.value`],
    ['urn:scim:schemas:extension:enterprise:1.0:Department', `${ENTERPRISE}:department`],
    ['urn:ietf:params:scim:schemas:extension:enterprise:2.0:Users:department', `${ENTERPRISE}:department`],
    ['department', `${ENTERPRISE}:department`],
  ])('finds %s', (name, canonical) => {
    expect(resolveAttribute(name, USER)?.name).toBe(canonical)
  })

  it.each([
    '',
    'constructor',
    '__proto__',
    'toString',
    'emails.',
    'emails.constructor',
    'urn:',
    ENTERPRISE,
    `${ENTERPRISE}:__proto__`,
    'urn:x:y:userName',
  ])('finds nothing called %s', (name) => {
    expect(resolveAttribute(name, USER)).toBeUndefined()
  })

  it('gives one object for one place, whatever the spelling', () => {
    expect(resolveAttribute('Name.GivenName', USER)).toBe(resolveAttribute('name.givenName', USER))
  })

  it('keeps the resource types apart', () => {
    expect(resolveAttribute('members.value', GROUP)?.name).toBe('members.value')
    expect(resolveAttribute('members.value', USER)).toBeUndefined()
  })
})

describe('resolveSchema', () => {
  it.each([
    ENTERPRISE,
    ENTERPRISE.toLowerCase(),
    'urn:scim:schemas:extension:enterprise:1.0',
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0User',
  ])('knows the enterprise extension as %s', (urn) => {
    expect(resolveSchema(urn, USER)?.urn).toBe(ENTERPRISE)
  })

  it.each([
    'urn:ietf:params:scim:schemas:extension:acme:2.0:User',
    `${ENTERPRISE}:department`,
    `${ENTERPRISE}:shoe`,
    'urn:scim:schemas:extension:enterprise:1.0:shoe',
    'urn:scim:schemas:core:1.0:shoe',
    'extension:enterprise',
  ])('does not take %s for a schema', (urn) => {
    expect(resolveSchema(urn, USER)).toBeUndefined()
  })
})

describe('a schema table', () => {
  it.each(['__proto__', 'constructor', 'prototype', 'a b', '1st', 'a.b', ''])(
    'cannot have an attribute called "%s"',
    (name) => {
      expect(() => attribute({ name, description: 'x' })).toThrow(TypeError)
    },
  )

  it('cannot have two attributes of one name', () => {
    const twice = [attribute({ name: 'a', description: 'x' }), attribute({ name: 'A', description: 'y' })]
    const schema = { urn: 'urn:x', name: 'X', description: 'x', attributes: twice, misnomers: /^$/ }
    expect(() => resourceType({ name: 'User', endpoint: '/X', description: 'x', schema, extensions: [] })).toThrow(
      /called/,
    )
  })
})
