/**
 * Promise: whoever asks with the ids, names or tokens of another tenant or another connection hears, word for word, what
 * they would hear if nobody had them; and nothing changes where they belong.
 */
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openTestWorld, type TestWorld } from '../store/world.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { until } from '../support/wait.ts'
import { probesOf, type Probe, type Subject } from './probes.ts'
import { everyRoute, type Route } from './routes.ts'

// Every route, method and stranger: only ends what would never end.
vi.setConfig({ testTimeout: 180_000 })

let world: TestWorld
let rollcall: TestRollcall
let routes: readonly Route[]
let owner: ScimClient
let sql: Client
/** Of tenant acme: a user and a group of its connection `generic-only`, and what the admin API knows of them. */
let victim: Subject

/** The token of that connection. */
const OWNER = 'generic-only-0123456789'

/** Nobody has these; each is as long as the victim's. */
const NOBODY: Subject = {
  user: randomUUID(),
  group: randomUUID(),
  userName: 'nobody-41c7@secret.test',
  displayName: 'Nobodys group 41c7',
  externalId: 'nobody-41c7-external',
  connection: 'nobody-41c7x',
  app: 'nobody-41c7',
  run: randomUUID(),
  link: '99999999',
  alert: 'pager-41c7',
  token: '99999998',
}

beforeAll(async () => {
  world = await openTestWorld()
  routes = await everyRoute(world)
  rollcall = await startRollcallForTest({
    apps: [{ id: 'target-93e1', type: 'memory', mode: 'observe' }],
    profiles: ['generic'],
  })
  sql = new Client(rollcall.databaseUrl)
  await sql.connect()
  owner = scimClient(rollcall.base, OWNER)
  victim = await makeVictim()
})
afterAll(async () => {
  await sql.end()
  await rollcall.close()
  await world.close()
})

async function makeVictim(): Promise<Subject> {
  const names = {
    userName: 'victim-93e1@secret.test',
    displayName: 'Victims group 93e1',
    externalId: 'victim-93e1-external',
  }
  const user = (await owner('POST', '/Users', userOf(names.userName, { externalId: names.externalId }))).body.id
  const aGroup = { displayName: names.displayName, externalId: names.externalId, members: [{ value: user }] }
  const group = (await owner('POST', '/Groups', aGroup)).body.id
  const started = await fetch(`${rollcall.address}/api/v1/apps/target-93e1/deliver`, {
    method: 'POST',
    headers: { authorization: `Bearer ${rollcall.apiKey}` },
  })
  const { run } = (await started.json()) as { run: string }
  const saved = await fetch(`${rollcall.address}/api/v1/apps/target-93e1/policy`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${rollcall.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ document: { rules: [{ name: 'rule-93e1', give: { role: 'Agent' } }] } }),
  })
  expect(saved.status).toBe(200)
  const { rows } = await sql.query<{ id: string }>(
    `insert into link (id, tenant_id, app_id, connection_id, identity_id, state, why) overriding system value
     values (87654321, 'acme', 'target-93e1', 'generic-only', $1, 'disputed', 'made for the test') returning id`,
    [user],
  )
  await sql.query(
    `insert into difference (id, tenant_id, app_id, state, verdict) values ($1, 'acme', 'target-93e1', 'done', 'whole')`,
    [run],
  )
  await sql.query(
    `insert into difference_person (difference_id, position, connection_id, identity_id, user_name, kinds, detail)
     values ($1, 0, 'generic-only', $2, $3, '{create}', '{}')`,
    [run, user, names.userName],
  )
  const token = await sql.query<{ id: number }>(
    `update credential set id = 76543219 where tenant_id = 'acme' and connection_id = 'generic-only' returning id`,
  )
  return {
    ...names,
    user,
    group,
    run,
    connection: 'generic-only',
    app: 'target-93e1',
    link: String(rows[0]?.id),
    alert: 'pager-93e1',
    token: String(token.rows[0]?.id),
  }
}

interface Heard {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** Headers that differ from answer to answer whoever asks. */
const CHANGING = ['date', 'x-request-id', 'keep-alive', 'connection', 'content-length']

async function ask(token: string, { method, path, body }: Probe): Promise<Heard> {
  const response = await fetch(rollcall.address + path, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined
        ? {}
        : { 'content-type': path.startsWith('/scim') ? 'application/scim+json' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const headers = [...response.headers].filter(([name]) => !CHANGING.includes(name))
  return { status: response.status, headers: Object.fromEntries(headers), text: await response.text() }
}

/** What was asked with, by its name: then the answers about somebody and about nobody are one and the same text. */
function anonymous(text: string, subject: Subject): string {
  let plain = text
  for (const [name, value] of Object.entries(subject) as [string, string][]) {
    for (const form of [value, value.toUpperCase(), encodeURIComponent(value)])
      if (form.length > 4) plain = plain.replaceAll(form, `<${name}>`)
  }
  return plain
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '<uuid>')
    .replaceAll(/\d{4}-\d\d-\d\d[T ][\d:.]+(?:Z|\+\d\d)/g, '<time>')
}

const plain = ({ status, headers, text }: Heard, subject: Subject): object => ({
  status,
  headers: anonymous(JSON.stringify(headers), subject),
  text: anonymous(text, subject),
})

/** What a stranger has made by asking goes again, so that the next question finds the same world. */
async function cleanUp(token: string, { status, headers }: Heard): Promise<void> {
  const location = headers['location']
  if (status === 201 && location !== undefined)
    await ask(token, { method: 'DELETE', path: location.slice(rollcall.address.length) })
}

async function everythingOf(tenant: string, connection: string): Promise<object> {
  const of = async (table: string, columns: string): Promise<object[]> =>
    (
      await sql.query<object>(
        `select ${columns} from ${table} where tenant_id = $1 and connection_id = $2 order by 1, 2`,
        [tenant, connection],
      )
    ).rows
  return {
    users: await of('identity', 'id, version, document, deleted_at, person_id'),
    groups: await of('scim_group', 'id, version, document, deleted_at'),
    members: await of('membership', 'group_id, member_id'),
    links: await of('link', 'identity_id, state, account_id, settled_as'),
    deliveries: await of('delivery', 'identity_id, wanted, urgency'),
    events: await of('event', 'seq, kind'),
    tokens: await of('credential', 'id, revoked_at'),
  }
}

const strangers = [
  ['another connection of the tenant', () => rollcall.scimToken, '/scim/'],
  ['another tenant', () => rollcall.strangerToken, '/scim/'],
  ['an administrator of another tenant', () => rollcall.strangerKey, '/api/'],
] as const

describe('on every route', () => {
  test('is walked with all methods', () => {
    expect(routes.length).toBeGreaterThan(60)
    for (const path of [
      '/scim/v2/Users/:id',
      '/scim/v2/Groups/:id',
      '/scim/v2/Bulk',
      '/api/v1/runs/:id',
      '/api/v1/apps/:app/entitlements',
    ])
      expect(
        routes.some((route) => route.path === path),
        path,
      ).toBe(true)
  })

  test.each(strangers)('%s hears of nobody, and changes nothing', async (_, token, below) => {
    const before = await everythingOf('acme', 'generic-only')
    const asked = routes.filter((route) => route.path.startsWith(below))
    let answers = 0
    for (const route of asked) {
      const [somebody, nobody] = [probesOf(route, victim), probesOf(route, NOBODY)]
      for (const [index, probe] of somebody.entries()) {
        const twin = nobody[index]
        if (twin === undefined) throw new Error('the same questions are asked about both')
        const heard = await ask(token(), probe)
        await cleanUp(token(), heard)
        const heardOfNobody = await ask(token(), twin)
        await cleanUp(token(), heardOfNobody)
        const question = `${probe.method} ${probe.path} ${JSON.stringify(probe.body) ?? ''}`
        expect(plain(heard, victim), question).toEqual(plain(heardOfNobody, NOBODY))
        expect([500, 503], question).not.toContain(heard.status)
        answers += 1
      }
    }
    expect(answers).toBeGreaterThan(asked.length)
    expect(await everythingOf('acme', 'generic-only')).toEqual(before)
  })

  test('the owner hears of them, so the questions are real', async () => {
    const found = { users: 0, groups: 0 }
    for (const route of routes.filter(({ method, path }) => method === 'GET' && path.startsWith('/scim/v2/'))) {
      for (const probe of probesOf(route, victim)) {
        const { text } = await ask(OWNER, probe)
        if (text.includes(victim.user)) found.users += 1
        if (text.includes(victim.group)) found.groups += 1
      }
    }
    expect(found.users).toBeGreaterThan(10)
    expect(found.groups).toBeGreaterThan(10)
  })

  test('a key of one kind opens nothing of the other, and neither does a token of nobody', async () => {
    const keys = [
      [rollcall.apiKey, '/scim/'],
      [rollcall.scimToken, '/api/v1/'],
    ] as const
    for (const [key, below] of keys) {
      for (const route of routes.filter(({ path }) => path.startsWith(below))) {
        const [probe] = probesOf(route, victim)
        if (probe === undefined) continue
        const question = `${probe.method} ${probe.path}`
        const heard = await ask(key, probe)
        expect(heard.status, question).toBe(401)
        expect(plain(heard, victim), question).toEqual(plain(await ask('a-token-of-nobody-0123', probe), victim))
      }
    }
  })

  test('a cursor of one connection is none for another', async () => {
    await owner('POST', '/Users', userOf('second-93e1@secret.test'))
    const page = await owner('GET', '/Users?cursor&count=1')
    const { nextCursor } = page.body as unknown as { nextCursor: string }
    expect(nextCursor).toEqual(expect.any(String))
    const path = `/scim/v2/Users?cursor=${encodeURIComponent(nextCursor)}`
    for (const token of [rollcall.scimToken, rollcall.otherToken, rollcall.strangerToken]) {
      const heard = await ask(token, { method: 'GET', path })
      expect([heard.status, JSON.parse(heard.text)]).toEqual([
        400,
        expect.objectContaining({ scimType: 'invalidCursor' }),
      ])
    }
  })
})

test('nothing of another connection becomes a member, a manager or a parent', async () => {
  await until(
    async () => (await owner('GET', `/Users/${victim.user}`)).status,
    (status) => status === 200,
  )
  const stranger = scimClient(rollcall.base, rollcall.scimToken)
  const { id } = (await stranger('POST', '/Groups', { displayName: 'Strangers', members: [{ value: victim.user }] }))
    .body
  expect(((await stranger('GET', `/Groups/${id}`)).body as unknown as { members?: object[] }).members).toBeUndefined()
  const { rows } = await sql.query('select 1 from membership where group_id = $1', [id])
  expect(rows).toEqual([])
  expect(((await owner('GET', `/Users/${victim.user}`)).body as unknown as { groups: object[] }).groups).toHaveLength(1)
})
