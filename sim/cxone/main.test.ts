// Decides that `rollcall-sim cxone` keeps its promise as a process: one JSON line, a clean stop, plain refusals.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generate } from 'selfsigned'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call } from './caller.ts'
import { startFromCommand } from './main.ts'

const ENTRY = fileURLToPath(new URL('../main.ts', import.meta.url))
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-sim-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Run {
  readonly child: ChildProcess
  readonly out: () => string
  readonly err: () => string
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>
}

function run(...args: string[]): Run {
  const child = spawn(process.execPath, [ENTRY, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (part: Buffer) => {
    out += part.toString()
  })
  child.stderr.on('data', (part: Buffer) => {
    err += part.toString()
  })
  const ended = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string | null)
  return { child, out: () => out, err: () => err, ended }
}

async function firstLine(started: Run): Promise<Record<string, string>> {
  while (!started.out().includes('\n')) {
    if (started.child.exitCode !== null) throw new Error(started.err())
    await once(started.child.stdout!, 'data')
  }
  return JSON.parse(started.out()) as Record<string, string>
}

const users = 25
const chaos = {
  switches: { createStatus: 201 },
  faults: [{ match: { path: 'jwks' }, times: 1, effect: { status: 503 } }],
  limits: { requestsPerSecond: 5, burst: 9, retryAfter: 1 },
  latency: { ms: 1 },
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'it prints one JSON line once it listens, obeys its chaos file and stops on %s with 0',
  async (signal) => {
    const file = join(folder, `${signal}.json`)
    await writeFile(file, JSON.stringify(chaos))
    const started = run('cxone', '--port', '0', '--users', String(users), '--seed', '9', '--chaos', file)
    const line = await firstLine(started)
    expect(Object.keys(line)).toEqual(['issuer', 'accessKeyId', 'accessKeySecret', 'control'])
    const { accessKeyId, accessKeySecret } = line
    const signedIn = await call('POST', `${line['issuer']}/authentication/v1/token/access-key`, {
      body: { accessKeyId, accessKeySecret },
    })
    expect(signedIn.status).toBe(200)
    const seen = async (path: string) => (await call('GET', `${line['control']}${path}`)).body
    expect((await seen('/state')).users).toHaveLength(users)
    expect((await seen('/switches'))['createStatus']).toBe(201)
    expect([await seen('/limits'), await seen('/latency')]).toEqual([chaos.limits, chaos.latency])
    expect((await call('GET', `${line['issuer']}/auth/jwks`)).status).toBe(503)
    started.child.kill(signal)
    expect(await started.ended).toBe(0)
    expect([started.out().split('\n').length, started.err()]).toEqual([2, ''])
  },
)

const options = { port: 0, users: 1, seed: 1 }

test.each([
  ['broken JSON', '{"switches": {', ['JSON', 'line 1']],
  ['a list', '[]', ['the chaos file is a list']],
  ['an unknown part', '{"swiches": {}}', ['unknown key "swiches"', 'switches, faults, limits, latency']],
  ['an unknown switch', '{"switches": {"x": 1}}', ['no switch is called "x"']],
  ['a bad fault', '{"faults": [{"effect": {"status": "x"}}]}', ['faults[0].effect.status']],
  ['a bad limit', '{"limits": {"requestsPerSecond": "many"}}', ['limits.requestsPerSecond']],
  ['a bad latency', '{"latency": -5}', ['latency']],
])('a chaos file with %s is refused with the reason and the place', async (_what, text, named) => {
  const file = join(folder, 'bad.json')
  await writeFile(file, text)
  const refused = await startFromCommand({ ...options, chaos: file }).catch((cause: unknown) => cause)
  for (const part of [file, ...named]) expect((refused as Error).message).toContain(part)
})

test('another area and seed are another tenant elsewhere', async () => {
  const [one, other] = await Promise.all([
    startFromCommand({ port: 0, users: 3, seed: 1 }),
    startFromCommand({ port: 0, users: 3, seed: 2, area: 'eu1' }),
  ])
  const [na1, eu1] = await Promise.all(
    [one, other].map(async ({ issuer }) => (await call('GET', `${issuer}/.well-known/cxone-configuration`)).body),
  )
  expect([na1?.['area'], eu1?.['area'], na1?.tenantId === eu1?.tenantId]).toEqual(['na1', 'eu1', false])
  expect(eu1?.['api_endpoint']).toBe(`${other.issuer}/api-eu1`)
  await Promise.all([one.close(), other.close()])
})

test('a missing chaos file and a taken port are told in a sentence', async () => {
  await expect(startFromCommand({ ...options, chaos: join(folder, 'none.json') })).rejects.toThrow(
    'there is no chaos file',
  )
  const first = await startFromCommand(options)
  const port = Number(new URL(first.issuer).port)
  await expect(startFromCommand({ ...options, port })).rejects.toThrow(`port ${port} is taken`)
  await first.close()
})

test('with a certificate of its own it speaks HTTPS, and only who trusts that gets an answer', async () => {
  const [tlsKey, tlsCert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = await generate([{ name: 'commonName', value: '127.0.0.1' }], { algorithm: 'sha256', keySize: 2048 })
  await Promise.all([writeFile(tlsKey, made.private), writeFile(tlsCert, made.cert)])
  await expect(startFromCommand({ ...options, tlsKey })).rejects.toThrow('go together')
  await expect(startFromCommand({ ...options, tlsKey, tlsCert: join(folder, 'none.pem') })).rejects.toThrow('none.pem')
  const own = await startFromCommand({ ...options, tlsKey, tlsCert })
  expect(own.issuer).toMatch(/^https:/)
  await expect(fetch(own.issuer)).rejects.toThrow('fetch failed')
  const trusting = request(own.issuer, { ca: made.cert, checkServerIdentity: () => undefined })
  trusting.end()
  const [answer] = (await once(trusting, 'response')) as [IncomingMessage]
  answer.resume()
  expect(answer.statusCode).toBe(200)
  await own.close()
})

test('a refusal goes to stderr and ends with 1, and a bad option names what would be right', async () => {
  const missing = run('cxone', '--chaos', join(folder, 'none.json'))
  const bad = run('cxone', '--users', 'many')
  expect([await missing.ended, missing.out(), missing.err()]).toEqual([
    1,
    '',
    expect.stringContaining('rollcall-sim cxone: there is no chaos file'),
  ])
  expect([await bad.ended, bad.err()]).toEqual([1, expect.stringContaining('a whole number from 0 to')])
})

test('without a command it names both simulators', async () => {
  const none = run()
  await none.ended
  expect(none.err() + none.out()).toMatch(/cxone[\s\S]*idp/)
})
