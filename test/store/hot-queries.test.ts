import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Caller } from '../../src/operations/context.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { deleteUser } from '../../src/operations/delete-user.ts'
import { patchGroup } from '../../src/operations/patch-group.ts'
import { patchUser } from '../../src/operations/patch-user.ts'
import { parseFilter } from '../../src/scim/filter/parse.ts'
import { parseGroupPatch } from '../../src/scim/patch/members.ts'
import { parsePatch } from '../../src/scim/patch/parse.ts'
import { GROUP, USER } from '../../src/scim/schema/resource-type.ts'
import { insertAccessToken } from '../../src/store/access-tokens.ts'
import { readOutlook } from '../../src/store/apps.ts'
import { acceptDelivered, acceptNow, readDecision, takeBack } from '../../src/store/confirmations.ts'
import { noteUses } from '../../src/store/credentials.ts'
import { openDb, type Db } from '../../src/store/db.ts'
import * as deliveries from '../../src/store/deliveries.ts'
import { readSubject } from '../../src/store/delivery-subject.ts'
import { saveExchanges } from '../../src/store/exchanges.ts'
import { giveBack, leaseDeliveries, renewLeases } from '../../src/store/leases.ts'
import { endDispute, linkAccount, markReturning, recordLinkState, rememberDelivered } from '../../src/store/links.ts'
import { changeOwner, leavingAccounts, readLink, readOwner } from '../../src/store/ownership.ts'
import { endPlan, storePlan } from '../../src/store/plans.ts'
import { readCurrentPolicy, readCurrentVersion, retryForPolicy } from '../../src/store/policies.ts'
import { forgetGone, readSettledByName } from '../../src/store/settlements.ts'
import { saveUnknownCalls } from '../../src/store/unknown-calls.ts'
import { lockUser, readHolder } from '../../src/store/users.ts'
import { findApiKey } from '../../src/store/views/api-keys.ts'
import { readBacklogs } from '../../src/store/views/backlog.ts'
import { exchangesAfter, listExchanges } from '../../src/store/views/exchanges.ts'
import { listGroups, readGroup } from '../../src/store/views/groups.ts'
import { readMembersText } from '../../src/store/views/members.ts'
import { findNamed } from '../../src/store/views/policies.ts'
import { findScimCredentials } from '../../src/store/views/scim-credentials.ts'
import { findClientSecrets, findPasswords } from '../../src/store/views/sign-in.ts'
import { groupsOfUsers } from '../../src/store/views/user-groups.ts'
import { listUsers, readUser } from '../../src/store/views/users.ts'
import { ALONE, APP, fillLargeDirectory, GROWING, MEMBERS, OWED, PEOPLE } from './large-directory.ts'
import { listening, scansSoFar, sequentialScans, type Asked } from './plans.ts'
import { openTestWorld, type TestWorld } from './world.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const reading = { unknownMembers: 'skip', baseUrl: 'https://acme.test/scim/v2', note: () => {} } as const

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await fillLargeDirectory(world)
}, 180_000)
afterAll(() => world.close())

interface Told {
  /** Tables that were read from end to end, or would be once their statement is prepared. */
  readonly scans: readonly string[]
  /** Of the statements that were run. */
  readonly names: ReadonlySet<string | undefined>
}

/** What was asked is looked at twice: how PostgreSQL plans it, and what it has done, in triggers too. */
async function scansOf(work: (db: Db) => Promise<void>): Promise<Told> {
  const asked: Asked[] = []
  const before = await scansSoFar(world.db)
  const db = openDb(world.url, { max: 2 })
  try {
    await work(listening(db, asked))
  } finally {
    await db.close()
  }
  const after = await scansSoFar(world.db)
  const done = GROWING.filter((table) => after.get(table) !== before.get(table)).map((table) => `${table} was scanned`)
  const planned = await sequentialScans(world.db, asked, GROWING)
  return { scans: [...planned, ...done], names: new Set(asked.map(({ name }) => name)) }
}

/** Members of the large group are the first people of their connection. */
async function people({ connection }: Caller, { limit, offset = 0 }: { limit: number; offset?: number }) {
  const { rows } = await world.db.query<{ id: string; userName: string; version: number; seq: number }>(
    `select id, user_name as "userName", version, seq from identity
     where connection_id = $1 and deleted_at is null order by seq limit $2 offset $3`,
    [connection, limit, offset],
  )
  return rows
}

async function largeGroup({ connection }: Caller): Promise<string> {
  const { rows } = await world.db.query<{ id: string }>(
    `select id from scim_group where connection_id = $1 and display_name = 'Load 0'`,
    [connection],
  )
  return rows[0]?.id ?? ''
}

test('the directory is of the size that is spoken of', async () => {
  const { rows } = await world.db.query<{ people: number; members: number }>(
    `select (select count(*) from identity where connection_id = 'alone') as people,
            (select count(*) from membership where group_id = $1) as members`,
    [await largeGroup(ALONE)],
  )
  expect(rows).toEqual([{ people: PEOPLE, members: MEMBERS }])
})

describe.each([
  ['without an app', ALONE, '-alone'],
  ['with an app', OWED, ''],
])('writes of a connection %s', (_, caller, suffix) => {
  test('read no table that grows from end to end', async () => {
    const [mia, kim] = await people(caller, { limit: 2, offset: 5 })
    if (mia === undefined || kim === undefined) throw new Error('nobody is there')
    const { scans, names } = await scansOf(async (db) => {
      const operations = { ...world.operations, db }
      const patch = (id: string, ...changes: readonly object[]) =>
        patchUser(operations, caller, { id, operations: parsePatch({ Operations: changes }, USER), note: () => {} })
      const set = (path: string, value: unknown) => ({ op: 'replace', path, value })
      const emails = (value: string) => set('emails', [{ value, type: 'work', primary: true }])
      const document = { userName: `new@${caller.connection}.test`, active: true, emails: [{ value: 'new@acme.test' }] }
      expect(await createUser(operations, caller, document)).toMatchObject({ ok: true })
      await readHolder(db, caller, document.userName)
      expect(await patch(mia.id, set('title', 'Lead'))).toMatchObject({ ok: true })
      await patch(mia.id, set('active', false))
      await patch(mia.id, emails('mia@acme.test'))
      await patch(mia.id, set('userName', 'mia'))
      await patch(mia.id, set('userName', 'mia2'), emails('mia2@acme.test'))
      await db.transaction((tx) => lockUser(tx, caller, kim.id))
      expect(await deleteUser(operations, caller, kim.id)).toMatchObject({ ok: true })
    })
    const writes = ['update-user', 'update-user-emails', 'rename-user', 'rename-user-emails', 'end-user']
    expect([...names]).toEqual(expect.arrayContaining(['insert-user', ...writes].map((name) => name + suffix)))
    expect(scans).toEqual([])
  })

  test('who comes into a large group and goes is found by key', async () => {
    const id = await largeGroup(caller)
    const [member] = await people(caller, { limit: 1, offset: 20 })
    const [stranger] = await people(caller, { limit: 1, offset: PEOPLE - 20 })
    const { scans, names } = await scansOf(async (db) => {
      for (const Operations of [
        [{ op: 'add', path: 'members', value: [{ value: stranger?.id }] }],
        [{ op: 'remove', path: `members[value eq "${member?.id}"]` }],
      ]) {
        const patch = parseGroupPatch({ Operations })
        const done = await patchGroup({ ...world.operations, db }, caller, { id, patch, type: GROUP, reading })
        expect(done).toMatchObject({ ok: true })
      }
    })
    expect(names).toContain('change-members')
    expect(scans).toEqual([])
  })
})

describe('reads of a provider', () => {
  test('of one resource, and of what belongs to it, go by key', async () => {
    const group = await largeGroup(ALONE)
    const [mia, kim, lou] = await people(ALONE, { limit: 3, offset: 100 })
    const { scans } = await scansOf(async (db) => {
      expect(await readUser(db, ALONE, mia?.id ?? '')).toMatchObject({ grouped: true })
      expect(await readGroup(db, ALONE, group)).toBeDefined()
      expect(await groupsOfUsers(db, ALONE, [mia?.id ?? '', kim?.id ?? ''])).toHaveProperty('size', 2)
      const parts = ['value', '$ref', 'type', 'display'] as const
      const piece = { group, parts, baseUrl: 'x', limit: 1000 }
      expect(await readMembersText(db, ALONE, piece)).toMatchObject({ next: expect.any(String) })
      await readMembersText(db, ALONE, { ...piece, after: lou?.id })
    })
    expect(scans).toEqual([])
  })

  test('of pages go by the order of lists', async () => {
    const [middle] = await people(ALONE, { limit: 1, offset: PEOPLE / 2 })
    const { scans } = await scansOf(async (db) => {
      for (const from of [{ offset: 0 }, { offset: 100 }, { offset: 10_000 }, { after: { seq: middle?.seq ?? 0 } }]) {
        expect((await listUsers(db, ALONE, { from, limit: 100 })).users).toHaveLength(100)
        await listGroups(db, ALONE, { from: 'offset' in from ? { offset: from.offset / 10 } : from, limit: 100 })
      }
      expect(await listUsers(db, ALONE, { from: { offset: 0 }, limit: 0 })).toMatchObject({ total: PEOPLE })
    })
    expect(scans).toEqual([])
  })

  const FILTERS = {
    'userName eq "load-20@example.com"': 1,
    'externalId eq "ext-20"': 1,
    'id eq "00000000-0000-4000-8000-000000000000"': 0,
    'emails[type eq "work" and value eq "load-20@example.com"]': 1,
    'emails.value eq "home-20@example.net"': 1,
    [`${ENTERPRISE}:department eq "Dept 5" and title eq "Agent 3"`]: 20,
  }
  test.each(Object.entries(FILTERS))('by %s go by an index', async (filter, found) => {
    const { scans } = await scansOf(async (db) => {
      // What is asked for again is prepared.
      for (const limit of [20, 20, 20]) {
        const list = { from: { offset: 0 }, limit, filter: parseFilter(filter, USER) }
        expect((await listUsers(db, ALONE, list)).users).toHaveLength(found)
      }
    })
    expect(scans).toEqual([])
  })

  test('by what groups are known by, or by their members, go by an index', async () => {
    const [mia] = await people(ALONE, { limit: 1, offset: 100 })
    const { scans } = await scansOf(async (db) => {
      for (const filter of ['displayName eq "load 40"', 'externalId eq "g-40"', `members eq "${mia?.id}"`]) {
        for (const limit of [20, 20, 20]) {
          const list = { from: { offset: 0 }, limit, filter: parseFilter(filter, GROUP) }
          expect((await listGroups(db, ALONE, list)).groups).not.toHaveLength(0)
        }
      }
    })
    expect(scans).toEqual([])
  })
})

test('whoever signs in is found by index, and so is what is written about it', async () => {
  const [access, made] = ['access-1', 'another'].map((text) => createHash('sha256').update(text).digest())
  const { rows } = await world.db.query<{ kind: string; sha256: Buffer; id: number; userName: string }>(
    `select distinct on (kind) kind, sha256, id, user_name as "userName" from credential where user_name is not null or kind <> 'password'`,
  )
  const of = (kind: string) => rows.find((row) => row.kind === kind)
  const [token, secret, password] = [of('scim'), of('secret'), of('password')]
  if (!access || !made || !token || !secret || !password) throw new Error('nothing to sign in with')
  const { scans } = await scansOf(async (db) => {
    expect(await findScimCredentials(db, [token.sha256])).toHaveLength(1)
    await findScimCredentials(db, [access, made])
    await findClientSecrets(db, [secret.sha256])
    expect(await findPasswords(db, password.userName)).not.toHaveLength(0)
    await findApiKey(db, token.sha256)
    expect(await insertAccessToken(db, { sha256: made, secret: secret.sha256, scope: 'scim', seconds: 60 })).toBe(true)
    await noteUses(db, [{ id: token.id, at: new Date() }])
    const call = { at: new Date(), method: 'GET', path: '/Users', status: 401, address: '::1', userAgent: null }
    const sha256 = [token.sha256.toString('hex')]
    await saveUnknownCalls(db, [{ ...call, provider: null, form: 'secret', sha256 }])
  })
  expect(scans).toEqual([])
})

test('the log of exchanges is written and read by index', async () => {
  const { scans } = await scansOf(async (db) => {
    const exchange = { at: new Date(), method: 'GET', path: '/Users', status: 200, durationMs: 1, requestId: 'r' }
    await saveExchanges(db, ALONE, [{ ...exchange, body: null, understood: [] }])
    const { items } = await listExchanges(db, { ...ALONE, limit: 20 })
    await exchangesAfter(db, { ...ALONE, after: items[5]?.id ?? 0, limit: 20 })
  })
  expect(scans).toEqual([])
})

test('deliveries are taken, read, settled and counted by index', async () => {
  const { scans } = await scansOf(async (db) => {
    expect(await deliveries.appsDue(db)).toContainEqual(APP)
    await readOutlook(db, APP)
    await readBacklogs(db)
    const lease = (failedFirst: boolean) => leaseDeliveries(db, APP, { limit: 5, token: randomUUID(), failedFirst })
    const [row, other] = await lease(false)
    if (row === undefined || other === undefined) throw new Error('nothing was due')
    await lease(true)
    await world.db.query('update app set failures = 1')
    await lease(false)
    await world.db.query('update app set failures = 0, probe_token = null, probe_until = null')
    expect(await renewLeases(db, [row])).toEqual([])
    await deliver(db, row)
    await giveBack(db, [other])
    await deliveries.lookAgain(db, other)
    await deliveries.retryIdentity(db, { ...APP, connection: row.connection, id: row.identity })
    await deliveries.reviveDeliveries(db)
    await deliveries.countWaiting(db, row)
  })
  expect(scans).toEqual([])
})

/** What an attempt reads and writes, in whatever order and combination. */
test('another policy finds who waited for one by index, and so is who it is tried on', async () => {
  const { scans } = await scansOf(async (db) => {
    await readCurrentVersion(db, APP)
    await readCurrentPolicy(db, APP)
    await retryForPolicy(db, APP)
    expect(await findNamed(db, { ...APP, userName: 'nobody@acme.test' })).toEqual([])
  })
  expect(scans).toEqual([])
})

test('where there is one group only, what its members are in still goes by key', async () => {
  const group = await largeGroup(ALONE)
  const [mia] = await people(ALONE, { limit: 1, offset: 100 })
  // So few memberships are read in less time than a thousand keys are looked up, if as many groups are expected.
  await world.db.query('delete from membership where group_id <> $1', [group])
  await world.db.query('vacuum analyze membership')
  const { scans } = await scansOf(async (db) => {
    expect(await groupsOfUsers(db, ALONE, [mia?.id ?? ''])).toHaveProperty('size', 1)
  })
  expect(scans).toEqual([])
})

async function deliver(db: Db, row: deliveries.LeasedDelivery): Promise<void> {
  const names = { givenName: 'Mia', familyName: 'Roth', employeeNumber: null }
  const version = { id: row.identity, version: 1 }
  await readSubject(db, row)
  await readLink(db, row)
  await readOwner(db, row, 'a1')
  await readSettledByName(db, row, 'load-20@example.com')
  await leavingAccounts(db, row, ['a1', 'a2'])
  const plan = { id: randomUUID(), tenant: row.tenant }
  expect(await storePlan(db, row, { ...plan, hash: 'h', steps: [], state: 'applying', confirming: 1 })).toBe(false)
  expect(await storePlan(db, row, { ...plan, hash: 'h', steps: [], state: 'applying' })).toBe(true)
  await endPlan(db, plan, { state: 'applied', outcomes: [] })
  await readDecision(db, OWED, version)
  await acceptNow(db, OWED, version)
  await acceptDelivered(db, row, 1)
  await takeBack(db, row, { version: 1, cause: 'name-taken', detail: 'taken' })
  await recordLinkState(db, row, { state: 'disputed', why: 'two of a name', account: 'a1' })
  await linkAccount(db, row, { account: 'a1', origin: 'created' })
  await markReturning(db, row)
  await rememberDelivered(db, row, { person: names, leftAlone: {} })
  await endDispute(db, row)
  await forgetGone(db, row, 'load-20@example.com')
  const of = { connection: row.connection, id: row.identity }
  const event = { actor: 'rollcall', event: 'account.taken-over', why: 'they left' } as const
  await changeOwner(db, { ...APP, account: 'a1', from: { ...of, id: randomUUID() }, to: { ...of, names }, ...event })
  await deliveries.settleDelivery(db, row, { state: 'delivered', countAttempt: false })
}
