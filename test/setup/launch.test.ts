import { chmodSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { canBeNobody, NOBODY } from '../support/nobody.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { plainEnvironment, processesNaming, run, smallCheckout, type Running } from './checkout.ts'

/** Says who it is, then does what its first argument says. */
const PROGRAM = `
const [what, ...rest]: string[] = process.argv.slice(2)
for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => { console.log(name); process.exit(7) })
console.log(JSON.stringify({ node: process.execPath, rest }))
if (what === 'end') process.exit(Number(rest[0]))
if (what === 'abort') process.kill(process.pid, 'SIGKILL')
if (what === 'wait') setInterval(() => undefined, 1000)
`

let checkout: string
let home: string

beforeAll(() => {
  checkout = smallCheckout(temporaryDirectory(), PROGRAM)
  home = temporaryDirectory()
})

function rollcall(...args: string[]): Running {
  return run([process.execPath, join(checkout, 'bin', 'rollcall.js'), ...args], {
    env: plainEnvironment(home),
    cwd: home,
  })
}

describe('a program in bin/', () => {
  test('runs with the Node among the packages and passes its arguments on; standard output is the program’s alone', async () => {
    const { code, stdout, stderr } = await rollcall('end', '0', '--port', 'a b').ended
    const node = join(checkout, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node')
    expect({ code, stderr, said: JSON.parse(stdout) as unknown }).toEqual({
      code: 0,
      stderr: '',
      said: { node, rest: ['0', '--port', 'a b'] },
    })
  })

  test('ends with the program’s exit code', async () => {
    expect((await rollcall('end', '42').ended).code).toBe(42)
  })

  test('ends of the signal that ended the program', async () => {
    expect((await rollcall('abort').ended).code).toBe('SIGKILL')
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'passes %s on, once, and waits for the program to end',
    async (signal) => {
      const running = rollcall('wait')
      await running.said('node')
      running.process.kill(signal)
      const { code, stdout } = await running.ended
      expect({ code, said: stdout.trim().split('\n').slice(1) }).toEqual({ code: 7, said: [signal] })
    },
  )

  test('takes the program with it when it is killed', async () => {
    const running = rollcall('wait')
    await running.said('node')
    running.process.kill('SIGKILL')
    for (let tries = 0; tries < 200 && processesNaming(join(checkout, 'src')).length > 0; tries += 1) await pause(50)
    expect(processesNaming(join(checkout, 'src'))).toEqual([])
  })
})

describe('where the set-up cannot be done', () => {
  test.runIf(canBeNobody)(
    'because the checkout cannot be written to, it says who cannot, and the way out',
    async () => {
      const foreign = smallCheckout(temporaryDirectory(), PROGRAM)
      rmSync(join(foreign, 'node_modules', '.package-lock.json'))
      const running = run([process.execPath, join(foreign, 'bin', 'rollcall.js')], {
        env: plainEnvironment(home),
        ...NOBODY,
      })
      const { code, stdout, stderr } = await running.ended
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toMatch(/cannot be installed\.\n {2}Why: nobody cannot write to .*\n {2}Way out: .*npm ci/)
    },
  )

  test.runIf(process.platform === 'linux')('because there is no npm, it says so, and where to get it', async () => {
    const bare = smallCheckout(temporaryDirectory(), PROGRAM)
    rmSync(join(bare, 'node_modules', '.package-lock.json'))
    const running = run([process.execPath, join(bare, 'bin', 'rollcall.js')], { env: { PATH: '/nowhere', HOME: home } })
    const { code, stderr } = await running.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/Why: there is no npm in PATH\.\n {2}Way out: /)
    expect(readdirSync(bare)).not.toContain('.rollcall')
  })

  test('because npm ends with an error, it says which', async () => {
    const broken = smallCheckout(temporaryDirectory(), PROGRAM)
    rmSync(join(broken, 'node_modules', '.package-lock.json'))
    const npm = join(temporaryDirectory(), 'npm')
    writeFileSync(npm, '#!/bin/sh\necho "npm error code ECONNREFUSED" >&2\nexit 1\n')
    chmodSync(npm, 0o755)
    const env = { PATH: join(npm, '..'), HOME: home }
    const { code, stderr } = await run([process.execPath, join(broken, 'bin', 'rollcall.js')], { env }).ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/Why: npm ci ended with 1: code ECONNREFUSED\.\n {2}Way out: .*registry can be reached/)
  })
})
