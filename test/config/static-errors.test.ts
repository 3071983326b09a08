import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compileDeclared } from '../../src/app/policies.ts'
import { loadConfig, type Config } from '../../src/config.ts'
import { app, AUTH, definitions, ENV, folder, load, problems, tenant } from './loading.ts'

const SECRET_RULE = 'Write exactly one of env, file, value and sha256.'

describe('every static error names the line and the fix', () => {
  test.each<[string, string, string[]]>([
    [
      'an unknown key',
      tenant('conections: []'),
      ['3 |cone| tenants[0].conections: there is no key "conections" here. Did you mean "connections"?'],
    ],
    [
      'an unknown key at the top',
      'tenant: []',
      [
        '1 |tena| tenants: this is missing. Write a list here.',
        '1 |tena| tenant: there is no key "tenant" here. Did you mean "tenants"?',
      ],
    ],
    [
      'an unknown key of an app',
      app(AUTH, 'defaults: { rol: Agent, role: Agent }'),
      ['7 |rol:| tenants[0].apps[0].defaults.rol: there is no key "rol" here. Did you mean "role"?'],
    ],
    [
      'a merge key',
      app(AUTH, '<<: { rate: 1 }'),
      ['7 |<<: | tenants[0].apps[0].<<: there is no key "<<" here. Possible here: area, auth, hosts, defaults, rate.'],
    ],
    [
      'a wrong kind of value',
      app(AUTH, 'rate: [1]'),
      ['7 |[1]| tenants[0].apps[0].rate: this is a list. Write a number.'],
    ],
    [
      'a number out of bounds',
      app(AUTH, 'rate: 10'),
      ['7 |10| tenants[0].apps[0].rate: this is too large. Write at most 9.'],
    ],
    [
      'a form the connector explains',
      app(AUTH, 'area: North'),
      ['7 |Nort| tenants[0].apps[0].area: this has the wrong form. An area is a short name such as na1.'],
    ],
    [
      'a missing key',
      app('auth: { id: a }'),
      ['6 |auth| tenants[0].apps[0].auth.secret: this is missing. Write text here.'],
    ],
    [
      'an empty key',
      tenant('apps:'),
      ['3 |apps| tenants[0].apps: this is empty. Write a list here, or remove the key.'],
    ],
    [
      'an unknown type',
      tenant('apps: [{ id: one, type: crn }]'),
      ['3 |crn | tenants[0].apps[0].type: there is no type "crn". Did you mean "crm"?'],
    ],
    [
      'an unknown profile',
      tenant('connections: [{ id: a, profile: azure, tokens: [{ env: TOKEN }] }]'),
      [
        '3 |azur| tenants[0].connections[0].profile: "azure" is not possible here. Possible here: okta, entra, onelogin, generic.',
      ],
    ],
    [
      'an unknown role',
      tenant('apiKeys: [{ id: a, role: admin, env: TOKEN }]'),
      ['3 |admi| tenants[0].apiKeys[0].role: "admin" is not possible here. Possible here: owner, operator, auditor.'],
    ],
    [
      'an unknown kind of delivery',
      tenant('connections: [{ id: a, delivery: later, tokens: [{ env: TOKEN }] }]'),
      ['3 |late| tenants[0].connections[0].delivery: "later" is not possible here. Possible here: queue, confirm.'],
    ],
    [
      'an app that is not there',
      `${tenant('connections: [{ id: a, tokens: [{ env: TOKEN }], apps: [on] }]')}\n    apps: [{ id: one, type: crm, ${AUTH} }]`,
      ['3 |on] | tenants[0].connections[0].apps[0]: this tenant has no app "on". Did you mean "one"?'],
    ],
    [
      'accounts shown of an app that is not the connection’s',
      `${tenant('connections: [{ id: a, tokens: [{ env: TOKEN }], apps: [one], showAccountsOf: [two] }]')}\n    apps: [{ id: one, type: crm, ${AUTH} }, { id: two, type: crm, ${AUTH} }]`,
      [
        '3 |two]| tenants[0].connections[0].showAccountsOf[0]: "two" is no app of this connection. Add it to apps: of this connection too, or take it off this list.',
      ],
    ],
    [
      'no token',
      tenant('connections: [{ id: a, tokens: [] }]'),
      ['3 |[] }| tenants[0].connections[0].tokens: this is too short. Write at least 1 entry.'],
    ],
    [
      'an id with capitals',
      tenant('connections: [{ id: Okta, tokens: [{ env: TOKEN }] }]'),
      [
        '3 |Okta| tenants[0].connections[0].id: this has the wrong form. Use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit.',
      ],
    ],
    [
      'an id that is too long',
      `tenants: [{ id: ${'a'.repeat(64)} }]`,
      [
        '1 |aaaa| tenants[0].id: this has the wrong form. Use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit.',
      ],
    ],
    [
      'a SHA-256 that is none',
      tenant('connections: [{ id: a, tokens: [{ sha256: abc }] }]'),
      [
        '3 |abc | tenants[0].connections[0].tokens[0].sha256: this has the wrong form. Write the SHA-256 of the token as 64 hexadecimal digits.',
      ],
    ],
    [
      'a token without a source',
      tenant('connections: [{ id: a, tokens: [{}] }]'),
      [`3 |{}] | tenants[0].connections[0].tokens[0]: this names no secret. ${SECRET_RULE}`],
    ],
    [
      'a token with two sources',
      tenant('connections: [{ id: a, tokens: [{ env: A, value: b }] }]'),
      [`3 |{ en| tenants[0].connections[0].tokens[0]: this names its secret in 2 ways (env, value). ${SECRET_RULE}`],
    ],
    [
      'a token with a space',
      tenant('connections: [{ id: a, tokens: [{ value: "two words" }] }]'),
      [
        '3 |{ va| tenants[0].connections[0].tokens[0]: this secret has a space, a line break or a letter outside ASCII in it, so it can never arrive. Use letters, digits and punctuation only.',
      ],
    ],
    [
      'a variable that is not set',
      tenant('apiKeys: [{ id: a, role: owner, env: NOT_SET }]'),
      [
        '3 |{ id| tenants[0].apiKeys[0]: the environment variable NOT_SET is not set. Set it for the process that runs `rollcall serve`.',
      ],
    ],
    [
      'a variable that is empty',
      tenant('apiKeys: [{ id: a, role: owner, env: EMPTY }]'),
      ['3 |{ id| tenants[0].apiKeys[0]: the environment variable EMPTY is empty. Put the secret into it.'],
    ],
    [
      'a missing secret of an app',
      app('auth: { id: a, secret: { env: NOT_SET } }'),
      [
        '6 |{ en| tenants[0].apps[0].auth.secret: the environment variable NOT_SET is not set. Set it for the process that runs `rollcall serve`.',
      ],
    ],
    [
      'a key that is there twice',
      app(AUTH, AUTH),
      ['7 |auth| tenants[0].apps[0].auth: the key "auth" is here twice. It is already in line 6: keep one of them.'],
    ],
    [
      'two tenants of one id',
      'tenants:\n  - id: a\n  - id: a',
      ['3 |a| tenants[1].id: "a" is here twice. It is already in line 2: take another id, or remove one.'],
    ],
    [
      'two API keys of one id',
      tenant('apiKeys:', '  - { id: a, role: owner, env: TOKEN }', '  - { id: a, role: owner, env: SECRET }'),
      [
        '5 |a, r| tenants[0].apiKeys[1].id: "a" is here twice. It is already in line 4: take another id, or remove one.',
      ],
    ],
    [
      'an app attached twice',
      `${tenant('connections: [{ id: a, tokens: [{ env: TOKEN }], apps: [one, one] }]')}\n    apps: [{ id: one, type: crm, ${AUTH} }]`,
      [
        '3 |one]| tenants[0].connections[0].apps[1]: "one" is here twice. It is already in line 3: take another id, or remove one.',
      ],
    ],
    [
      'one token for two connections of two tenants',
      'tenants:\n  - { id: a, connections: [{ id: x, tokens: [{ env: TOKEN }] }] }\n  - { id: b, connections: [{ id: x, tokens: [{ value: a-token-of-good-length }] }] }',
      [
        '3 |{ va| tenants[1].connections[0].tokens[0]: this is the same secret as tenants[0].connections[0].tokens[0]. Every token and API key must be one of its own.',
      ],
    ],
    [
      'a token that is an API key too',
      tenant('apiKeys: [{ id: a, role: owner, env: TOKEN }]', 'connections: [{ id: x, tokens: [{ env: TOKEN }] }]'),
      [
        '3 |{ id| tenants[0].apiKeys[0]: this is the same secret as tenants[0].connections[0].tokens[0]. Every token and API key must be one of its own.',
      ],
    ],
    [
      'an empty file',
      '',
      ['1 || : the file is empty. Begin with `tenants:`; examples/rollcall.yaml is one to start from.'],
    ],
    ['no tenants', 'tenants: []', ['1 |[]| tenants: this is too short. Write at least 1 entry.']],
    [
      'a second document',
      'tenants: [{ id: a }]\n---\ntenants: []',
      ['2 |---| : a second document begins here. Keep everything in one document: remove the line with ---.'],
    ],
    [
      'an alias that contains itself',
      'tenants: &t [*t]',
      [
        '1 |*t]| tenants[0][0][0][0][0]: this is nested more than 32 levels deep. An alias (*name) may not contain itself.',
      ],
    ],
  ])('%s', async (_name, text, expected) => {
    expect(await problems(text, { ...ENV, EMPTY: '' })).toEqual(expected)
  })

  test('syntax errors name the line', async () => {
    const fix = 'Check the indentation, quotes and brackets on this line and the one before.'
    expect((await problems('tenants:\n  - id: acme\n   apps: []\n'))[0]).toMatch(
      /^[23] .*: this is not valid YAML \(.+\)\. /,
    )
    expect((await problems('tenants: [{ id: acme }\n'))[0]?.endsWith(fix)).toBe(true)
    expect(await problems('tenants:\n  - id: "acme\n    apps: []\n\n\n')).toEqual([
      '2 |"acm| : a quote is opened here and never closed. Close it.',
    ])
  })

  test('all of them at once, in the order of the file', async () => {
    const found = await problems(
      tenant(
        'apiKeys: [{ id: a, role: boss, env: NOT_SET }]',
        'connections: [{ id: B, delivery: late, tokens: [{ env: NOT_SET }], apps: [gone], x: 1 }]',
        'apps: [{ id: one, type: crm, mode: watch, auth: { id: 1, secret: { file: nowhere } } }]',
      ),
    )
    expect(found.map((line) => line.split(': ')[0])).toEqual([
      '3 |{ id| tenants[0].apiKeys[0]',
      '3 |boss| tenants[0].apiKeys[0].role',
      '4 |B, d| tenants[0].connections[0].id',
      '4 |late| tenants[0].connections[0].delivery',
      '4 |{ en| tenants[0].connections[0].tokens[0]',
      '4 |gone| tenants[0].connections[0].apps[0]',
      '4 |x',
      '5 |watc| tenants[0].apps[0].mode',
      '5 |1, s| tenants[0].apps[0].auth.id',
      '5 |{ fi| tenants[0].apps[0].auth.secret',
    ])
  })

  test('files that cannot be used', async () => {
    const at = (path: string): Promise<Config> => loadConfig({ path, env: {}, definitions, compile: compileDeclared })
    await expect(at(join(folder(), 'none.yaml'))).rejects.toThrow(
      /none\.yaml: there is no such file\. Name it with --config/,
    )
    await expect(at(folder())).rejects.toThrow('this is not a file')
    await expect(load('#'.repeat(1024 * 1024 + 1))).rejects.toThrow('larger than 1 MiB')
    await expect(load(Buffer.from([0xff, 0xfe, 0x41]))).rejects.toThrow('is not UTF-8 text')
  })

  test('secret files that cannot be used', async () => {
    await mkdir(join(folder(), 'directory'))
    await writeFile(join(folder(), 'blank'), ' \n')
    const secret = (file: string): Promise<string[]> =>
      problems(tenant(`apiKeys: [{ id: a, role: owner, file: ${file} }]`))
    expect((await secret('missing'))[0]).toContain(
      `there is no secret file ${join(folder(), 'missing')}. Create it, or correct the path.`,
    )
    expect((await secret('directory'))[0]).toContain('is not a file. Name the file that holds the secret.')
    expect((await secret('blank'))[0]).toContain('is empty. Put the secret into it.')
  })
})
