import { cpSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { runNode } from '../../tools/child.ts'
import { temporaryTree } from './temporary-tree.ts'

const home = fileURLToPath(new URL('../..', import.meta.url))

/** A tree of its own with the checks in it, so that it may be as bad as the test wants. */
const treeWithChecks = (files: Readonly<Record<string, string>>): string => {
  const root = temporaryTree({ 'package.json': '{"type":"module"}', ...files })
  cpSync(join(home, 'tools'), join(root, 'tools'), { recursive: true })
  symlinkSync(join(home, 'node_modules'), join(root, 'node_modules'))
  return root
}

test('all checks run even if one fails, every failure is told at the end, and the exit code is 1', async () => {
  const root = treeWithChecks({
    'src/scim/utils.ts': '/** Decides nothing. */\nexport const now = new Date()\n',
    'package-lock.json': '{"packages":{"node_modules/absent":{}}}',
  })
  const { code, output } = await runNode(root, ['tools/check.ts', 'purity', 'files', 'licences', 'secrets'])
  expect(code).toBe(1)
  expect(output).toMatch(/FAILED +purity[\s\S]*FAILED +files[\s\S]*FAILED +licences[\s\S]*ok +secrets/)
  expect(output).toMatch(
    /== purity ==\nsrc\/scim\/utils\.ts:2: [\s\S]*== files ==\nsrc\/scim\/utils\.ts: [\s\S]*== licences ==\nabsent: /,
  )
  expect(output).toContain('3 of 4 checks failed')
})

test('when everything holds the exit code is 0', async () => {
  const root = treeWithChecks({ 'src/scim/errors.ts': '/** Decides nothing. */\nexport const a = 1\n' })
  const { code, output } = await runNode(root, ['tools/check.ts', 'purity', 'files', 'secrets'])
  expect(output).toContain('All 3 checks passed')
  expect(code).toBe(0)
})

test('a check that breaks is a failure, not a pass', async () => {
  const root = treeWithChecks({ 'package-lock.json': 'no JSON' })
  const { code, output } = await runNode(root, ['tools/check.ts', 'licences'])
  expect(code).toBe(1)
  expect(output).toContain('the check itself broke')
})

test('a type error, a pure folder that touches the world, and a badly set line each fail their check', async () => {
  const options = { target: 'es2024', lib: ['es2024'], module: 'nodenext', strict: true, noEmit: true }
  const root = treeWithChecks({
    'tsconfig.json': JSON.stringify({ compilerOptions: { ...options, types: ['node'] }, include: ['src'] }),
    'tsconfig.pure.json': JSON.stringify({ compilerOptions: { ...options, types: [] }, include: ['src/scim'] }),
    'src/scim/world.ts': "/** Decides nothing. */\nexport const away = process.env['HOME'];\n",
    'src/http/wrong.ts': "/** Decides nothing. */\nexport const one: number = 'one'\n",
  })
  cpSync(join(home, '.oxfmtrc.json'), join(root, '.oxfmtrc.json'))
  const { code, output } = await runNode(root, ['tools/check.ts', 'types', 'pure types', 'format'])
  expect(code).toBe(1)
  expect(output).toMatch(/== types ==\nsrc\/http\/wrong\.ts\(2,14\)/)
  expect(output).toMatch(/== pure types ==\nsrc\/scim\/world\.ts\(2,21\)/)
  expect(output).toMatch(/== format ==[\s\S]*src\/scim\/world\.ts/)
})

test('a name that is no check is refused with the names there are', async () => {
  const { code, output } = await runNode(home, ['tools/check.ts', 'nonsense'])
  expect(code).toBe(2)
  expect(output).toContain('There are: types, pure types, lint')
})
