import { describe, expect, test } from 'vitest'
import { load, problems, tenant } from './loading.ts'

const HOOK = `url: 'https://hooks.example.com/a?b=c', secret: { env: HOOK }`
const ENV = {
  HOOK: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  PASSWORD: 'of the mail',
  ADDRESS: 'https://chat.example/T0/B0',
}
const one = (entry: string): string => tenant('alerts:', `  - { id: one, ${entry} }`)
const hook = (entry: string): string => one(`type: webhook, ${entry}`)
const mail = (entry: string): string =>
  one(`type: smtp, host: mail.example, from: r@acme.test, to: [o@acme.test], ${entry}`)

test('alerts are read with their defaults and secrets, and warn of what stands in the file', async () => {
  const { tenants, warnings } = await load(
    tenant(
      'alerts:',
      `  - { id: hook, type: webhook, ${HOOK}, oldSecret: sixteen-characters }`,
      '  - { id: chat, type: webhook, url: { env: ADDRESS }, secret: { env: HOOK } }',
      '  - { id: mail, type: smtp, host: mail.example, from: Rollcall <r@acme.test>, to: [o@acme.test], auth: { user: u, password: { env: PASSWORD } } }',
    ),
    ENV,
  )
  expect(tenants[0]?.alerts).toEqual([
    {
      id: 'hook',
      type: 'webhook',
      url: 'https://hooks.example.com/a?b=c',
      secret: ENV.HOOK,
      oldSecret: 'sixteen-characters',
    },
    { id: 'chat', type: 'webhook', url: ENV.ADDRESS, secret: ENV.HOOK },
    {
      id: 'mail',
      type: 'smtp',
      host: 'mail.example',
      port: 587,
      tls: 'starttls',
      from: 'Rollcall <r@acme.test>',
      to: ['o@acme.test'],
      auth: { user: 'u', password: 'of the mail' },
    },
  ])
  expect(warnings).toEqual([expect.stringContaining('alerts[0].oldSecret: the secret stands in the file')])
})

describe('what is wrong with an alert is named with its line and the way out', () => {
  test.each<[string, string, string]>([
    [
      'an unknown key',
      hook(`${HOOK}, secrt: x`),
      'alerts[0].secrt: there is no key "secrt" here. Did you mean "secret"?',
    ],
    ['a key of the other type', mail('url: x'), 'alerts[0].url: there is no key "url" here.'],
    [
      'an unknown type',
      one('type: pager'),
      'alerts[0].type: "pager" is not possible here. Possible here: webhook, smtp.',
    ],
    [
      'a missing secret',
      hook(`url: 'https://a.example', secret: { env: NOT_SET }`),
      'alerts[0].secret: the environment variable NOT_SET is not set. Set it',
    ],
    ['a missing address', hook('secret: { env: HOOK }'), 'alerts[0].url: this is missing.'],
    [
      'plain http to elsewhere',
      hook(`url: 'http://a.example/', secret: { env: HOOK }`),
      'alerts[0].url: this has the wrong form. Write an address that begins with https://',
    ],
    [
      'a password in the address',
      hook(`url: 'https://u:p@a.example/', secret: { env: HOOK }`),
      'alerts[0].url: this has the wrong form.',
    ],
    [
      'a secret that can be guessed',
      hook(`url: 'https://a.example', secret: short`),
      'alerts[0].secret: this has the wrong form. Write at least 16 characters',
    ],
    [
      'a secret that says base64 and is not',
      hook(`url: 'https://a.example', secret: 'whsec_not base64 at all, and long'`),
      'alerts[0].secret: this has the wrong form.',
    ],
    [
      'nobody to mail to',
      one('type: smtp, host: h, from: r@acme.test, to: []'),
      'alerts[0].to: this is too short. Write at least 1 entry.',
    ],
    [
      'a recipient that is no address',
      one('type: smtp, host: h, from: r@acme.test, to: [ops]'),
      'alerts[0].to[0]: this has the wrong form. Write an e-mail address.',
    ],
    [
      'a password in clear',
      mail('tls: none, auth: { user: u, password: { env: PASSWORD } }'),
      'alerts[0].tls: this is not possible as it stands. Use starttls or implicit',
    ],
    [
      'one id twice',
      tenant('alerts:', `  - { id: one, type: webhook, ${HOOK} }`, `  - { id: one, type: webhook, ${HOOK} }`),
      'alerts[1].id: "one" is here twice. It is already in line 4',
    ],
  ])('%s', async (_what, text, words) => {
    const found = await problems(text, ENV)
    expect(found.join('\n')).toContain(words)
    expect(found.join('\n')).not.toContain(ENV.HOOK)
  })
})

test('a password in clear is possible to a server on this machine', async () => {
  const entry =
    'type: smtp, host: 127.0.0.1, tls: none, from: r@acme.test, to: [o@acme.test], auth: { user: u, password: { env: PASSWORD } }'
  expect(await problems(one(entry), ENV)).toEqual([])
})
