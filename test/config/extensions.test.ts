import { describe, expect, test } from 'vitest'
import { load } from './loading.ts'

const withExtension = (lines: string): string => `
tenants:
  - id: acme
    extensions:
${lines}`

const message = (text: string): Promise<string> =>
  load(text).then(
    () => 'no problem',
    (error: unknown) => String(error),
  )

describe('declared attributes', () => {
  test('are read with their defaults', async () => {
    const { tenants } = await load(
      withExtension('      - { schema: "urn:acme:agent:2.0:User", attributes: [{ name: badge, indexed: true }] }'),
    )
    expect(tenants[0]?.extensions).toMatchObject([
      {
        schema: 'urn:acme:agent:2.0:User',
        resource: 'User',
        attributes: [
          { name: 'badge', type: 'string', multiValued: false, caseExact: false, returned: 'default', indexed: true },
        ],
      },
    ])
  })

  test.each([
    ['{ schema: acme, attributes: [{ name: a }] }', 'extensions[0].schema', 'Write a URN'],
    ['{ schema: "urn:a b:c", attributes: [{ name: a }] }', 'extensions[0].schema', 'Write a URN'],
    ['{ schema: "urn:acme:x", attributes: [] }', 'extensions[0].attributes', 'too short'],
    ['{ schema: "urn:acme:x", attributes: [{ name: constructor }] }', 'attributes[0].name', 'cannot be names'],
    ['{ schema: "urn:acme:x", attributes: [{ name: "a.b" }] }', 'attributes[0].name', 'Begin with a letter'],
    [
      '{ schema: "urn:acme:x", attributes: [{ name: a }, { name: A }] }',
      'extensions[0].attributes',
      'a name of its own',
    ],
    [
      '{ schema: "urn:acme:x", attributes: [{ name: a, type: complex }] }',
      'attributes[0].attributes',
      'Write the parts',
    ],
    [
      '{ schema: "urn:acme:x", attributes: [{ name: a, indexed: true, multiValued: true }] }',
      'attributes[0].indexed',
      'can be indexed',
    ],
    [
      '{ schema: "urn:acme:x", resource: Group, attributes: [{ name: a, indexed: true }] }',
      'extensions[0].attributes',
      'Only attributes of users',
    ],
    ['{ schema: "urn:acme:x", attributes: [{ name: a, typ: string }] }', 'attributes[0].typ', 'Did you mean "type"?'],
  ])('%s is refused with its place and what would be right', async (entry, place, words) => {
    const text = await message(withExtension(`      - ${entry}`))
    expect(text).toContain(place)
    expect(text).toContain(words)
  })
})
