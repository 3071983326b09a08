import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { directoryInTheWay, mayRead } from './reach.ts'
import type { RuntimeUser } from './runtime-user.ts'

const stranger: RuntimeUser = { name: 'stranger', uid: 4_000_001, gid: 4_000_001, lent: true }

let base: string

beforeEach(() => {
  base = temporaryDirectory()
})

function make(name: string, mode: number): string {
  const path = join(base, name)
  mkdirSync(path)
  chmodSync(path, mode)
  return path
}

describe('the directory in the way', () => {
  test.each([
    [0o755, false],
    [0o711, false],
    [0o710, true],
    [0o750, true],
    [0o744, true],
    [0o700, true],
  ])('of a stranger, for a parent of mode %o: %s', (mode, stops) => {
    const parent = make('parent', mode)
    expect(directoryInTheWay(join(parent, 'not', 'yet'), stranger)).toBe(stops ? parent : undefined)
  })

  test('is the first one, not the last', () => {
    const outer = make('outer', 0o755)
    const inner = join(outer, 'inner')
    mkdirSync(inner, { mode: 0o700 })
    chmodSync(outer, 0o700)
    expect(directoryInTheWay(inner, stranger)).toBe(outer)
  })

  test('is found behind a link', () => {
    const secret = make('secret', 0o700)
    mkdirSync(join(secret, 'data'))
    symlinkSync(join(secret, 'data'), join(base, 'link'))
    expect(directoryInTheWay(join(base, 'link'), stranger)).toBe(secret)
  })

  test('does not stop its owner', () => {
    const own = make('own', 0o700)
    const owner = { ...stranger, uid: process.getuid?.() ?? 0 }
    expect(directoryInTheWay(own, owner)).toBeUndefined()
  })

  test('stops a member of its group by the bits of the group', () => {
    const shared = make('shared', 0o701)
    expect(directoryInTheWay(shared, { ...stranger, gid: process.getgid?.() ?? 0 })).toBe(shared)
  })
})

test('a stranger may read what everybody may read', () => {
  for (const mode of [0o600, 0o640, 0o644]) {
    const file = join(base, `file-${mode}`)
    writeFileSync(file, '')
    chmodSync(file, mode)
    expect(mayRead(file, stranger)).toBe(mode === 0o644)
  }
  expect(mayRead(join(base, 'missing'), stranger)).toBe(false)
})
