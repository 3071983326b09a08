/** `rollcall inventory` against a simulated CXone: what was put there is what it says, and nothing is written. */
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Papa from 'papaparse'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { finding, type Inventory, type InventoryAccount } from '../../src/contract/inventory.ts'
import { FINDINGS } from '../../src/reconcile/inventory.ts'
import { rollcall as command, type Call } from '../cli/terminal.ts'
import { startCxoneForTest, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'

type Answer = Inventory & { readonly snapshot: string; readonly accounts: readonly InventoryAccount[] }

let cxone: TestCxone
let rollcall: TestRollcall
let folder = ''
let people: readonly string[] = []
beforeAll(async () => {
  cxone = await startCxoneForTest({ users: 30 })
  const { users } = await cxone.state()
  people = users.filter(({ status }) => status === 'ACTIVE').map(({ id }) => id)
  folder = await mkdtemp(join(tmpdir(), 'rollcall-inventory-'))
  rollcall = await startRollcallForTest({ apps: [{ ...cxone.app, mode: 'observe' }] })
})
afterAll(async () => {
  await rollcall.close()
  await cxone.close()
  await rm(folder, { recursive: true, force: true })
})

const run = (...words: readonly string[]): Promise<Call> =>
  command(['inventory', 'cxone-na1', ...words], {
    env: { ROLLCALL_URL: rollcall.address, ROLLCALL_API_KEY: rollcall.apiKey },
    onSleep: () => pause(50),
  })
const taken = async (...words: readonly string[]): Promise<Answer> =>
  JSON.parse((await run('--json', ...words)).out) as Answer

test('it knows every account, by state, role, team and when its person was there, and what was made odd about some', async () => {
  const [idle = '', never = '', twin = '', other = ''] = people.slice(2)
  await cxone.control('PUT', `/agents/${idle}`, { lastLogin: '2020-01-01T00:00:00Z' })
  await cxone.control('PUT', `/agents/${never}`, { lastLogin: null })
  for (const id of [twin, other]) await cxone.control('PUT', `/users/${id}`, { firstName: '=1+2', lastName: 'Nova' })
  const before = await cxone.state()
  const answer = await taken()
  expect(answer).toMatchObject({ verdict: 'whole', why: null, gaps: [], id: answer.snapshot })
  expect(answer.accounts.map(({ id }) => id).toSorted()).toEqual(before.users.map(({ id }) => id).toSorted())
  const found = new Map(answer.accounts.map((account) => [account.id, account.findings]))
  expect(found.get(idle)).toContain('idle')
  expect(found.get(never)).toContain('never-seen')
  for (const id of [twin, other]) expect(found.get(id)).toContain('same-name')
  const names = answer.accounts.map(({ userName }) => userName.toLowerCase())
  expect(names).toEqual(names.toSorted())
  const deleted = before.users.filter(({ status }) => status === 'DELETED').length
  expect(answer.totals).toMatchObject({ accounts: before.users.length, states: { inactive: deleted } })
  expect(answer.totals?.roles.map(({ name }) => name)).toContain('Agent')
  expect(answer.keys?.map(({ owner }) => owner)).toContain(
    answer.accounts.find(({ findings }) => findings.includes('owns-key'))?.userName,
  )
})

test('nothing is written to the app', async () => {
  const before = await cxone.control<readonly { seq: number }[]>('GET', '/calls?limit=1')
  await taken()
  const since = before.at(-1)?.seq ?? 0
  const calls = await cxone.control<readonly { method: string; path: string }[]>(
    'GET',
    `/calls?since=${since}&limit=5000`,
  )
  const written = calls.filter(({ method, path }) => method !== 'GET' && !/search$|token/.test(path))
  expect(calls.length).toBeGreaterThan(0)
  expect(written).toEqual([])
})

test('a person reads the same in a table, with what is worth a look before everything else', async () => {
  const { out, exitCode } = await run()
  expect(exitCode).toBe(0)
  expect(out).toMatch(/^\d+ accounts, \d+ of them in use\n\nWORTH A LOOK/)
  for (const title of ['STATE', 'LAST SEEN', 'ROLE', 'TEAM', 'KEY', 'USER NAME']) expect(out).toContain(`\n${title} `)
  const only = await taken('--finding', 'same-name')
  expect(only.accounts).toHaveLength(2)
})

test('CSV and HTML hold everybody, no formula and no markup of others, and are for nobody else to read', async () => {
  await cxone.control('PUT', `/users/${people[3]}`, { emailAddress: '"<script>alert(1)</script>"@acme.test' })
  const [csv, html] = [join(folder, 'agents.csv'), join(folder, 'agents.html')]
  const { exitCode } = await run('--csv', csv, '--html', html)
  expect(exitCode).toBe(0)
  const { users } = await cxone.state()
  const { data } = Papa.parse<Record<string, string>>((await readFile(csv, 'utf8')).slice(1).trim(), { header: true })
  expect(new Set(data.map(({ id }) => id))).toEqual(new Set(users.map(({ id }) => id)))
  expect(data).toHaveLength(users.length)
  expect(data.some(({ name }) => name === "'=1+2 Nova")).toBe(true)
  for (const row of data) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+@\-\t\r]/)
  const page = await readFile(html, 'utf8')
  expect(page.match(/<tr><td>/g)?.length).toBeGreaterThanOrEqual(users.length)
  expect(page).toContain('&lt;script&gt;alert(1)')
  expect(page).not.toContain('<script')
  if (process.platform !== 'win32') for (const file of [csv, html]) expect((await stat(file)).mode & 0o077).toBe(0)
})

test('a key that may not see keys gets everything else, and is told so', async () => {
  const all = await cxone.control<{ permissions: readonly string[] }>('PUT', '/service-role', {
    permissions: [
      'employees.view',
      'teams.view',
      'roles.view',
      'agents.view',
      'skills.view',
      'groups.view',
      'securityProfiles.view',
    ],
  })
  expect(all).toBeDefined()
  const answer = await taken()
  expect(answer).toMatchObject({ verdict: 'whole', totals: { keys: null } })
  expect(answer.gaps.join()).toMatch(/keys.*could not be read/i)
})

test('an app that cannot be asked is said to be out of reach, with nothing claimed about it', async () => {
  await cxone.outage(60)
  const { exitCode, err, out } = await run()
  await cxone.control('DELETE', '/faults')
  expect(exitCode).not.toBe(0)
  expect(`${out}${err}`).toMatch(/could not be read/)
})

test('only apps of one’s own tenant can be read, and an inventory is nobody else’s', async () => {
  const { exitCode, err } = await command(['inventory', 'nowhere'], {
    env: { ROLLCALL_URL: rollcall.address, ROLLCALL_API_KEY: rollcall.apiKey },
  })
  expect([exitCode === 0, err]).toEqual([false, expect.stringContaining('There is no app "nowhere"')])
  const { snapshot } = await taken()
  for (const path of [`inventories/${snapshot}`, `inventories/${snapshot}/accounts`]) {
    const headers = { authorization: `Bearer ${rollcall.strangerKey}` }
    expect((await fetch(`${rollcall.address}/api/v1/${path}`, { headers })).status).toBe(404)
  }
})

test('the findings of the API are those that are looked for', () => {
  expect(finding.options).toEqual([...FINDINGS])
})
