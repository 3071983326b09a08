import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compileDeclared } from '../../src/app/policies.ts'
import { ConfigError } from '../../src/config.ts'
import { readPolicyText } from '../../src/config/policy-text.ts'
import { app, AUTH, ENV, folder, load, problems, tenant } from './loading.ts'

const lines = (...text: string[]): string => text.join('\n')

describe('a policy in the entry of an app', () => {
  test('is checked and kept beside the settings of the app, which do not hold it', async () => {
    const config = await load(app(AUTH, 'policy:', '  rules:', '    - { name: everybody, give: { role: Agent } }'), ENV)
    const [one] = config.tenants[0]?.apps ?? []
    expect(one?.policy?.policy.document.rules).toMatchObject([{ name: 'everybody', give: { role: 'Agent' } }])
    expect(JSON.stringify(one?.settings)).not.toContain('Agent')
  })
  test('may speak of what the tenant declares of its users, and of nothing else', async () => {
    const URN = 'urn:acme:params:scim:schemas:extension:desk:2.0:User'
    const extension = ['extensions:', `  - { schema: "${URN}", attributes: [{ name: desk }] }`]
    const entry = [
      'apps:',
      '  - id: one',
      '    type: crm',
      `    ${AUTH}`,
      '    policy:',
      `      account: { when: 'user["${URN}"].desk == "North"' }`,
    ]
    await expect(load(tenant(...extension, ...entry), ENV)).resolves.toMatchObject({ tenants: [{ id: 'acme' }] })
    expect(await problems(tenant(...entry), ENV)).toHaveLength(1)
  })
  test.each<[string, string[], string[]]>([
    [
      'a key that is not there',
      ['policy:', '  rule: []'],
      ['8 |rule| tenants[0].apps[0].policy.rule: there is no key "rule" here. Did you mean "rules"?'],
    ],
    [
      'a word inside an expression, at its character',
      ['policy:', '  account:', '    when: "lowr(user.userName) == \\"ann\\""'],
      [
        '9 |lowr| tenants[0].apps[0].policy.account.when: character 1: there is no function "lowr". Did you mean "lower"?',
      ],
    ],
  ])('%s is told with its line', async (_what, policy, told) => {
    expect(await problems(app(AUTH, ...policy), ENV)).toEqual(told)
  })
})

describe('a policy in a file of its own', () => {
  const named = (name: string): string => app(AUTH, `policyFile: ${name}`)

  test('is looked for beside rollcall.yaml, in YAML or JSON, and kept as it was written', async () => {
    await mkdir(join(folder(), 'policies'), { recursive: true })
    const text = '# who works on the phone\nrules:\n  - { name: all, give: { role: Agent } }\n'
    await writeFile(join(folder(), 'policies/yaml.yaml'), text)
    await writeFile(
      join(folder(), 'policies/json.json'),
      '{\n\t"rules": [{ "name": "all", "give": { "role": "Agent" } }]\n}',
    )
    const read = async (name: string) => (await load(named(name), ENV)).tenants[0]?.apps[0]?.policy
    const [yaml, json] = [await read('policies/yaml.yaml'), await read('policies/json.json')]
    expect(yaml?.text).toBe(text)
    expect(json?.policy.canonical).toBe(yaml?.policy.canonical)
  })
  test('tells its problems with its own name, lines and columns, all at once', async () => {
    const path = join(folder(), 'broken.yaml')
    await writeFile(
      path,
      lines(
        'account:',
        '  when: >-',
        '    user.active &&',
        '    nosuch == 1',
        'rules:',
        '  - { name: a, giv: {} }',
        '',
      ),
    )
    const error = await load(named('broken.yaml'), ENV).catch((cause: unknown) => cause)
    expect(error).toBeInstanceOf(ConfigError)
    const told = String(error).split('\n').slice(1)
    expect(told.length).toBeGreaterThanOrEqual(1)
    for (const line of told) expect(line).toMatch(new RegExp(`^${path}:\\d+:\\d+: `))
    expect(told.join('\n')).toContain(`${path}:6:`)
  })
  test.each([
    ['that is not there', 'nothing.yaml', /there is no policy file .*nothing\.yaml\. Create it, or correct the path\./],
    ['that is a folder', '.', /is not a file\. Name the file that holds the policy\./],
  ])('%s is told where it is named', async (_what, name, words) => {
    const [told] = await problems(named(name), ENV)
    expect(told).toMatch(/^7 /)
    expect(told).toMatch(words)
  })
  test('beside one in the entry is one too many', async () => {
    expect(await problems(app(AUTH, 'policy: {}', 'policyFile: one.yaml'), ENV)).toEqual([
      '8 |poli| tenants[0].apps[0].policyFile: the policy is declared in the entry as well. Keep one of the two.',
    ])
  })
})

describe('a policy that is handed in as text', () => {
  const told = (text: string): string[] =>
    (readPolicyText(text, (document) => compileDeclared(document, [])).problems ?? []).map(
      ({ line, column, message }) => `${line}:${column}: ${message}`,
    )

  test('is told of where it is no YAML', () => {
    expect(told('rules: [')).toEqual([expect.stringMatching(/^1:\d+: this is not valid YAML/)])
  })
  test('may say nothing', () => {
    expect(told('')).toEqual([])
    expect(told('{}')).toEqual([])
  })
})
