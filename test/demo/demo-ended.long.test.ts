import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { postgresProcesses } from '../../src/store/managed/processes.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { holderOf, issuerOf, runFolders, startDemo } from './running-demo.ts'

const A_WHOLE_RUN = 300_000

describe('a demo that is ended from outside', () => {
  test(
    'stops everything and removes its files when it is interrupted',
    async () => {
      const data = temporaryDirectory()
      const demo = startDemo('--data', data)
      await demo.printed('… 1  Okta pushes')
      const [folder = ''] = await runFolders(data)
      const issuer = await issuerOf(folder)
      demo.kill('SIGINT')
      const { code, err } = await demo.ended
      expect({ code, err }).toEqual({ code: 130, err: '' })
      expect(await readdir(data)).toEqual([])
      await expect(fetch(issuer)).rejects.toThrow('fetch failed')
    },
    A_WHOLE_RUN,
  )

  test(
    'says that Rollcall has ended, where its log is, and leaves no PostgreSQL running, when Rollcall is killed',
    async () => {
      const data = temporaryDirectory()
      const demo = startDemo('--exit', '--data', data)
      await demo.printed('… 1  Okta pushes')
      const [folder = ''] = await runFolders(data)
      process.kill(await holderOf(join(folder, 'data')), 'SIGKILL')
      const { code, err } = await demo.ended
      expect(code).toBe(1)
      expect(err).toContain('`rollcall serve` ended in the middle of the demo (SIGKILL)')
      expect(err).toContain(join(folder, 'rollcall.log'))
      expect(err).not.toMatch(/^ +at /m)
      expect(postgresProcesses().filter(({ cwd }) => cwd?.startsWith(folder))).toEqual([])
    },
    A_WHOLE_RUN,
  )
})
