/** `connection check` against a server that is right, and against each fault that can be planted between. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reachSteps, type CheckStep } from '../../src/cli/connection/check-reach.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { until } from '../support/wait.ts'
import { rollcall, type Call } from './terminal.ts'

const NOT_PUBLIC = 'No public address is set'

let server: TestRollcall
let sql: Client
beforeAll(async () => {
  server = await startRollcallForTest({
    apps: [{ id: 'target', type: 'memory', mode: 'enforce' }],
    profiles: ['okta', 'entra', 'onelogin', 'generic'],
  })
  sql = new Client(server.databaseUrl)
  await sql.connect()
})
afterAll(async () => {
  await sql.end()
  await server.close()
})

interface Checked {
  readonly call: Call
  readonly ok: boolean
  readonly steps: readonly CheckStep[]
}

/** `patience`: between two looks into the log for the calls that were made. */
async function check(words: string, env: Record<string, string> = {}, patience = 500): Promise<Checked> {
  const call = await rollcall(['connection', 'check', ...words.split(' '), '--json'], {
    env: { ROLLCALL_URL: server.address, ROLLCALL_API_KEY: server.apiKey, ...env },
    onSleep: () => sleep(patience),
  })
  const { ok, steps } = call.out === '' ? { ok: false, steps: [] } : (JSON.parse(call.out) as Checked)
  return { call, ok, steps }
}

const wrongOf = (steps: readonly CheckStep[]): string[] =>
  steps
    .filter(({ ok, detail }) => !ok && !detail.startsWith(NOT_PUBLIC))
    .map(({ step, detail }) => `${step}: ${detail}`)

/** Users and groups that are there, and people an app has heard of. */
async function traces(): Promise<number> {
  const { rows } = await sql.query<{ count: number }>(
    `select (select count(*) from identity where deleted_at is null and user_name like 'rollcall-check%')
          + (select count(*) from link where state = 'linked') as count`,
  )
  return Number(rows[0]?.count)
}

describe('a server that is right', () => {
  test.each(['okta', 'entra', 'onelogin', 'generic'])("answers %s's test calls, and nothing stays", async (profile) => {
    const { steps, call } = await check(`${profile}-only --write`, {
      ROLLCALL_CHECK_TOKEN: `${profile}-only-0123456789`,
    })
    expect(wrongOf(steps)).toEqual([])
    expect(steps.map(({ step }) => step)).toEqual(
      expect.arrayContaining([
        'with a wrong token',
        'clock',
        'whose token',
        'create a user',
        'see them in it',
        'take the user away',
      ]),
    )
    // Its address is the one of this machine: a provider could not reach it.
    expect(steps.filter(({ ok }) => !ok).map(({ step }) => step)).toEqual(['address'])
    expect(call.exitCode).toBe(1)
    expect(await traces()).toBe(0)
  })

  test('Ctrl+C in the middle of --write: what was made goes', async () => {
    const made = async (): Promise<number> =>
      Number(
        (await sql.query<{ n: string }>(`select count(*) as n from identity where user_name like 'rollcall-check%'`))
          .rows[0]?.n,
      )
    const before = await made()
    const call = await rollcall(['connection', 'check', 'okta-only', '--write', '--json'], {
      env: {
        ROLLCALL_URL: server.address,
        ROLLCALL_API_KEY: server.apiKey,
        ROLLCALL_CHECK_TOKEN: 'okta-only-0123456789',
      },
      onSleep: () => sleep(500),
      onInterrupt: (interrupt) => {
        void until(made, (now) => now > before).then(interrupt)
        return () => undefined
      },
    })
    const { steps } = JSON.parse(call.out) as Checked
    expect(steps.map(({ step }) => step)).toContain('take the user away')
    expect(await traces()).toBe(0)
  })

  test('without --write, nothing is written at all', async () => {
    const { rows: before } = await sql.query('select max(seq) as last from event')
    const { steps } = await check('okta-only', { ROLLCALL_CHECK_TOKEN: 'okta-only-0123456789' })
    expect(steps.some(({ step }) => step.includes('create'))).toBe(false)
    expect((await sql.query('select max(seq) as last from event')).rows).toEqual(before)
  })

  test('where an app would make an account, --write wants --yes, and then none is made', async () => {
    const token = { ROLLCALL_CHECK_TOKEN: server.scimToken }
    const refused = await check('okta --write', token)
    expect(refused.call).toMatchObject({ exitCode: 2, out: '' })
    expect(refused.call.err).toMatch(/accounts in target, so --write needs --yes/)
    const { steps } = await check('okta --write --yes', token)
    expect(wrongOf(steps)).toEqual([])
    expect(await traces()).toBe(0)
    const { rows } = await sql.query<{ steps: { kind: string }[] }>('select steps from plan')
    expect(rows.flatMap((row) => row.steps.map(({ kind }) => kind))).not.toContain('create')
  })
})

describe('the token', () => {
  test('is never taken from the command line, and asked for without being shown', async () => {
    const call = await rollcall(['connection', 'check', 'okta-only'], {
      env: { ROLLCALL_URL: server.address, ROLLCALL_API_KEY: server.apiKey },
      answers: ['okta-only-0123456789'],
      onSleep: () => sleep(500),
    })
    expect(call.out).toContain('✓ test of the connection')
    expect(call.err).toContain('A token of the connection (it is not shown):')
    expect(call.out + call.err).not.toContain('0123456789')
    expect(await rollcall(['connection', 'check', 'okta-only', 'okta-only-0123456789'])).toMatchObject({ exitCode: 2 })
  })

  test('that is missing: exit 2, and which variable to set', async () => {
    expect((await check('okta-only')).call).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('Set ROLLCALL_CHECK_TOKEN'),
    })
  })

  test('of another connection is found out', async () => {
    const { steps } = await check('okta-only', { ROLLCALL_CHECK_TOKEN: 'entra-only-0123456789' }, 20)
    expect(wrongOf(steps)).toEqual([expect.stringMatching(/^whose token: The calls are not in the log of okta-only/)])
  })

  test('that nobody knows fails every call that needs one', async () => {
    const { steps } = await check('okta-only', { ROLLCALL_CHECK_TOKEN: 'nobody-knows-0123456789' }, 20)
    expect(wrongOf(steps)[0]).toMatch(/^test of the connection: Not right: answered 401/)
  })
})

describe('a fault that stands between is named', () => {
  /** The server behind something that treats what is below /scim/v2 as `treat` says; true when it has answered. */
  async function behind(treat: (...request: Parameters<RequestListener>) => boolean): Promise<Checked> {
    const proxy: Server = createServer((request, response) => {
      if (request.url?.startsWith('/scim/v2') === true && treat(request, response)) return
      void fetch(server.address + request.url, {
        headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
        redirect: 'manual',
      }).then(async (answer) => {
        const headers = [...answer.headers].filter(
          ([name]) =>
            !['connection', 'keep-alive', 'content-length', 'transfer-encoding', 'content-encoding'].includes(name),
        )
        response.writeHead(answer.status, Object.fromEntries(headers)).end(await answer.text())
      })
    })
    await once(proxy.listen(0, '127.0.0.1'), 'listening')
    try {
      const env = {
        ROLLCALL_CHECK_TOKEN: 'okta-only-0123456789',
        ROLLCALL_URL: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
      }
      return await check('okta-only', env, 20)
    } finally {
      proxy.close()
      proxy.closeAllConnections()
    }
  }

  const LIST = JSON.stringify({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: 1,
    Resources: [{ id: 'u1' }],
  })
  const SCIM = { 'content-type': 'application/scim+json' }

  test.each<[string, (...request: Parameters<RequestListener>) => boolean, RegExp]>([
    [
      'a firewall that answers in HTML',
      (_, response) => Boolean(response.writeHead(403, { 'content-type': 'text/html' }).end('<h1>no</h1>')),
      /test of the connection: Not right: 403 and text\/html: what answered was not Rollcall/,
    ],
    [
      'a redirect',
      (_, response) => Boolean(response.writeHead(301, { location: 'https://elsewhere.test/' }).end()),
      /it points to https:\/\/elsewhere\.test\//,
    ],
    [
      'a query that is lost',
      (_, response) => Boolean(response.writeHead(200, SCIM).end(LIST)),
      /a name that nobody has: Not right: somebody was found who cannot be there/,
    ],
    [
      'a door that is open',
      (_, response) => Boolean(response.writeHead(200, SCIM).end(LIST)),
      /without a token: Not right: answered 200 to somebody who is not signed in/,
    ],
    [
      'another content type',
      (_, response) => Boolean(response.writeHead(200, { 'content-type': 'application/json' }).end(LIST)),
      /the content type is application\/json/,
    ],
    [
      'a clock that is off',
      (_, response) => {
        response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString())
        return Boolean(response.writeHead(200, SCIM).end(LIST))
      },
      /clock: The clock of the server is 3\d\d\d s behind/,
    ],
    ['nobody there', (request) => Boolean(request.socket.destroy()), /test of the connection: No answer: /],
    [
      'two slashes that are not one',
      (request, response) =>
        request.url?.startsWith('/scim/v2//') === true && Boolean(response.writeHead(404, SCIM).end('{}')),
      /a base URL that ends in a slash: Not right: answered 404/,
    ],
  ])('%s', async (_what, treat, words) => {
    const { ok, call, steps } = await behind(treat)
    expect(wrongOf(steps).join('\n')).toMatch(words)
    expect(ok).toBe(false)
    expect(call.exitCode).toBe(1)
  })
})

describe('the certificate is looked at as a provider does', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-check-'))
    const openssl = (...words: string[]): unknown => execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' })
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    const authority = ['-addext', 'basicConstraints=critical,CA:TRUE']
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'root.key',
      '-out',
      'root.pem',
      '-days',
      '30',
      '-subj',
      '/CN=root',
      ...authority,
    )
    const under = (name: string, by: string, words: readonly string[]): void => {
      openssl(
        'req',
        '-x509',
        ...key,
        '-CA',
        `${by}.pem`,
        '-CAkey',
        `${by}.key`,
        '-keyout',
        `${name}.key`,
        '-out',
        `${name}.pem`,
        '-subj',
        `/CN=${name}`,
        ...words,
      )
    }
    under('middle', 'root', ['-days', '30', ...authority])
    under('leaf', 'middle', ['-days', '30', '-addext', 'subjectAltName=DNS:localhost'])
    under('other', 'root', ['-days', '30', '-addext', 'subjectAltName=DNS:other.test'])
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      'self.key',
      '-out',
      'self.pem',
      '-days',
      '30',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
    )
  })
  afterAll(() => rm(folder, { recursive: true }))

  const file = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')

  async function reached(
    files: { key: string; cert: readonly string[] },
    now = new Date(),
  ): Promise<readonly CheckStep[]> {
    const cert = (await Promise.all(files.cert.map(file))).join('')
    const tls = createTlsServer({ key: await file(files.key), cert }, (_, response) => response.end('{}'))
    await once(tls.listen(0, 'localhost'), 'listening')
    try {
      const { port } = tls.address() as AddressInfo
      return await reachSteps(`https://localhost:${port}/scim/v2`, { now, roots: [await file('root.pem')] })
    } finally {
      tls.close()
    }
  }
  const certificateOf = (steps: readonly CheckStep[]): CheckStep | undefined =>
    steps.find(({ step }) => step === 'certificate')

  test('a whole chain to a known root is right', async () => {
    const steps = await reached({ key: 'leaf.key', cert: ['leaf.pem', 'middle.pem'] })
    expect(certificateOf(steps)).toMatchObject({
      ok: true,
      detail: expect.stringMatching(
        /^TLSv1\.[23], certificate and chain are right, valid for another (?:29|30) days\.$/,
      ),
    })
    expect(steps[0]).toMatchObject({ step: 'name', ok: true, detail: expect.stringContaining('inside a network') })
  })

  test.each<[string, { key: string; cert: readonly string[] }, Date | undefined, RegExp]>([
    ['self-signed', { key: 'self.key', cert: ['self.pem'] }, undefined, /self-signed/],
    ['without its middle', { key: 'leaf.key', cert: ['leaf.pem'] }, undefined, /without the one between/],
    ['for another name', { key: 'other.key', cert: ['other.pem'] }, undefined, /is for other\.test, not for localhost/],
    [
      'expired',
      { key: 'leaf.key', cert: ['leaf.pem', 'middle.pem'] },
      new Date(Date.now() + 40 * 86_400_000),
      /expired on/,
    ],
    [
      'not yet valid',
      { key: 'leaf.key', cert: ['leaf.pem', 'middle.pem'] },
      new Date(Date.now() - 86_400_000),
      /not valid before/,
    ],
  ])('%s: it is named', async (...[, files, now, words]) => {
    const found = certificateOf(await reached(files, now))
    expect(found?.ok).toBe(false)
    expect(found?.detail).toMatch(words)
  })

  test('soon over: it is right, and somebody should look', async () => {
    const soon = new Date(Date.now() + 20 * 86_400_000)
    expect(certificateOf(await reached({ key: 'leaf.key', cert: ['leaf.pem', 'middle.pem'] }, soon))).toMatchObject({
      ok: true,
      detail: expect.stringContaining('See that it is renewed'),
    })
  })

  test('http where https was said; http beside it; a name that nobody has', async () => {
    const plain = createServer((_, response) => response.end('{}'))
    await once(plain.listen(0, 'localhost'), 'listening')
    const { port } = plain.address() as AddressInfo
    const steps = await reachSteps(`https://localhost:${port}/scim/v2`, { now: new Date(), httpPort: port })
    plain.close()
    expect(steps.map(({ step, ok }) => [step, ok])).toEqual([
      ['name', true],
      ['certificate', false],
      ['plain http', false],
    ])
    expect(steps[1]?.detail).toMatch(/No TLS 1\.2 or later/)
    expect(steps[2]?.detail).toMatch(/in the clear/)
    expect(await reachSteps('https://no-such-name.invalid/scim/v2', { now: new Date() })).toEqual([
      { step: 'name', ok: false, detail: 'There is no address for no-such-name.invalid. Enter it in the DNS.' },
    ])
  })
})
