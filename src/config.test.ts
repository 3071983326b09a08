import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ConfigError, loadConfig, withSecrets, type Config } from './config.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-config-'))
})
afterAll(() => rm(folder, { recursive: true }))

const target = {
  config: z.strictObject({
    area: z
      .string()
      .regex(/^[a-z]{2}\d$/, 'An area is a short name such as na1.')
      .optional(),
    auth: z.strictObject({ id: z.string(), secret: z.string() }),
    hosts: z.array(z.strictObject({ url: z.url(), token: z.string() })).default([]),
    defaults: z.strictObject({ role: z.string(), team: z.string().optional() }).default({ role: 'Agent' }),
    rate: z.int().min(1).max(9).default(2),
  }),
}
const definitions = new Map([['crm', target]])

let files = 0
async function load(text: string | Buffer, env: Record<string, string> = {}): Promise<Config> {
  const path = join(folder, `${++files}.yaml`)
  await writeFile(path, text)
  return loadConfig({ path, env, definitions })
}

/** What is wrong with a file, one line a problem: the line's number, the first letters it points at, path and words. */
async function problems(text: string | Buffer, env: Record<string, string> = {}): Promise<string[]> {
  try {
    await load(text, env)
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ line, column, path, message, fix }) => {
      const points =
        String(text)
          .split('\n')
          [line - 1]?.slice(column - 1, column + 3) ?? ''
      return `${line} |${points}| ${path}: ${message}. ${fix}`
    })
  }
}

/** A tenant with the given lines below it, indented by four. */
const tenant = (...lines: string[]): string =>
  ['tenants:', '  - id: acme', ...lines.map((line) => `    ${line}`)].join('\n')
const app = (...lines: string[]): string =>
  tenant('apps:', '  - id: one', '    type: crm', ...lines.map((line) => `    ${line}`))
const AUTH = 'auth: { id: a, secret: { env: SECRET } }'
const ENV = { SECRET: 'hush-hush', TOKEN: 'a-token-of-good-length' }

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

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
    await writeFile(join(folder, 'token'), 'from-a-file-with-a-break\n')
    const { tenants } = await load(whole, ENV)
    expect(tenants).toHaveLength(1)
    const [acme] = tenants
    expect(acme?.apiKeys).toEqual([{ id: 'ops', role: 'owner', sha256: sha256(ENV.TOKEN) }])
    expect(acme?.connections).toEqual([
      {
        id: 'okta',
        profile: 'okta',
        delivery: 'queue',
        confirmSeconds: 8,
        tokens: [{ sha256: sha256('a-value-of-good-length') }, { sha256: Buffer.from('ab'.repeat(32), 'hex') }],
        apps: ['one'],
      },
      {
        id: 'plain',
        profile: 'generic',
        delivery: 'queue',
        confirmSeconds: 8,
        tokens: [{ sha256: sha256('from-a-file-with-a-break') }],
        apps: [],
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
      'delivery: confirm',
      tenant('connections: [{ id: a, delivery: confirm, tokens: [{ env: TOKEN }] }]'),
      [
        '3 |conf| tenants[0].connections[0].delivery: "confirm" is not available in this version. Use `delivery: queue`, or leave the key out.',
      ],
    ],
    [
      'an app that is not there',
      `${tenant('connections: [{ id: a, tokens: [{ env: TOKEN }], apps: [on] }]')}\n    apps: [{ id: one, type: crm, ${AUTH} }]`,
      ['3 |on] | tenants[0].connections[0].apps[0]: this tenant has no app "on". Did you mean "one"?'],
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
        'connections: [{ id: B, delivery: confirm, tokens: [{ env: NOT_SET }], apps: [gone], x: 1 }]',
        'apps: [{ id: one, type: crm, mode: watch, auth: { id: 1, secret: { file: nowhere } } }]',
      ),
    )
    expect(found.map((line) => line.split(': ')[0])).toEqual([
      '3 |{ id| tenants[0].apiKeys[0]',
      '3 |boss| tenants[0].apiKeys[0].role',
      '4 |B, d| tenants[0].connections[0].id',
      '4 |conf| tenants[0].connections[0].delivery',
      '4 |{ en| tenants[0].connections[0].tokens[0]',
      '4 |gone| tenants[0].connections[0].apps[0]',
      '4 |x',
      '5 |watc| tenants[0].apps[0].mode',
      '5 |1, s| tenants[0].apps[0].auth.id',
      '5 |{ fi| tenants[0].apps[0].auth.secret',
    ])
  })

  test('files that cannot be used', async () => {
    const at = (path: string): Promise<Config> => loadConfig({ path, env: {}, definitions })
    await expect(at(join(folder, 'none.yaml'))).rejects.toThrow(
      /none\.yaml: there is no such file\. Name it with --config/,
    )
    await expect(at(folder)).rejects.toThrow('this is not a file')
    await expect(load('#'.repeat(1024 * 1024 + 1))).rejects.toThrow('larger than 1 MiB')
    await expect(load(Buffer.from([0xff, 0xfe, 0x41]))).rejects.toThrow('is not UTF-8 text')
  })

  test('secret files that cannot be used', async () => {
    await mkdir(join(folder, 'directory'))
    await writeFile(join(folder, 'blank'), ' \n')
    const secret = (file: string): Promise<string[]> =>
      problems(tenant(`apiKeys: [{ id: a, role: owner, file: ${file} }]`))
    expect((await secret('missing'))[0]).toContain(
      `there is no secret file ${join(folder, 'missing')}. Create it, or correct the path.`,
    )
    expect((await secret('directory'))[0]).toContain('is not a file. Name the file that holds the secret.')
    expect((await secret('blank'))[0]).toContain('is empty. Put the secret into it.')
  })
})

describe('hostile files end in words', () => {
  test('aliases of aliases are not expanded without end', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `l${level}: &l${level} [${
          level === 0
            ? 'x'
            : Array(10)
                .fill(`*l${level - 1}`)
                .join(', ')
        }]`,
    )
    expect((await problems(levels.join('\n')))[0]).toMatch(
      /the file holds more than 50000 values once its aliases are expanded/,
    )
  })

  test('deep nesting does not end the process', async () => {
    expect((await problems('['.repeat(200_000))).length).toBeGreaterThan(0)
  })

  test('names of the prototype are only names', async () => {
    expect(await problems(app(AUTH, '__proto__: { polluted: true }'))).toEqual([
      '7 |__pr| tenants[0].apps[0]: this key is not a plain word. Write the name of a setting here.',
    ])
    expect(
      (await problems(app(AUTH, 'constructor: 1', 'toString: 1'), ENV)).map((line) => line.split('. ')[0]),
    ).toEqual([
      '7 |cons| tenants[0].apps[0].constructor: there is no key "constructor" here',
      '8 |toSt| tenants[0].apps[0].toString: there is no key "toString" here',
    ])
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
  })

  test('any text gives a configuration or problems, each with a place inside the file', async () => {
    const words = fc.constantFrom(
      'tenants',
      'id',
      'apps',
      'tokens',
      'env',
      ': ',
      '- ',
      '\n',
      '  ',
      '[',
      ']',
      '{',
      '}',
      '&a',
      '*a',
      '"',
      "'",
      '|',
      '---',
      '#',
      '!!str',
      '1',
      'null',
      '\t',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.array(words, { maxLength: 40 }).map((parts) => parts.join('')),
        ),
        async (text) => {
          try {
            await load(text)
          } catch (error) {
            if (!(error instanceof ConfigError)) throw error
            const lines = text.split('\n').length
            for (const problem of error.problems) expect(problem.line >= 0 && problem.line <= lines).toBe(true)
          }
        },
      ),
      { numRuns: 100 },
    )
  })

  test('no problem repeats a secret', async () => {
    const secret = 'very-secret-value'
    const texts = [
      tenant(`apiKeys: [{ id: a, role: owner, value: "${secret} " }]`),
      tenant(`connections: [{ id: a, tokens: [{ value: ${secret}, sha256: ${secret} }] }]`),
      app(
        `auth: { id: ${secret}, secret: { value: ${secret} }, token: ${secret} }`,
        `rate: { value: ${secret} }`,
        `hosts: [{ url: { env: LEAK }, token: ${secret} }]`,
      ),
    ]
    for (const text of texts) {
      const found = await problems(text, { LEAK: secret })
      expect(found.length).toBeGreaterThan(0)
      expect(found.join('\n')).not.toContain(secret)
    }
  })
})
