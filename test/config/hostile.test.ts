import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/config.ts'
import { app, AUTH, ENV, load, problems, tenant } from './loading.ts'

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
