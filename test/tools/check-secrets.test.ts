import { expect, test } from 'vitest'
import { checkSecrets } from '../../tools/check-secrets.ts'
import { temporaryTree } from './temporary-tree.ts'

// Put together at run time, so that this file is not a finding itself.
const letters = 'abcdefghijklmnopqrstuvwxyz0123456789'
const SECRETS = [
  `-----BEGIN RSA PRIVATE KEY-----\n${letters}\n`,
  `-----BEGIN PRIVATE KEY-----\n${letters}\n`,
  `key = AKIA${letters.slice(0, 16).toUpperCase()}`,
  `ghp_${letters}`,
  `npm_${letters}`,
  `xoxb-${letters}`,
  `eyJ${letters}.eyJ${letters}.${letters}${letters}`,
]

test.each(SECRETS.map((secret) => [secret]))('%s is found with its line', (secret) => {
  const root = temporaryTree({ 'docs/a.md': `one\n${secret}\n` })
  expect(checkSecrets(root).findings).toEqual([expect.stringMatching(/^docs\/a\.md:2: looks like/)])
})

test('words about secrets, public keys and installed packages are left alone', () => {
  const root = temporaryTree({
    'docs/a.md': `A file that begins with BEGIN PRIVATE KEY is refused. -----BEGIN PUBLIC KEY-----\n${letters}\n`,
    'node_modules/a/key.pem': SECRETS[0] ?? '',
  })
  expect(checkSecrets(root).findings).toEqual([])
})
