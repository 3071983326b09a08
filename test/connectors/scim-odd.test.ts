/** What the scim connector does with servers that follow the standard less than they say. */
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { World } from '../../src/connectors/conformance.ts'
import type { Connector, Outcome } from '../../src/connectors/contract.ts'
import { openHttp } from '../../src/connectors/http.ts'
import { scim } from '../../src/connectors/scim/index.ts'
import type { Account, AccountAttributes } from '../../src/identity/account.ts'
import type { Change } from '../../src/reconcile/change.ts'
import { scimClient } from '../support/scim.ts'
import { expectConformance } from './expect-conformance.ts'
import { openFaultProxy } from './fault-proxy.ts'
import { ADMIN, openOddServer, type OddServer, type Oddities } from './odd-scim-server.ts'
import { behind, makeGroup } from './scim-world.ts'

const http = openHttp({ totalMs: 10_000 })
const quiet = { debug: () => {}, warn: () => {} }
afterAll(() => http.close())

const connect = (url: string, settings: object = {}): Connector =>
  scim.open(
    scim.config.parse({
      url,
      auth: { basic: { userName: 'roll', password: 'call' } },
      settings: { readLagSeconds: 0, patienceSeconds: 0, ...settings },
    }),
    { fetch: http.fetch, now: () => new Date(), log: quiet },
  )

describe('on a server without PATCH and filters, which says that it has both, and cursors', () => {
  let server: OddServer
  let world: World
  let close: () => Promise<void>
  beforeAll(async () => {
    server = await openOddServer({ patch: 'none', filter: 'none', discovery: 'lies', showsGroups: false })
    const proxy = await openFaultProxy(server.base)
    const admin = scimClient(server.base, ADMIN)
    for (const name of ['Day', 'Evening', 'Weekend']) await makeGroup(admin, name)
    world = {
      connector: connect(proxy.address),
      ...behind(admin),
      mails: async () => 0,
      refuseEntry: async (_of, id) => server.refuseGroup(id),
      throttle: async (seconds) =>
        proxy.fail({ status: 429, headers: seconds === undefined ? {} : { 'retry-after': String(seconds) } }),
      outage: async () => proxy.fail('drop'),
      withdrawRights: async () => proxy.fail({ status: 403 }),
      heal: async () => {
        proxy.heal()
        server.refuseGroup(undefined)
      },
      endSessions: async () => {},
    }
    close = async () => {
      await proxy.close()
      await server.close()
    }
  })
  afterAll(() => close())
  expectConformance(() => world, { wants: 1 })
})

describe('a server that differs', () => {
  const open: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close()
  })

  async function meet(oddities: Oddities, settings: object = {}) {
    const server = await openOddServer(oddities)
    open.push(server)
    const connector = connect(server.base, settings)
    const admin = scimClient(server.base, ADMIN)
    const create = (more: AccountAttributes = {}) =>
      done(connector, { kind: 'create', want: { userName: `${randomUUID()}@example.test`, givenName: 'Ada', ...more } })
    return { server, connector, admin, create }
  }

  async function done(connector: Connector, change: Change): Promise<Account> {
    const outcome: Outcome = await connector.apply(change, randomUUID())
    if (!outcome.ok) throw new Error(`${outcome.code}: ${outcome.detail}`)
    return outcome.seen
  }

  const emails = [
    { value: 'private@example.test', type: 'home' },
    { value: 'old@example.test', type: 'work', primary: true },
  ]

  it.each([
    [{ patch: 'none' }, 'PUT'],
    [{ patch: 'none', etags: false }, 'PUT'],
    [{ patch: 'ignored' }, 'PUT'],
    [{ patch: 'plain' }, 'PATCH'],
    [{ patch: 'values' }, 'PATCH'],
  ] as const)('in how it takes a change (%j) gets what it takes, and everything else stays', async (oddities, by) => {
    const { server, connector, admin } = await meet(oddities)
    const { id } = (
      await admin('POST', '/Users', { userName: 'ada', nickName: 'A', emails, name: { formatted: 'Ada L' } })
    ).body
    const before = (await admin('GET', `/Users/${id}`)).body
    const set = { email: 'new@example.test', givenName: 'Ada', title: 'Lead' }
    await done(connector, { kind: 'update', account: id, set })
    const after = (await admin('GET', `/Users/${id}`)).body
    expect(after).toEqual({
      ...before,
      meta: after.meta,
      title: 'Lead',
      name: { formatted: 'Ada L', givenName: 'Ada' },
      emails: [emails[0], { ...emails[1], value: 'new@example.test' }],
    })
    // What has worked is begun with.
    const calls = server.calls().length
    await done(connector, { kind: 'deactivate', account: id })
    expect(
      server
        .calls()
        .slice(calls)
        .filter((call) => !call.startsWith('GET')),
    ).toEqual([`${by} /Users`])
  })

  it.each(['none', 'ignored', 'exact'] as const)('in how it filters (%s) hides nobody', async (filter) => {
    const { connector, create } = await meet({ filter })
    for (let count = 0; count < 9; count++) await create()
    const { id } = await create({ userName: 'Last.One@example.test' })
    expect(await connector.readOne('account', { userName: 'last.one@EXAMPLE.test' })).toMatchObject({ id })
    expect(await connector.readOne('account', { userName: 'nobody@example.test' })).toBe('absent')
  })

  it.each([
    ['same', 'the same page again and again'],
    ['overlap', 'came twice'],
  ] as const)('in how it pages (%s) is not taken for whole, and nobody is absent', async (pages, why) => {
    const { server, connector, create } = await meet({ filter: 'none' })
    for (let count = 0; count < 9; count++) await create()
    server.behave({ filter: 'none', pages })
    const page = await connector.read('account')
    expect(page).toMatchObject({ verdict: 'partial', why: expect.stringContaining(why) })
    await expect(connector.readOne('account', { userName: 'nobody@example.test' })).rejects.toThrow('is not whole')
  })

  it('by forgetting an attribute is asked to take it once, and the account says what it hides', async () => {
    const { server, connector, create } = await meet({ forgets: ['title'] })
    const made = await create({ title: 'Lead' })
    expect(made.hidden).toEqual(['title'])
    const calls = server.calls().length
    await done(connector, { kind: 'update', account: made.id, set: { title: 'Other' } })
    expect(server.calls().slice(calls)).toEqual(['GET /Users'])
  })

  it('by not showing groups of users is asked otherwise who is in which, and each group keeps its others', async () => {
    for (const oddities of [
      { showsGroups: false },
      { showsGroups: false, filter: 'none' },
      { patch: 'ignored' },
    ] as const) {
      const { connector, admin, create } = await meet(oddities)
      const group = await makeGroup(admin, 'Day')
      const [first, second] = [await create(), await create()]
      await done(connector, { kind: 'grant', account: first.id, of: 'group', grants: [{ id: group }] })
      await done(connector, { kind: 'grant', account: second.id, of: 'group', grants: [{ id: group }] })
      const seen = await done(connector, { kind: 'revoke', account: first.id, of: 'group', ids: [group] })
      expect(seen.grants?.group).toEqual([])
      expect((await admin('GET', `/Groups/${group}`)).body['members']).toEqual([{ value: second.id }])
      const { records } = await connector.read('account', undefined, { whole: true })
      expect(records.map(({ id, grants }) => [id, grants?.group?.length])).toEqual([
        [first.id, 0],
        [second.id, 1],
      ])
    }
  })

  it('by not being there at all under this address makes nobody absent', async () => {
    const { server } = await meet({})
    const lost = connect(`${server.base}/v3`)
    await expect(lost.readOne('account', { id: 'somebody' })).rejects.toThrow('Check the url')
  })
})
