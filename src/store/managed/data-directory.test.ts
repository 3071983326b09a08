import { chmodSync, chownSync, existsSync, mkdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { defaultDataDir, prepareDataDirectory } from './data-directory.ts'
import { SOCKET_NAME, socketDirectory } from './socket-directory.ts'
import { runtimeUser } from './runtime-user.ts'

const uid = process.getuid?.() ?? 0
const asRoot = uid === 0
const NOBODY = 65_534

let base: string
let umask: number

beforeEach(() => {
  base = temporaryDirectory()
  umask = process.umask()
})

afterEach(() => {
  process.umask(umask)
})

function modeOf(path: string): number {
  return statSync(path).mode & 0o777
}

function closed(name: string): string {
  const path = join(base, name)
  mkdirSync(path)
  chmodSync(path, 0o700)
  return path
}

describe('the data directory', () => {
  test('may be passed through and not looked into, whatever the umask', () => {
    process.umask(0o077)
    const { dataDir } = prepareDataDirectory(join(base, 'a', 'b', 'data'))
    expect([join(base, 'a'), join(base, 'a', 'b'), dataDir].map(modeOf)).toEqual([0o755, 0o755, 0o711])
  })

  test('that cannot be written to is refused in words', () => {
    writeFileSync(join(base, 'file'), '')
    expect(() => prepareDataDirectory(join(base, 'file', 'data'))).toThrow(/Why: [\s\S]*Way out: /)
  })
})

describe.runIf(asRoot)('as root, the data directory', () => {
  test('below a directory that only root may enter is refused, and the directory is named', () => {
    const secret = closed('secret')
    expect(() => prepareDataDirectory(join(secret, 'data'))).toThrow(`who cannot enter ${secret}`)
    expect(existsSync(join(secret, 'data'))).toBe(false)
  })

  test('is opened to pass through if it is empty', () => {
    const empty = closed('empty')
    prepareDataDirectory(empty)
    expect(modeOf(empty)).toBe(0o711)
  })

  test('is not opened if it holds other things', () => {
    const home = closed('home')
    writeFileSync(join(home, 'letters'), '')
    expect(() => prepareDataDirectory(home)).toThrow('it holds other things (letters)')
    expect(modeOf(home)).toBe(0o700)
  })

  test('that exists decides who runs PostgreSQL: its owner', () => {
    mkdirSync(join(base, 'postgres'))
    chownSync(join(base, 'postgres'), NOBODY, NOBODY)
    expect(prepareDataDirectory(base).user.uid).toBe(NOBODY)
  })

  test('whose files belong to root is refused with the way out', () => {
    mkdirSync(join(base, 'postgres'))
    expect(() => prepareDataDirectory(base)).toThrow(/belongs to root[\s\S]*chown/)
  })
})

describe('without --data', () => {
  test('it is .rollcall in the working directory', () => {
    expect(defaultDataDir({ cwd: base, uid, env: {} })).toEqual({ dataDir: join(base, '.rollcall') })
  })

  test.runIf(asRoot)('it goes elsewhere if PostgreSQL cannot get there, and the notice names the directory', () => {
    const secret = closed('secret')
    const cwd = join(secret, 'checkout')
    mkdirSync(cwd)
    const { dataDir, notice } = defaultDataDir({ cwd, uid, env: {} })
    expect(dataDir).toMatch(/^\/var\/lib\/rollcall\/checkout-[0-9a-f]{8}$/)
    expect(notice).toContain(`cannot enter ${secret}`)
  })

  test('two checkouts of one name do not share it', () => {
    const places = ['one', 'two'].map((name) => {
      const cwd = join(closed(name), 'checkout')
      mkdirSync(cwd)
      chmodSync(cwd, 0o500)
      return defaultDataDir({ cwd, uid, env: {} }).dataDir
    })
    expect(new Set(places).size).toBe(2)
  })
})

describe('the socket', () => {
  test('lies in the data directory where the path is short enough', () => {
    expect(socketDirectory(base, runtimeUser(join(base, 'postgres')))).toBe(join(base, 'postgres-socket'))
  })

  test('lies elsewhere where the path would be too long for the kernel, and is closed to others', () => {
    const long = join(base, 'x'.repeat(100))
    mkdirSync(long)
    const user = runtimeUser(join(long, 'postgres'))
    const directory = socketDirectory(long, user)
    expect(Buffer.byteLength(join(directory, SOCKET_NAME))).toBeLessThanOrEqual(107)
    expect({ mode: modeOf(directory), owner: statSync(directory).uid }).toEqual({ mode: 0o700, owner: user.uid })
    expect(socketDirectory(long, user)).toBe(directory)
    rmdirSync(directory)
  })

  test.runIf(asRoot)('is never put into a folder that somebody else made', () => {
    const folder = join(base, 'postgres-socket')
    mkdirSync(folder)
    chownSync(folder, 4_000_001, 4_000_001)
    const chosen = socketDirectory(base, runtimeUser(join(base, 'postgres')))
    expect(chosen).not.toBe(folder)
    rmdirSync(chosen)
  })
})
