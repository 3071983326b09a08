import { expect, test } from 'vitest'
import { allowed, checkLicences } from '../../tools/check-licences.ts'
import { temporaryTree } from './temporary-tree.ts'

test.each([
  ['MIT', true],
  ['(MIT OR CC0-1.0)', true],
  ['MIT OR GPL-3.0-only', true],
  ['GPL-3.0-only OR (Apache-2.0 AND BSD-3-Clause)', true],
  ['MIT AND GPL-3.0-only', false],
  ['(MIT OR ISC) AND GPL-2.0', false],
  ['GPL-3.0-or-later', false],
  ['AGPL-3.0', false],
  ['SEE LICENSE IN LICENSE.md', false],
  ['UNLICENSED', false],
  ['', false],
  ['MIT OR', false],
  ['(MIT', false],
  ['MIT ISC', false],
])('the expression "%s" is allowed: %s', (expression, expected) => {
  expect(allowed(expression)).toBe(expected)
})

const tree = (locked: Record<string, object>, installed: Record<string, object>): string =>
  temporaryTree({
    'package-lock.json': JSON.stringify({ packages: { '': {}, ...locked } }),
    ...Object.fromEntries(
      Object.entries(installed).map(([path, pack]) => [`${path}/package.json`, JSON.stringify(pack)]),
    ),
  })

test('a production dependency under another licence is found, however deep, and a development one is not', () => {
  const { findings } = checkLicences(
    tree(
      { 'node_modules/good': {}, 'node_modules/good/node_modules/deep': {}, 'node_modules/tool': { dev: true } },
      {
        'node_modules/good': { license: 'MIT' },
        'node_modules/good/node_modules/deep': { license: 'GPL-3.0' },
        'node_modules/tool': { license: 'GPL-3.0' },
      },
    ),
  )
  expect(findings).toEqual([expect.stringMatching(/^deep: licence GPL-3\.0/)])
})

test('what the installed package says counts, not what the lockfile says', () => {
  const { findings } = checkLicences(
    tree({ 'node_modules/a': { license: 'MIT' } }, { 'node_modules/a': { license: 'BUSL-1.1' } }),
  )
  expect(findings).toEqual([expect.stringContaining('BUSL-1.1')])
})

test('the old forms of the field are read', () => {
  const { findings } = checkLicences(
    tree({ 'node_modules/a': {}, 'node_modules/b': {} }, { 'node_modules/a': { license: { type: 'MIT' } }, 'node_modules/b': { licenses: [{ type: 'GPL-2.0' }, { type: 'ISC' }] } }), // prettier-ignore
  )
  expect(findings).toEqual([])
})

test('a package without a licence, and one that is neither installed nor known, are found', () => {
  const { findings } = checkLicences(
    tree({ 'node_modules/a': {}, 'node_modules/absent-linux-s390x': { optional: true } }, { 'node_modules/a': {} }),
  )
  expect(findings).toEqual([
    expect.stringMatching(/^a: its package\.json names no licence/),
    expect.stringMatching(/^absent-linux-s390x: not installed here/),
  ])
})

test('a lockfile without production dependencies is not a pass', () => {
  expect(checkLicences(tree({ 'node_modules/tool': { dev: true } }, {})).findings).toHaveLength(1)
})
