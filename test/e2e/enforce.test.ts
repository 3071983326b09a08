/** A new app, from the first push to the day it is written to: the whole product, its commands, and a simulated CXone. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { App } from '../../src/contract/app.ts'
import type { Difference, DifferencePerson } from '../../src/contract/difference.ts'
import { openDb, type Db } from '../../src/store/db.ts'
import { rollcall as command, type Call } from '../cli/terminal.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { scimClient, userOf } from '../support/scim.ts'
import { until } from '../support/wait.ts'

vi.setConfig({ testTimeout: 60_000 })

let cxone: TestCxone
let database: TestDatabase
let db: Db
let served: TestRollcall | undefined
let folder = ''
beforeAll(async () => {
  cxone = await startCxoneForTest()
  database = await createTestDatabase()
  db = openDb(database.url, { max: 2 })
  folder = await mkdtemp(join(tmpdir(), 'rollcall-enforce-'))
})
afterEach(async () => {
  await served?.close()
  served = undefined
})
afterAll(async () => {
  await db.close()
  await database.drop()
  await cxone.close()
  await rm(folder, { recursive: true })
})

/** Starts the server on the same database, with `mode` as rollcall.yaml has it; undefined for none. */
async function start(mode: 'observe' | 'enforce' | undefined): Promise<TestRollcall> {
  served = await startRollcallForTest({ apps: [{ ...cxone.app, mode }], databaseUrl: database.url })
  return served
}

const run = (words: string, answers?: readonly string[]): Promise<Call> =>
  command(words.split(' '), {
    env: { ROLLCALL_URL: served?.address ?? '', ROLLCALL_API_KEY: served?.apiKey ?? '' },
    onSleep: () => sleep(50),
    ...(answers === undefined ? {} : { answers }),
  })
const json = async <T>(words: string): Promise<T> => {
  const { exitCode, out, err } = await run(`${words} --json`)
  expect(exitCode, err).toBe(0)
  return JSON.parse(out) as T
}

/** One after the other: a difference goes by who came first. */
async function push(rollcall: TestRollcall, ...names: string[]): Promise<void> {
  for (const name of names) await scimClient(rollcall.base, rollcall.scimToken)('POST', '/Users', userOf(name))
}

const states = async (): Promise<string[]> =>
  (await db.query<{ state: string }>('select state from delivery order by id')).rows.map(({ state }) => state)
const settled = (count: number, state: string) =>
  until(states, (all) => all.filter((one) => one === state).length === count)

/** Calls of the app that change something. */
const writes = async (): Promise<number> =>
  Object.entries((await cxone.state()).calls.byRoute)
    .filter(([route]) => !route.startsWith('GET') && !/token|search/i.test(route))
    .reduce((sum, [, calls]) => sum + calls, 0)

interface Shown extends Difference {
  readonly diff: readonly DifferencePerson[]
}

describe('an app without a mode in rollcall.yaml', () => {
  test('is observed at first: all is planned, nothing is written, and it says what would be', async () => {
    const rollcall = await start(undefined)
    await push(rollcall, 'ann@acme.test', 'bob@acme.test')
    await settled(2, 'observed')
    const app = await json<App>('app show cxone-na1')
    expect(app).toMatchObject({ mode: 'observe', modePinned: false, observed: { plans: 2, kinds: { create: 2 } } })
    expect((await run('app show cxone-na1')).out).toContain('2 plans wait (2 create)')
    expect(await writes()).toBe(0)
  })

  test('shows the whole difference before it is enforced, and again when it has changed', async () => {
    const rollcall = await start(undefined)
    const shown = await json<Shown>('app enforce cxone-na1')
    expect(shown).toMatchObject({
      verdict: 'whole',
      people: 2,
      numbers: { kinds: { create: 2 }, mails: 0 },
      diff: [{ userName: 'ann@acme.test' }, { userName: 'bob@acme.test' }],
    })
    await push(rollcall, 'cid@acme.test')
    await settled(3, 'observed')
    const changed = await run(`app enforce cxone-na1 --yes --expect ${shown.hash}`)
    expect([changed.exitCode, changed.err]).toEqual([1, expect.stringContaining('not the one that was expected')])
    expect(changed.out).toContain('cid@acme.test')
    expect((await run('app enforce cxone-na1', ['cxone-na'])).err).toContain('Nothing was changed.')
    expect((await run('app enforce cxone-na1', [])).exitCode).toBe(1)
    expect(await run('app enforce cxone-na1')).toMatchObject({ exitCode: 2, err: expect.stringContaining('--expect') })
    expect(await run('app enforce cxone-na1 --yes')).toMatchObject({ exitCode: 2 })
    expect((await json<App>('app show cxone-na1')).mode).toBe('observe')
    expect(await writes()).toBe(0)
  })

  test('is written to once somebody has typed its id, and the event says who', async () => {
    await start(undefined)
    const { exitCode, out } = await run('app enforce cxone-na1', ['cxone-na1'])
    expect([exitCode, out]).toEqual([0, expect.stringContaining('3 plans that had waited are carried out now')])
    await settled(3, 'delivered')
    for (const name of ['ann', 'bob', 'cid']) expect(await cxone.userNamed(`${name}@acme.test`)).toBeDefined()
    const { rows } = await db.query(`select actor, data from event where kind = 'app.enforced'`)
    expect(rows).toEqual([{ actor: 'key:ops', data: { difference: expect.any(String), hash: expect.any(String) } }])
    expect((await run('app enforce cxone-na1')).out).toContain('enforced already')
  })

  test('stays enforced over a start, until somebody has it observed again', async () => {
    const rollcall = await start(undefined)
    expect((await json<App>('app show cxone-na1')).mode).toBe('enforce')
    expect((await run('app observe cxone-na1')).out).toContain('Nothing is written to cxone-na1 from now on')
    const before = await writes()
    await push(rollcall, 'dee@acme.test')
    await settled(1, 'observed')
    expect(await writes()).toBe(before)
    const { hash } = await json<Shown>('app enforce cxone-na1')
    expect((await run(`app enforce cxone-na1 --yes --expect ${hash}`)).exitCode).toBe(0)
    await settled(4, 'delivered')
    expect(await cxone.userNamed('dee@acme.test')).toBeDefined()
  })

  test('shows what another policy would do to everybody, beside the one in force, and saves nothing', async () => {
    await start(undefined)
    const file = join(folder, 'policy.yaml')
    await writeFile(
      file,
      [
        'owns: { familyName: always }',
        'attributes: { familyName: "user.name.familyName + \'-X\'" }',
        'rules: [{ name: All, give: { role: Agent, team: Default Team } }]',
      ].join('\n'),
    )
    const before = await writes()
    const shown = await json<Shown>(`policy preview --app cxone-na1 --file ${file}`)
    expect(shown).toMatchObject({
      differing: 4,
      numbers: { kinds: { update: 4 }, attributes: { familyName: 4 } },
      inForce: { kinds: { update: 0 }, unchanged: 4 },
    })
    expect(shown.diff[0]).toMatchObject({ after: { familyName: 'Roth-X' }, before: { familyName: 'Roth' } })
    const { out } = await run(`policy preview --app cxone-na1 --file ${file}`)
    expect(out).toMatch(/IN FORCE\s+THIS POLICY[\s\S]*accounts changed\s+0\s+4/)
    expect(await writes()).toBe(before)
    await writeFile(file, "rules: [{ name: All, when: user.nmae == 'x', give: { role: Agent } }]")
    const broken = await run(`policy preview --app cxone-na1 --file ${file}`)
    expect([broken.exitCode, broken.out]).toEqual([2, ''])
    expect(broken.err).toContain('nmae')
  })
})

test('what rollcall.yaml says of the mode is changed there only', async () => {
  await start('observe')
  for (const words of ['app enforce cxone-na1', 'app observe cxone-na1']) {
    const { exitCode, err } = await run(words)
    expect([exitCode, err]).toEqual([1, expect.stringContaining('rollcall.yaml says mode: observe')])
  }
})
