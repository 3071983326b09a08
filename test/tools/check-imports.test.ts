import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { blindness, checkImports } from '../../tools/check-imports.ts'
import { temporaryTree } from './temporary-tree.ts'

const { table } = createRequire(import.meta.url)('../../tools/import-table.cjs') as { table: Record<string, unknown> }

const PACKAGES = ['zod', 'pg', 'kysely', 'pg-boss', 'fastify', '@fastify/swagger', 'undici', 'cockatiel', 'commander', 'yaml', '@bufbuild/cel'] // prettier-ignore

/** One file in every place that anybody imports, and the packages, each empty. */
const ground = (): Record<string, string> => {
  const files: Record<string, string> = {
    'package.json': JSON.stringify({
      type: 'module',
      dependencies: Object.fromEntries(PACKAGES.map((name) => [name, '1.0.0'])),
      devDependencies: { vitest: '1.0.0' },
    }),
    'sim/cxone/server.ts': 'export const it = 1\n',
    'test/support/db.ts': 'export const it = 1\n',
    'examples/demo.ts': 'export const it = 1\n',
    'src/scim/some.test.ts': 'export const it = 1\n',
  }
  for (const name of [...PACKAGES, 'vitest', 'unlisted']) {
    files[`node_modules/${name}/package.json`] = JSON.stringify({ name, version: '1.0.0', main: 'index.js' })
    files[`node_modules/${name}/index.js`] = 'module.exports = { it: 1 }\n'
  }
  const places = [
    'app', 'config', 'connectors/contract', 'connectors/http', 'connectors/registry', 'connectors/cxone/index', 'connectors/cxone/map',
    'connectors/memory/index', 'store/db', 'store/users', 'store/views/users', 'durable/wake', 'durable/worker', 'cli/program',
    'scim/errors', 'identity/account', 'reconcile/plan', 'audit/chain', 'licence/catalogue', 'notify/mail', 'operations/patch-user',
    'workflows/deliver', 'contract/apps', 'http/server', 'config/schema',
  ] // prettier-ignore
  for (const place of places) files[`src/${place}.ts`] = 'export const it = 1\n'
  return files
}

/** Who imports what, and the rule that must say no. Every file is new, so that each violation stands alone. */
const FORBIDDEN: readonly (readonly [from: string, target: string, rule: string])[] = [
  ['src/main.ts', './store/db.ts', 'imports of main.ts'],
  ['src/main.ts', 'zod', 'packages of main.ts'],
  ['src/config.ts', './store/db.ts', 'imports of config.ts'],
  ['src/config.ts', 'pg', 'packages of config.ts'],
  ['src/config/bad.ts', '../http/server.ts', 'imports of config'],
  ['src/config/bad2.ts', 'pg', 'packages of config'],
  ['src/scim/bad.ts', '../identity/account.ts', 'imports of scim'],
  ['src/scim/bad2.ts', 'zod', 'packages of scim'],
  ['src/scim/bad3.ts', 'node:crypto', 'built-ins of scim'],
  ['src/identity/bad.ts', '../reconcile/plan.ts', 'imports of identity'],
  ['src/identity/bad2.ts', 'zod', 'packages of identity'],
  ['src/identity/bad3.ts', 'node:fs', 'built-ins of identity'],
  ['src/policy/bad.ts', '../reconcile/plan.ts', 'imports of policy'],
  ['src/policy/bad2.ts', 'pg', 'packages of policy'],
  ['src/policy/bad3.ts', 'node:crypto', 'built-ins of policy'],
  ['src/sign-on/crypto/bad.ts', '../../scim/errors.ts', 'imports of sign-on/crypto'],
  ['src/sign-on/crypto/bad2.ts', 'pg', 'packages of sign-on/crypto'],
  ['src/sign-on/crypto/bad3.ts', 'node:fs', 'built-ins of sign-on/crypto'],
  ['src/sign-on/bad.ts', '../scim/errors.ts', 'imports of sign-on'],
  ['src/sign-on/bad2.ts', 'zod', 'packages of sign-on'],
  ['src/sign-on/bad3.ts', 'node:crypto', 'built-ins of sign-on'],
  ['src/reconcile/bad.ts', '../scim/errors.ts', 'imports of reconcile'],
  ['src/reconcile/bad2.ts', 'zod', 'packages of reconcile'],
  ['src/reconcile/bad3.ts', 'node:os', 'built-ins of reconcile'],
  ['src/audit/bad.ts', '../scim/errors.ts', 'imports of audit'],
  ['src/audit/bad2.ts', 'zod', 'packages of audit'],
  ['src/audit/bad3.ts', 'node:fs', 'built-ins of audit'],
  ['src/licence/bad.ts', '../scim/errors.ts', 'imports of licence'],
  ['src/licence/bad2.ts', 'zod', 'packages of licence'],
  ['src/licence/bad3.ts', 'node:crypto', 'built-ins of licence'],
  ['src/connectors/registry.ts', './cxone/map.ts', 'imports of connectors/registry.ts'],
  ['src/connectors/registry.ts', 'zod', 'packages of connectors/registry.ts'],
  ['src/connectors/registry.ts', 'node:fs', 'built-ins of connectors/registry.ts'],
  ['src/connectors/conformance.ts', './memory/index.ts', 'imports of connectors/conformance[-a-z]*.ts'],
  ['src/connectors/conformance.ts', 'undici', 'packages of connectors/conformance[-a-z]*.ts'],
  ['src/connectors/bad.ts', './cxone/index.ts', 'imports of connectors/[^/]+.ts'],
  ['src/connectors/bad2.ts', 'pg', 'packages of connectors/[^/]+.ts'],
  ['src/connectors/memory/bad.ts', '../cxone/map.ts', 'imports of connectors/([^/]+)'],
  ['src/connectors/memory/bad2.ts', '../../store/db.ts', 'imports of connectors/([^/]+)'],
  ['src/connectors/memory/bad3.ts', 'pg', 'packages of connectors/([^/]+)'],
  ['src/connectors/scim-wire/bad.ts', '../cxone/map.ts', 'imports of connectors/scim-wire'],
  ['src/connectors/scim-wire/bad2.ts', 'pg', 'packages of connectors/scim-wire'],
  ['src/connectors/scim/bad.ts', '../cxone/map.ts', 'imports of connectors/(scim|cxone-scim)'],
  ['src/connectors/cxone-scim/bad.ts', 'pg', 'packages of connectors/(scim|cxone-scim)'],
  ['src/store/bad.ts', '../operations/patch-user.ts', 'imports of store'],
  ['src/store/bad2.ts', '../reconcile/plan.ts', 'types only in store'],
  ['src/store/bad3.ts', 'zod', 'packages of store'],
  ['src/durable/bad.ts', '../store/users.ts', 'imports of durable'],
  ['src/durable/bad2.ts', 'kysely', 'packages of durable'],
  ['src/notify/bad.ts', '../store/users.ts', 'imports of notify'],
  ['src/notify/bad2.ts', 'pg', 'packages of notify'],
  ['src/operations/bad.ts', '../http/server.ts', 'imports of operations'],
  ['src/operations/bad2.ts', '../durable/worker.ts', 'imports of operations'],
  ['src/operations/bad3.ts', 'pg', 'packages of operations'],
  ['src/workflows/bad.ts', '../operations/patch-user.ts', 'imports of workflows'],
  ['src/workflows/bad2.ts', '../connectors/cxone/index.ts', 'imports of workflows'],
  ['src/workflows/bad3.ts', 'pg', 'packages of workflows'],
  ['src/workflows/bad4.ts', 'node:timers', 'built-ins of workflows'],
  ['src/contract/bad.ts', '../scim/errors.ts', 'imports of contract'],
  ['src/contract/bad2.ts', 'yaml', 'packages of contract'],
  ['src/contract/bad3.ts', 'node:fs', 'built-ins of contract'],
  ['src/http/bad.ts', '../store/users.ts', 'imports of http'],
  ['src/http/bad2.ts', '../workflows/deliver.ts', 'imports of http'],
  ['src/http/bad3.ts', 'pg', 'packages of http'],
  ['src/cli/serve.ts', '../store/db.ts', 'imports of cli/(serve|backup|restore).ts'],
  ['src/cli/serve.ts', 'pg', 'packages of cli/(serve|backup|restore).ts'],
  ['src/cli/person/show.ts', '../../app.ts', 'imports of cli'],
  ['src/cli/person/list.ts', 'pg', 'packages of cli'],
  ['src/novel/bad.ts', '../scim/errors.ts', 'folder without a row'],
  ['src/app/bad.ts', '../connectors/cxone/index.ts', 'imports of app'],
  ['src/app/bad2.ts', 'pg', 'packages of app'],
  ['src/app.ts', '../sim/cxone/server.ts', 'src stays in src'],
  ['src/store/bad4.ts', '../../test/support/db.ts', 'src stays in src'],
  ['src/cli/bad.ts', '../../examples/demo.ts', 'src stays in src'],
  ['src/cli/bad2.ts', '../connectors/registry.ts', 'registry is for app.ts'],
  ['test/bad.ts', '../src/connectors/registry.ts', 'registry is for app.ts'],
  ['sim/cxone/bad.ts', '../../src/scim/errors.ts', 'simulators stand alone'],
  ['console/src/bad.ts', '../../src/http/server.ts', 'console sees contract'],
  ['test/bad2.ts', '../src/scim/some.test.ts', 'tests are not imported'],
  ['sim/cxone/bad2.ts', './nowhere.ts', 'nothing unresolved'],
  ['tools/bad.ts', 'unlisted', 'listed packages'],
  ['sim/cxone/bad3.ts', 'vitest', 'production packages'],
]

const importing = (target: string, at: number): string =>
  `import * as it${at} from '${target}'\nexport const used${at} = it${at}\n`

const treeWith = (cases: readonly (readonly [from: string, target: string, ...rest: string[]])[]): string => {
  const files = ground()
  const begun = new Set<string>()
  for (const [at, [from, target]] of cases.entries()) {
    files[from] = (begun.has(from) ? (files[from] ?? '') : '') + importing(target, at)
    begun.add(from)
  }
  return temporaryTree(files)
}

test('every import that the table forbids is found, under the rule that forbids it', async () => {
  const { findings } = await checkImports(treeWith(FORBIDDEN))
  const missing = FORBIDDEN.filter(
    ([from, target, rule]) =>
      !findings.some(
        (it) =>
          it.startsWith(`${from} -> `) &&
          it.includes(`\n    ${rule}: `) &&
          it.includes(target.replace(/^.*(\/|:)/, '')),
      ),
  )
  expect(missing).toEqual([])
})

test('every row of the table has a forbidden import in this test', () => {
  const tested = new Set(FORBIDDEN.map(([, , rule]) => rule))
  const untested = Object.keys(table)
    .map((key) => key.replaceAll('\\', '').replace(/[$/]+$/, ''))
    .filter((name) => name !== 'app.ts' && !tested.has(`imports of ${name}`))
  expect(untested).toEqual([])
})

test('the arrows of the table, and tests that reach anywhere, are left alone', async () => {
  const { findings } = await checkImports(
    treeWith([
      ['src/app.ts', './connectors/registry.ts'],
      ['src/app.ts', './workflows/deliver.ts'],
      ['src/app.ts', 'pg'],
      ['src/app.ts', './app/targets.ts'],
      ['src/app/targets.ts', '../connectors/contract.ts'],
      ['src/app/targets.ts', '../workflows/deliver.ts'],
      ['src/identity/good.ts', '../scim/errors.ts'],
      ['src/policy/good.ts', '../identity/account.ts'],
      ['src/policy/good.ts', '@bufbuild/cel'],
      ['src/reconcile/good.ts', '../identity/account.ts'],
      ['src/audit/good.ts', 'node:crypto'],
      ['src/connectors/registry.ts', './cxone/index.ts'],
      ['src/connectors/cxone/index.ts', './map.ts'],
      ['src/connectors/cxone/index.ts', '../contract.ts'],
      ['src/connectors/cxone/index.ts', '../http.ts'],
      ['src/connectors/cxone/index.ts', '../../reconcile/plan.ts'],
      ['src/connectors/conformance.ts', 'vitest'],
      ['src/store/good.ts', '../scim/errors.ts'],
      ['src/durable/good.ts', '../store/db.ts'],
      ['src/durable/good.ts', 'pg-boss'],
      ['src/operations/good.ts', '../store/users.ts'],
      ['src/operations/good.ts', '../durable/wake.ts'],
      ['src/workflows/good.ts', '../durable/worker.ts'],
      ['src/workflows/good.ts', '../connectors/contract.ts'],
      ['src/http/good.ts', '../store/views/users.ts'],
      ['src/http/good.ts', '@fastify/swagger'],
      ['src/cli/serve.ts', '../app.ts'],
      ['src/cli/app/list.ts', '../../contract/apps.ts'],
      ['src/scim/errors.test.ts', '../../sim/cxone/server.ts'],
      ['src/scim/errors.test.ts', '../../test/support/db.ts'],
      ['test/e2e/push.test.ts', '../../src/app.ts'],
      ['test/e2e/push.test.ts', 'vitest'],
    ]),
  )
  expect(findings).toEqual([])
})

test('a type of reconcile is welcome in the store, its code is not', async () => {
  const files = ground()
  files['src/reconcile/change.ts'] = 'export type Change = 1\nexport const one: Change = 1\n'
  files['src/store/types.ts'] = "import type { Change } from '../reconcile/change.ts'\nexport type Row = Change\n"
  files['src/store/code.ts'] = "import { one } from '../reconcile/change.ts'\nexport const two = one\n"
  const { findings } = await checkImports(temporaryTree(files))
  expect(findings.map((it) => it.split('\n')[0])).toEqual(['src/store/code.ts -> src/reconcile/change.ts'])
})

test('a circle is found, also one of types alone', async () => {
  const files = ground()
  files['src/scim/a.ts'] = "import type { B } from './b.ts'\nexport type A = B | 1\n"
  files['src/scim/b.ts'] = "import type { A } from './a.ts'\nexport type B = A | 2\n"
  const { findings } = await checkImports(temporaryTree(files))
  expect(findings.join('\n')).toContain('no cycles')
})

test('a file that nothing leads to is reported and fails nothing', async () => {
  const files = ground()
  files['src/main.ts'] = "import { it } from './app.ts'\nexport const used = it\n"
  const { findings, notes } = await checkImports(temporaryTree(files))
  expect(findings).toEqual([])
  expect(notes.join('\n')).toContain('src/audit/chain.ts')
})

test('a dependency-cruiser that reads no TypeScript is a finding, not a pass', () => {
  const blind = [{ name: 'typescript', version: '>=2.0.0 <7.0.0', available: false }]
  expect(blindness([], [], blind)).toEqual([expect.stringContaining('cannot read TypeScript')])
  expect(blindness([], [], [])).toEqual([expect.stringContaining('cannot read TypeScript')])
})

test('a source that dependency-cruiser did not read is a finding, not a pass', () => {
  const sighted = [{ name: 'typescript', version: '', available: true }]
  expect(blindness(['src/a.ts', 'src/b.ts', 'src/readme.md'], ['src/a.ts'], sighted)).toEqual([
    expect.stringContaining('src/b.ts'),
  ])
})
