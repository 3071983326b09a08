/** /api/v1/apps/{app}/policy: what is in force, who may change it, and trying one on somebody. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../../src/connectors/memory/index.ts'
import { openTarget, type MemoryTarget } from '../../src/connectors/memory/target.ts'
import { ConnectorError } from '../../src/connectors/contract.ts'
import {
  policy,
  policySaved,
  policyTest,
  policyVersionPage,
  policyVersionWhole,
  type PolicyTestAnswer,
} from '../../src/contract/policy.ts'
import { problem } from '../../src/contract/problem.ts'
import { openProtection } from '../../src/workflows/protection.ts'
import { ACME, addDelivery, addIdentity, GLOBEX, KEYS } from './rows.ts'
import { openAdminServer, type AdminServer } from './server.ts'

const ENTRIES = {
  roles: ['Agent', 'Supervisor'].map((name) => ({ id: `role-${name}`, name, active: true })),
  teams: [{ id: 'team-Default', name: 'Default Team', active: true }],
  skills: [{ id: 'skill-Billing', name: 'Billing', active: true, levels: { min: 1, max: 10 } }],
}

let server: AdminServer
let directory: MemoryTarget
let down = false
beforeAll(async () => {
  directory = openTarget(ENTRIES, () => new Date())
  const connector = connect(directory)
  const { readOne } = connector
  const watched: typeof connector = {
    ...connector,
    readOne: (kind, ref, how) => {
      if (down)
        throw new ConnectorError({ code: 'unreachable', retry: 'soon', detail: 'The directory does not answer.' })
      return readOne(kind, ref, how)
    },
  }
  const protection = openProtection({ connector, adopt: 'matching', protect: { userNames: [] }, now: () => new Date() })
  const target = { connector: watched, defaults: { team: 'Default Team' }, protection, policy: async () => undefined }
  server = await openAdminServer({ targets: new Map([[`${ACME}/cxone-na1`, target]]) })
  await server.db.query(
    `insert into app (tenant_id, id, type, mode, settings) select id, 'empty', 'memory', 'enforce', '{}' from tenant`,
  )
})
beforeEach(async () => {
  down = false
  await server.db.query('truncate identity, delivery, link, event cascade')
})
afterAll(() => server.close())

const AGENTS = { rules: [{ name: 'everybody', give: { role: 'Agent' } }] }
const APP = '/api/v1/apps/cxone-na1/policy'

const put = (payload: object, { key = KEYS.operator, url = APP } = {}) =>
  server.ask(url, { method: 'PUT', payload, key })
const save = async (payload: object, url = APP) => {
  const answer = await put(payload, { url })
  expect(answer.statusCode, answer.body).toBe(200)
  return policySaved.parse(answer.json())
}
const get = async (key = KEYS.operator) => policy.parse((await server.ask(APP, { key })).json())
const events = async () =>
  (await server.db.query(`select tenant_id, actor, app_id, data from event where kind = 'policy.saved' order by seq`))
    .rows

describe('the policy in force', () => {
  test('is none at first', async () => {
    const answer = await server.ask('/api/v1/apps/empty/policy')
    expect(answer.json()).toEqual({ app: 'empty', declared: false, current: null, problems: [], warnings: [] })
  })
  test('is what was saved last, as text and as data, with its author, and only there', async () => {
    const text = '# the desk\nrules:\n  - { name: everybody, give: { role: Agent } }\n'
    const saved = await save({ text })
    expect(saved).toMatchObject({ app: 'cxone-na1', changed: true, due: 0 })
    const { current } = await get()
    expect(current).toMatchObject({
      version: saved.version,
      hash: saved.hash,
      text,
      origin: 'saved',
      savedBy: 'key:ops',
    })
    expect(current?.document).toMatchObject(AGENTS)
    expect((await get(KEYS.other)).current).toBeNull()
    expect(await save({ document: AGENTS })).toMatchObject({ version: saved.version, changed: false, changes: [] })
    expect(await events()).toMatchObject([
      { tenant_id: ACME, actor: 'key:ops', app_id: 'cxone-na1', data: { version: saved.version, hash: saved.hash } },
    ])
  })
  test('says what is another than before, rule by rule', async () => {
    await save({
      document: {
        rules: [
          { name: 'a', give: { role: 'Agent' } },
          { name: 'b', give: { team: 'x' } },
        ],
      },
    })
    const { changes } = await save({
      document: {
        account: { invite: true },
        rules: [
          { name: 'c', give: { team: 'x' } },
          { name: 'a', give: { role: 'Supervisor' } },
        ],
      },
    })
    expect(changes).toEqual([
      'account.invite: false is now true',
      expect.stringMatching(/^rules "b": removed, was \{/),
      expect.stringMatching(/^rules "c": added, \{/),
      'rules "a".give.role: "Agent" is now "Supervisor"',
    ])
  })
  test('is saved by who may act', async () => {
    expect((await put({ document: {} }, { key: KEYS.auditor })).statusCode).toBe(403)
    expect((await put({ document: {} }, { url: '/api/v1/apps/nothing/policy' })).statusCode).toBe(404)
  })
  test.each([[{}], [{ text: '', document: {} }], [{ document: [] }], [{ documents: {} }]])(
    'is not %j',
    async (payload) => {
      expect((await put(payload)).statusCode).toBe(422)
    },
  )
  test('does not become another while somebody else has saved one', async () => {
    const { version } = await save({ document: { account: { invite: true } } })
    expect(await save({ document: AGENTS, expectedVersion: version })).toMatchObject({ version: version + 1 })
    const late = await put({ document: {}, expectedVersion: version })
    expect(late.statusCode).toBe(409)
    expect(problem.parse(late.json()).detail).toContain(`Version ${version + 1} is in force`)
    expect((await put({ document: {}, expectedVersion: 0 })).statusCode).toBe(409)
    expect(await save({ document: {}, expectedVersion: 0 }, '/api/v1/apps/empty/policy')).toMatchObject({ version: 1 })
  })
  test('does not become one that cannot be used: every mistake is told with its place', async () => {
    const before = await get()
    const text = 'account:\n  when: lowr(user.userName) == "ann"\nrules:\n  - name: a\n    giv: {}\n    give: {}\n'
    const answer = await put({ text })
    expect(answer.statusCode).toBe(400)
    const told = problem.parse(answer.json())
    expect(told.code).toBe('policy-invalid')
    expect(told.errors?.[0]).toMatchObject({ path: expect.any(String), fix: expect.any(String) })
    const shape = told.errors?.map(({ path, line, column }) => [path, line, column])
    expect(shape).toContainEqual(['rules[0].giv', 5, 5])
    const inside = await put({ text: 'account:\n  when: lowr(user.userName) == "ann"\n' })
    expect(problem.parse(inside.json()).errors).toEqual([
      expect.objectContaining({ path: 'account.when', line: 2, column: 9, character: 1 }),
    ])
    expect(await get()).toEqual(before)
  })
  test('is what rollcall.yaml says while it says so', async () => {
    await save({ document: AGENTS })
    await server.db.query('update app set policy_declared = true where tenant_id = $1 and id = $2', [ACME, 'cxone-na1'])
    const answer = await put({ document: {} })
    expect(answer.statusCode).toBe(409)
    expect(problem.parse(answer.json()).detail).toContain('rollcall.yaml says what the policy of "cxone-na1" is')
    expect((await get()).declared).toBe(true)
    await server.db.query('update app set policy_declared = false')
  })
})

describe('its versions', () => {
  test('are listed newest first, page by page, and each is there for ever', async () => {
    const { version } = await save({ document: { account: { invite: true } } })
    await save({ document: AGENTS })
    const first = policyVersionPage.parse((await server.ask(`${APP}/versions?limit=1`)).json())
    expect(first.items).toMatchObject([{ version: version + 1, current: true }])
    const second = policyVersionPage.parse((await server.ask(`${APP}/versions?limit=1&cursor=${first.next}`)).json())
    expect(second.items).toMatchObject([{ version, current: false, savedBy: 'key:ops' }])
    const whole = policyVersionWhole.parse((await server.ask(`${APP}/versions/${version}`)).json())
    expect(whole.document).toMatchObject({ account: { invite: true } })
    expect((await server.ask(`${APP}/versions/${version + 9}`)).statusCode).toBe(404)
    const others = policyVersionPage.parse((await server.ask(`${APP}/versions`, { key: KEYS.other })).json())
    expect(others.items).toEqual([])
  })
})

describe('who waits for another policy', () => {
  test('is due with it, and nobody else', async () => {
    const states = {
      held: 'refused',
      'policy-invalid': 'retrying',
      'unknown-role': 'retrying',
      unreachable: 'retrying',
    }
    for (const tenant of [ACME, GLOBEX])
      for (const [code, state] of Object.entries(states)) {
        const identity = await addIdentity(server.db, { tenant, userName: `${code}@x.test` })
        await addDelivery(server.db, { tenant, identity, subject: code, state, code })
      }
    await server.db.query(`update delivery set next_at = now() + interval '1 hour'`)
    expect(await save({ document: { account: { invite: true }, ...AGENTS } })).toMatchObject({ due: 3 })
    const { rows } = await server.db.query(
      `select tenant_id, subject from delivery where state = 'due' and next_at <= now() order by subject`,
    )
    expect(rows).toEqual(['held', 'policy-invalid', 'unknown-role'].map((subject) => ({ tenant_id: ACME, subject })))
  })
})

describe('a policy that is tried on somebody', () => {
  const ask = (payload: object, key = KEYS.auditor) => server.ask(`${APP}/test`, { method: 'POST', payload, key })
  const tried = async (payload: object): Promise<PolicyTestAnswer> => {
    const answer = await ask(payload)
    expect(answer.statusCode, answer.body).toBe(200)
    return policyTest.parse(answer.json())
  }
  const addPerson = async (userName: string, given = 'Ann', family = 'Lee') => {
    const id = await addIdentity(server.db, { tenant: ACME, userName })
    const document = { userName, name: { givenName: given, familyName: family }, title: 'Clerk', active: true }
    await server.db.query('update identity set document = $2 where id = $1', [id, JSON.stringify(document)])
    return id
  }

  test('shows each rule, what it comes to, and a new account as a whole', async () => {
    const identity = await addPerson('new@x.test')
    await save({
      document: {
        rules: [
          {
            name: 'clerks',
            when: 'user.title == "Clerk"',
            priority: 5,
            give: { role: 'Agent', skills: [{ name: 'Billing', level: 4 }] },
          },
          { name: 'bosses', when: 'user.title == "Boss"', give: { role: 'Supervisor' } },
        ],
      },
    })
    const { version } = (await get()).current ?? {}
    const answer = await tried({ userName: 'NEW@x.test' })
    expect(answer).toMatchObject({ identity, connection: 'okta', policy: { version, given: false } })
    expect(answer.account).toMatchObject({ matched: true })
    expect(answer.rules).toMatchObject([
      { rule: 'clerks', matched: true, why: expect.stringContaining('Clerk') },
      { rule: 'bosses', matched: false, why: expect.stringContaining('Clerk') },
    ])
    expect(answer.attributes).toContainEqual(
      expect.objectContaining({ attribute: 'role', value: 'Agent', from: 'rule "clerks"', owned: 'onCreate' }),
    )
    expect(answer.grants).toMatchObject([{ kind: 'skill', name: 'Billing', level: 4, from: ['clerks'] }])
    expect(answer.decision).toMatchObject({ kind: 'account', active: true })
    expect(answer.target).toEqual({ state: 'absent', account: null, why: null })
    expect(answer.diff).toContainEqual({
      change: 'create',
      attribute: 'role',
      found: null,
      wanted: 'Agent',
      detail: null,
    })
    expect(answer.diff).toContainEqual(
      expect.objectContaining({ change: 'grant', attribute: 'skill', wanted: expect.stringContaining('level 4') }),
    )
    expect(directory.ids()).toEqual([])
  })
  test('shows what is another than in the account that is there, and changes nothing', async () => {
    const identity = await addPerson('there@x.test')
    const id = 'account-1'
    directory.put({
      id,
      state: 'active',
      attributes: {
        userName: 'there@x.test',
        givenName: 'Anna',
        familyName: 'Lee',
        title: 'Clerk',
        role: 'role-Agent',
      },
      notes: '',
      createdAt: new Date().toISOString(),
    })
    await server.db.query(
      `insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id, origin) values ($1, 'cxone-na1', 'okta', $2, 'linked', $3, 'created')`,
      [ACME, identity, id],
    )
    const before = JSON.stringify(directory.raw(id))
    const answer = await tried({ userName: 'there@x.test', document: {} })
    expect(answer.policy).toEqual({ version: null, given: true })
    expect(answer.target).toEqual({ state: 'read', account: id, why: null })
    expect(answer.diff).toContainEqual({
      change: 'update',
      attribute: 'givenName',
      found: 'Anna',
      wanted: 'Ann',
      detail: null,
    })
    expect(JSON.stringify(directory.raw(id))).toBe(before)
  })
  test('says why there is no difference where the app does not answer, and shows the rest', async () => {
    await addPerson('down@x.test')
    down = true
    const answer = await tried({ userName: 'down@x.test', document: AGENTS })
    expect(answer.target).toEqual({ state: 'not-read', account: null, why: 'The directory does not answer.' })
    expect(answer.rules).toHaveLength(1)
    expect(answer.diff).toEqual([])
  })
  test('does not ask an app that is left alone, and says so', async () => {
    await addPerson('alone@x.test')
    const pause = `failures = 1, paused_until = now() + interval '1 hour', pause_why = 'It asked for an hour.'`
    await server.db.query(`update app set ${pause} where id = 'cxone-na1'`)
    const answer = await tried({ userName: 'alone@x.test', document: AGENTS })
    await server.db.query('update app set failures = 0, paused_until = null, pause_why = null')
    expect(answer.target).toMatchObject({
      state: 'not-read',
      why: expect.stringMatching(/left alone.*asked for an hour/),
    })
    expect(answer.diff).toEqual([])
  })
  test('names what the app does not have', async () => {
    await addPerson('role@x.test')
    const answer = await tried({
      userName: 'role@x.test',
      document: { rules: [{ name: 'a', give: { role: 'Pilot' } }] },
    })
    expect(answer.diff).toMatchObject([{ change: 'refused', detail: expect.stringContaining('Pilot') }])
  })
  test('tells of mistakes, of nobody, and of several', async () => {
    expect((await ask({ userName: 'nobody@x.test' })).statusCode).toBe(404)
    await addPerson('twice@x.test')
    const wrong = await ask({ userName: 'twice@x.test', text: 'rule: []' })
    expect(wrong.statusCode).toBe(400)
    expect(problem.parse(wrong.json()).errors).toMatchObject([{ path: 'rule', line: 1, column: 1 }])
    for (const [tenant, connection] of [[ACME, 'entra']])
      await server.db.query(
        `insert into connection (tenant_id, id, profile, delivery) values ($1, $2, 'entra', 'queue') on conflict do nothing`,
        [tenant, connection],
      )
    await addIdentity(server.db, { tenant: ACME, userName: 'twice@x.test', connection: 'entra' })
    expect(await tried({ userName: 'twice@x.test' })).toMatchObject({ connection: 'okta' })
    const elsewhere = await tried({ userName: 'twice@x.test', connection: 'entra' })
    expect(elsewhere.target).toMatchObject({ state: 'not-read', why: 'the connection entra does not have this app' })
    await server.db.query(
      `insert into connection_app (tenant_id, connection_id, app_id) values ($1, 'entra', 'cxone-na1')`,
      [ACME],
    )
    const several = await ask({ userName: 'twice@x.test' })
    expect(several.statusCode).toBe(409)
    expect(problem.parse(several.json()).detail).toContain('entra, okta')
    expect((await ask({ userName: 'twice@x.test' }, KEYS.other)).statusCode).toBe(404)
  })
})
