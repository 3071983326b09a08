import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import { startCxoneForTest } from '../support/cxone.ts'
import { createTestDatabase } from '../support/database.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf } from '../support/scim.ts'
import { until } from '../support/wait.ts'

let rollcall: TestRollcall | undefined
afterEach(async () => {
  await rollcall?.close()
  rollcall = undefined
})

interface Line {
  readonly level: number
  readonly msg: string
  readonly err?: unknown
}

function collecting(level: string) {
  const lines: string[] = []
  const log = pino({ level }, { write: (line: string) => void lines.push(line) })
  return { log, text: () => lines.join(''), lines: () => lines.map((line) => JSON.parse(line) as Line) }
}

test('nothing that is a secret is logged at any level: tokens, keys, passwords, secrets of apps and of the database', async () => {
  const cxone = await startCxoneForTest()
  const database = await createTestDatabase()
  try {
    const { log, text } = collecting('trace')
    const metricsToken = 'metrics-secret-0123456789'
    rollcall = await startRollcallForTest({
      apps: [cxone.app],
      log,
      databaseUrl: database.url,
      settings: { metricsToken },
    })
    const scim = scimClient(rollcall.base, rollcall.scimToken)
    const password = 'Pa55-never-to-be-seen'
    const created = await scim('POST', '/Users', userOf('mia@acme.test', { password }))
    await scim('PUT', `/Users/${created.body.id}`, userOf('mia@acme.test', { password: `${password}-2` }))
    await scim(
      'PATCH',
      `/Users/${created.body.id}`,
      patchOf({ op: 'replace', path: 'password', value: `${password}-3` }),
    )
    await scim('POST', '/Users', `{"userName":"x","password":"${password}-4`)
    await scim('POST', '/Users', { password: `${password}-5` })
    const wrong = [
      'wrong-bearer-0123456789',
      'wrong-basic-0123456789',
      'wrong-query-0123456789',
      'wrong-oauth-0123456789',
    ]
    const basic = Buffer.from(`okta:${wrong[1]}`).toString('base64')
    await fetch(`${rollcall.base}/Users`, { headers: { authorization: `Bearer ${wrong[0]}` } })
    await fetch(`${rollcall.base}/Users`, { headers: { authorization: `Basic ${basic}` } })
    await fetch(`${rollcall.base}/Users?access_token=${wrong[2]}`)
    await fetch(`${rollcall.address}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'x', client_secret: wrong[3] ?? '' }),
    })
    await fetch(`${rollcall.address}/api/v1/apps`, { headers: { authorization: `Bearer ${wrong[0]}` } })
    await fetch(`${rollcall.address}/api/v1/apps`, { headers: { authorization: `Bearer ${rollcall.apiKey}` } })
    await fetch(`${rollcall.address}/metrics`, { headers: { authorization: `Bearer ${metricsToken}` } })
    await until(
      () => cxone.userNamed('mia@acme.test'),
      (user) => user !== undefined,
    )
    await cxone.outage(600)
    await scim('PATCH', `/Users/${created.body.id}`, patchOf({ op: 'replace', value: { title: 'Lead' } }))
    await until(
      async () => text().includes('unreachable'),
      (seen) => seen,
    )
    await rollcall.close()
    const auth = cxone.app['auth'] as Record<string, { value: string }>
    const hidden = [
      password, metricsToken, basic, ...wrong, rollcall.scimToken, rollcall.nextToken, rollcall.otherToken, rollcall.apiKey,
      auth['accessKeySecret']?.value ?? '', new URL(database.url).password,
    ].filter((it) => it !== '') // prettier-ignore
    expect(hidden.length).toBeGreaterThan(10)
    expect(hidden.filter((it) => text().includes(it))).toEqual([])
    // Access tokens of CXone are signed JWTs.
    expect(text()).not.toMatch(/eyJ[\w-]{20,}\.[\w-]+\.[\w-]+|authorization":"(?!\[)/i)
    expect(text()).toContain('an app was called')
  } finally {
    await database.drop()
    await cxone.close()
  }
}, 60_000)

test('while the database is away, refused requests are a short line now and then, without a stack, and it is served again after', async () => {
  const database = await createTestDatabase()
  const relay = await openRelay(database.url)
  const { log, lines } = collecting('info')
  rollcall = await startRollcallForTest({ log, databaseUrl: relay.url })
  const scim = scimClient(rollcall.base, rollcall.scimToken)
  await relay.cut()
  const before = lines().length
  const statuses = await Promise.all(
    Array.from({ length: 30 }, () => scim('GET', '/Users?count=1').then((it) => it.status)),
  )
  await pause(3_000)
  const told = lines().slice(before)
  expect(new Set(statuses)).toEqual(new Set([503]))
  expect(told.filter(({ msg }) => msg.includes('a SCIM request failed')).length).toBe(1)
  expect(told.filter(({ msg }) => msg.includes('background work failed')).length).toBeLessThanOrEqual(1)
  expect(told.filter(({ err }) => err !== undefined)).toEqual([])
  await relay.join()
  await until(
    () => scim('GET', '/Users?count=1').then((it) => it.status),
    (status) => status === 200,
  )
  await rollcall.close()
  await relay.cut()
  await database.drop()
}, 60_000)

/** Between Rollcall and the database, to be cut. */
async function openRelay(databaseUrl: string) {
  const url = new URL(databaseUrl)
  const folder = url.searchParams.get('host')
  const port = url.port === '' ? 5432 : Number(url.port)
  const target = folder === null ? { host: url.hostname, port } : { path: `${folder}/.s.PGSQL.${port}` }
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(target)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.pipe(other)
      socket.on('error', () => other.destroy())
      socket.once('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  const listen = (at: number): Promise<void> =>
    new Promise((resolve) => {
      server.listen(at, '127.0.0.1', resolve)
    })
  await listen(0)
  const here = (server.address() as AddressInfo).port
  url.searchParams.delete('host')
  url.hostname = '127.0.0.1'
  url.port = String(here)
  return {
    url: url.href,
    join: () => listen(here),
    cut: async (): Promise<void> => {
      const closed = new Promise((resolve) => {
        server.close(resolve)
      })
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
