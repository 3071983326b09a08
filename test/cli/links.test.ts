/** The commands about whose account it is: what scripts rely on, what people read, and what is wrong with words. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ACME, addDelivery, addIdentity, addLink, KEYS } from '../admin/rows.ts'
import { openAdminServer, type AdminServer } from '../admin/server.ts'
import { rollcall, type Call } from './terminal.ts'

let server: AdminServer
let url = ''
let disputed = 0
beforeAll(async () => {
  server = await openAdminServer()
  url = await server.app.listen({ port: 0, host: '127.0.0.1' })
  const { db } = server
  await db.query(`insert into connection (tenant_id, id, profile, delivery) values ($1, 'entra', 'entra', 'queue')`, [
    ACME,
  ])
  const mia = await addIdentity(db, { tenant: ACME, userName: 'mia@x.test' })
  await addDelivery(db, { tenant: ACME, identity: mia, subject: 'name:mia@x.test', state: 'disputed' })
  disputed = await addLink(db, {
    tenant: ACME,
    identity: mia,
    state: 'disputed',
    account: '7',
    why: 'an account of another person',
  })
  for (const name of ['ann@x.test', 'bob@x.test']) {
    const identity = await addIdentity(db, { tenant: ACME, userName: name })
    await addLink(db, { tenant: ACME, identity, state: 'linked', account: name, origin: 'created' })
  }
  await addIdentity(db, { tenant: ACME, userName: 'ann@x.test', connection: 'entra' })
})
afterAll(() => server.close())

const run = (words: string, key = KEYS.operator): Promise<Call> =>
  rollcall(words.split(' '), { env: { ROLLCALL_URL: url, ROLLCALL_API_KEY: key } })
const json = async (words: string, key?: string): Promise<unknown> => {
  const { exitCode, out, err } = await run(`${words} --json`, key)
  expect(exitCode, err).toBe(0)
  return JSON.parse(out)
}

test('link list shows where somebody must decide, and how', async () => {
  expect(await json('link list --app cxone-na1 --state disputed')).toMatchObject({
    items: [
      {
        id: disputed,
        state: 'disputed',
        identity: expect.any(String),
        account: '7',
        why: 'an account of another person',
      },
    ],
  })
  const { out, err } = await run('link list')
  expect(out).toMatch(/mia@x\.test\s+disputed\s+7\s.*an account of another person/)
  expect(err).toContain('rollcall link settle ID --as adopt')
  expect((await run('link list --app other')).out).toBe('There are no such links.')
})

describe('link settle', () => {
  test('says what will happen, and the list says what was decided', async () => {
    expect((await run(`link settle ${disputed} --as adopt`)).out).toContain(
      'The account 7 in cxone-na1 is mia@x.test’s',
    )
    expect((await run('link list --state disputed')).out).toContain('settled by key:ops as adopt')
    expect(await json(`link settle ${disputed} --as adopt --even-protected`, KEYS.owner)).toMatchObject({
      settled: { as: 'adopt', by: 'key:owner', evenProtected: true },
    })
    expect((await run(`link settle ${disputed} --as ignore`)).out).toContain('gets no account')
    expect((await run(`link settle ${disputed} --as reopen`)).out).toContain('forgotten')
  })
  test.each([
    ['link settle x --as adopt', 2, 'A link has a number'],
    ['link settle 1', 2, '--as adopt, --as ignore, --as release, --as reopen'],
    ['link settle 1 --as mine', 2, '--as takes adopt, ignore, release or reopen'],
    ['link settle 999999 --as adopt', 3, 'There is no link 999999'],
    ['link settle 1 --as reopen', 1, 'nothing to reopen'],
    ['link settle 1 --as adopt --even-protected', 4, 'role owner'],
  ])('%s', async (...[words, exitCode, why]) => {
    expect(await run(words.replace(/ 1( |$)/, ` ${disputed}$1`))).toMatchObject({
      exitCode,
      err: expect.stringContaining(why),
      out: '',
    })
  })
})

test('connection handover shows first, and moves only when told to', async () => {
  expect(await json('connection handover okta entra')).toMatchObject({
    steps: [
      { step: 'cxone-na1: the account of ann@x.test', ok: true, detail: expect.stringContaining('would go to') },
      { step: 'cxone-na1: the account of bob@x.test', ok: false, detail: expect.stringContaining('stays with okta') },
    ],
  })
  expect((await run('connection handover okta entra')).out).toContain(
    '1 accounts would follow entra, 1 would stay with okta. Nothing was changed; --apply does it.',
  )
  expect((await run('connection handover okta entra --apply')).out).toContain('1 accounts follow entra now')
  expect((await run('connection handover okta entra')).out).not.toContain('ann@x.test')
  expect(await run('connection handover okta nobody')).toMatchObject({ exitCode: 3 })
  expect(await run('connection handover okta')).toMatchObject({ exitCode: 2 })
})

test('person join and part name people by connection and user name', async () => {
  expect((await run('person join okta/bob@x.test entra/ann@x.test')).out).toContain('are one person from now on')
  expect(await json('person part okta/bob@x.test')).toEqual({ changed: true })
  expect((await run('person part okta/bob@x.test')).out).toContain('was joined with nobody')
  expect(await run('person part bob@x.test')).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('CONNECTION/USERNAME'),
  })
  expect(await run('person part okta/nobody')).toMatchObject({ exitCode: 3 })
})
