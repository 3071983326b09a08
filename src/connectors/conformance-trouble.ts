/**
 * What a connector must do when the target is in trouble, or is asked twice or by many.
 * Decides how faults are told apart; must not assert how long anything takes.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { AccountAttributes } from '../identity/account.ts'
import type { Change } from '../reconcile/change.ts'
import {
  apply,
  assertRefused,
  assertThrows,
  attribute,
  during,
  freshName,
  newcomer,
  oneOfEach,
  resolved,
  someone,
  unchanged,
} from './conformance-people.ts'
import type { Case } from './conformance-world.ts'

export const trouble: readonly Case[] = [
  {
    name: 'an outage is an outage: never absent, never empty, and nothing is changed',
    async run(world) {
      const { connector } = world
      const made = await someone(world)
      await unchanged(world, made.id, () =>
        during(world, world.outage(), async () => {
          await assertThrows(connector.readOne('account', { id: randomUUID() }), 'unreachable')
          await assertThrows(connector.readOne('account', { userName: freshName() }), 'unreachable')
          await assertThrows(connector.read('account'), 'unreachable')
          for (const change of await oneOfEach(world, made)) {
            assertRefused(await connector.apply(change, randomUUID()), 'unreachable', 'soon')
          }
        }),
      )
      assert.deepEqual(await connector.readOne('account', { id: made.id }), made)
    },
  },
  ...[30, undefined].map((seconds): Case => ({
    name: `being throttled ${seconds === undefined ? 'without a time' : 'with a time to wait'} is passed on as such`,
    async run(world) {
      const made = await someone(world)
      await unchanged(world, made.id, () =>
        during(world, world.throttle(seconds), async () => {
          const outcome = await world.connector.apply({ kind: 'deactivate', account: made.id }, randomUUID())
          assertRefused(outcome, 'throttled', 'soon')
          assert.equal(outcome.after instanceof Date, seconds !== undefined)
          await assertThrows(world.connector.readOne('account', { id: made.id }), 'throttled')
        }),
      )
    },
  })),
  {
    name: 'a session that has ended is renewed without a word, also under concurrent calls',
    async run(world) {
      const made = await someone(world)
      await world.endSessions()
      const reads = [1, 2, 3, 4].map(() => world.connector.readOne('account', { id: made.id }))
      assert.deepEqual(await Promise.all(reads), [made, made, made, made])
      await world.endSessions()
      assert.equal((await apply(world, { kind: 'deactivate', account: made.id })).state, 'inactive')
    },
  },
  {
    name: 'a missing right is named, and waits for somebody to grant it',
    async run(world) {
      const made = await someone(world)
      await unchanged(world, made.id, () =>
        during(world, world.withdrawRights(), async () => {
          for (const change of await oneOfEach(world, made)) {
            assertRefused(await world.connector.apply(change, randomUUID()), 'right-missing', 'later')
          }
        }),
      )
    },
  },
  {
    name: 'the same change applied twice has the effect of once',
    async run(world) {
      const create: Change = { kind: 'create', want: await resolved(world, await newcomer(world)) }
      const first = await apply(world, create, 'the-key')
      const count = (await world.ids()).length
      assert.deepEqual(await apply(world, create, 'the-key'), first)
      assert.equal((await world.ids()).length, count)
      const update: Change = { kind: 'update', account: first.id, set: { familyName: 'Zwölf' } }
      const once = await apply(world, update)
      await unchanged(world, first.id, async () => assert.deepEqual(await apply(world, update), once))
    },
  },
  {
    name: 'concurrent changes to different accounts do not disturb each other',
    async run(world) {
      const wants = await Promise.all([1, 2, 3, 4, 5].map(async () => resolved(world, await newcomer(world))))
      const made = await Promise.all(wants.map((want) => apply(world, { kind: 'create', want })))
      assert.equal(new Set(made.map(({ id }) => id)).size, wants.length)
      const seen = await Promise.all(
        made.map(({ id }, index) => apply(world, { kind: 'update', account: id, set: { familyName: `Nr ${index}` } })),
      )
      seen.forEach((account, index) =>
        assert.deepEqual(account.attributes, { ...made[index]?.attributes, familyName: `Nr ${index}` }),
      )
    },
  },
  {
    name: 'concurrent changes to one account all take effect, and one of two concurrent creates of a name',
    async run(world) {
      const made = await someone(world)
      const sets: readonly AccountAttributes[] = [{ givenName: 'Ana' }, { familyName: 'Zwölf' }]
      await Promise.all(sets.map((set) => apply(world, { kind: 'update', account: made.id, set })))
      const seen = await world.connector.readOne('account', { id: made.id })
      assert.deepEqual([attribute(seen, 'givenName'), attribute(seen, 'familyName')], ['Ana', 'Zwölf'])

      const create: Change = { kind: 'create', want: await resolved(world, await newcomer(world)) }
      const outcomes = await Promise.all([1, 2, 3].map(() => world.connector.apply(create, randomUUID())))
      assert.equal(outcomes.filter(({ ok }) => ok).length, 1)
      for (const outcome of outcomes) if (!outcome.ok) assertRefused(outcome, 'name-taken', 'never')
    },
  },
]
