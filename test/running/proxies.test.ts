import { afterEach, describe, expect, test } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { scimClient, userOf } from '../support/scim.ts'

let rollcall: TestRollcall
afterEach(() => rollcall.close())

/** The address that an answer names, asked with these headers. */
async function locationOf(headers: Record<string, string>): Promise<string> {
  const answer = await fetch(`${rollcall.base}/ServiceProviderConfig`, {
    headers: { authorization: `Bearer ${rollcall.scimToken}`, ...headers },
  })
  expect(answer.status).toBe(200)
  const body = (await answer.json()) as { meta: { location: string } }
  return body.meta.location.replace('/ServiceProviderConfig', '')
}

const FORWARDED = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'rollcall.example' }

describe('behind a proxy that is trusted', () => {
  test('answers name the address that the proxy was asked under', async () => {
    rollcall = await startRollcallForTest({ settings: { trustedProxies: ['10.0.0.0/8', 'loopback'] } })
    expect(await locationOf(FORWARDED)).toBe('https://rollcall.example/scim/v2')
    expect(await locationOf({})).toBe(rollcall.base)
  })

  test('of what the caller wrote itself only the last entry counts, and nothing that is no host or scheme', async () => {
    rollcall = await startRollcallForTest({ settings: { trustedProxies: ['loopback'] } })
    expect(await locationOf({ ...FORWARDED, 'x-forwarded-host': 'evil.example, rollcall.example' })).toBe(
      'https://rollcall.example/scim/v2',
    )
    expect(await locationOf({ ...FORWARDED, 'x-forwarded-host': 'rollcall.example/evil?"<' })).toBe(
      'https://localhost/scim/v2',
    )
    expect(await locationOf({ ...FORWARDED, 'x-forwarded-proto': 'javascript' })).toBe(
      'http://rollcall.example/scim/v2',
    )
  })
})

describe('forwarding headers of anybody else', () => {
  test.each([[undefined], [['10.0.0.0/8', '192.0.2.1']]])('are not believed, trusted: %j', async (trustedProxies) => {
    rollcall = await startRollcallForTest({ settings: trustedProxies === undefined ? {} : { trustedProxies } })
    expect(await locationOf(FORWARDED)).toBe(rollcall.base)
  })
})

test('a public address with a path prefix begins every address that is named, whatever the caller and its headers say', async () => {
  const publicUrl = 'https://rollcall.example/tools/rollcall'
  rollcall = await startRollcallForTest({ settings: { publicUrl, trustedProxies: ['loopback'] } })
  const scim = scimClient(rollcall.base, rollcall.scimToken)
  const created = await scim('POST', '/Users', userOf('mia@acme.test'))
  const group = await scim('POST', '/Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Night shift',
    members: [{ value: created.body.id }],
  })
  const paths = ['/Users', `/Users/${created.body.id}`, '/Groups', `/Groups/${group.body.id}`, '/Schemas', '/ResourceTypes', '/ServiceProviderConfig'] // prettier-ignore
  const seen: string[] = [created.headers.get('location') ?? '']
  for (const path of paths) {
    const answer = await fetch(rollcall.base + path, {
      headers: { authorization: `Bearer ${rollcall.scimToken}`, ...FORWARDED, 'x-forwarded-host': 'other.example' },
    })
    const text = await answer.text()
    expect([path, answer.status]).toEqual([path, 200])
    expect(text).not.toMatch(/127\.0\.0\.1|localhost|other\.example/)
    seen.push(...[...text.matchAll(/"(?:location|\$ref)":"(https?:[^"]*)"/g)].map(([, location = '']) => location))
  }
  expect(seen.length).toBeGreaterThan(10)
  expect(seen.filter((it) => !it.startsWith(`${publicUrl}/scim/v2/`))).toEqual([])
  const metadata = await fetch(`${rollcall.address}/.well-known/oauth-authorization-server`, { headers: FORWARDED })
  expect(await metadata.json()).toMatchObject({ issuer: publicUrl, token_endpoint: `${publicUrl}/oauth/token` })
})
