import { describe, expect, test } from 'vitest'
import { addressFaults } from '../../src/contract/guide/address.ts'
import { ATTRIBUTES } from '../../src/contract/guide/attributes.ts'
import { guideFor } from '../../src/contract/guide/guide.ts'
import { markdownOf } from './markdown.ts'
import { ONELOGIN_TEMPLATE } from '../../src/contract/guide/onelogin.ts'
import { PROVIDERS, type Provider } from '../../src/contract/guide/shape.ts'
import { projectAttributes } from '../../src/identity/project.ts'

const root = new URL('../../', import.meta.url)
const EXAMPLE = { base: 'https://scim.example.com/scim/v2', apps: [] }

test.each(PROVIDERS)('docs/guide/connect-%s.md is what the command prints (npm test -- test/guide -u)', async (it) => {
  const page = markdownOf(guideFor(it, { ...EXAMPLE, connection: it }))
  await expect(page).toMatchFileSnapshot(new URL(`docs/guide/connect-${it}.md`, root).pathname)
})

describe('a guide', () => {
  test.each(PROVIDERS)('for %s has the address and the id of the connection in it', (provider) => {
    const place = { base: 'https://scim.acme.test/x/scim/v2', connection: 'the-door', apps: ['cxone-eu1'] }
    const page = markdownOf(guideFor(provider, place))
    expect(page).toContain('`https://scim.acme.test/x/scim/v2')
    expect(page).toContain('rollcall connection watch the-door')
    expect(page).toContain('`cxone-eu1`')
    expect(page).not.toContain('scim.example.com')
  })

  test('names every attribute that feeds an account, and no other', () => {
    const user = {
      userName: 'ann',
      name: { givenName: 'Ann', familyName: 'Lee', middleName: 'M' },
      displayName: 'Ann Lee',
      emails: [{ value: 'ann@acme.test', type: 'work' }],
      phoneNumbers: [{ value: '1', type: 'mobile' }],
      timezone: 'Europe/Berlin',
      title: 'Agent',
      active: true,
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'Care', employeeNumber: '7' },
    }
    const fed = Object.values(projectAttributes(user)).filter((value) => value !== null)
    const besides = ['active', 'externalId']
    // middleName goes no further than here, and no provider has it in its standard profile.
    expect(Object.keys(ATTRIBUTES)).toHaveLength(fed.length - 1 + besides.length)
    expect(Object.keys(ATTRIBUTES)).toEqual(expect.arrayContaining(besides))
  })

  test("OneLogin's template is JSON once its macros are filled in", () => {
    const filled = ONELOGIN_TEMPLATE.replaceAll(/\{\$[\w.]+\}/g, 'value')
    expect(JSON.parse(filled)).toMatchObject({ userName: 'value', emails: [{ type: 'work', primary: true }] })
    expect(ONELOGIN_TEMPLATE).not.toMatch(/password/i)
  })
})

describe('an address that could not work is told', () => {
  const told = (provider: Provider, base: string): string[] =>
    addressFaults(provider, base).map(({ what, certain }) => `${certain ? 'no' : 'doubt'}: ${what}`)

  test.each<[Provider, string, RegExp[]]>([
    ['okta', 'https://scim.acme.test/scim/v2', []],
    ['okta', 'https://scim.acme.test:8443/rollcall/scim/v2/', []],
    ['okta', 'http://scim.acme.test/scim/v2', [/^no: .*https only/]],
    ['entra', 'http://scim.acme.test/scim/v2', [/^no: .*https only/]],
    ['onelogin', 'http://scim.acme.test/scim/v2', [/^doubt: .*in the clear/]],
    ['okta', 'https://scim_eu.acme.test/scim/v2', [/^no: .*underscore/]],
    ['okta', 'https://scim.acme.test/roll_call/scim/v2', [/^no: .*underscore/]],
    ['entra', 'https://scim_eu.acme.test/scim/v2', []],
    ['entra', 'https://localhost/scim/v2', [/^no: localhost/]],
    ['entra', 'https://127.0.0.1:8080/scim/v2', [/^no: 127/]],
    ['entra', 'https://[::1]:8080/scim/v2', [/^no: ::1/]],
    ['entra', 'https://10.1.2.3/scim/v2', [/^doubt: .*inside a network/]],
    ['entra', 'https://172.31.0.1/scim/v2', [/^doubt: .*inside/]],
    ['entra', 'https://172.32.0.1/scim/v2', [/^doubt: .*number/]],
    ['entra', 'https://[fd00::1]/scim/v2', [/^doubt: .*inside/]],
    ['entra', 'https://[2001:db8::1]/scim/v2', [/^doubt: .*number/]],
    ['entra', 'https://scim.corp/scim/v2', [/^doubt: .*inside/]],
    ['entra', 'https://scim/scim/v2', [/^doubt: .*inside/]],
    ['entra', 'https://scim.acme.test', [/^no: .*does not end/]],
    ['entra', 'https://scim.acme.test/scim/v2/Users', [/^no: .*resource/]],
    ['entra', 'https://scim.acme.test/scim/v2/scim/v2', [/^no: .*twice/]],
    ['entra', 'scim.acme.test/scim/v2', [/^no: .*no|not a web address/]],
  ])('%s, %s', (provider, base, expected) => {
    const found = told(provider, base)
    expect(found).toHaveLength(expected.length)
    for (const [at, pattern] of expected.entries()) expect(found[at]).toMatch(pattern)
  })
})
