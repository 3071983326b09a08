import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificate, noOpenssl } from '../../test/running/certificates.ts'
import { openTls } from './tls.ts'

const DAY = 86_400_000

describe.skipIf(noOpenssl !== undefined)('the end of a certificate', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'rollcall-tls-end-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each([
    [
      '60 days: fourteen days before, once a day, and after it',
      60,
      [
        [45, 0],
        [47, 1],
        [47.5, 0],
        [48.2, 1],
        [61, 1],
      ],
    ],
    [
      '6 days: in the last third of its life',
      6,
      [
        [3, 0],
        [4.2, 1],
        [4.3, 0],
      ],
    ],
  ] as const)('is told of, of %s', async (_what, days, told) => {
    const { cert, key } = makeCertificate({ days })
    const files = { certPath: join(folder, 'cert.pem'), keyPath: join(folder, 'key.pem') }
    writeFileSync(files.certPath, cert)
    writeFileSync(files.keyPath, key)
    const begun = Date.now()
    let now = new Date(begun)
    const warnings: string[] = []
    const log = { info: () => undefined, warn: (_fields: object, message: string) => void warnings.push(message) }
    const tls = await openTls({ ...files, log, now: () => now })
    for (const [day, count] of told) {
      now = new Date(begun + day * DAY)
      const before = warnings.length
      await tls.look()
      expect([day, warnings.length - before]).toEqual([day, count])
    }
    expect(warnings.at(-1)).toMatch(days === 60 ? /has expired/ : /ends soon/)
  })
})
