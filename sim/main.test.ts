import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const BIN = fileURLToPath(new URL('../bin/rollcall-sim.js', import.meta.url))

test('the command of the package reaches the simulator that is asked for', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [BIN, 'cxone', '--help'])
  expect(stdout).toContain('Usage: rollcall-sim cxone')
})
