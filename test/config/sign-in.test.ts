import { expect, test } from 'vitest'
import { ENV, load, problems, sha256, tenant } from './loading.ts'

const connection = (...keys: string[]): string => tenant(`connections: [{ id: a, ${keys.join(', ')} }]`)
const OAUTH = 'oauth: { clientId: client, secrets: [{ env: TOKEN }] }'
const BASIC = 'basic: { username: okta, passwords: [{ env: SECRET }] }'

test('every way to sign in is read, tokens and secrets as SHA-256', async () => {
  const { tenants, warnings } = await load(
    connection(
      `tokens: [{ sha256: ${'ab'.repeat(32)}, name: Okta, expires: 2027-01-31 }]`,
      'oauth: { clientId: client, secrets: [{ env: TOKEN, expires: 2027-01-31T12:00:00+02:00 }], scopes: [scim, users], tokenSeconds: 600 }',
      'basic: { username: "ökta user", passwords: [{ env: PASSWORD }] }',
      'requestsPerSecond: 50',
    ),
    { ...ENV, PASSWORD: 'a long password' },
  )
  expect(tenants[0]?.connections[0]).toMatchObject({
    tokens: [{ sha256: Buffer.from('ab'.repeat(32), 'hex'), name: 'Okta', expires: new Date('2027-02-01T00:00:00Z') }],
    oauth: {
      clientId: 'client',
      secrets: [{ sha256: sha256(ENV.TOKEN), expires: new Date('2027-01-31T10:00:00Z') }],
      scopes: ['scim', 'users'],
      tokenSeconds: 600,
    },
    basic: { username: 'ökta user', passwords: ['a long password'] },
    requestsPerSecond: 50,
  })
  expect(warnings).toEqual([])
})

test('what is weak or missing is a warning, without the secret', async () => {
  const { warnings } = await load(
    tenant(
      'connections:',
      '  - { id: a, basic: { username: u, passwords: [{ value: hunter2 }] } }',
      '  - { id: b }',
      '  - { id: c, oauth: { clientId: c, secrets: [{ value: hunter3 }] } }',
    ),
  )
  expect(warnings.map((line) => line.replace(/^.*\.yaml:[\d:]+ /, ''))).toEqual([
    'tenants[0].connections[0].basic.passwords[0]: the password stands in the file. Use env or file, so that reading the file does not give it away.',
    'tenants[0].connections[0].basic.passwords[0]: the password has fewer than 12 characters and could be guessed. Make one with `openssl rand -hex 16`.',
    'tenants[0].connections[1]: nothing is declared that opens this connection. Add tokens, oauth or basic, or make a token with `rollcall token create --connection b`.',
    'tenants[0].connections[2].oauth.secrets[0]: the secret stands in the file. Use env, file or sha256, so that reading the file does not give it away.',
    'tenants[0].connections[2].oauth.secrets[0]: the secret has fewer than 16 characters and could be guessed. Make one with `openssl rand -hex 32`.',
  ])
  expect(warnings.join()).not.toMatch(/hunter/)
})

test.each([
  ['a day that is none', connection('tokens: [{ env: TOKEN, expires: 2027-13-31 }]'), 'Write a day such as 2027-01-31'],
  ['a client without secrets', connection('oauth: { clientId: a, secrets: [] }'), 'Write at least 1 entry.'],
  ['a client without an id', connection('oauth: { secrets: [{ env: TOKEN }] }'), 'oauth.clientId: this is missing.'],
  [
    'a client id with a colon',
    connection('oauth: { clientId: "a:b", secrets: [{ env: TOKEN }] }'),
    'without blanks and colons',
  ],
  [
    'a user name with a colon',
    connection('basic: { username: "a:b", passwords: [{ env: SECRET }] }'),
    'without colons',
  ],
  [
    'a password as a hash',
    connection(`basic: { username: a, passwords: [{ sha256: ${'ab'.repeat(32)} }] }`),
    'there is no key "sha256" here',
  ],
  [
    'a password that is not set',
    connection('basic: { username: a, passwords: [{ env: NOT_SET }] }'),
    'NOT_SET is not set',
  ],
  [
    'a password in two ways',
    connection('basic: { username: a, passwords: [{ env: SECRET, value: x }] }'),
    'in more than one way',
  ],
  [
    'a password with a line break',
    connection('basic: { username: a, passwords: [{ value: "x\\ny" }] }'),
    'control character',
  ],
  ['a rate of nothing', connection('requestsPerSecond: 0'), 'Write at least 1.'],
  [
    'a scope with a blank',
    connection('oauth: { clientId: a, secrets: [{ env: TOKEN }], scopes: ["a b"] }'),
    'without blanks',
  ],
  [
    'one secret in two places',
    connection('tokens: [{ env: TOKEN }]', OAUTH),
    'this is the same secret as tenants[0].connections[0].tokens[0]',
  ],
  [
    'one client id twice',
    tenant(`connections: [{ id: a, ${OAUTH} }, { id: b, oauth: { clientId: client, secrets: [{ env: SECRET }] } }]`),
    'this is the same client id as tenants[0].connections[0].oauth.clientId',
  ],
  [
    'one user name twice',
    tenant(`connections: [{ id: a, ${BASIC} }, { id: b, ${BASIC} }]`),
    'this is the same user name as tenants[0].connections[0].basic.username',
  ],
])('%s is a static error', async (_, text, words) => {
  expect((await problems(text, ENV)).join('\n')).toContain(words)
})
