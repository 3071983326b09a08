import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  askForReading,
  endReading,
  isReadSince,
  leaseReading,
  releaseReading,
  renewReading,
} from '../../src/store/entitlement-readings.ts'
import { saveListing } from '../../src/store/entitlements.ts'
import { findMeant, listEntitlements, readListings } from '../../src/store/views/entitlements.ts'
import { openTestWorld, tenant, type TestWorld } from '../store/world.ts'
import { APP, begin, entry, eventsOf, openStage, readOnce, type Stage } from './stage.ts'

const BRAVO = { tenant: 'bravo', app: 'cxone' }

let world: TestWorld
let stage: Stage
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone', 'other']), tenant('bravo', ['cxone'])])
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.db.query('truncate entitlement, entitlement_reading, entitlement_listing, event')
  await world.db.query('update app set paused_until = null, detached_at = null')
  stage = openStage()
  stage.directory.roles = [entry('r1', 'Agent'), entry('r2', 'Manager')]
  stage.directory.teams = [entry('t1', 'Default Team', { charges: ['WFO'] })]
  stage.directory.skills = [entry('s1', 'Billing', { levels: { min: 1, max: 20 } })]
})

const all = async (key = APP) => (await listEntitlements(world.db, { ...key, limit: 100 })).items
const states = async (key = APP) => (await all(key)).map(({ id, name, state }) => `${id} ${name} ${state}`)

describe('a reading', () => {
  test('brings every kind with what the catalogue says of it, and one event a kind however many there are', async () => {
    expect(await readOnce(world.db, stage)).toEqual([
      { kind: 'role', verdict: 'whole', entries: 2, why: undefined },
      { kind: 'team', verdict: 'whole', entries: 1, why: undefined },
      { kind: 'skill', verdict: 'whole', entries: 1, why: undefined },
    ])
    expect((await all()).map(({ kind, name, detail }) => ({ kind, name, detail }))).toEqual([
      { kind: 'role', name: 'Agent', detail: {} },
      { kind: 'role', name: 'Manager', detail: { privilege: 'elevated' } },
      { kind: 'skill', name: 'Billing', detail: { levels: { min: 1, max: 20 } } },
      { kind: 'team', name: 'Default Team', detail: { charges: ['WFO'] } },
    ])
    expect(await eventsOf(world.db)).toEqual([
      'listed role {"entries": 2}',
      'listed team {"entries": 1}',
      'listed skill {"entries": 1}',
    ])
  })

  test('that finds nothing changed says nothing, and sees everything again', async () => {
    await readOnce(world.db, stage)
    const [before] = await all()
    await readOnce(world.db, stage)
    const [after] = await all()
    expect(await eventsOf(world.db)).toHaveLength(3)
    expect(after?.firstSeen).toBe(before?.firstSeen)
    expect(Date.parse(after?.lastSeen ?? '')).toBeGreaterThan(Date.parse(before?.lastSeen ?? ''))
  })

  test('notices what is new, renamed, retired, gone and back, each once, and keeps every name', async () => {
    await readOnce(world.db, stage)
    const told = async (): Promise<string[]> => {
      await world.db.query('truncate event')
      await readOnce(world.db, stage)
      const events = await eventsOf(world.db)
      await world.db.query('truncate event')
      await readOnce(world.db, stage)
      expect(await eventsOf(world.db)).toEqual([])
      return events
    }
    stage.directory.roles = [entry('r1', 'Agents'), entry('r2', 'Manager', { active: false }), entry('r3', 'Lead')]
    expect(await told()).toEqual([
      'new role r3 Lead',
      'renamed role r1 Agents {"before": "Agent"}',
      'retired role r2 Manager',
    ])
    stage.directory.roles = [entry('r1', 'Advisors'), entry('r2', 'Manager')]
    expect(await told()).toEqual([
      'renamed role r1 Advisors {"before": "Agents"}',
      'returned role r2 Manager {"was": "retired"}',
      'gone role r3 Lead',
    ])
    stage.directory.roles.push(entry('r3', 'Lead'))
    expect(await told()).toEqual(['returned role r3 Lead {"was": "gone"}'])
    const [first] = await all()
    expect(first?.formerNames.map(({ name }) => name)).toEqual(['Agent', 'Agents'])
  })

  test('of two that have changed names knows which is which', async () => {
    await readOnce(world.db, stage)
    stage.directory.roles = [entry('r1', 'Manager'), entry('r2', 'Agent')]
    await readOnce(world.db, stage)
    expect((await all()).slice(0, 2).map(({ id, name }) => `${id} ${name}`)).toEqual(['r2 Agent', 'r1 Manager'])
    expect((await eventsOf(world.db)).filter((event) => event.startsWith('renamed'))).toHaveLength(2)
  })

  test.each([
    ['partial', () => stage.partial.add('role'), 'partial', 'page 2 is missing'],
    ['barred', () => stage.barred.add('role'), 'unreachable', 'The key may not read a role.'],
  ] as const)('of a kind that is %s takes nothing away, and reads the others', async (...[, spoil, verdict, why]) => {
    await readOnce(world.db, stage)
    spoil()
    stage.directory.teams = [entry('t1', 'First Team')]
    const read = await readOnce(world.db, stage)
    expect(read[0]).toMatchObject({ kind: 'role', verdict, why })
    expect(await states()).toEqual([
      'r1 Agent active',
      'r2 Manager active',
      's1 Billing active',
      't1 First Team active',
    ])
    expect((await readListings(world.db, APP)).find(({ kind }) => kind === 'role')).toMatchObject({
      verdict,
      why,
      wholeAt: expect.any(String),
    })
  })

  test('of an app that is down asks it once, and nothing is gone', async () => {
    await readOnce(world.db, stage)
    stage.target.fault({ kind: 'outage' })
    let asked = 0
    const read = stage.connector.read
    const counting = {
      ...stage.connector,
      read: ((...given) => ((asked += 1), Reflect.apply(read, null, given))) as typeof read,
    }
    expect((await readOnce(world.db, { ...stage, connector: counting })).map(({ verdict }) => verdict)).toEqual([
      'unreachable',
      'unreachable',
      'unreachable',
    ])
    expect(asked).toBe(1)
    expect((await states()).every((line) => line.endsWith('active'))).toBe(true)
  })

  test('that is whole and empty is an answer of its own: all of the kind is gone', async () => {
    await readOnce(world.db, stage)
    stage.directory.roles = []
    await readOnce(world.db, stage)
    expect((await states()).slice(0, 2)).toEqual(['r1 Agent gone', 'r2 Manager gone'])
  })

  test('whose lease is lost writes nothing', async () => {
    const lost = await begin(world.db)
    await world.db.query('update entitlement_reading set lease_until = now()')
    const held = await begin(world.db)
    const listing = { kind: 'role', verdict: 'whole', entries: [{ ...entry('r9', 'Late'), detail: {} }] } as const
    expect(await saveListing(world.db, lost, listing)).toBe(false)
    expect(await all()).toEqual([])
    expect(await readListings(world.db, APP)).toEqual([])
    expect(await saveListing(world.db, held, listing)).toBe(true)
    expect(await states()).toEqual(['r9 Late active'])
  })

  test('of one tenant changes nothing of another, whose ids are the same', async () => {
    await readOnce(world.db, stage)
    await readOnce(world.db, stage, BRAVO)
    stage.directory.roles = []
    stage.directory.teams = [entry('t1', 'Theirs')]
    await readOnce(world.db, stage, BRAVO)
    expect(await states()).toEqual([
      'r1 Agent active',
      'r2 Manager active',
      's1 Billing active',
      't1 Default Team active',
    ])
    expect(await eventsOf(world.db)).toHaveLength(3)
    expect(await listEntitlements(world.db, { tenant: 'acme', app: 'other', limit: 9 })).toMatchObject({ items: [] })
    const mention = [{ kind: 'team', name: 'theirs', at: ['here'] }]
    expect(await findMeant(world.db, APP, mention)).toEqual([[]])
    expect(await findMeant(world.db, BRAVO, mention)).toEqual([[{ id: 't1', name: 'Theirs', state: 'active' }]])
  })

  test('of an entry that is listed twice takes the last', async () => {
    stage.directory.roles = [entry('r1', 'Agent'), entry('r1', 'Agent again')]
    await readOnce(world.db, stage)
    expect((await states())[0]).toBe('r1 Agent again active')
  })
})

describe('the list', () => {
  beforeEach(async () => {
    stage.directory.skills = [entry('s2', 'É 50% off_'), entry('s1', 'billing'), entry('s3', 'Sales')]
    await readOnce(world.db, stage)
  })
  const names = async (more: object) =>
    (await listEntitlements(world.db, { ...APP, limit: 100, ...more })).items.map(({ name }) => name)

  test('goes page by page, by kind and name, and every entry is in it once', async () => {
    const seen: string[] = []
    let after: { kind: string; id: string } | undefined
    do {
      const page = await listEntitlements(world.db, { ...APP, limit: 1, after })
      seen.push(...page.items.map(({ name }) => name))
      after = page.next
    } while (after !== undefined)
    expect(seen).toEqual(['Agent', 'Manager', 'billing', 'Sales', 'É 50% off_', 'Default Team'])
  })

  test.each([
    [{ kind: 'role' }, ['Agent', 'Manager']],
    [{ search: 'AGE' }, ['Agent', 'Manager']],
    [{ search: 'é 50% OFF_' }, ['É 50% off_']],
    [{ search: '%' }, ['É 50% off_']],
    [{ search: 's3' }, ['Sales']],
    [{ search: 'age', kind: 'skill' }, []],
  ])('finds %j', async (asked, found) => {
    expect(await names(asked)).toEqual(found)
  })

  test('finds what had the name before', async () => {
    stage.directory.roles = [entry('r1', 'Advisor')]
    await readOnce(world.db, stage)
    expect(await names({ search: 'agent' })).toEqual(['Advisor'])
  })
})

describe('a mention', () => {
  test('means an id before a name, what is active before what is retired, and that before what is gone', async () => {
    stage.directory.roles = [
      entry('Agent', 'Odd one'),
      entry('r1', 'Agent'),
      entry('r2', 'Lead', { active: false }),
      entry('r3', 'LEAD'),
      entry('r4', 'Old', { active: false }),
      entry('r5', 'Twin'),
      entry('r6', 'twin'),
    ]
    await readOnce(world.db, stage)
    const mentions = ['Agent', ' lead ', 'old', 'twin', 'nobody'].map((name) => ({ kind: 'role', name, at: [] }))
    const meant = (await findMeant(world.db, APP, mentions)).map((some) =>
      some.map(({ id, state }) => `${id} ${state}`),
    )
    expect(meant.map((some) => some.toSorted())).toEqual([
      ['Agent active'],
      ['r3 active'],
      ['r4 retired'],
      ['r5 active', 'r6 active'],
      [],
    ])
  })
})

describe('whose turn it is', () => {
  const lease = () => leaseReading(world.db, { keys: [APP], token: randomUUID() })

  test('one at a time reads an app, and again when its time has come', async () => {
    expect(await lease()).toBeUndefined()
    const reading = await begin(world.db)
    expect(await lease()).toBeUndefined()
    expect(await renewReading(world.db, reading)).toBe(true)
    await endReading(world.db, reading, { whole: false, next: 900 })
    expect(await lease()).toBeUndefined()
    await world.db.query('update entitlement_reading set next_at = now()')
    expect(await lease()).toMatchObject({ ...APP, failures: 1 })
    expect(await renewReading(world.db, reading)).toBe(false)
  })

  test('what is asked for while a reading is under way is read after it', async () => {
    const reading = await begin(world.db)
    const [asked] = await askForReading(world.db, [APP])
    await endReading(world.db, reading, { whole: true, next: 900 })
    expect(await isReadSince(world.db, APP, asked ?? new Date())).toBe(false)
    const next = await lease()
    if (next === undefined) throw new Error('it was asked for')
    await endReading(world.db, next, { whole: true, next: 900 })
    expect(await isReadSince(world.db, APP, asked ?? new Date())).toBe(true)
    expect(await lease()).toBeUndefined()
  })

  test('one that was cut off is due at once; an app that is left alone, or detached, is not read', async () => {
    await releaseReading(world.db, await begin(world.db))
    await world.db.query(
      `update app set paused_until = now() + interval '1 hour' where tenant_id = 'acme' and id = 'cxone'`,
    )
    expect(await lease()).toBeUndefined()
    await world.db.query('update app set paused_until = null, detached_at = now()')
    expect(await lease()).toBeUndefined()
    await world.db.query('update app set detached_at = null')
    expect(await lease()).toMatchObject(APP)
  })
})
