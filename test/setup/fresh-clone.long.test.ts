/**
 * The two commands of the README on a machine that has nothing but Node and npm: real installations in fresh copies.
 */
import { appendFileSync, chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { copyCheckout, plainEnvironment, run, type Running } from './checkout.ts'

const MINUTES = 60_000
const asRoot = process.getuid?.() === 0
const NOBODY = { uid: 65_534, gid: 65_534 }

/** A test that needs everything: packages, Node 24, TypeScript and PostgreSQL. */
function npmTest(checkout: string, home: string, as: object = {}): Running {
  const env = plainEnvironment(home)
  return run(['npm', 'test', '--', 'test/support/database.test.ts'], { cwd: checkout, env, ...as })
}

function countOf(words: string, text: string): number {
  return text.split(words).length - 1
}

/** Times are for the report of whoever runs this; nothing is asserted about them. */
async function timed<T>(what: string, work: Promise<T>): Promise<T> {
  const began = Date.now()
  const result = await work
  console.info(`${what}: ${((Date.now() - began) / 1000).toFixed(1)} s`)
  return result
}

describe('npm test in a fresh clone with an empty HOME', () => {
  test(
    'installs, starts PostgreSQL and passes; two at once are safe; the second time nothing is installed',
    async () => {
      const checkout = copyCheckout(join(temporaryDirectory(), 'clone'))
      const home = temporaryDirectory()
      const both = await timed(
        'two at once',
        Promise.all([npmTest(checkout, home).ended, npmTest(checkout, home).ended]),
      )
      expect(both.map(({ code, stderr }) => (code === 0 ? 0 : stderr))).toEqual([0, 0])
      expect(countOf('Installing ', both.map(({ stderr }) => stderr).join(''))).toBe(1)
      const again = await timed('second start', npmTest(checkout, home).ended)
      expect(again.code).toBe(0)
      expect(again.stderr).not.toContain('Installing ')
      expect(readdirSync(checkout)).not.toContain('.rollcall')

      // Another lockfile is another installation.
      appendFileSync(join(checkout, 'package-lock.json'), '\n')
      const changed = await timed('after a changed lockfile', npmTest(checkout, home).ended)
      expect(changed.code).toBe(0)
      expect(changed.stderr).toContain('Installing ')
    },
    10 * MINUTES,
  )

  test(
    'repairs an installation that was killed in the middle',
    async () => {
      const checkout = copyCheckout(join(temporaryDirectory(), 'clone'))
      const home = temporaryDirectory()
      // The set-up alone is killed, not the npm that works for it: that one must notice and not go on.
      const first = run(['node', 'bin/test.js'], { cwd: checkout, env: plainEnvironment(home) })
      await first.said('Installing ')
      await pause(3_000)
      first.process.kill('SIGKILL')
      const { code, stderr } = await timed('after an interruption', npmTest(checkout, home).ended)
      expect(code === 0 ? 0 : stderr).toBe(0)
      expect(stderr).toContain('Installing ')
    },
    10 * MINUTES,
  )

  test.runIf(asRoot)(
    'works as an ordinary user whose HOME cannot be written to',
    async () => {
      const checkout = copyCheckout(join(temporaryDirectory(), 'clone'))
      execFileSync('chown', ['-R', `${NOBODY.uid}:${NOBODY.gid}`, checkout])
      const { code, stderr, stdout } = await timed('ordinary user', npmTest(checkout, '/nonexistent', NOBODY).ended)
      expect(code === 0 ? 0 : stdout + stderr).toBe(0)
    },
    10 * MINUTES,
  )

  test.runIf(asRoot)(
    'works as root below a directory that only root may enter',
    async () => {
      const secret = join(temporaryDirectory(), 'secret')
      mkdirSync(secret)
      chmodSync(secret, 0o700)
      const checkout = copyCheckout(join(secret, 'clone'))
      const { code, stderr, stdout } = await timed(
        'below a 0700 directory',
        npmTest(checkout, temporaryDirectory()).ended,
      )
      expect(code === 0 ? 0 : stdout + stderr).toBe(0)
    },
    10 * MINUTES,
  )
})
