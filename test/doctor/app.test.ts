/** `rollcall app doctor` on the whole product: what scripts and people are told, what is kept, and an API that changes. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { callingFor } from '../../src/connectors/purpose.ts'
import { memory } from '../../src/connectors/memory/index.ts'
import type { Shapes } from '../../src/connectors/doctor.ts'
import { openDb } from '../../src/store/db.ts'
import { openDailyExaminations } from '../../src/workflows/examine-app-daily.ts'
import { rollcall, type Call } from '../cli/terminal.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { until } from '../support/wait.ts'

let cxone: TestCxone
let product: TestRollcall
beforeAll(async () => {
  cxone = await startCxoneForTest({ users: 10 })
  product = await startRollcallForTest({
    apps: [cxone.app, { id: 'trial', type: 'memory', defaults: { role: 'Boss', team: 'Default Team' } }],
  })
})
afterAll(async () => {
  await product.close()
  await cxone.close()
})

const run = (...words: string[]): Promise<Call> =>
  rollcall(['app', 'doctor', ...words], {
    env: { ROLLCALL_URL: product.address, ROLLCALL_API_KEY: product.apiKey },
    onSleep: () => sleep(20),
  })

interface Told {
  readonly ok: boolean
  readonly findings: readonly { readonly check: string; readonly status: string; readonly found: string }[]
  readonly changes: readonly unknown[]
}

const get = async (path: string, key = product.apiKey): Promise<Response> =>
  fetch(`${product.address}/api/v1${path}`, { headers: { authorization: `Bearer ${key}` } })

test('before the first examination there is none', async () => {
  expect(await (await get('/apps/cxone-na1/doctor')).json()).toEqual({
    ok: null,
    at: null,
    calls: null,
    findings: [],
    changes: [],
  })
  expect((await get('/apps/cxone-na1/doctor', product.strangerKey)).status).toBe(404)
})

test('a good set-up: exit code 0, every check in a table that needs no colours, and the same as JSON', async () => {
  const { out, err, exitCode, progress } = await run('cxone-na1')
  expect([exitCode, err]).toEqual([0, ''])
  const lines = out.split('\n')
  expect(lines[0]).toMatch(/^STATUS +CHECK +FOUND$/)
  expect(lines[1]).toMatch(/^\+ ok +address +http.* answers as CXone does\.$/)
  expect(out).toMatch(/Not needed by every app\n {2}authenticators: Without a name here/)
  expect(lines.at(-1)).toMatch(
    /^Nothing that is needed is missing or in the way\. \d+ calls, none of which wrote anything\.$/,
  )
  expect(progress.some((text) => /cxone-na1 is examined/.test(text))).toBe(true)
  const told = JSON.parse((await run('cxone-na1', '--json')).out) as Told
  expect(told).toMatchObject({ ok: true, changes: [] })
  for (const finding of told.findings)
    expect(Object.keys(finding).toSorted()).toEqual(['blocks', 'check', 'fix', 'found', 'needed', 'status'])
  const last = (await (await get('/apps/cxone-na1/doctor')).json()) as Told
  expect(last).toEqual(told)
})

test('a bad one: exit code 1, what it blocks and what mends it, and the cause on stderr', async () => {
  const { out, err, exitCode } = await run('trial')
  expect(exitCode).toBe(1)
  expect(out).toMatch(/^- missing +role +There is no role Boss that is active\.$/m)
  expect(out).toMatch(/To mend\n {2}role: .*\n {4}Blocks: Creating accounts\.\n {4}Fix: Name one that is there/)
  expect(err).toMatch(/^trial cannot do all its work like this: role\./)
  const json = await run('trial', '--json')
  expect([json.exitCode, (JSON.parse(json.out) as Told).ok]).toEqual([1, false])
})

test('an app that there is not', async () => {
  const { err, exitCode } = await run('nowhere')
  expect([exitCode, err]).toEqual([3, expect.stringMatching(/There is no app "nowhere"/)])
})

test('--record writes fields and types into a file, or into a folder under the name of the app', async () => {
  const folder = temporaryDirectory()
  const { err } = await run('cxone-na1', '--record', folder)
  expect(err).toMatch(/answers look like is in .*cxone-na1-shapes\.json: fields and types, no values\./)
  const text = await readFile(join(folder, 'cxone-na1-shapes.json'), 'utf8')
  const { shapes } = JSON.parse(text) as { shapes: Shapes }
  expect(shapes['POST /user-management/v2/users/search']?.['users[].status']?.types).toEqual(['string'])
  for (const { id, userName } of (await cxone.state()).users) {
    expect(text).not.toContain(id)
    expect(text).not.toContain(userName)
  }
})

test('each app is examined by itself when its day has come, once, by one of several processes, for nobody who waits', async () => {
  const db = openDb(product.databaseUrl)
  try {
    await db.query(`delete from examination where app_id = 'trial'`)
    const purposes: number[] = []
    let examined = 0
    const open = () => {
      const io = { fetch: neverCalled, now: () => new Date(), log: { debug: () => {}, warn: () => {} } }
      const connector = memory.open(memory.config.parse({}), io)
      const counted = {
        ...connector,
        examine: async (tell: Parameters<NonNullable<typeof connector.examine>>[0]) => {
          examined += 1
          const found = await connector.examine?.(tell)
          if (found === undefined) throw new Error('no doctor')
          return found
        },
      }
      return openDailyExaminations({
        db,
        targets: new Map([['acme/trial', { connector: counted }]]),
        pace: { lookSeconds: 0.05, firstSeconds: 0, everySeconds: 86_400 },
        callingFor: (purpose, work) => {
          purposes.push(purpose.urgency)
          return callingFor(purpose, work)
        },
        newId: randomUUID,
        log: { info: () => {}, warn: () => {} },
        onError: (error) => {
          throw error
        },
      })
    }
    const engines = [open(), open()]
    const row = async () =>
      (
        await db.query<{ good: boolean; later: boolean; leased: boolean }>(
          `select examination.good, examination.next_at > now() + interval '23 hours' as later,
                examination.lease_token is not null as leased
         from examination where examination.app_id = 'trial'`,
        )
      ).rows[0]
    await until(row, (found) => found?.later === true)
    for (const engine of engines) await engine.close()
    expect(await row()).toEqual({ good: true, later: true, leased: false })
    expect([examined, purposes]).toEqual([1, [0]])
  } finally {
    await db.close()
  }
})

const neverCalled = async (): Promise<never> => {
  throw new Error('the memory directory calls nobody')
}
