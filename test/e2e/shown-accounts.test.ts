/**
 * Accounts that a provider is shown before it has written anything, on a real database with the memory connector: readings
 * and deliveries one at a time.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Page } from '../../src/connectors/contract.ts'
import { ConnectorError } from '../../src/connectors/contract.ts'
import type { Account } from '../../src/identity/account.ts'
import { createGroup } from '../../src/operations/create-group.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { deleteUser } from '../../src/operations/delete-user.ts'
import { patchUser } from '../../src/operations/patch-user.ts'
import { settleLink } from '../../src/operations/settle-link.ts'
import type { JsonObject } from '../../src/scim/json.ts'
import { parseFilter } from '../../src/scim/filter/parse.ts'
import { USER } from '../../src/scim/schema/resource-type.ts'
import { endReading, leaseReading } from '../../src/store/account-readings.ts'
import { completeDeliveries } from '../../src/store/configuration.ts'
import type { Db, Queryable } from '../../src/store/db.ts'
import { readUser, type StoredUser } from '../../src/store/users.ts'
import { listUsers } from '../../src/store/views/users.ts'
import { openProtection } from '../../src/workflows/protection.ts'
import { BATCH, readAccounts, type Read } from '../../src/workflows/read-accounts.ts'
import { caller, tenant } from '../store/world.ts'
import { APP, openOwnershipRig, type OwnershipRig } from './ownership-rig.ts'

let rig: OwnershipRig
beforeAll(async () => {
  rig = await openOwnershipRig()
})
afterAll(() => rig.close())
beforeEach(async () => {
  await rig.clear()
  await showTo('okta', 'entra')
})

async function showTo(...names: string[]): Promise<void> {
  const acme = tenant('acme', ['cxone'], ['okta', 'entra'])
  const connections = acme.connections.map((one) => ({
    ...one,
    showAccountsOf: names.includes(one.id) ? ['cxone'] : [],
  }))
  await rig.world.declare([{ ...acme, connections }])
}

interface Trouble {
  readonly list?: (all: Page<Account>) => Promise<Page<Account>>
  readonly db?: Db
  readonly stopped?: () => boolean
}

/** One reading, as the engine makes it. */
async function read({
  list = async (all) => all,
  db = rig.world.db,
  stopped = () => false,
}: Trouble = {}): Promise<Read> {
  await rig.query('update account_reading set next_at = now()')
  const reading = await leaseReading(rig.world.db, { keys: [APP], token: randomUUID() })
  if (reading === undefined) throw new Error('no reading was due')
  const { connector } = rig
  const protection = openProtection({
    connector,
    adopt: 'matching',
    protect: { userNames: ['boss'] },
    now: () => new Date(),
  })
  const context = {
    db,
    target: { protection },
    list: async (from: string | undefined) => list(await connector.read('account', from)),
    now: () => new Date(),
    newId: randomUUID,
    stopped,
  }
  const result = await readAccounts(context, reading)
  await endReading(rig.world.db, reading, { ...result, next: 900 })
  return result
}

const MIA = { userName: 'mia', givenName: 'Mia', familyName: 'Roth', email: 'mia@acme.test' }
const BEN = { userName: 'ben', givenName: 'Ben', familyName: 'Okafor', email: 'ben@acme.test' }

/** Who is in a list, each as they are read by their id. */
async function seen(connection = 'okta', filter?: string): Promise<StoredUser[]> {
  const world = caller('acme', connection)
  const asked = filter === undefined ? {} : { filter: parseFilter(filter, USER) }
  const { users } = await listUsers(rig.world.db, world, { from: { offset: 0 }, limit: 100, ...asked })
  const read = await Promise.all(users.map(({ id }) => readUser(rig.world.db, world, id)))
  return read.filter((user) => user !== undefined)
}
const namesSeen = async (connection = 'okta', filter?: string) =>
  (await seen(connection, filter)).map(({ document }) => document.userName)
async function shown(userName: string, connection = 'okta'): Promise<string> {
  const found = (await seen(connection)).find(({ document }) => document.userName === userName)
  if (found === undefined) throw new Error(`${userName} is not shown`)
  return found.id
}
const create = (document: JsonObject & { userName: string; active: boolean }, connection = 'okta') =>
  createUser(rig.world.operations, caller('acme', connection), document)

describe('an account without owner', () => {
  test('is a user with what a provider matches people by, and nothing else', async () => {
    rig.seed({ ...MIA, mobile: '+15550100', title: 'Lead', department: 'Sales', employeeNumber: '7' })
    const gone = rig.seed(BEN, 'inactive')
    expect(await read()).toEqual({ verdict: 'whole', accounts: 2 })
    expect((await readUser(rig.world.db, caller(), await shown('mia')))?.document).toEqual({
      userName: 'mia',
      name: { familyName: 'Roth', givenName: 'Mia' },
      emails: [{ value: 'mia@acme.test', type: 'work', primary: true }],
      active: true,
    })
    expect((await readUser(rig.world.db, caller(), await shown('ben')))?.document).toMatchObject({ active: false })
    expect(rig.account(gone)?.state).toBe('inactive')
    for (const filter of ['userName eq "MIA"', 'emails.value eq "Mia@Acme.test"', 'active eq true'])
      expect(await namesSeen('okta', filter)).toEqual(['mia'])
    expect(await rig.query('select * from delivery')).toEqual([])
    expect(await rig.query(`select * from event where kind <> 'configuration.applied'`)).toEqual([])
  })

  test('is shown only if it could be adopted: no privileged role, not named under protect, not the connector', async () => {
    rig.seed({ ...MIA, role: 'role-Supervisor' })
    rig.seed({ ...BEN, userName: 'boss' })
    const self = rig.seed({ ...BEN, userName: 'robot' })
    rig.seed({ ...BEN, userName: 'odd', role: 'role-unheard-of' })
    rig.seed({ givenName: 'No', familyName: 'Name' })
    rig.seed(BEN)
    rig.use({ connector: { self: async () => self } })
    await read()
    expect(await namesSeen()).toEqual(['ben'])
  })

  test('stands for one name once, and of two accounts that have it the one in use is shown', async () => {
    rig.seed({ ...MIA, email: 'old@acme.test' }, 'inactive')
    rig.seed({ ...MIA, userName: 'MIA' })
    await read()
    expect(await namesSeen()).toEqual(['MIA'])
  })

  test('is not shown to a connection in which somebody has its name already', async () => {
    const id = await rig.push('mia', {}, 'okta')
    rig.seed(MIA)
    await read()
    expect((await seen()).map((user) => user.id)).toEqual([id])
    expect(await namesSeen('entra')).toEqual(['mia'])
  })

  test('follows what the app says of it under the same id, also where two have changed names', async () => {
    const [mia, ben] = [rig.seed(MIA), rig.seed(BEN)]
    await read()
    const [miaId, benId] = [await shown('mia'), await shown('ben')]
    const versions = async () => (await seen()).map(({ version }) => version)
    await read()
    expect(await versions()).toEqual([1, 1])
    for (const [id, userName] of [
      [mia, 'ben'],
      [ben, 'mia'],
    ] as const) {
      const record = rig.account(id)
      if (record !== undefined) rig.target.put({ ...record, attributes: { ...record.attributes, userName } })
    }
    await read()
    expect([await shown('ben'), await shown('mia')]).toEqual([miaId, benId])
    const record = rig.account(mia)
    if (record === undefined) throw new Error('gone')
    rig.target.put({ ...record, attributes: { ...record.attributes, email: 'new@acme.test' } })
    await read()
    expect(await namesSeen('okta', 'emails.value eq "mia@acme.test"')).toEqual([])
    expect(await namesSeen('okta', 'emails.value eq "new@acme.test"')).toEqual(['ben'])
    const keys = `select value_key from identity_email join identity on identity.id = identity_id
                  where identity.connection_id = 'okta' order by 1`
    expect((await rig.query(keys)).map((row) => row['value_key'])).toEqual(['ben@acme.test', 'new@acme.test'])
  })

  test('wants nothing: neither a sweep nor a settlement delivers anything for it', async () => {
    rig.seed(MIA)
    await read()
    expect(await completeDeliveries(rig.world.db)).toBe(0)
    await rig.drain()
    expect(await rig.query('select * from link')).toEqual([])
  })
})

describe('the first write', () => {
  test('adopts the account and changes nothing in it, also where it says what is shown', async () => {
    const account = rig.seed({ ...MIA, title: 'Lead' })
    await read()
    const before = rig.account(account)
    const id = await shown('mia')
    await rig.patch(id, { userName: 'mia' })
    await rig.drain()
    expect(rig.account(account)).toEqual(before)
    expect(rig.target.ids()).toEqual([account])
    expect(await rig.link(id)).toMatchObject({ state: 'linked', origin: 'adopted', account_id: account })
    await rig.patch(id, { title: 'Head' })
    await rig.drain()
    expect(rig.account(account)?.attributes).toEqual({ ...before?.attributes, title: 'Head' })
  })

  test('with another user name means the same account, which keeps its own name', async () => {
    const account = rig.seed(MIA)
    await read()
    const id = await shown('mia')
    await rig.patch(id, { userName: 'mia.roth@acme.test' })
    await rig.drain()
    expect(rig.target.ids()).toEqual([account])
    expect(rig.account(account)?.attributes.userName).toBe('mia')
    expect(await rig.link(id)).toMatchObject({ state: 'linked', account_id: account })
    await read()
    expect(await namesSeen()).toEqual(['mia.roth@acme.test'])
    expect(await namesSeen('entra')).toEqual([])
  })

  test('with other names is disputed and touches nothing, as whoever asks for an account of another person', async () => {
    const account = rig.seed(MIA)
    await read()
    const before = rig.account(account)
    const id = await shown('mia')
    await rig.patch(id, { name: { givenName: 'Lena', familyName: 'Fuchs' } })
    await rig.drain()
    expect(rig.account(account)).toEqual(before)
    expect(await rig.link(id)).toMatchObject({ state: 'disputed', why: expect.stringContaining('another person') })
  })

  test('as a create of that name has the id that was shown', async () => {
    const account = rig.seed(MIA)
    await read()
    const id = await shown('mia')
    await createGroup(rig.world.operations, caller(), {
      document: { displayName: 'Sales' },
      members: new Set([id]),
      reading: { unknownMembers: 'refuse', note: () => undefined, baseUrl: '' },
    })
    const document = { userName: 'MIA', name: { givenName: 'Mia', familyName: 'Roth' }, externalId: 'x', active: true }
    // The groups that it was put into as it was shown are its own: the answer has them.
    expect(await create(document)).toMatchObject({ ok: true, value: { id, document, version: 2, grouped: true } })
    expect(await create(document)).toEqual({ ok: false, refusal: { kind: 'user-name-taken', userName: 'MIA' } })
    await rig.drain()
    expect(await rig.link(id)).toMatchObject({ state: 'linked', account_id: account })
    const events = await rig.query(`select kind from event where identity_id = $1 order by seq`, [id])
    expect(events.map(({ kind }) => kind)).toEqual(['user.created', 'account.adopted'])
  })

  test('as a create by many at once is accepted once', async () => {
    rig.seed(MIA)
    await read()
    const document = { userName: 'mia', name: { givenName: 'Mia' }, active: true }
    const made = await Promise.all(Array.from({ length: 8 }, () => create(document)))
    expect(made.filter(({ ok }) => ok)).toHaveLength(1)
  })

  test('that deactivates or deletes makes it theirs and disables it, since it means this very account', async () => {
    const [mia, ben] = [rig.seed(MIA), rig.seed(BEN)]
    await read()
    const [miaId, benId] = [await shown('mia'), await shown('ben')]
    await rig.patch(miaId, { active: false })
    await rig.remove(benId)
    await rig.drain()
    for (const [id, account] of [
      [miaId, mia],
      [benId, ben],
    ] as const) {
      expect(rig.account(account)?.state).toBe('inactive')
      expect(await rig.link(id)).toMatchObject({ state: 'linked', origin: 'adopted', account_id: account })
    }
    await read()
    expect((await seen()).map(({ id }) => id)).toEqual([miaId])
    expect(await namesSeen('entra')).toEqual([])
  })

  test('that deactivates touches nothing where the account is protected by now, and waits for a person', async () => {
    const account = rig.seed(MIA)
    await read()
    const id = await shown('mia')
    const record = rig.account(account)
    if (record === undefined) throw new Error('gone')
    rig.target.put({ ...record, attributes: { ...record.attributes, role: 'role-Supervisor' } })
    await rig.patch(id, { active: false })
    await rig.drain()
    expect(rig.account(account)?.state).toBe('active')
    expect(await rig.row(id)).toMatchObject({ state: 'disputed', code: 'protected' })
  })

  test('that deactivates touches nothing where somebody else owns it by now', async () => {
    const account = rig.seed(MIA)
    await read()
    const [inOkta, inEntra] = [await shown('mia'), await shown('mia', 'entra')]
    await rig.patch(inOkta, { title: 'Lead' })
    await rig.patch(inEntra, { active: false }, 'entra')
    await rig.drain()
    expect(rig.account(account)?.state).toBe('active')
    expect(await rig.link(inOkta)).toMatchObject({ state: 'linked', account_id: account })
    await completeDeliveries(rig.world.db)
    await rig.drain()
    expect(rig.account(account)?.state).toBe('active')
    expect(await rig.row(inEntra)).toMatchObject({ state: 'delivered' })
  })

  test('of one of two connections takes it from the other one’s sight', async () => {
    rig.seed(MIA)
    await read()
    const inEntra = await shown('mia', 'entra')
    await rig.patch(await shown('mia'), { title: 'Lead' })
    await rig.drain()
    expect(await readUser(rig.world.db, caller('acme', 'entra'), inEntra)).toBeUndefined()
    expect(await namesSeen('entra')).toEqual([])
    await read()
    expect(await namesSeen('entra')).toEqual([])
    expect(await rig.query(`select document, user_name from identity where id = $1`, [inEntra])).toEqual([
      { document: {}, user_name: '' },
    ])
    expect(await rig.query(`select from identity_email where identity_id = $1`, [inEntra])).toEqual([])
  })
})

describe('somebody who is given the name of a shown account', () => {
  test('has it: the account steps aside, and is theirs if it is', async () => {
    const account = rig.seed({ ...MIA, userName: 'mia.roth' })
    await read()
    const old = await shown('mia.roth')
    const id = await rig.push('mia.r', { active: false })
    await rig.patch(id, { userName: 'mia.roth', active: true })
    expect((await seen()).map((user) => user.id)).toEqual([id])
    await rig.drain()
    expect(await rig.link(id)).toMatchObject({ state: 'linked', account_id: account })
    expect(await readUser(rig.world.db, caller(), old)).toBeUndefined()
  })
})

describe('a reading', () => {
  const partial = async (all: Page<Account>): Promise<Page<Account>> => ({
    records: all.records.filter(({ attributes }) => attributes.userName !== 'mia'),
    verdict: 'partial',
    why: 'the search ended early',
  })
  const down = async (): Promise<never> => {
    throw new ConnectorError({ code: 'unreachable', retry: 'soon', detail: 'The directory does not answer.' })
  }
  const status = async () => (await rig.query('select verdict, why, accounts, shown, failures from account_reading'))[0]

  test('that is partial or fails takes nobody away, and says so', async () => {
    rig.seed(MIA)
    await read()
    rig.seed(BEN)
    expect(await read({ list: partial })).toMatchObject({ verdict: 'partial', why: 'the search ended early' })
    expect(await namesSeen()).toEqual(['mia', 'ben'])
    expect(await read({ list: down })).toMatchObject({ verdict: 'unreachable', why: 'The directory does not answer.' })
    expect(await namesSeen()).toEqual(['mia', 'ben'])
    expect(await status()).toMatchObject({ verdict: 'unreachable', shown: 2, failures: 2 })
  })

  test('that is whole takes away who is gone, keeps their id for when they come back, and touches nobody of the provider', async () => {
    const account = rig.seed(MIA)
    rig.seed(BEN)
    await read()
    const [miaId, benId] = [await shown('mia'), await shown('ben')]
    await rig.patch(benId, { title: 'Lead' })
    const nobody = async (): Promise<Page<Account>> => ({ records: [], verdict: 'whole' })
    await read({ list: nobody })
    expect((await seen()).map(({ id }) => id)).toEqual([benId])
    expect(await status()).toMatchObject({ verdict: 'whole', accounts: 0, shown: 0, failures: 0 })
    await read()
    expect(await shown('mia')).toBe(miaId)
    expect(rig.account(account)?.attributes.userName).toBe('mia')
  })

  test('whose lease is lost writes nothing any more', async () => {
    rig.seed(MIA)
    await rig.query('update account_reading set next_at = now()')
    const stale = await leaseReading(rig.world.db, { keys: [APP], token: randomUUID() })
    expect(await leaseReading(rig.world.db, { keys: [APP], token: randomUUID() })).toBeUndefined()
    await rig.query(`update account_reading set lease_until = now() - interval '1 second'`)
    await read()
    if (stale === undefined) throw new Error('no reading was due')
    const { connector } = rig
    const protection = openProtection({
      connector,
      adopt: 'matching',
      protect: { userNames: [] },
      now: () => new Date(),
    })
    const list = async (): Promise<Page<Account>> => ({ records: [], verdict: 'whole' })
    const context = { db: rig.world.db, target: { protection }, list, now: () => new Date(), newId: randomUUID }
    await readAccounts({ ...context, stopped: () => false }, stale)
    expect(await namesSeen()).toEqual(['mia'])
  })

  test('of many costs a few statements a batch, and none a person; the next one writes nothing', async () => {
    const many = 2 * BATCH
    for (let n = 0; n < many; n++) rig.seed({ ...MIA, userName: `agent-${n}` })
    let statements = 0
    const query = ((statement: string, values?: unknown[]) => {
      statements += 1
      return rig.world.db.query(statement, values)
    }) as Queryable['query']
    await read({ db: { ...rig.world.db, query } })
    expect(statements).toBeLessThan(30)
    const { total } = await listUsers(rig.world.db, caller(), { from: { offset: 0 }, limit: 1 })
    expect(total).toBe(many)
    const xmin = async () => rig.query('select max(xmin::text::bigint) as newest from identity')
    const before = await xmin()
    await read()
    expect(await xmin()).toEqual(before)
  })

  test('is not made any more, and nobody is shown, once the setting is off; what was written to stays', async () => {
    rig.seed(MIA)
    rig.seed(BEN)
    await read()
    const id = await shown('ben')
    await rig.patch(id, { title: 'Lead' })
    await showTo('entra')
    expect((await seen()).map((user) => user.id)).toEqual([id])
    expect(await namesSeen('entra')).toEqual(['mia', 'ben'])
    await showTo()
    expect(await namesSeen('entra')).toEqual([])
    expect(await leaseReading(rig.world.db, { keys: [APP], token: randomUUID() })).toBeUndefined()
  })
})

describe('a settlement about a shown account', () => {
  test('delivers nothing by itself, and decides once the provider writes again', async () => {
    const account = rig.seed(MIA)
    await read()
    const id = await shown('mia')
    await rig.query(
      `insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id, why)
       values ('acme', 'cxone', 'okta', $1, 'disputed', $2, 'another person')`,
      [id, account],
    )
    const link = Number((await rig.link(id))?.['id'])
    const settlement = { tenant: 'acme', id: link, as: 'adopt', evenProtected: false, actor: 'ops' } as const
    expect(await settleLink(rig.world.operations, settlement)).toMatchObject({ ok: true })
    await rig.drain()
    expect(await rig.link(id)).toMatchObject({ state: 'disputed' })
    await rig.patch(id, { title: 'Lead' })
    await rig.drain()
    expect(await rig.link(id)).toMatchObject({ state: 'linked', account_id: account })
  })
})

test('deletes and changes of what is shown no more find nobody', async () => {
  rig.seed(MIA)
  await read()
  const id = await shown('mia')
  await showTo('entra')
  const gone = { ok: false, refusal: { kind: 'no-such-user', id } }
  expect(await deleteUser(rig.world.operations, caller(), id)).toEqual(gone)
  const change = { id, operations: [], note: () => {} }
  expect(await patchUser(rig.world.operations, caller(), change)).toEqual(gone)
})
