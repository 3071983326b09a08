import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { connect, type TLSSocket } from 'node:tls'
import { X509Certificate } from 'node:crypto'
import { pino } from 'pino'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { StartError } from '../../src/app.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { until } from '../support/wait.ts'
import { makeCertificate, noOpenssl, type TestCertificate } from './certificates.ts'

const LOOK_SECONDS = 0.02

let folder: string
let pairs: { first: TestCertificate; second: TestCertificate; third: TestCertificate }
beforeAll(() => {
  if (noOpenssl !== undefined) return
  const [first, second, third] = [makeCertificate(), makeCertificate(), makeCertificate()]
  pairs = { first, second, third }
})
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rollcall-tls-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const fingerprint = ({ cert }: TestCertificate): string => new X509Certificate(cert).fingerprint256

function put(name: string, { cert, key }: TestCertificate): { certPath: string; keyPath: string } {
  const files = { certPath: join(folder, name, 'cert.pem'), keyPath: join(folder, name, 'key.pem') }
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(files.certPath, cert)
  writeFileSync(files.keyPath, key)
  return files
}

const handshake = (address: string, options: object = {}): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address)
    const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false, ...options }, () =>
      resolve(socket),
    )
    socket.once('error', reject)
  })

async function served(address: string): Promise<string> {
  const socket = await handshake(address)
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256
}

/** Lines that were logged, as objects. */
function logTo(lines: { level: number; msg: string; why?: string }[]) {
  return pino(
    { level: 'info' },
    { write: (line: string) => void lines.push(JSON.parse(line) as (typeof lines)[number]) },
  )
}

describe.skipIf(noOpenssl !== undefined)(
  `TLS served by Rollcall itself${noOpenssl === undefined ? '' : `: ${noOpenssl}`}`,
  () => {
    let rollcall: TestRollcall
    let lines: { level: number; msg: string; why?: string }[]
    const start = async (tls: { certPath: string; keyPath: string }): Promise<TestRollcall> => {
      lines = []
      rollcall = await startRollcallForTest({ settings: { tls }, tlsSeconds: LOOK_SECONDS, log: logTo(lines) })
      return rollcall
    }
    const takes = (pair: TestCertificate) =>
      until(
        () => served(rollcall.address),
        (it) => it === fingerprint(pair),
      )
    const looks = (count = 5): Promise<unknown> => pause(LOOK_SECONDS * 1000 * count + 100)

    describe('with files that are renewed', () => {
      afterEach(() => rollcall.close())

      test('new files are taken under load without one failed request, renamed over or swapped by a symlink', async () => {
        put('v1', pairs.first)
        put('v2', pairs.second)
        symlinkSync('v1', join(folder, 'live'))
        const tls = { certPath: join(folder, 'live', 'cert.pem'), keyPath: join(folder, 'live', 'key.pem') }
        const { address } = await start(tls)
        expect(address).toMatch(/^https:/)
        const load = openLoad(address, rollcall.scimToken, [pairs.first.cert, pairs.second.cert, pairs.third.cert])
        await load.answers(40)
        symlinkSync('v2', join(folder, 'next'))
        renameSync(join(folder, 'next'), join(folder, 'live'))
        await takes(pairs.second)
        await load.answers(40)
        // One file after the other, as most tools do it: for a moment the two do not belong together.
        writeFileSync(join(folder, 'cert.new'), pairs.third.cert)
        renameSync(join(folder, 'cert.new'), join(folder, 'v2', 'cert.pem'))
        await looks()
        expect(await served(address)).toBe(fingerprint(pairs.second))
        writeFileSync(join(folder, 'key.new'), pairs.third.key)
        renameSync(join(folder, 'key.new'), join(folder, 'v2', 'key.pem'))
        await takes(pairs.third)
        await load.answers(40)
        expect(await load.stop()).toEqual([])
      })

      test('a half-written, mismatched, ended or missing pair changes nothing, and is logged once', async () => {
        const tls = put('live', pairs.first)
        const { address } = await start(tls)
        const bad: readonly (readonly [why: string, () => void])[] = [
          ['breaks off', () => writeFileSync(tls.certPath, `${pairs.second.cert}-----BEGIN CERTIFICATE-----\nMIIB`)],
          ['no whole certificate', () => writeFileSync(tls.certPath, '')],
          ['not the one of the certificate', () => writeFileSync(tls.certPath, pairs.second.cert)],
          ['no private key', () => writeFileSync(tls.keyPath, pairs.second.key.slice(0, 60))],
          ['cannot be read \\(ENOENT\\)', () => rmSync(tls.certPath)],
        ]
        for (const [why, spoil] of bad) {
          spoil()
          await until(
            async () => lines.filter((it) => new RegExp(why).test(it.why ?? '')).length,
            (count) => count > 0,
          )
          await looks()
          expect([why, lines.filter((it) => new RegExp(why).test(it.why ?? '')).length]).toEqual([why, 1])
          expect(await served(address)).toBe(fingerprint(pairs.first))
        }
        put('live', pairs.second)
        await takes(pairs.second)
      })

      test('nothing older than TLS 1.2 is spoken, before and after a change of files', async () => {
        put('live', pairs.first)
        const { address } = await start(put('live', pairs.first))
        const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }
        await expect(handshake(address, old)).rejects.toThrow(/protocol|version|alert/i)
        put('live', pairs.second)
        await takes(pairs.second)
        await expect(handshake(address, old)).rejects.toThrow(/protocol|version|alert/i)
        const socket = await handshake(address, { maxVersion: 'TLSv1.2' })
        expect(socket.getProtocol()).toBe('TLSv1.2')
        socket.destroy()
      })
    })

    test.each([
      [
        'a missing file',
        (files: { certPath: string }) => rmSync(files.certPath),
        /certificate file .* cannot be read \(ENOENT\)/,
      ],
      [
        'a key of another certificate',
        (files: { keyPath: string }) => writeFileSync(files.keyPath, pairs.second.key),
        /not the one of the certificate/,
      ],
    ])('a start with %s is refused in plain words', async (_what, spoil, words) => {
      const files = put('live', pairs.first)
      spoil(files)
      const attempt = startRollcallForTest({ settings: { tls: files } })
      await expect(attempt).rejects.toThrow(StartError)
      await expect(attempt).rejects.toThrow(words)
    })
  },
)

/** Clients that ask all the time: some keep their connection, some make a new one for each request. */
function openLoad(address: string, token: string, ca: readonly string[]) {
  const failures: string[] = []
  let answered = 0
  let stopped = false
  const once = (agent: Agent): Promise<void> =>
    new Promise((resolve) => {
      const fail = (why: string): void => {
        failures.push(why)
        resolve()
      }
      const asked = request(`${address}/scim/v2/Users?count=1`, {
        agent,
        headers: { authorization: `Bearer ${token}` },
      })
      asked.once('error', (error) => fail(error.message))
      asked.once('response', (response) => {
        response.resume().once('end', () => {
          if (response.statusCode !== 200) fail(String(response.statusCode))
          answered += 1
          resolve()
        })
      })
      asked.end()
    })
  const client = async (agent: Agent): Promise<void> => {
    while (!stopped) await once(agent)
    agent.destroy()
  }
  const agents = [true, true, false, false].map((keepAlive) => new Agent({ keepAlive, maxSockets: 1, ca: [...ca] }))
  const clients = agents.map(client)
  return {
    answers: async (more: number): Promise<void> => {
      const goal = answered + more
      await until(
        async () => answered,
        (now) => now >= goal,
      )
    },
    stop: async (): Promise<readonly string[]> => {
      stopped = true
      await Promise.all(clients)
      return failures
    },
  }
}
