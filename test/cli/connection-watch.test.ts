/** `connection watch` beside the simulated providers, and beside everything that goes wrong when one is connected. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EntraProvider } from '../../sim/idp/entra/provider.ts'
import { OktaProvider } from '../../sim/idp/okta/provider.ts'
import { OneLoginProvider } from '../../sim/idp/onelogin/provider.ts'
import { people } from '../../sim/idp/people.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { until } from '../support/wait.ts'
import { rollcall, type Call } from './terminal.ts'

let server: TestRollcall
beforeAll(async () => {
  server = await startRollcallForTest({ alone: true, profiles: ['okta', 'entra', 'onelogin'] })
})
afterAll(() => server.close())

interface Step {
  readonly step: string
  readonly ok: boolean
  readonly detail: string
  readonly test: boolean
}
interface Watched {
  readonly call: Call
  readonly ok: boolean
  readonly steps: readonly Step[]
}

/** How many calls are written down, of the connection and of nobody. */
async function writtenDown(connection: string): Promise<number> {
  const count = async (list: string): Promise<number> => {
    const response = await get(`/api/v1/connections/${connection}/${list}?limit=200`, bearer(server.apiKey))
    return ((await response.json()) as { items: unknown[] }).items.length
  }
  return (await count('exchanges')) + (await count('unknown-calls'))
}

/** Watches; `meanwhile` happens once the watching has begun, and is written down before it goes on. */
async function watch(
  connection: string,
  meanwhile: () => Promise<unknown>,
  { seconds = 20, calls, words = ['--json'] }: { seconds?: number; calls: number; words?: readonly string[] },
): Promise<Watched> {
  let begun = false
  const call = await rollcall(['connection', 'watch', connection, '--timeout', String(seconds), ...words], {
    env: { ROLLCALL_URL: server.address, ROLLCALL_API_KEY: server.apiKey },
    onSleep: async () => {
      if (!begun) {
        begun = true
        const before = await writtenDown(connection)
        await meanwhile()
        await until(
          () => writtenDown(connection),
          (written) => written >= before + calls,
        )
      }
      await sleep(50)
    },
  })
  const printed = words.includes('--json') ? (JSON.parse(call.out) as { ok: boolean; steps: Step[] }) : undefined
  return { call, ok: printed?.ok ?? false, steps: printed?.steps ?? [] }
}

const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(server.address + path, { headers })
const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` })
const TOKEN = 'okta-only-0123456789'

describe('the test call of a simulated provider is recognised, and what follows it', () => {
  const [ann] = people({ count: 1, seed: 9, domain: 'acme.test' })
  const providers = {
    okta: () => new OktaProvider({ base: server.base, token: TOKEN, family: 'oin', retryScale: 0 }),
    entra: () =>
      new EntraProvider({ base: server.base, token: 'entra-only-0123456789', dialect: 'default', retryScale: 0 }),
    onelogin: () => new OneLoginProvider({ base: server.base, token: 'onelogin-only-0123456789', variant: 'core' }),
  }

  test.each([
    ['okta', 'Okta'],
    ['entra', 'Microsoft Entra ID'],
    ['onelogin', 'OneLogin'],
  ] as const)('%s', async (name, called) => {
    const provider = providers[name]()
    const { call, ok, steps } = await watch(
      `${name}-only`,
      async () => {
        await provider.testCredentials()
        if (ann !== undefined) await provider.assign(ann)
        if (provider instanceof EntraProvider) await provider.cycle()
      },
      { calls: 3 },
    )
    provider.close()
    expect(call.exitCode).toBe(0)
    expect(ok).toBe(true)
    expect(steps.filter((step) => !step.ok)).toEqual([])
    expect(steps[0]).toMatchObject({
      step: expect.stringMatching(/: its test of the connection\.$/),
      detail: 'Answered 200: that is right.',
      test: true,
    })
    expect(steps.map(({ step }) => step)).toContain(`${called} created the user "${ann?.userName}".`)
  })
})

test('in words: what came, that it is right, and that it is over', async () => {
  const { call } = await watch(
    'okta-only',
    () => get('/scim/v2/Users?startIndex=1&count=2', { ...bearer(TOKEN), 'user-agent': 'Okta SCIM Client 1.0.0' }),
    { words: [], calls: 1 },
  )
  expect(call.exitCode).toBe(0)
  expect(call.out).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} {2}✓ Okta listed 2 users from place 1: its test of the connection\.\n {16}Answered 200: that is right\.$/,
  )
  expect(call.err).toMatch(/Waiting for Okta at http:.*\/scim\/v2\./)
  expect(call.err).toMatch(/Okta is connected\.$/)
})

const FAULTS: readonly (readonly [what: string, fault: () => Promise<unknown>, words: RegExp])[] = [
  [
    'no token',
    () => get('/scim/v2/Users?startIndex=1&count=2', { 'user-agent': 'Okta SCIM Client 1.0.0' }),
    /came without a token.*HTTP Header/,
  ],
  [
    'a token that nobody knows',
    () => get('/scim/v2/Users?filter=userName%20eq%20%22ann%40secret.test%22', bearer('of-somebody-else-0123')),
    /a token that no connection knows/,
  ],
  ['an API key', () => get('/scim/v2/Users', bearer(server.apiKey)), /an API key of Rollcall/],
  [
    "Microsoft's own token",
    () => get('/scim/v2/Users', bearer('eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln')),
    /somebody else signed/,
  ],
  [
    'a base URL without /scim/v2',
    () => get('/Users?startIndex=1&count=2', bearer(TOKEN)),
    /The base URL lacks \/scim\/v2\. In the field "SCIM connector base URL" paste/,
  ],
  ['a base URL with it twice', () => get('/scim/v2/scim/v2/Users', bearer(TOKEN)), /\/scim\/v2 twice/],
  [
    'another content type',
    () =>
      fetch(`${server.base}/Users`, {
        method: 'POST',
        body: 'userName=ann',
        headers: { ...bearer(TOKEN), 'content-type': 'application/x-www-form-urlencoded' },
      }),
    /Answered 415/,
  ],
  [
    'another provider',
    () =>
      get(
        '/scim/v2/Users?aadOptscim062020&filter=userName%20eq%20%22b7a3c1d2-0001-4000-8000-00000000abcd%22',
        bearer(TOKEN),
      ),
    /This is Microsoft Entra ID.*`profile: entra`/,
  ],
]

test('what goes wrong is named, and does not count as connected; nothing of a token, a query or a body is kept', async () => {
  const { call, ok, steps } = await watch(
    'okta-only',
    async () => {
      for (const [, fault] of FAULTS) await fault()
    },
    { seconds: 1, calls: FAULTS.length },
  )
  const missing = FAULTS.filter(([, , words]) => !steps.some(({ detail }) => words.test(detail))).map(([what]) => what)
  expect(missing).toEqual([])
  expect(steps).toHaveLength(FAULTS.length)
  expect(steps.filter((step) => step.ok || step.test)).toEqual([])
  expect(JSON.stringify(steps)).not.toMatch(/of-somebody|secret\.test|0123|eyJ/)
  expect(ok).toBe(false)
  expect(call.exitCode).toBe(1)
  expect(call.err).toContain('No test call that succeeded came within 1 s.')
})

test('calls of nobody are for owners: an operator is told that there may be some', async () => {
  const sql = new Client(server.databaseUrl)
  await sql.connect()
  const operator = 'an-operators-key-0123456789'
  await sql.query(
    `insert into credential (sha256, tenant_id, kind, key_id, role) values (sha256($1), 'acme', 'api', 'operator', 'operator')`,
    [Buffer.from(operator)],
  )
  await sql.end()
  const seen = async (key: string): Promise<{ items: { carried: string }[]; hidden: string | null }> =>
    (await get('/api/v1/connections/okta-only/unknown-calls', bearer(key))).json() as never
  const before = await writtenDown('okta-only')
  await get('/scim/v2/Users', bearer('of-nobody-0123456789'))
  await until(
    () => writtenDown('okta-only'),
    (written) => written > before,
  )
  expect((await seen(server.apiKey)).items.some(({ carried }) => carried === 'unknown')).toBe(true)
  expect((await seen(server.apiKey)).hidden).toBeNull()
  const { items, hidden } = await seen(operator)
  expect(hidden).toBe('owners-only')
  expect(items.some(({ carried }) => carried === 'unknown')).toBe(false)
})

test('nothing came: what to look at', async () => {
  const { call } = await watch('okta-only', async () => undefined, { seconds: 1, calls: 0 })
  expect(call.exitCode).toBe(1)
  expect(call.err).toContain('Nothing came at all')
})

test('Ctrl+C ends it in words', async () => {
  const call = await rollcall(['connection', 'watch', 'okta-only'], {
    env: { ROLLCALL_URL: server.address, ROLLCALL_API_KEY: server.apiKey },
    onInterrupt: (interrupt) => {
      interrupt()
      return () => undefined
    },
  })
  expect(call.exitCode).toBe(1)
  expect(call.err).toContain('Stopped before a test call succeeded.')
})

test('a connection that is not there: exit 3', async () => {
  const call = await rollcall(['connection', 'watch', 'nowhere'], {
    env: { ROLLCALL_URL: server.address, ROLLCALL_API_KEY: server.apiKey },
  })
  expect(call).toMatchObject({ exitCode: 3, err: 'There is no connection "nowhere" in this tenant.' })
})
