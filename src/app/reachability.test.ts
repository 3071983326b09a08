import { describe, expect, test } from 'vitest'
import type { Config } from '../config.ts'
import { reachabilityWarnings } from './reachability.ts'

type Connection = Config['tenants'][number]['connections'][number]

const configOf = (profile: Connection['profile']): Config =>
  ({ tenants: [{ id: 'acme', connections: [{ id: 'people', profile }] }], warnings: [] }) as unknown as Config

const warnings = (profile: Connection['profile'], publicUrl: string | undefined, more: object = {}): string[] =>
  reachabilityWarnings(configOf(profile), {
    settings: {
      host: '0.0.0.0',
      port: 8080,
      trustedProxies: ['loopback'],
      ...(publicUrl === undefined ? {} : { publicUrl }),
    },
    ...more,
  })

describe('a public address that a provider cannot use is told of at the start', () => {
  test.each([
    ['okta', 'http://rollcall.acme.com', /Connection people of tenant acme .*https/],
    ['okta', 'https://roll_call.acme.com', /underscore/],
    ['okta', 'https://rollcall.acme.com/roll_call', /underscore/],
    ['entra', 'http://rollcall.acme.com', /https/],
    ['entra', 'https://10.1.2.3', /publicly trusted certificate/],
    ['entra', 'https://[fd00::1]', /publicly trusted certificate/],
    ['entra', 'https://rollcall', /publicly trusted certificate/],
    ['entra', 'https://rollcall.corp', /publicly trusted certificate/],
    ['onelogin', 'http://rollcall.acme.com', /https/],
  ] as const)('%s with %s', (profile, publicUrl, words) => {
    expect(warnings(profile, publicUrl)).toEqual([expect.stringMatching(words)])
  })

  test.each([
    ['okta', 'https://rollcall.acme.com'],
    ['entra', 'https://rollcall.acme.com/base'],
    ['onelogin', 'https://rollcall.acme.com'],
    ['generic', 'http://rollcall'],
  ] as const)('%s with %s is fine', (profile, publicUrl) => {
    expect(warnings(profile, publicUrl)).toEqual([])
  })
})

test('a server without a public address is told of where others can reach it, and left alone where not', () => {
  expect(warnings('okta', undefined)).toEqual([expect.stringContaining('ROLLCALL_PUBLIC_URL is not set')])
  for (const host of ['127.0.0.1', '::1', 'localhost'])
    expect(reachabilityWarnings(configOf('okta'), { settings: { host, port: 0 } })).toEqual([])
})

test('TLS in front without trusted proxies makes every caller look like the proxy', () => {
  const settings = { host: '127.0.0.1', port: 8080, publicUrl: 'https://rollcall.acme.com' }
  expect(reachabilityWarnings(configOf('okta'), { settings })).toEqual([
    expect.stringContaining('ROLLCALL_TRUSTED_PROXIES'),
  ])
})

test('a certificate of ours that stands for another name, or that nobody signed, is told of', () => {
  const pair = { selfSigned: true, isFor: () => false }
  expect(warnings('okta', 'https://rollcall.acme.com', { pair })).toEqual([
    expect.stringContaining('does not stand for rollcall.acme.com'),
    expect.stringContaining('signed by nobody but itself'),
  ])
  expect(warnings('okta', 'https://rollcall.acme.com', { pair: { selfSigned: false, isFor: () => true } })).toEqual([])
})
