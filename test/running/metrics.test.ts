import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf } from '../support/scim.ts'
import { until } from '../support/wait.ts'

const TOKEN = 'a-token-for-the-metrics'

interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const samplesOf = (text: string): Sample[] =>
  text.split('\n').flatMap((line) => {
    const [, name = '', labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', text = '']) => [key, text] as const)
    return name === '' ? [] : [{ name, labels: Object.fromEntries(pairs), value: Number(value) }]
  })

const read = async (address: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${address}/metrics`, { headers })

async function samples(address: string): Promise<Sample[]> {
  const response = await read(address, { authorization: `Bearer ${TOKEN}` })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/)
  return samplesOf(await response.text())
}

const valueOf = (
  all: readonly Sample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined =>
  all.find((it) => it.name === name && Object.entries(labels).every(([key, value]) => it.labels[key] === value))?.value

describe('the figures', () => {
  let cxone: TestCxone
  let other: TestCxone
  let rollcall: TestRollcall
  beforeAll(async () => {
    cxone = await startCxoneForTest()
    other = await startCxoneForTest({ entry: { id: 'cxone-eu1', defaults: { role: 'Floor Walker' } } })
    rollcall = await startRollcallForTest({ apps: [cxone.app, other.app], settings: { metricsToken: TOKEN } })
  })
  afterAll(async () => {
    await rollcall.close()
    await cxone.close()
    await other.close()
  })

  test('follow a change from the request over the backlog to the app', async () => {
    const scim = scimClient(rollcall.base, rollcall.scimToken)
    const created = await scim('POST', '/Users', userOf('mia@acme.test'))
    expect(created.status).toBe(201)
    const app = { tenant: 'acme', app: 'cxone-na1' }
    const all = await until(
      () => samples(rollcall.address),
      (seen) => (valueOf(seen, 'rollcall_verified_after_seconds_count', app) ?? 0) >= 1,
    )
    expect(
      valueOf(all, 'rollcall_http_request_duration_seconds_count', {
        route: 'scim-users',
        method: 'POST',
        status: '2xx',
      }),
    ).toBe(1)
    expect(valueOf(all, 'rollcall_delivery_duration_seconds_count', { ...app, outcome: 'delivered' })).toBeGreaterThan(
      0,
    )
    expect(valueOf(all, 'rollcall_breaker', { ...app, state: 'closed' })).toBe(1)
    expect(valueOf(all, 'rollcall_database_up')).toBe(1)
    expect(valueOf(all, 'rollcall_database_connections', { state: 'waiting' })).toBe(0)
    expect(valueOf(all, 'rollcall_build_info', { node: process.version })).toBe(1)
    expect(valueOf(all, 'process_resident_memory_bytes')).toBeGreaterThan(0)
  })

  test('show what waits, for how long, and why, while the app is away', async () => {
    await cxone.outage(600)
    const scim = scimClient(rollcall.base, rollcall.scimToken)
    for (const name of ['a', 'b', 'c'])
      expect((await scim('POST', '/Users', userOf(`${name}@acme.test`))).status).toBe(201)
    const app = { tenant: 'acme', app: 'cxone-na1' }
    const all = await until(
      () => samples(rollcall.address),
      (seen) =>
        valueOf(seen, 'rollcall_backlog', { ...app, state: 'waiting' }) === 3 &&
        valueOf(seen, 'rollcall_breaker', { ...app, state: 'closed' }) === 0 &&
        valueOf(seen, 'rollcall_open_items', { app: 'cxone-eu1', kind: 'unknown-role' }) === 1,
      60_000,
    )
    expect(valueOf(all, 'rollcall_oldest_waiting_seconds', app)).toBeGreaterThan(0)
  }, 90_000)

  test('have no label that grows with people, requests or addresses', async () => {
    const scim = scimClient(rollcall.base, rollcall.scimToken)
    const labelSets = (all: readonly Sample[]): Set<string> =>
      new Set(
        all
          .filter(({ name }) => name.startsWith('rollcall_'))
          .map(({ name, labels }) => JSON.stringify([name, labels])),
      )
    const many = async (round: number): Promise<void> => {
      for (let at = 0; at < 20; at += 1) {
        const id = `${round}-${at}`
        await scim('GET', `/Users/${id}`)
        await scim('GET', `/Users?filter=${encodeURIComponent(`userName eq "who-${id}"`)}`)
        await scim('PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: { active: false } }))
        await fetch(`${rollcall.address}/nowhere/${id}`)
        await fetch(`${rollcall.address}/scim/v2/Nowhere/${id}`)
        await fetch(`${rollcall.address}/healthz`, { method: 'PROPFIND' })
      }
    }
    await many(1)
    const before = labelSets(await samples(rollcall.address))
    await many(2)
    const after = await samples(rollcall.address)
    expect([...labelSets(after)].filter((it) => !before.has(it))).toEqual([])
    const text = JSON.stringify(after)
    for (const hidden of ['who-', 'mia@', '1-3', rollcall.scimToken, 'nowhere']) expect(text).not.toContain(hidden)
  })

  test('are opened by the token of the installation, not by a key or token of a tenant', async () => {
    for (const wrong of [undefined, rollcall.apiKey, rollcall.scimToken, `${TOKEN}x`]) {
      const response = await read(rollcall.address, wrong === undefined ? {} : { authorization: `Bearer ${wrong}` })
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([
        401,
        expect.stringContaining('Bearer'),
      ])
      expect(await response.text()).toContain('ROLLCALL_METRICS_TOKEN')
    }
  })
})

describe('without a token', () => {
  let rollcall: TestRollcall
  beforeAll(async () => {
    rollcall = await startRollcallForTest()
  })
  afterAll(() => rollcall.close())

  test('this machine may read, and nobody who came through a proxy or under another name', async () => {
    expect((await read(rollcall.address)).status).toBe(200)
    for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      const response = await read(rollcall.address, { [header]: '127.0.0.1' })
      expect([header, response.status]).toEqual([header, 403])
      expect(await response.text()).toContain('ROLLCALL_METRICS_TOKEN')
    }
  })
})

test('a server with a public address knows that somebody stands in front, and asks for a token', async () => {
  const rollcall = await startRollcallForTest({ settings: { publicUrl: 'https://rollcall.example/base' } })
  try {
    expect((await read(rollcall.address)).status).toBe(403)
  } finally {
    await rollcall.close()
  }
})
