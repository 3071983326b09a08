import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Connector } from '../../src/connectors/contract.ts'
import { openDifferenceRig, type DifferenceRig } from './difference-rig.ts'
import { kindsOf, pushed, expectShownIsDone } from './difference-story.ts'

// Many deliveries, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 })

let rig: DifferenceRig
beforeAll(async () => {
  rig = await openDifferenceRig()
})
afterAll(() => rig.close())
beforeEach(() => rig.clear())

describe('an app that is observed, and two policies', () => {
  test('what is shown before is what is done after, and nothing is written before', () => expectShownIsDone(rig, 50))
})

describe('a difference', () => {
  test('has the same hash while nothing changes, and another one afterwards', async () => {
    await rig.push('mia')
    const [first, second] = [await rig.compare(), await rig.compare()]
    expect(second.hash).toBe(first.hash)
    await rig.push('lea')
    expect((await rig.compare()).hash).not.toBe(first.hash)
  })

  test('says nothing of people whom the app did not show', async () => {
    const seen = rig.seed({ userName: 'mia', givenName: 'Mia', familyName: 'Roth', title: 'Agent' })
    await rig.push('mia')
    await rig.push('lea')
    await rig.drain()
    rig.use({
      connector: (plain: Connector) => ({
        read: (async (kind: 'account', from?: string) => {
          const page = await plain.read(kind, from)
          if (kind !== 'account') return page
          return {
            records: page.records.filter(({ id }) => id === seen),
            verdict: 'partial',
            why: 'half of it is missing',
          }
        }) as Connector['read'],
      }),
    })
    await rig.push('eva')
    const { verdict, why, kept } = await rig.compare()
    expect([verdict, why]).toEqual(['partial', 'half of it is missing'])
    expect(kindsOf(kept.numbers.kinds)).toEqual({ unseen: 2 })
    expect(kept.warnings).toEqual([expect.objectContaining({ code: 'unseen', people: 2 })])
  })

  test('claims nothing about anybody where the app is out of reach', async () => {
    await rig.push('mia')
    rig.target.fault({ kind: 'outage' })
    const { verdict, why, kept, people } = await rig.compare()
    expect([verdict, why]).toEqual(['unreachable', 'The directory does not answer.'])
    expect([kept.numbers.people, people]).toEqual([0, []])
  })

  test('gives an account to one owner, however many mean it', async () => {
    await rig.push('mia')
    await rig.push('mia', {}, 'entra')
    const { kept } = await rig.compare()
    expect(kindsOf(kept.numbers.kinds)).toEqual({ create: 1, disputed: 1 })
    expect(kept.numbers.reasons).toEqual([{ kind: 'disputed', reason: 'another owner', people: 1 }])
  })

  test('names administrators who would be changed, and why others are left alone', async () => {
    const boss = rig.seed({ userName: 'boss', givenName: 'Mia', familyName: 'Roth' })
    await rig.push('boss')
    await rig.drain()
    const record = rig.target.raw(boss)
    if (record === undefined) throw new Error('the account is there')
    rig.target.put({ ...record, attributes: { ...record.attributes, role: 'role-Administrator' } })
    rig.seed({ userName: 'other', givenName: 'Ada', familyName: 'Other' })
    await rig.push('other')
    await rig.save({ owns: { role: 'always' }, rules: [{ name: 'All', give: { role: 'Agent' } }] })
    const { kept, people } = await rig.compare()
    expect(kept.numbers).toMatchObject({ administrators: 1, reasons: [{ reason: 'the names differ', people: 1 }] })
    expect(people.map(({ userName }) => userName)).toEqual(['boss', 'other'])
  })

  test('tells what is wanted and not known in the app, once for all who want it', async () => {
    await rig.save({ rules: [{ name: 'All', give: { role: 'Pilot' } }] })
    await rig.push('mia')
    await rig.push('lea')
    const { kept } = await rig.compare()
    expect(kept.numbers.reasons).toEqual([{ kind: 'refused', reason: 'unknown-role Pilot', people: 2 }])
  })

  test('goes on where it was cut off, and counts nobody twice', async () => {
    await pushed(rig, 250)
    let pages = 0
    // Somebody of the second page wants what nobody has asked for yet: it is there that the process dies.
    await rig.save({
      rules: [{ name: 'All', give: { role: { from: 'user.userName < "p2" ? "Agent" : "Supervisor"' } } }],
    })
    rig.use({
      connector: (plain) => ({
        resolve: (...args) => {
          pages += 1
          if (pages === 2) throw Object.assign(new Error('Connection terminated unexpectedly'), { code: '57P01' })
          return plain.resolve(...args)
        },
      }),
    })
    const run = await rig.start()
    await expect(rig.compare(undefined, run)).rejects.toThrow('Connection terminated')
    const journal = async () =>
      (await rig.world.db.query<{ name: string; at: Date }>('select name, at from run_step order by at')).rows
    const before = await journal()
    // Nobody came over the other connection; of this one, a page was done.
    expect(before.map((step) => step.name)).toEqual([
      'read the app',
      'compare, page 1',
      'compare, page 2',
      'compare, page 3',
    ])
    await rig.world.db.query(`update run set lease_until = now() - interval '1 second'`)
    const { kept, people } = await rig.compare(undefined, run)
    expect((await journal()).slice(0, before.length)).toEqual(before)
    expect(kept.numbers.people).toBe(250)
    expect(new Set(people.map(({ userName }) => userName)).size).toBe(250)
    expect(people).toHaveLength(250)
  })
})
