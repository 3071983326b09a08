/**
 * What a connector must do with that of which an account can hold several.
 * Decides what given, taken and held mean; must not know any target.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { GRANT_KINDS, type GrantKind } from '../identity/account.ts'
import type { Change } from '../reconcile/change.ts'
import {
  around,
  assertHolds,
  at,
  fieldsOfGrants,
  fullHolder,
  give,
  grantsSomething,
  heldOf,
  holder,
  inOrder,
  onlyIf,
  take,
  three,
} from './conformance-holdings.ts'
import {
  apply,
  assertRefused,
  assertSameBut,
  can,
  during,
  everything,
  hasState,
  sorted,
  unchanged,
  wholeOf,
} from './conformance-people.ts'
import type { Case, World } from './conformance-world.ts'

const grants = (of: GrantKind) => (world: World) => world.connector.capabilities.grants.includes(of)

const ofEachKind = (of: GrantKind): readonly Case[] => [
  onlyIf(grants(of), {
    name: `${of}: what is given is held at its level, given twice it is held once, and what was held beside it stays`,
    async run(world) {
      const [first, second, third] = await three(world, of)
      const account = await holder(world, { [of]: [at('min', first)] })
      const given = [at('max', second), at('min', third)]
      const seen = await give(world, account, of)(...given)
      assert.deepEqual(inOrder(seen.grants?.[of]), inOrder([at('min', first), ...given]))
      await assertHolds(world, { account, of }, [at('min', first), ...given])
      await unchanged(world, account, async () => {
        await give(world, account, of)(...given)
      })
    },
  }),
  onlyIf(grants(of), {
    name: `${of}: what is taken is gone when it is read again, and taking what is not held is nothing`,
    async run(world) {
      const [first, second, third] = await three(world, of)
      const account = await holder(world, { [of]: [at('min', first), at('max', second)] })
      const seen = await take(world, account, of)(first.id)
      assert.deepEqual(inOrder(seen.grants?.[of]), [at('max', second)])
      await assertHolds(world, { account, of }, [at('max', second)])
      await unchanged(world, account, async () => {
        await take(world, account, of)(first.id, third.id)
      })
      await take(world, account, of)(second.id)
      await assertHolds(world, { account, of }, [])
    },
  }),
  onlyIf(grants(of), {
    name: `${of}: giving and taking touch nothing else of a fully filled account`,
    async run(world) {
      const [first, , third] = await three(world, of)
      const but = fieldsOfGrants(world, of)
      for (const state of ['active', 'locked', 'pending', 'unregistered'] as const) {
        if (!hasState(world, state)) continue
        const account = await fullHolder(world, { state })
        const { connector } = world
        const changes: readonly Change[] = [
          { kind: 'grant', account, of, grants: [at('max', third)] },
          { kind: 'revoke', account, of, ids: [first.id] },
        ]
        for (const change of changes) {
          let done = false
          const [before, after] = await around(world, account, async () => {
            done = (await connector.apply(change, randomUUID())).ok
          })
          // Some targets give nothing to who was never there; but then they take nothing either.
          assert.ok(done || state === 'pending' || state === 'unregistered', `${change.kind} of somebody ${state}`)
          assertSameBut(before, after, done ? but : [])
        }
      }
    },
  }),
  onlyIf((world) => grants(of)(world) && world.refuseEntry !== undefined, {
    name: `${of}: one row that is refused is a refusal that names it, and the rest can be done again`,
    async run(world) {
      const [first, second, third] = await three(world, of)
      const account = await holder(world, { [of]: [at('min', first)] })
      const given = [at('min', second), at('max', third)]
      await during(world, world.refuseEntry?.(of, second.id) ?? Promise.resolve(), async () => {
        const change: Change = { kind: 'grant', account, of, grants: given }
        const outcome = await world.connector.apply(change, randomUUID())
        assert.ok(!outcome.ok, 'a row was refused, and the outcome says that all is well')
        assert.equal(outcome.about, second.id, outcome.detail)
        const ids = (await heldOf(world, account, of)).map(({ id }) => id)
        assert.deepEqual([ids.includes(first.id), ids.includes(second.id)], [true, false])
      })
      await give(world, account, of)(...given)
      await assertHolds(world, { account, of }, [at('min', first), ...given])
      await during(world, world.refuseEntry?.(of, second.id) ?? Promise.resolve(), async () => {
        const change: Change = { kind: 'revoke', account, of, ids: [second.id, third.id] }
        assert.equal((await world.connector.apply(change, randomUUID())).ok, false)
      })
      await take(world, account, of)(second.id, third.id)
      await assertHolds(world, { account, of }, [at('min', first)])
    },
  }),
]

export const granting: readonly Case[] = [
  ...GRANT_KINDS.flatMap(ofEachKind),
  onlyIf(grants('skill'), {
    name: 'a level is raised and lowered, and nothing else changes',
    async run(world) {
      const [first, second] = await three(world, 'skill')
      if (first.levels === undefined) return
      const account = await holder(world, { skill: [at('min', first), at('max', second)] })
      const held = { account, of: 'skill' } as const
      for (const end of ['max', 'min'] as const) {
        const [before, after] = await around(world, account, () => give(world, account, 'skill')(at(end, first)))
        await assertHolds(world, held, [at(end, first), at('max', second)])
        assertSameBut(before, after, fieldsOfGrants(world, 'skill'))
      }
    },
  }),
  onlyIf(grants('skill'), {
    name: 'a skill that is given without a level is held, and keeps the level that it had',
    async run(world) {
      const [first, second] = await three(world, 'skill')
      const account = await holder(world, { skill: [at('max', first)] })
      const seen = await give(world, account, 'skill')({ id: first.id }, { id: second.id })
      const held = (id: string) => seen.grants?.skill?.find((grant) => grant.id === id)
      assert.deepEqual(held(first.id), at('max', first))
      assert.equal(held(second.id)?.id, second.id)
    },
  }),
  onlyIf(grantsSomething, {
    name: 'a whole read shows exactly what is held of every kind; a plain one shows nothing else',
    async run(world) {
      const { connector } = world
      const account = await fullHolder(world)
      const whole = await wholeOf(world, account)
      for (const of of connector.capabilities.grants) {
        assert.deepEqual(inOrder(whole.grants?.[of]), inOrder(await heldOf(world, account, of)), of)
        assert.equal(whole.grants?.[of]?.length, 2, of)
      }
      const plain = await connector.readOne('account', { id: account })
      assert.ok(plain !== 'absent')
      for (const [of, held] of Object.entries(plain.grants ?? {})) {
        assert.deepEqual(inOrder(held), inOrder(whole.grants?.[of as GrantKind]), of)
      }
      assert.deepEqual({ ...whole.attributes, ...plain.attributes }, whole.attributes)
    },
  }),
  {
    name: 'a whole listing shows of every account what a whole read of it shows, as far as it goes',
    applies: ({ lists }) => lists !== false,
    async run(world) {
      if (world.lists === false) return
      await fullHolder(world)
      await fullHolder(world, { state: 'inactive' })
      const listed = await everything(world.connector, 'account', { whole: true })
      assert.deepEqual(sorted(listed.map(({ id }) => id)), sorted(await world.ids()))
      for (const account of [...listed.slice(0, 5), ...listed.slice(-5)]) {
        const whole = await wholeOf(world, account.id)
        assert.deepEqual({ ...whole.attributes, ...account.attributes }, whole.attributes)
        for (const [of, held] of Object.entries(account.grants ?? {})) {
          assert.deepEqual(inOrder(held), inOrder(whole.grants?.[of as GrantKind]), of)
        }
        assert.deepEqual([account.state, account.roles], [whole.state, whole.roles])
      }
    },
  },
  onlyIf(grants('role'), {
    name: 'all that somebody holds is said by their roles, also in a plain read',
    async run(world) {
      const [first] = await three(world, 'role')
      const account = await holder(world, { role: [at('min', first)] })
      const plain = await world.connector.readOne('account', { id: account })
      assert.ok(plain !== 'absent' && plain.roles !== undefined)
      assert.deepEqual(sorted(plain.roles), sorted([plain.attributes.role ?? '', first.id]))
    },
  }),
  onlyIf(grants('role'), {
    name: 'a further role that comes to be the one role is no further one any more',
    async run(world) {
      if (!can(world, 'role')) return
      const [first, second] = await three(world, 'role')
      const account = await holder(world, { role: [at('min', first), at('min', second)] })
      await apply(world, { kind: 'update', account, set: { role: first.id } })
      const whole = await wholeOf(world, account)
      assert.equal(whole.attributes.role, first.id)
      assert.deepEqual(whole.grants?.role, [at('min', second)])
      assert.deepEqual(sorted(whole.roles ?? []), sorted([first.id, second.id]))
    },
  }),
  onlyIf(grantsSomething, {
    name: 'nothing is given to and taken from an account that does not exist, and it is said so',
    async run(world) {
      const account = randomUUID()
      for (const of of world.connector.capabilities.grants) {
        const [first] = await three(world, of)
        const changes: readonly Change[] = [
          { kind: 'grant', account, of, grants: [at('min', first)] },
          { kind: 'revoke', account, of, ids: [first.id] },
        ]
        for (const change of changes) {
          assertRefused(await world.connector.apply(change, randomUUID()), 'account-gone', 'never')
        }
      }
    },
  }),
  onlyIf(grantsSomething, {
    name: 'what is not there is not given, and nothing changes',
    async run(world) {
      for (const of of world.connector.capabilities.grants) {
        const account = await fullHolder(world)
        await unchanged(world, account, async () => {
          const change: Change = { kind: 'grant', account, of, grants: [{ id: '999999999' }] }
          assert.equal((await world.connector.apply(change, randomUUID())).ok, false, of)
        })
      }
    },
  }),
]
