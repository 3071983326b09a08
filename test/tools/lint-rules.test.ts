import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runNode } from '../../tools/child.ts'
import { temporaryTree } from './temporary-tree.ts'

const home = fileURLToPath(new URL('../..', import.meta.url))

/** Codes that oxlint gives for each file of a tree, with the repository's own configuration. */
const lint = async (files: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, readonly string[]>> => {
  const tsconfig = JSON.stringify({
    compilerOptions: {
      target: 'es2024',
      lib: ['es2024'],
      module: 'nodenext',
      strict: true,
      types: [],
      noEmit: true,
      allowImportingTsExtensions: true,
    },
    include: ['**/*'],
  })
  // The overrides name folders as seen from the configuration file, so it has to lie in the tree.
  const config = readFileSync(join(home, '.oxlintrc.json'), 'utf8')
  const root = temporaryTree({
    'package.json': '{"type":"module"}',
    'tsconfig.json': tsconfig,
    '.oxlintrc.json': config,
    ...files,
  })
  const oxlint = join(home, 'node_modules/oxlint/bin/oxlint')
  const { stdout, output } = await runNode(root, [oxlint, '--format', 'json', '.'])
  let report: { diagnostics: { code: string; filename: string; severity: string }[] }
  try {
    report = JSON.parse(stdout) as typeof report
  } catch {
    throw new Error(`oxlint gave no report: ${output}`)
  }
  expect(report.diagnostics.filter(({ severity }) => severity !== 'error')).toEqual([])
  const codes = new Map<string, string[]>()
  for (const { filename, code } of report.diagnostics) codes.set(filename, [...(codes.get(filename) ?? []), code])
  return codes
}

const DECLARED = [
  'declare const process: { env: Record<string, string> }',
  'declare const performance: { now(): number }',
  'declare const crypto: { randomUUID(): string }',
  'declare const setTimeout: (f: () => void) => number, setInterval: typeof setTimeout, setImmediate: typeof setTimeout',
  'declare const fetch: (url: string) => Promise<number>',
  'declare const console: { log(text: string): void }',
  'declare const Temporal: { Now: { instant(): number } }',
].join('\n')

const lines = (count: number, line: string): string => Array.from({ length: count }, () => line).join('\n')

/** Bad code, where it stands, and what must be said of it. */
const BAD: readonly (readonly [place: string, code: string, rule: string])[] = [
  ['src/http', 'export const f = (x: any): void => x', 'typescript(no-explicit-any)'],
  ['src/http', 'export const f = (x: string | undefined): string => x!', 'typescript(no-non-null-assertion)'],
  [
    'src/http',
    "import { Readable } from 'node:stream'\nexport type R = Readable",
    'typescript(consistent-type-imports)',
  ],
  ['src/http', 'export const f = (a: 1, b: 1, c: 1, d: 1): number => a + b + c + d', 'eslint(max-params)'],
  [
    'src/http',
    `export const f = (): void => {\n${lines(81, '  Object.keys({})')}\n}`,
    'eslint(max-lines-per-function)',
  ],
  ['src/http', `export const a = 1\n${lines(501, '')}`, 'eslint(max-lines)'],
  [
    'src/http',
    'declare const p: () => Promise<void>\nexport const f = (): void => {\n  p()\n}',
    'typescript(no-floating-promises)',
  ],
  ['src/http', 'declare const p: () => Promise<boolean>\nexport const f = (): number => {\n  if (p()) return 1\n  return 2\n}', 'typescript(no-misused-promises)'], // prettier-ignore
  ['src/http', "export const f = (): never => {\n  throw 'x'\n}", 'typescript(only-throw-error)'],
  ['src/http', '// @ts-ignore\nexport const a = 1', 'typescript(ban-ts-comment)'],
  ['src/http', '// TODO later\nexport const a = 1', 'eslint(no-warning-comments)'],
  ['src/http', 'export const f = (a: number): boolean => a == 1', 'eslint(eqeqeq)'],
  ['src/http', "console.log('x')", 'eslint(no-console)'],
  ['src/http', 'export const a = process.env', 'node(no-process-env)'],
  ['src/http', "export const f = (x: 'a' | 'b'): number => {\n  switch (x) {\n    case 'a':\n      return 1\n  }\n  return 2\n}", 'typescript(switch-exhaustiveness-check)'], // prettier-ignore
  ...['scim', 'identity', 'policy', 'reconcile', 'audit', 'licence', 'contract', 'workflows'].flatMap(
    (folder): [string, string, string][] => [
      [`src/${folder}`, 'export const a = Date.now()', 'eslint(no-restricted-properties)'],
      [`src/${folder}`, 'export const a = Math.random()', 'eslint(no-restricted-properties)'],
      [`src/${folder}`, 'export const a = performance.now()', 'eslint(no-restricted-globals)'],
      [`src/${folder}`, 'export const a = crypto.randomUUID()', 'eslint(no-restricted-globals)'],
      [`src/${folder}`, 'export const a = setTimeout(() => {})', 'eslint(no-restricted-globals)'],
      [`src/${folder}`, 'export const a = setInterval(() => {})', 'eslint(no-restricted-globals)'],
      [`src/${folder}`, 'export const a = setImmediate(() => {})', 'eslint(no-restricted-globals)'],
      [`src/${folder}`, 'export const a = process', 'eslint(no-restricted-globals)'],
      [`src/${folder}`, 'export const a = globalThis.process', 'eslint(no-restricted-globals)'],
    ],
  ),
  ['src/scim', "export const a = fetch('x')", 'eslint(no-restricted-globals)'],
  ['src/scim', 'export const a = Temporal.Now', 'eslint(no-restricted-properties)'],
]

const BAD_TESTS: readonly (readonly [code: string, rule: string])[] = [
  ["test.only('says a', () => { expect(1).toBe(1) })", 'vitest(no-focused-tests)'],
  ["test.skip('says a', () => { expect(1).toBe(1) })", 'vitest(no-disabled-tests)'],
  ["test('says a', () => { Object.keys({}) })", 'vitest(expect-expect)'],
  ["test('says a', () => { const f = vi.fn(); expect(f).toBe(1) })", 'vitest(no-restricted-vi-methods)'],
]

test('each rule of the house fires on code that breaks it', async () => {
  const files: Record<string, string> = { 'src/http/world.d.ts': DECLARED }
  for (const [at, [place, code]] of BAD.entries()) files[`${place}/bad-${at}.ts`] = `${code}\nexport {}\n`
  for (const [at, [code]] of BAD_TESTS.entries()) {
    files[`src/http/bad-${at}.test.ts`] =
      `import { expect, test, vi } from 'vitest'\nexport const used = [expect, test, vi]\n${code}\n`
  }
  const codes = await lint(files)
  const silent = [
    ...BAD.filter(([place, , rule], at) => codes.get(`${place}/bad-${at}.ts`)?.includes(rule) !== true),
    ...BAD_TESTS.filter(([, rule], at) => codes.get(`src/http/bad-${at}.test.ts`)?.includes(rule) !== true),
  ]
  expect(silent).toEqual([])
})

test('time that is passed in, tests, and code outside the pure folders are left alone', async () => {
  const codes = await lint({
    'src/http/world.d.ts': DECLARED,
    'src/scim/good.ts':
      'export const f = (now: Date, process: { id: string }): string => process.id + new Date(now.getTime() + 1).toISOString()\n',
    'src/scim/clock.test.ts':
      "import { expect, test } from 'vitest'\ntest('the clock runs', () => {\n  expect(Date.now()).toBeGreaterThan(0)\n})\n",
    'src/durable/good.ts': 'export const f = (): number => Date.now() + Math.random()\n',
    'src/config.ts': 'export const port = process.env\n',
  })
  expect([...codes]).toEqual([])
})
