import { expect, test } from 'vitest'
import { checkPurity, impurities } from '../../tools/check-purity.ts'
import { temporaryTree } from './temporary-tree.ts'

test.each([
  ['const now = new Date()', 'new Date()'],
  ['const now = new Date', 'new Date()'],
  ['const f = () => [1].map(() => ({ at: new Date() }))', 'new Date()'],
  ['const now = Date()', 'Date()'],
  ["import { randomUUID } from 'node:crypto'", 'randomUUID'],
  ["import { createHash, randomBytes as r } from 'crypto'", 'randomBytes'],
  ["import { generateKeyPairSync } from 'node:crypto'", 'generateKeyPairSync'],
  ["import * as all from 'node:crypto'", 'by name'],
])('%s reads the clock or draws at random', (code, said) => {
  expect(impurities('src/audit/chain.ts', `\n${code}\n`)).toEqual([expect.stringMatching(/^src\/audit\/chain\.ts:2: /)])
  expect(impurities('src/audit/chain.ts', code)[0]).toContain(said)
})

test.each([
  'const at = new Date(given)',
  "const at = new Date('2025-01-01')",
  "import { createHash, verify } from 'node:crypto'",
  "const text = 'new Date()'",
])('%s is pure', (code) => {
  expect(impurities('src/audit/chain.ts', code)).toEqual([])
})

test('pure folders and workflows are looked at, their tests and the rest are not', () => {
  const clock = 'export const now = new Date()\n'
  const places = [
    'scim',
    'identity',
    'policy',
    'reconcile',
    'audit',
    'licence',
    'contract',
    'workflows',
    'store',
    'http',
  ]
  const root = temporaryTree({
    ...Object.fromEntries(places.map((place) => [`src/${place}/deep/file.ts`, clock])),
    'src/scim/file.test.ts': clock,
    'sim/scim/file.ts': clock,
  })
  const found = checkPurity(root).findings.map((it) => it.split('/')[1] ?? '')
  expect(found.toSorted()).toEqual([
    'audit',
    'contract',
    'identity',
    'licence',
    'policy',
    'reconcile',
    'scim',
    'workflows',
  ])
})
