/** A policy that is saved while the product runs, and one that cannot be used any more. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDb, type Db } from '../../src/store/db.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { until } from '../support/wait.ts'

let rollcall: TestRollcall
let sql: Db
beforeAll(async () => {
  const roles = ['Agent', 'Supervisor']
  rollcall = await startRollcallForTest({ apps: [{ id: 'desk', type: 'memory', roles, defaults: { role: 'Agent' } }] })
  sql = openDb(rollcall.databaseUrl)
})
afterAll(async () => {
  await sql.close()
  await rollcall.close()
})

const api = async (method: string, path: string, body?: object): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(`${rollcall.address}/api/v1${path}`, {
    method,
    headers: {
      authorization: `Bearer ${rollcall.apiKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}
const scim = async (method: string, path: string, body?: object): Promise<{ id: string }> => {
  const response = await fetch(rollcall.base + path, {
    method,
    headers: { authorization: `Bearer ${rollcall.scimToken}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(response.ok, `${method} ${path} ${response.status}`).toBe(true)
  return (await response.json()) as { id: string }
}
const create = (userName: string, title: string) =>
  scim('POST', '/Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    title,
    active: true,
    name: { givenName: 'Ann', familyName: userName.slice(0, 3) },
    emails: [{ value: userName, primary: true }],
  })

interface Row {
  readonly state: string
  readonly code: string | null
}
const settled = (id: string, state: string): Promise<Row | undefined> =>
  until(
    async () =>
      (await sql.query<Row>('select state, code from delivery where identity_id = $1 and not wanted < delivered', [id]))
        .rows[0],
    (row) => row?.state === state,
  )
const save = async (document: object) => {
  const answer = await api('PUT', '/apps/desk/policy', { document })
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as { version: number; due: number }
}
const tried = async (userName: string) =>
  (await api('POST', '/apps/desk/policy/test', { userName })).body as {
    target: { state: string }
    attributes: { attribute: string; value: string }[]
    diff: object[]
  }

const BOSSES = (title: string) => ({
  rules: [{ name: 'bosses', when: `user.title == "${title}"`, give: { role: 'Supervisor' } }],
})

describe('a policy that is saved', () => {
  test('decides about who comes from then on, and is tried on them with nothing left to change', async () => {
    await save(BOSSES('Boss'))
    const boss = await create('bob@x.test', 'Boss')
    await settled(boss.id, 'delivered')
    const answer = await tried('bob@x.test')
    expect(answer.attributes).toContainEqual(expect.objectContaining({ attribute: 'role', value: 'Supervisor' }))
    expect(answer.target.state).toBe('read')
    expect(answer.diff).toEqual([])
  })
  test('changes nobody by itself', async () => {
    const before = await sql.query('select id, wanted, delivered, state from delivery order by id')
    await save({ ...BOSSES('Chief'), attributes: { title: '"Clerk"' } })
    expect((await sql.query('select id, wanted, delivered, state from delivery order by id')).rows).toEqual(before.rows)
    expect((await tried('bob@x.test')).diff).toContainEqual(
      expect.objectContaining({ change: 'update', attribute: 'title', found: 'Boss', wanted: 'Clerk' }),
    )
  })
})

describe('a policy that cannot be used any more', () => {
  test('holds who comes, as one open item of the app, and nobody who leaves; the next one lets all go on', async () => {
    const leaver = await create('lea@x.test', 'Clerk')
    await settled(leaver.id, 'delivered')
    const { version } = await save(BOSSES('Boss'))
    // As a newer or older Rollcall may have left it, or rollcall.yaml without the extension that it reads.
    await sql.query(
      `insert into policy_version (tenant_id, app_id, version, hash, document, origin, reads_groups, created_by)
       values ('acme', 'desk', $1, 'of another time', '{ "rules": [{ "name": "a", "when": "user.gone == 1", "give": { "role": "Agent" } }] }', 'saved', false, 'test')`,
      [version + 1],
    )
    await sql.query(`update app set policy_version = $1 where id = 'desk'`, [version + 1])
    const newcomers = await Promise.all(['new@x.test', 'mew@x.test'].map((name) => create(name, 'Clerk')))
    for (const { id } of newcomers) expect(await settled(id, 'retrying')).toMatchObject({ code: 'policy-invalid' })
    await scim('PATCH', `/Users/${leaver.id}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: false }],
    })
    await settled(leaver.id, 'delivered')
    const { openItems } = (
      await until(
        () => api('GET', '/apps/desk'),
        ({ body }) => (body as { openItems: unknown[] }).openItems.length > 0,
      )
    ).body as { openItems: { kind: string; waiting: number; fix: string }[] }
    expect(openItems).toMatchObject([{ kind: 'policy-invalid', waiting: 2 }])
    expect(openItems[0]?.fix).toContain(`Version ${version + 1} of the policy cannot be used any more`)
    expect((await api('POST', '/apps/desk/policy/test', { userName: 'new@x.test' })).status).toBe(400)
    expect((await api('GET', '/apps/desk/policy')).body).toMatchObject({
      problems: [expect.stringContaining('rules[0].when: user has no attribute "gone"')],
    })
    expect(await save({})).toMatchObject({ version: version + 2, due: 2 })
    for (const { id } of newcomers) await settled(id, 'delivered')
  })
})
