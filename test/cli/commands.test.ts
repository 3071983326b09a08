import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { executeRun } from '../../src/durable/runs.ts'
import { ACME, addDelivery, addExchange, addIdentity, addLink, addOpenItem, addRun, KEYS } from '../admin/rows.ts'
import { openAdminServer, type AdminServer } from '../admin/server.ts'
import { rollcall, type Call, type TerminalOptions } from './terminal.ts'

let server: AdminServer
let url = ''
beforeAll(async () => {
  server = await openAdminServer()
  url = await server.app.listen({ port: 0, host: '127.0.0.1' })
  const { db } = server
  const ann = await addIdentity(db, { tenant: ACME, userName: 'ann@acme.example' })
  await addDelivery(db, {
    tenant: ACME,
    identity: ann,
    subject: 'name:ann@acme.example',
    state: 'retrying',
    code: 'unreachable',
    detail: 'CXone does not answer.',
    urgency: 2,
  })
  await addOpenItem(db, { tenant: ACME, kind: 'unreachable', fix: 'CXone does not answer.' })
  for (let n = 0; n < 5; n++) {
    const identity = await addIdentity(db, { tenant: ACME, userName: `user${n}@acme.example` })
    await addDelivery(db, { tenant: ACME, identity, subject: `account:${n}`, state: 'delivered', delivered: 1 })
  }
  await addExchange(db, { tenant: ACME, path: '/scim/v2/Users?first' })
  await addExchange(db, { tenant: ACME, path: '/scim/v2/Users?\x1b[2Jsecond', status: 409, why: 'The name is taken.' })
})
afterAll(() => server.close())

const run = (words: string, options: TerminalOptions & { key?: string } = {}): Promise<Call> =>
  rollcall(words.split(' '), { ...options, env: { ROLLCALL_URL: url, ROLLCALL_API_KEY: options.key ?? KEYS.operator } })

const json = async (words: string): Promise<unknown> => {
  const { exitCode, out } = await run(`${words} --json`)
  expect(exitCode).toBe(0)
  return JSON.parse(out)
}

describe('--json has the fields that scripts rely on', () => {
  test('app show', async () => {
    expect(await json('app show cxone-na1')).toMatchObject({
      state: 'working',
      way: 'cxone',
      mode: 'enforce',
      openItems: [
        { kind: 'unreachable', about: '', since: expect.any(String), waiting: 1, fix: 'CXone does not answer.' },
      ],
    })
  })

  test('delivery list', async () => {
    const { items } = (await json('delivery list --state retrying')) as { items: unknown[] }
    expect(items).toEqual([
      expect.objectContaining({
        subject: 'name:ann@acme.example',
        wanted: 1,
        delivered: 0,
        state: 'retrying',
        urgency: 'deactivation',
        next: expect.any(String),
        detail: 'CXone does not answer.',
      }),
    ])
  })

  test('scim log', async () => {
    const { items } = (await json('scim log --connection okta')) as { items: unknown[] }
    expect(items).toEqual([
      expect.objectContaining({
        time: expect.any(String),
        method: 'GET',
        status: 409,
        why: 'The name is taken.',
        understood: expect.any(Array),
      }),
      expect.objectContaining({ path: '/scim/v2/Users?first', status: 200, why: null }),
    ])
  })

  test('person show', async () => {
    expect(await json('person show ANN@acme.example --connection okta')).toMatchObject({
      person: expect.any(String),
      identities: [{ userName: 'ann@acme.example', connection: 'okta' }],
      accounts: [{ app: 'cxone-na1', state: 'absent', link: null, delivery: { state: 'retrying' } }],
    })
  })

  test('app list and run show', async () => {
    expect(await json('app list')).toMatchObject({ items: [{ id: 'cxone-na1', waiting: { retrying: 1 } }] })
    const id = await addRun(server.db, { tenant: ACME, state: 'done', steps: ['make-due'] })
    expect(await json(`run show ${id}`)).toMatchObject({ id, state: 'done', steps: [{ name: 'make-due' }] })
  })
})

describe('for people', () => {
  test('tables fit the terminal, and pipes get everything', async () => {
    const narrow = await run('delivery list', { columns: 90 })
    for (const line of narrow.out.split('\n')) expect(line.length).toBeLessThanOrEqual(90)
    expect((await run('delivery list')).out).toContain('CXone does not answer.')
    expect(narrow.out.split('\n')).toHaveLength(7)
  })

  test('a list that is cut says so, on stderr', async () => {
    const { out, err } = await run('delivery list --limit 2')
    expect(out.split('\n')).toHaveLength(3)
    expect(err).toContain('There are more')
  })

  test('the log is oldest first, with why, and cannot act on the terminal', async () => {
    const { out } = await run('scim log --connection okta')
    expect(out).toMatch(/first[\s\S]+second[\s\S]+why: The name is taken\./)
    expect(out).not.toContain('\x1b')
    expect(out).toContain('\\u001b[2Jsecond')
  })

  test('an app shows its breaker', async () => {
    const breaker = async (set: string): Promise<string> => {
      await server.db.query(`update app set ${set} where id = 'cxone-na1'`)
      const { breaker: read } = (await json('app show cxone-na1')) as { breaker: { state: string } }
      const line = /^Breaker .*$/m.exec((await run('app show cxone-na1')).out)?.[0] ?? ''
      expect(line).toContain(read.state)
      return line.replace(/^Breaker +/, '')
    }
    const failing = `failures = 3, failing_since = now() - interval '5 minutes'`
    expect(await breaker(`${failing}, paused_until = now() + interval '1 minute'`)).toBe(
      'open: nothing is tried; left alone 3 times, the first time 5 min ago',
    )
    expect(await breaker(`paused_until = now() - interval '1 second'`)).toBe(
      'half-open: one delivery tries for all; left alone 3 times, the first time 5 min ago',
    )
    expect(await breaker('failures = 0, failing_since = null, paused_until = null')).toBe(
      'closed: deliveries go their way',
    )
  })
  test('an app shows its open items, a person the accounts', async () => {
    expect((await run('app show cxone-na1')).out).toMatch(/OPEN ITEM[\s\S]+unreachable\s+1\s+.+CXone does not answer\./)
    expect((await run('person show ann@acme.example')).out).toMatch(
      /okta\s+ann@acme\.example[\s\S]+cxone-na1\s+-\s+absent\s+-\s+retrying/,
    )
  })

  test('of a dispute, a person shows whose account it is, and not how the last delivery ended', async () => {
    const identity = await addIdentity(server.db, { tenant: ACME, userName: 'sue@acme.example', deleted: true })
    const ended = { state: 'delivered', delivered: 1, detail: 'refused before the provider was answered' }
    await addDelivery(server.db, { tenant: ACME, identity, subject: 'name:sue@acme.example', ...ended })
    const why = 'has the privileged role Supervisor'
    await addLink(server.db, { tenant: ACME, identity, state: 'disputed', account: 'id-1', why })
    expect((await run('person show sue@acme.example')).out).toMatch(/disputed\s+delivered\s+has the privileged role/)
  })

  test('what is not there, and what is not allowed, have exit codes of their own', async () => {
    expect(await run('person show nobody')).toMatchObject({
      exitCode: 3,
      err: 'Nobody has the user name "nobody".',
      out: '',
    })
    expect(await run('app show nothing')).toMatchObject({
      exitCode: 3,
      err: expect.stringContaining('There is no app "nothing".'),
    })
    expect(await run('app show ../../etc')).toMatchObject({ exitCode: 2 })
    expect(await run('delivery retry cxone-na1', { key: KEYS.auditor })).toMatchObject({
      exitCode: 4,
      err: expect.stringContaining('role auditor'),
    })
    expect(await run('app list', { key: 'wrong' })).toMatchObject({
      exitCode: 4,
      err: expect.stringContaining('ROLLCALL_API_KEY'),
    })
  })

  test('two people of one name are not guessed between', async () => {
    await server.db.query(
      `insert into connection (tenant_id, id, profile, delivery) values ($1, 'entra', 'entra', 'queue')`,
      [ACME],
    )
    await addIdentity(server.db, { tenant: ACME, userName: 'twin@acme.example' })
    await addIdentity(server.db, { tenant: ACME, userName: 'twin@acme.example', connection: 'entra' })
    const both = await run('person show twin@acme.example')
    expect(both.exitCode).toBe(2)
    expect(both.err).toMatch(/2 people have the user name .+--connection (okta or entra|entra or okta)/)
    expect((await run('person show twin@acme.example --connection entra')).out).toContain('entra')
  })
})

describe('delivery retry', () => {
  const execute = async (result: object | Error): Promise<void> => {
    const { rows } = await server.db.query<{ id: string }>(
      `select id from run where workflow = 'deliver-now' and state = 'waiting' order by created_at desc limit 1`,
    )
    await executeRun(server.db, rows[0]?.id ?? '', {
      'deliver-now': async () => {
        if (result instanceof Error) throw result
        return { ...result }
      },
    })
  }

  test('names the run to follow', async () => {
    const { out } = await run('delivery retry cxone-na1')
    expect(out).toMatch(/^Started\. Follow it with: rollcall run show [0-9a-f-]{36}$/)
    expect(await json('delivery retry cxone-na1')).toEqual({ run: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  })

  test('with --wait shows progress until the run ends', async () => {
    const { exitCode, out, progress } = await run('delivery retry cxone-na1 --wait', {
      onSleep: () => execute({ due: 3, waiting: 1 }),
    })
    expect(progress).toEqual(['waiting: 1 deliveries left …', ''])
    expect(out).toBe('3 tried, 1 still wait. See: rollcall delivery list --state retrying')
    expect(exitCode).toBe(0)
  })

  test('with --wait ends with 1 when the run failed, and says why', async () => {
    const { exitCode, err } = await run('delivery retry cxone-na1 --wait', {
      onSleep: () => execute(new Error('the app was taken away')),
    })
    expect(exitCode).toBe(1)
    expect(err).toContain('the app was taken away')
  })
})

test('scim log --follow goes on with what comes, and repeats nothing', async () => {
  class Enough extends Error {}
  let sleeps = 0
  const onSleep = async (): Promise<void> => {
    if (++sleeps > 2) throw new Enough('enough')
    await addExchange(server.db, { tenant: ACME, path: `/scim/v2/Users?later-${sleeps}` })
  }
  const { out } = await run('scim log --connection okta --follow --json', { onSleep })
  const paths = out.split('\n').map((line) => (JSON.parse(line) as { path: string }).path.split('?')[1])
  expect(paths).toEqual(['first', '\x1b[2Jsecond', 'later-1', 'later-2'])
})

describe('alert test', () => {
  test('says that the message was sent, and by whom it was taken', async () => {
    expect(await run('alert test works')).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('The test message was sent: hooks.example answered for works.'),
    })
    expect(await json('alert test works')).toEqual({
      alert: 'works',
      sent: true,
      detail: 'hooks.example answered for works.',
    })
  })
  test('fails in words when it did not arrive, and names the alerts there are when there is no such one', async () => {
    const failed = await run('alert test fails')
    expect(failed.exitCode).not.toBe(0)
    expect(failed.err).toContain('did not arrive: hooks.example answered for fails.')
    expect((await run('alert test nobody')).err).toContain('rollcall.yaml declares: works, fails.')
  })
})
