/** `rollcall app entitlements`: what scripts rely on, what people read, and the words where there is nothing to read. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ACME, KEYS } from '../admin/rows.ts'
import { openAdminServer, type AdminServer } from '../admin/server.ts'
import { entry, openStage, readOnce, type Stage } from '../entitlements/stage.ts'
import { rollcall, type Call, type TerminalOptions } from './terminal.ts'

const APP = { tenant: ACME, app: 'cxone-na1' }

let server: AdminServer
let url = ''
let stage: Stage
beforeAll(async () => {
  server = await openAdminServer({ mentions: () => [{ kind: 'role', name: 'Agent', at: ['defaults.role'] }] })
  url = await server.app.listen({ port: 0, host: '127.0.0.1' })
})
afterAll(() => server.close())
beforeEach(async () => {
  await server.db.query('truncate entitlement, entitlement_reading, entitlement_listing')
  stage = openStage()
  stage.directory.roles = [entry('r1', 'Agent'), entry('r2', 'Manager')]
  stage.directory.teams = [entry('t1', 'First Team', { charges: ['WFO', 'QM'] })]
  stage.directory.skills = [entry('s1', 'Billing', { levels: { min: 1, max: 20 } })]
})

const run = (words: string, options: TerminalOptions = {}): Promise<Call> =>
  rollcall(['app', 'entitlements', ...words.split(' ')], {
    ...options,
    env: { ROLLCALL_URL: url, ROLLCALL_API_KEY: KEYS.operator },
  })

test('shows a table, and JSON with the same and how it was read', async () => {
  await readOnce(server.db, stage, APP)
  stage.directory.roles = [entry('r1', 'Agent'), entry('r2', 'Boss', { active: false })]
  stage.directory.skills = []
  await readOnce(server.db, stage, APP)
  const { out, err, exitCode } = await run('cxone-na1')
  expect([exitCode, err]).toEqual([0, ''])
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^KIND +NAME +ID +STATE +DETAIL +USED BY$/),
    expect.stringMatching(/^role +Agent +r1 +active +defaults\.role$/),
    expect.stringMatching(/^role +Boss +r2 +retired (now|\d+ s ago) +was "Manager" +-$/),
    expect.stringMatching(/^skill +Billing +s1 +gone (now|\d+ s ago) +levels 1 to 20 +-$/),
    expect.stringMatching(/^team +First Team +t1 +active +charges WFO, QM +-$/),
  ])
  const { items, next, listings } = JSON.parse((await run('cxone-na1 --kind role --json')).out) as Record<
    string,
    unknown[]
  >
  expect(items).toMatchObject([{ id: 'r1', usedBy: ['defaults.role'] }, { id: 'r2' }])
  expect(next).toBeNull()
  expect(listings).toHaveLength(3)
  expect((await run('cxone-na1 --search FIRST')).out).toMatch(/First Team/)
})

test('says in plain words that nothing was read yet, that nothing was found, and what could not be read', async () => {
  expect((await run('cxone-na1')).out).toBe(
    'Nothing has been read of cxone-na1 yet. It is read when the server starts; now: rollcall app entitlements cxone-na1 --read',
  )
  await readOnce(server.db, stage, APP)
  expect((await run('cxone-na1 --search nobody')).out).toBe('There is nothing of that name.')
  expect((await run('cxone-na1 --kind group')).out).toBe(
    'No group was ever read of cxone-na1: its connector does not read that kind, or could not yet.',
  )
  stage.directory.teams = []
  await server.db.query('truncate entitlement')
  await readOnce(server.db, stage, APP)
  expect((await run('cxone-na1 --kind team')).out).toBe('The app has no team.')
  stage.barred.add('skill')
  await readOnce(server.db, stage, APP)
  const { out, err } = await run('cxone-na1')
  expect(out).toMatch(/Billing/)
  expect(err).toMatch(/^skill: unreachable .*: The key may not read a skill\. What was known stays; last read whole /)
  expect((await run('cxone-na1 --kind role')).err).toBe('')
})

test('reads the app first where that is asked for, and says so where it was not', async () => {
  const end = (result: object) => async () => {
    await readOnce(server.db, stage, APP)
    await server.db.query(`update run set state = 'done', result = $1`, [JSON.stringify(result)])
  }
  const read = await run('cxone-na1 --read', { onSleep: end({ read: true }) })
  expect(read.out).toMatch(/Billing/)
  expect(read.progress[0]).toContain('cxone-na1 is read')
  expect(await run('cxone-na1 --read', { onSleep: end({ read: false }) })).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining('was not read within two minutes'),
  })
})

test.each([
  ['nothing', 3, 'There is no app "nothing"'],
  ['cxone-na1 --kind hat', 2, '--kind takes role, team, skill, group, authenticator or security-profile'],
])('%j', async (...[words, exitCode, why]) => {
  expect(await run(words)).toMatchObject({ exitCode, err: expect.stringContaining(why) })
})
