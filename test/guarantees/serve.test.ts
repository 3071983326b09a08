import { once } from 'node:events'
import { existsSync, renameSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { processStart } from '../../src/store/managed/processes.ts'
import { hasEnded } from '../../src/store/managed/stop.ts'
import { scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { until } from '../support/wait.ts'
import {
  API_KEY,
  postmasterOf,
  serve,
  TOKEN,
  writeConfig,
  type ServeOptions,
  type ServeProcess,
} from './serve-process.ts'

// Only ends what would never end: a start is the work of a whole program.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

/** One data directory for the whole file, and one process as far as it goes: starts are what takes time here. */
let folder: string
let dataDir: string
let configPath: string
let latest: ServeProcess | undefined

beforeAll(() => {
  folder = temporaryDirectory()
  dataDir = join(folder, 'data')
  configPath = writeConfig(folder, [])
})

afterAll(() => stopped())

const start = (options: Partial<ServeOptions> = {}): ServeProcess => serve({ configPath, dataDir, ...options })

/** A process that serves: the one of the test before if it still does. */
async function running(): Promise<ServeProcess> {
  if (latest === undefined || hasEnded(latest.child)) latest = start()
  await latest.listening
  return latest
}

async function stopped(): Promise<void> {
  await latest?.end('SIGTERM')
}

const scimOf = async (process: ServeProcess) => scimClient(`${await process.listening}/scim/v2`, TOKEN)

async function readyOf(process: ServeProcess): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${await process.listening}/readyz`)
  return { status: response.status, body: await response.json() }
}

test('a first start makes what is missing and is ready', async () => {
  const process = await running()
  expect(await readyOf(process)).toEqual({ status: 200, body: { status: 'ready' } })
  expect((await fetch(`${await process.listening}/healthz`)).status).toBe(200)
  expect((await (await scimOf(process))('GET', '/Users')).body.totalResults).toBe(0)
})

test('a second start on the same directory is told which process holds it, and leaves that one alone', async () => {
  const first = await running()
  const { code, said } = await start().ended
  expect(code).toBe(1)
  expect(said).toContain(`process ${first.child.pid} holds it`)
  expect(said).toContain('--data')
  expect((await readyOf(first)).status).toBe(200)
})

test('SIGTERM lets a request under way have its answer, stops PostgreSQL, and the next start has everything', async () => {
  const process = await running()
  const address = await process.listening
  const body = JSON.stringify(userOf('under-way@acme.test'))
  const socket = connect(Number(new URL(address).port), '127.0.0.1')
  socket.write(headOf(body) + body.slice(0, 20))
  // When it answers somebody who came later, it has begun with this one.
  await fetch(`${address}/healthz`)
  const ending = process.end('SIGTERM')
  const knock = (): Promise<boolean> =>
    fetch(`${address}/healthz`).then(
      () => true,
      () => false,
    )
  await until(knock, (open) => !open)
  socket.write(body.slice(20))
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 201 /)
  expect(await ending).toMatchObject({ code: 0 })
  expect(postmasterOf(dataDir)).toBeUndefined()
  const scim = await scimOf(await running())
  expect((await scim('GET', '/Users?filter=userName eq "under-way@acme.test"')).body.totalResults).toBe(1)
})

const headOf = (body: string): string =>
  [
    'POST /scim/v2/Users HTTP/1.1',
    'Host: rollcall',
    `Authorization: Bearer ${TOKEN}`,
    'Connection: close',
    'Content-Type: application/scim+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    '\r\n',
  ].join('\r\n')

test('kill -9 leaves a PostgreSQL that the next start ends, with all that was accepted', async () => {
  const first = await running()
  const { id } = (await (await scimOf(first))('POST', '/Users', userOf('survives@acme.test'))).body
  const postmaster = postmasterOf(dataDir)
  expect(await first.end('SIGKILL')).toMatchObject({ signal: 'SIGKILL' })
  expect(postmasterOf(dataDir)).toBe(postmaster)
  const scim = await scimOf(await running())
  expect((await scim('GET', `/Users/${id}`)).status).toBe(200)
  expect(processStart(postmaster ?? 0)).toBeUndefined()
})

describe('while PostgreSQL is gone', () => {
  let process: ServeProcess
  let scim: ScimClient
  let id: string
  // Without this file the server cannot start again.
  const control = (): string => join(dataDir, 'postgres', 'global', 'pg_control')

  beforeAll(async () => {
    process = await running()
    scim = await scimOf(process)
    id = (await scim('POST', '/Users', userOf('waits@acme.test'))).body.id
    renameSync(control(), `${control()}.away`)
    globalThis.process.kill(postmasterOf(dataDir) ?? 0, 'SIGKILL')
    await until(
      () => readyOf(process),
      ({ status }) => status !== 200,
    )
  })

  test('/readyz says so', async () => {
    expect(await readyOf(process)).toMatchObject({
      status: 503,
      body: { status: 'not ready', why: expect.stringContaining('database') },
    })
    expect((await fetch(`${await process.listening}/healthz`)).status).toBe(200)
  })

  test('a provider is told to come back, in the form of SCIM', async () => {
    const answers = await Promise.all([
      scim('GET', `/Users/${id}`),
      scim('POST', '/Users', userOf('too-early@acme.test')),
      scim('DELETE', `/Users/${id}`),
    ])
    for (const { status, headers, body } of answers) {
      expect(status).toBe(503)
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      expect(headers.get('content-type')).toContain('application/scim+json')
      expect(body).toMatchObject({ status: '503', schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'] })
    }
  })

  test('the admin API says so as a problem', async () => {
    const headers = { authorization: `Bearer ${API_KEY}` }
    const answer = await fetch(`${await process.listening}/api/v1/apps`, { headers })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
  })

  test('and when it can run again, the same process serves again, and nothing of that time was kept', async () => {
    renameSync(`${control()}.away`, control())
    await until(
      () => readyOf(process),
      ({ status }) => status === 200,
      60_000,
    )
    expect(hasEnded(process.child)).toBe(false)
    expect((await scim('GET', `/Users/${id}`)).status).toBe(200)
    expect((await scim('GET', '/Users?filter=userName eq "too-early@acme.test"')).body.totalResults).toBe(0)
  })
})

test('a start on a port that is taken says so and leaves nothing running', async () => {
  await stopped()
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const { code, said } = await start({ port }).ended
  other.close()
  expect(code).toBe(1)
  expect(said).toMatch(new RegExp(`Port ${port} .* is taken[\\s\\S]*--port`))
  expect(postmasterOf(dataDir)).toBeUndefined()
})

test('a start on files of another major version of PostgreSQL says which and the way out', async () => {
  await stopped()
  const version = join(dataDir, 'postgres', 'PG_VERSION')
  writeFileSync(version, '14\n')
  const { code, said } = await start().ended
  expect(code).toBe(1)
  expect(said).toMatch(/made by PostgreSQL 14[\s\S]*Way out: /)
  expect(postmasterOf(dataDir)).toBeUndefined()
})

test('a configuration that is wrong starts nothing, and every line of it is named with its fix', async () => {
  const place = temporaryDirectory()
  const path = join(place, 'rollcall.yaml')
  const connection = '{ id: okta, profile: okta, delivery: queue, tokens: [{ env: THE_TOKEN }], apps: [] }'
  const unknownKey = ['tenants:', '  - id: acme', `    conections: [${connection}]`]
  const others = ['  - id: bravo', '    connections:', `      - ${connection}`, `      - ${connection}`]
  writeFileSync(path, [...unknownKey, ...others].join('\n'))
  const { code, said } = await start({ configPath: path, dataDir: join(place, 'data') }).ended
  expect(code).toBe(2)
  expect(said).toMatch(/:3:\d+: .*conections[\s\S]*connections/)
  expect(said).toMatch(/:6:\d+: .*THE_TOKEN/)
  expect(said).toMatch(/:7:\d+: .*okta/)
  expect(existsSync(join(place, 'data'))).toBe(false)
})
