/** The real process: how `rollcall` starts, is told to stop, and ends. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname

let folder = ''
let database: TestDatabase
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-process-'))
  database = await createTestDatabase()
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true })
})

interface Started {
  readonly child: ChildProcess
  /** What was printed so far. */
  readonly printed: { out: string; err: string }
  /** Resolves with what was printed once `pattern` is there; rejects when the process ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>
}

function start(words: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [MAIN, ...words], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const printed = { out: '', err: '' }
  child.stdout.on('data', (data: Buffer) => void (printed.out += data.toString()))
  child.stderr.on('data', (data: Buffer) => void (printed.err += data.toString()))
  const ended = once(child, 'close').then(() => child.exitCode)
  const until = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(printed.out)
        if (found !== null) resolve(found)
      }
      child.stdout.on('data', look)
      void ended.then(() => reject(new Error(`it ended before it printed ${pattern}: ${printed.err}`)))
      look()
    })
  return { child, printed, until, ended }
}

async function configuration(text: string): Promise<string> {
  const path = join(folder, 'rollcall.yaml')
  await writeFile(path, text)
  return path
}

const GOOD = `
tenants:
  - id: acme
    apiKeys: [{ id: ops, role: owner, env: ROLLCALL_API_KEY }]
    connections: [{ id: okta, profile: okta, tokens: [{ env: TOKEN }], apps: [one] }]
    apps: [{ id: one, type: memory }]
`

describe('the process', () => {
  test('without words explains itself and ends with 0', async () => {
    const { ended, printed } = start([])
    expect(await ended).toBe(0)
    expect(printed).toMatchObject({ out: expect.stringContaining('First steps'), err: '' })
  })

  test('ends in peace when nobody reads on', async () => {
    const { child, ended, printed } = start(['--help'])
    child.stdout?.destroy()
    expect(await ended).toBe(0)
    expect(printed.err).toBe('')
  })

  test('does not start on a configuration with mistakes: all of them in words, exit 2', async () => {
    const path = await configuration(GOOD.replace('type: memory', 'type: memori').replace('profile', 'profil'))
    const { ended, printed } = start(['serve', '--config', path, '--port', '0'], { DATABASE_URL: database.url })
    expect(await ended).toBe(2)
    expect(printed.out).toBe('')
    expect(printed.err).toContain('4 things to mend')
    for (const word of [
      'ROLLCALL_API_KEY is not set',
      'TOKEN is not set',
      'Did you mean "memory"?',
      'Did you mean "profile"?',
    ])
      expect(printed.err).toContain(word)
    expect(printed.err).not.toMatch(/^\s+at /m)
  })

  test('does not start on a database that is not there: in words, without a stack', async () => {
    const path = await configuration(GOOD)
    const env = {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
      ROLLCALL_API_KEY: 'an-api-key-of-good-length',
      TOKEN: 'a-token-of-good-length',
    }
    const { ended, printed } = start(['serve', '--config', path, '--port', '0', '--data', join(folder, 'data')], env)
    expect(await ended).not.toBe(0)
    expect(printed.err).toContain('DATABASE_URL')
    expect(printed.err).not.toMatch(/^\s+at /m)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('serves, answers commands, and ends with 0 on %s', async (signal) => {
    const path = await configuration(GOOD)
    const env = {
      DATABASE_URL: database.url,
      ROLLCALL_API_KEY: 'an-api-key-of-good-length',
      TOKEN: 'a-token-of-good-length',
    }
    const server = start(['serve', '--config', path, '--port', '0', '--data', join(folder, 'data')], env)
    const [, address = ''] = await server.until(/^Rollcall listens at (http:\/\/127\.0\.0\.1:\d+)\n/)
    const list = start(['app', 'list'], { ...env, ROLLCALL_URL: address })
    expect(await list.ended).toBe(0)
    expect(list.printed.out).toMatch(/one\s+memory\s+observe\s+working/)
    server.child.kill(signal)
    expect(await server.ended).toBe(0)
    expect(server.printed.out.split('\n')).toHaveLength(2)
  })
})

test('prints no colours into a pipe, also where CI is set', async () => {
  const help = start(['app', 'list'], { CI: 'true' })
  expect(await help.ended).not.toBe(0)
  const plain = start(['--help'], { CI: 'true' })
  expect(await plain.ended).toBe(0)
  expect(help.printed.err + plain.printed.out).not.toContain('\x1b')
})
