import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { withSecrets } from '../../src/config.ts'
import { ENV, folder, load, sha256, target, tenant } from './loading.ts'

describe('a whole configuration', () => {
  const whole = `
tenants:
  - id: acme
    apiKeys: [{ id: ops, role: owner, env: TOKEN }]
    connections:
      - { id: okta, profile: okta, tokens: [{ value: a-value-of-good-length }, { sha256: ${'Ab'.repeat(32)} }], apps: [one] }
      - { id: plain, tokens: [{ file: token }] }
    apps:
      - id: one
        type: crm
        mode: observe
        area: na1
        auth: { id: someone, secret: { env: SECRET } }
        hosts: [{ url: https://a.example, token: { value: inline-secret } }]
`

  test('is read with its defaults, its secrets, and tokens as SHA-256 only', async () => {
    await writeFile(join(folder(), 'token'), 'from-a-file-with-a-break\n')
    const { tenants } = await load(whole, ENV)
    expect(tenants).toHaveLength(1)
    const [acme] = tenants
    expect(acme?.apiKeys).toEqual([{ id: 'ops', role: 'owner', sha256: sha256(ENV.TOKEN) }])
    expect(acme?.connections).toEqual([
      {
        id: 'okta',
        profile: 'okta',
        delivery: 'confirm',
        confirmSeconds: 8,
        tokens: [{ sha256: sha256('a-value-of-good-length') }, { sha256: Buffer.from('ab'.repeat(32), 'hex') }],
        requestsPerSecond: 10_000,
        apps: ['one'],
        showAccountsOf: [],
      },
      {
        id: 'plain',
        profile: 'generic',
        delivery: 'confirm',
        confirmSeconds: 8,
        tokens: [{ sha256: sha256('from-a-file-with-a-break') }],
        requestsPerSecond: 10_000,
        apps: [],
        showAccountsOf: [],
      },
    ])
    expect(acme?.apps[0]?.entry).toEqual({
      area: 'na1',
      auth: { id: 'someone', secret: 'hush-hush' },
      hosts: [{ url: 'https://a.example', token: 'inline-secret' }],
      defaults: { role: 'Agent' },
      rate: 2,
    })
  })

  test('keeps secrets out of the settings, and gives back what the schema read when they are put in again', async () => {
    const { tenants } = await load(whole, ENV)
    const one = tenants[0]?.apps[0]
    expect(one?.settings).toEqual({
      area: 'na1',
      auth: { id: 'someone', secret: { env: 'SECRET' } },
      hosts: [{ url: 'https://a.example', token: { value: '(kept apart)' } }],
    })
    expect(JSON.stringify(one?.settings)).not.toMatch(/hush-hush|inline-secret/)
    expect(target.config.parse(withSecrets(one?.settings ?? null, one?.secrets ?? {}))).toEqual(one?.entry)
  })

  test('warns of secrets in the file and of short ones, without printing them', async () => {
    const { warnings } = await load(
      tenant(
        'connections: [{ id: a, tokens: [{ value: next-token }] }]',
        'apps: [{ id: one, type: crm, auth: { id: a, secret: plain-text } }]',
      ),
    )
    expect(warnings.map((line) => line.replace(/^.*\.yaml:/, ''))).toEqual([
      '3:37: tenants[0].connections[0].tokens[0]: the secret stands in the file. Use env, file or sha256, so that reading the file does not give it away.',
      '3:37: tenants[0].connections[0].tokens[0]: the secret has fewer than 16 characters and could be guessed. Make one with `openssl rand -hex 32`.',
      '4:57: tenants[0].apps[0].auth.secret: the secret stands in the file. Use { env: NAME } or { file: PATH }, so that reading the file does not give it away.',
    ])
    expect(warnings.join()).not.toMatch(/next-token|plain-text/)
  })

  test('may use aliases', async () => {
    const { tenants } = await load(
      `x: 1`.replace(
        'x: 1',
        tenant(
          'apps:',
          '  - { id: one, type: crm, auth: &auth { id: a, secret: { env: SECRET } } }',
          '  - { id: two, type: crm, auth: *auth }',
        ),
      ),
      ENV,
    )
    expect(tenants[0]?.apps.map(({ entry }) => (entry as { auth: unknown }).auth)).toEqual([
      { id: 'a', secret: 'hush-hush' },
      { id: 'a', secret: 'hush-hush' },
    ])
  })
})
