import { expect, test } from 'vitest'
import { checkFiles } from '../../tools/check-files.ts'
import { temporaryTree } from './temporary-tree.ts'

const head = '/** Decides nothing. */\n'

const said = (files: Readonly<Record<string, string>>): readonly string[] => checkFiles(temporaryTree(files)).findings

test('a file of 500 lines passes, one of 501 does not', () => {
  const text = (lines: number): string => head + 'export {}\n'.repeat(lines - 1)
  expect(said({ 'src/scim/a.ts': text(500) })).toEqual([])
  expect(said({ 'src/scim/a.ts': text(501) })).toEqual([expect.stringContaining('501 lines')])
})

test.each(['utils', 'util', 'common', 'shared', 'lib', 'helpers', 'core', 'misc'])(
  '%s is no name for a file or a folder',
  (name) => {
    expect(said({ [`src/scim/${name}.ts`]: head })).toEqual([expect.stringContaining('says nothing')])
    expect(said({ [`src/scim/${name}/parse.ts`]: head })).toEqual([expect.stringContaining('says nothing')])
    expect(said({ [`sim/cxone/${name}.ts`]: head })).toEqual([expect.stringContaining('says nothing')])
  },
)

test.each(['patchUser', 'patch_user', 'PatchUser'])('%s is not kebab-case', (name) => {
  expect(said({ [`src/operations/${name}.ts`]: head })).toEqual([expect.stringContaining('kebab-case')])
})

test.each([
  'src/operations/patch-user.ts',
  'src/cli/app/list.ts',
  'src/connectors/cxone-scim/index.ts',
  'src/scim/a.long.test.ts',
])('%s is a good name', (path) => {
  expect(said({ [path]: head })).toEqual([])
})

test('a migration is named by number and begins with a comment', () => {
  expect(said({ 'src/store/migrations/0001_admin_lists.sql': '-- The lists.\n' })).toEqual([])
  expect(said({ 'src/store/migrations/0001_spine.sql': 'create table a();\n' })).toEqual([
    expect.stringContaining('begin with a comment'),
  ])
})

test('a source begins with its description, after a shebang if it has one; a test need not', () => {
  expect(said({ 'src/scim/a.ts': 'export const a = 1\n' })).toEqual([
    expect.stringMatching(/^src\/scim\/a\.ts:1: begin with a comment/),
  ])
  expect(said({ 'bin/rollcall.js': `#!/usr/bin/env node\n${head}` })).toEqual([])
  expect(said({ 'bin/rollcall.js': '#!/usr/bin/env node\nrun()\n' })).toEqual([
    expect.stringContaining('begin with a comment'),
  ])
  expect(said({ 'src/scim/a.test.ts': "import 'vitest'\n" })).toEqual([])
})

test('a suppression without a reason is named with its line', () => {
  // In two pieces, so that they are no suppressions of this file.
  const bare = ['// oxlint', 'disable-next-line no-console\n'].join('-')
  const reasoned = bare.replace('\n', ' -- the reader is a person\n')
  expect(said({ 'src/scim/a.ts': head + bare })).toEqual([
    expect.stringMatching(/^src\/scim\/a\.ts:2: a suppression names its reason/),
  ])
  expect(said({ 'test/e2e/a.test.ts': bare })).toEqual([expect.stringContaining('test/e2e/a.test.ts:1')])
  expect(said({ 'src/scim/a.ts': head + reasoned })).toEqual([])
})

test('a folder of src/ that no row of the import table names is found', () => {
  expect(said({ 'src/novel/a.ts': head })).toEqual([expect.stringContaining('no row')])
})
