import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { startDemo } from './running-demo.ts'

// The whole runs are in demo.long.test.ts, and one is a step of .ci/run.
test('a demo whose port is taken says so in plain words and leaves nothing behind', { timeout: 300_000 }, async () => {
  const data = temporaryDirectory()
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const address = taken.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const { code, err } = await startDemo('--exit', '--data', data, '--port', String(port)).ended
  taken.close()
  expect(code).toBe(1)
  expect(err).toContain(`Port ${port} on 127.0.0.1 is taken by another process`)
  expect(err).not.toMatch(/^ +at /m)
  expect(await readdir(data)).toEqual([])
})
