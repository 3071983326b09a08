/**
 * What providers make of accounts in CXone that nobody owns: the simulators play provider and contact centre, and what
 * CXone holds is what counts.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EntraProvider } from '../../sim/idp/entra/provider.ts'
import { OktaProvider } from '../../sim/idp/okta/provider.ts'
import { people, type Person } from '../../sim/idp/people.ts'
import { openDb, type Db } from '../../src/store/db.ts'
import { rollcall as terminal } from '../cli/terminal.ts'
import { startCxoneForTest, type RawUser, type TestCxone } from '../support/cxone.ts'
import { startRollcallForTest, type TestRollcall, type TestRollcallOptions } from '../support/rollcall.ts'
import { patchOf, scimClient, userOf, type ScimClient } from '../support/scim.ts'
import { until } from '../support/wait.ts'

interface ReadingAnswer {
  readonly reading: {
    readonly to: string[]
    readonly verdict: string | null
    readonly why: string | null
    readonly at: string
    readonly accounts: number
    readonly shown: number
  } | null
}

let cxone: TestCxone
let rollcall: TestRollcall
let db: Db
let okta: ScimClient
let other: ScimClient
/** Before anybody has written anything. */
let everybody: readonly RawUser[] = []
let agents: readonly RawUser[] = []
const options = (): TestRollcallOptions => ({
  apps: [cxone.app],
  delivery: 'confirm',
  confirmSeconds: 20,
  shownTo: ['okta', 'other'],
})
beforeAll(async () => {
  cxone = await startCxoneForTest({ users: 60 })
  rollcall = await startRollcallForTest(options())
  db = openDb(rollcall.databaseUrl, { max: 2 })
  okta = scimClient(rollcall.base, rollcall.scimToken)
  other = scimClient(rollcall.base, rollcall.otherToken)
  everybody = (await cxone.state()).users
  const { roles } = await cxone.control<{ roles: { roleId: string; roleName: string }[] }>('GET', '/state')
  const agent = roles.find(({ roleName }) => roleName === 'Agent')?.roleId
  agents = everybody.filter((user) => user['roleUUID'] === agent && user.status === 'ACTIVE')
  await until(readingOfApp, (reading) => reading?.verdict === 'whole')
})
afterAll(async () => {
  await db.close()
  await rollcall.close()
  await cxone.close()
})

async function readingOfApp(): Promise<ReadingAnswer['reading']> {
  const headers = { authorization: `Bearer ${rollcall.apiKey}` }
  return ((await (await fetch(`${rollcall.address}/api/v1/apps/cxone-na1`, { headers })).json()) as ReadingAnswer)
    .reading
}
/** One more reading, whatever the time. */
async function readAgain(): Promise<ReadingAnswer['reading']> {
  const before = await readingOfApp()
  await db.query('update account_reading set next_at = now()')
  return until(readingOfApp, (reading) => reading?.at !== before?.at)
}
let taken = 0
/** Somebody who works there already, nobody twice. */
function nextAgent(): RawUser {
  const agent = agents[taken++]
  if (agent === undefined) throw new Error('the simulator has no such agent left')
  return agent
}
const stored = (id: string) => cxone.control<RawUser>('GET', `/users/${id}`)
const text = (user: RawUser, name: string): string => String(user[name])
/** The agent as a provider's directory has them: of the same name, and all else different. */
const inDirectory = (agent: RawUser, more: Partial<Person> = {}): Person => ({
  ...(people({ count: 1, seed: taken })[0] as Person),
  userName: agent.userName,
  givenName: text(agent, 'firstName'),
  familyName: text(agent, 'lastName'),
  email: text(agent, 'emailAddress'),
  ...more,
})
const listed = async (client: ScimClient, filter: string) =>
  (await client('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body.Resources
const shownId = async (agent: RawUser, client = okta): Promise<string> =>
  (await listed(client, `userName eq ${JSON.stringify(agent.userName)}`))[0]?.id ?? 'nobody'
const linkOf = async (identity: string) =>
  (await db.query<Record<string, unknown>>('select * from link where identity_id = $1', [identity])).rows[0]
async function isAdopted(agent: RawUser, identity: string): Promise<void> {
  expect(await stored(agent.id)).toEqual(agent)
  expect(await linkOf(identity)).toMatchObject({ state: 'linked', origin: 'adopted', account_id: agent.id })
  expect((await cxone.state()).users).toHaveLength(everybody.length)
}

describe('Okta', () => {
  const provider = () => new OktaProvider({ base: rollcall.base, token: rollcall.scimToken, family: 'oin', seed: 1 })

  test('imports everybody who may be adopted, page by page, and nobody with more rights', async () => {
    const client = provider()
    const imported = await client.importUsers()
    client.close()
    expect(imported).toMatchObject({ ok: true, complaints: [] })
    const names = new Set(imported.users.map(({ resource }) => resource['userName']))
    for (const { userName } of agents) expect(names).toContain(userName)
    const { serviceUserId } = await cxone.control<{ serviceUserId: string }>('GET', '/state')
    const privileged = everybody.filter((user) => user['billable'] === false || user.id === serviceUserId)
    expect(privileged.length).toBeGreaterThan(1)
    for (const { userName } of privileged) expect(names).not.toContain(userName)
    const reading = await readingOfApp()
    expect(reading).toMatchObject({ to: ['okta', 'other'], accounts: everybody.length, shown: imported.users.length })
  })

  test('matches a new assignment by user name and puts the profile to that id: adopted, nothing else changed', async () => {
    const agent = nextAgent()
    const id = await shownId(agent)
    const client = provider()
    const outcome = await client.assign(inDirectory(agent))
    client.close()
    expect(outcome).toMatchObject({ ok: true, id, complaints: [] })
    await isAdopted(agent, id)
  })

  test('matches by e-mail address somebody whom it calls otherwise: the same account, which keeps its name', async () => {
    const agent = nextAgent()
    const email = text(agent, 'emailAddress')
    const [found] = await listed(okta, `emails.value eq ${JSON.stringify(email)}`)
    const id = found?.id ?? ''
    const pushed = userOf(`other.${agent.userName}`, { ...found, userName: `other.${agent.userName}`, title: 'Lead' })
    expect((await okta('PUT', `/Users/${id}`, pushed)).status).toBe(200)
    await isAdopted(agent, id)
  })
})

describe('Entra', () => {
  test('discovers accounts, matches by userName and patches what differs: adopted, nothing else changed', async () => {
    const agent = nextAgent()
    const [id, elsewhere] = [await shownId(agent, other), await shownId(agent)]
    const client = new EntraProvider({ base: rollcall.base, token: rollcall.otherToken, dialect: 'default' })
    expect(await client.importUsers()).toMatchObject({ ok: true, complaints: [] })
    const person = inDirectory(agent)
    await client.assign(person)
    await client.cycle()
    expect(client.beliefs()).toMatchObject([{ status: 'linked', id, tasks: [] }])
    client.close()
    await isAdopted(agent, id)
    expect((await okta('GET', `/Users/${elsewhere}`)).status).toBe(404)
    expect(await shownId(agent)).toBe('nobody')
  })
})

describe('any provider', () => {
  test('sees the shown document in PATCH paths, filters, order, cursors and ETags', async () => {
    const agent = nextAgent()
    const id = await shownId(agent)
    const before = await okta('GET', `/Users/${id}`)
    expect(before.headers.get('etag')).toBe(before.body.meta.version)
    const search = { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter: `id eq "${id}"` }
    expect((await okta('POST', '/Users/.search', search)).body).toMatchObject({ totalResults: 1 })
    const first = await okta('GET', '/Users?sortBy=userName&count=5&cursor')
    const { nextCursor } = first.body as unknown as { nextCursor: string }
    const second = await okta('GET', `/Users?sortBy=userName&count=5&cursor=${encodeURIComponent(nextCursor)}`)
    expect(new Set([...first.body.Resources, ...second.body.Resources].map((user) => user.id)).size).toBe(10)
    const ask = (etag: string) =>
      fetch(`${rollcall.base}/Users/${id}`, {
        method: 'PATCH',
        headers: {
          authorization: `Bearer ${rollcall.scimToken}`,
          'content-type': 'application/scim+json',
          'if-match': etag,
        },
        body: JSON.stringify(patchOf({ op: 'replace', path: 'emails[type eq "work"].display', value: 'work' })),
      })
    expect((await ask('W/"99"')).status).toBe(412)
    expect((await okta('GET', `/Users/${id}`)).body).toEqual(before.body)
    expect((await ask(before.body.meta.version)).status).toBe(200)
    await isAdopted(agent, id)
  })

  test('that posts the name has 201 with the id it could have read', async () => {
    const agent = nextAgent()
    const id = await shownId(agent)
    const name = { givenName: text(agent, 'firstName'), familyName: text(agent, 'lastName') }
    const made = await okta('POST', '/Users', userOf(agent.userName.toUpperCase(), { name, externalId: 'x-9' }))
    expect(made).toMatchObject({ status: 201, body: { id, externalId: 'x-9' } })
    await isAdopted(agent, id)
    expect((await okta('POST', '/Users', userOf(agent.userName, { name }))).status).toBe(409)
  })

  test('that means another person is refused with 409, and everything is as it was', async () => {
    const agent = nextAgent()
    const id = await shownId(agent)
    const before = await okta('GET', `/Users/${id}`)
    const lena = { name: { givenName: 'Lena', familyName: 'Fuchsbichler' } }
    const patched = await okta('PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: lena }))
    const posted = await okta('POST', '/Users', userOf(agent.userName, lena))
    expect([patched.status, posted.status]).toEqual([409, 409])
    expect(patched.body.detail).toContain(`${text(agent, 'firstName')} ${text(agent, 'lastName')}`)
    const { meta: _then, ...was } = before.body
    const { meta: _now, ...is } = (await okta('GET', `/Users/${id}`)).body
    expect(is).toEqual(was)
    expect(await stored(agent.id)).toEqual(agent)
    await readAgain()
    expect(await shownId(agent)).toBe(id)
    // Whoever is the person still gets it, over any connection.
    const { givenName, familyName } = inDirectory(agent)
    const right = await other('POST', '/Users', userOf(agent.userName, { name: { givenName, familyName } }))
    expect(right.status).toBe(201)
    await isAdopted(agent, right.body.id)
    expect((await okta('GET', `/Users/${id}`)).status).toBe(404)
  })

  test('that disables who it was shown has disabled that account', async () => {
    const agent = nextAgent()
    const id = await shownId(agent)
    expect((await okta('PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: { active: false } }))).status).toBe(200)
    await until(
      () => stored(agent.id),
      (user) => user.status === 'DELETED',
    )
  })

  test('of another tenant or connection sees nobody by these ids', async () => {
    const id = await shownId(nextAgent())
    const stranger = scimClient(rollcall.base, rollcall.strangerToken)
    expect((await stranger('GET', '/Users')).body.totalResults).toBe(0)
    for (const client of [stranger, other]) {
      expect((await client('GET', `/Users/${id}`)).status).toBe(404)
      expect((await client('PATCH', `/Users/${id}`, patchOf({ op: 'replace', value: { title: 'x' } }))).status).toBe(
        404,
      )
      expect((await client('DELETE', `/Users/${id}`)).status).toBe(404)
    }
    expect((await okta('GET', `/Users/${id}`)).status).toBe(200)
  })
})

test('an app that does not answer takes nobody from sight, and app show says so', async () => {
  const total = async () => (await okta('GET', '/Users?count=0')).body.totalResults
  const before = await total()
  await cxone.outage(60)
  expect(await readAgain()).toMatchObject({
    verdict: 'unreachable',
    why: expect.stringContaining('No answer'),
    accounts: 0,
  })
  expect(await total()).toBe(before)
  const env = { ROLLCALL_URL: rollcall.address, ROLLCALL_API_KEY: rollcall.apiKey }
  const { out } = await terminal(['app', 'show', 'cxone-na1'], { env })
  expect(out).toMatch(/Shown +\d+ accounts to okta, other; unreachable .*No answer.*last read whole/)
  await cxone.control('DELETE', '/faults')
  expect(await readAgain()).toMatchObject({ verdict: 'whole' })
  expect(await total()).toBe(before)
})

test('without the setting the next start shows only who was taken up', async () => {
  const { rows } = await db.query<{ owned: number }>(
    `select count(*) as owned from identity where connection_id = 'okta' and deleted_at is null and not shown`,
  )
  const plain = await startRollcallForTest({ ...options(), shownTo: [], databaseUrl: rollcall.databaseUrl })
  const users = await scimClient(plain.base, plain.scimToken)('GET', '/Users')
  await plain.close()
  expect(users.body.totalResults).toBe(rows[0]?.owned)
})
