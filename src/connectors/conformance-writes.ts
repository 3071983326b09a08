/**
 * What a connector must do with a change.
 * Decides which fields of the target a change may touch; must not know any target.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Change } from '../reconcile/change.ts'
import {
  apply,
  assertRefused,
  assertSameBut,
  assertShows,
  attribute,
  can,
  changed,
  freshName,
  hasState,
  nameOf,
  newcomer,
  rawOf,
  resolved,
  someone,
  unchanged,
  updatable,
  veteran,
} from './conformance-people.ts'
import type { Case } from './conformance-world.ts'

export const writing: readonly Case[] = [
  ...(['active', 'pending', 'inactive'] as const).map((state): Case => ({
    name: `creating a name that ${state === 'active' || state === 'inactive' ? 'an' : 'a'} ${state} account holds is refused and changes nothing`,
    applies: (world) => hasState(world, state),
    async run(world) {
      if (!hasState(world, state)) return
      const want = await resolved(world, await newcomer(world))
      const holder = await world.seed({ state, attributes: want })
      const change: Change = { kind: 'create', want: { ...want, userName: want.userName?.toUpperCase() ?? '' } }
      await unchanged(world, holder, async () => {
        assertRefused(await world.connector.apply(change, randomUUID()), 'name-taken', 'never')
      })
    },
  })),
  {
    name: 'an update touches only what it names',
    async run(world) {
      for (const [name, value] of await updatable(world)) {
        const { id } = await someone(world)
        const { before, after, seen } = await changed(world, { kind: 'update', account: id, set: { [name]: value } })
        assertShows(seen, name, value)
        assertSameBut(before, after, [...world.fieldsOf(name), ...world.stamps])
      }
    },
  },
  {
    name: 'an update of an account it did not create touches only what it names',
    async run(world) {
      const set = { givenName: 'Renée' }
      for (const state of ['active', 'unregistered', 'pending', 'locked'] as const) {
        if (!hasState(world, state)) continue
        const id = await world.seed({ state, attributes: await resolved(world, await newcomer(world)) })
        const before = await rawOf(world, id)
        const seen = await apply(world, { kind: 'update', account: id, set })
        assert.deepEqual([seen.state, seen.attributes.givenName], [state, set.givenName])
        assertSameBut(before, await rawOf(world, id), [...world.fieldsOf('givenName'), ...world.stamps])
      }
    },
  },
  {
    name: 'an optional attribute can be emptied',
    async run(world) {
      if (!can(world, 'mobile')) return
      const made = await someone(world, { mobile: '+15551234567' })
      assert.equal(made.attributes.mobile, '+15551234567')
      const before = await rawOf(world, made.id)
      const seen = await apply(world, { kind: 'update', account: made.id, set: { mobile: null } })
      assert.equal(attribute(seen, 'mobile'), null)
      assertSameBut(before, await rawOf(world, made.id), [...world.fieldsOf('mobile'), ...world.stamps])
    },
  },
  {
    name: 'a rename touches only the name, and the old name is free again',
    async run(world) {
      if (!can(world, 'userName')) return
      const made = await veteran(world)
      const before = await rawOf(world, made.id)
      const userName = freshName()
      const seen = await apply(world, { kind: 'rename', account: made.id, userName })
      assert.deepEqual([seen.id, seen.attributes.userName], [made.id, userName])
      assertSameBut(before, await rawOf(world, made.id), [...world.fieldsOf('userName'), ...world.stamps])
      assert.equal(await world.connector.readOne('account', { userName: nameOf(made) }), 'absent')
    },
  },
  {
    name: 'a rename to a name that another account holds is refused and changes nothing',
    async run(world) {
      if (!can(world, 'userName')) return
      for (const state of ['active', 'inactive'] as const) {
        const want = await resolved(world, await newcomer(world))
        await world.seed({ state, attributes: want })
        const made = await veteran(world)
        await unchanged(world, made.id, async () => {
          const change: Change = { kind: 'rename', account: made.id, userName: want.userName?.toUpperCase() ?? '' }
          assertRefused(await world.connector.apply(change, randomUUID()), 'name-taken', 'never')
        })
      }
    },
  },
  {
    name: 'a deactivated account reads as inactive, by id and by name, and keeps everything but its state',
    async run(world) {
      const made = await someone(world)
      const seen = await apply(world, { kind: 'deactivate', account: made.id })
      assert.equal(seen.state, 'inactive')
      assert.deepEqual(seen.attributes, made.attributes)
      assert.deepEqual(await world.connector.readOne('account', { id: made.id }), seen)
      assert.deepEqual(await world.connector.readOne('account', { userName: nameOf(made) }), seen)
    },
  },
  {
    name: 'deactivating twice is once',
    async run(world) {
      const made = await someone(world)
      await apply(world, { kind: 'deactivate', account: made.id })
      const again = await apply(world, { kind: 'deactivate', account: made.id })
      assert.equal(again.state, 'inactive')
      const seeded = await world.seed({ state: 'inactive', attributes: await resolved(world, await newcomer(world)) })
      assert.equal((await apply(world, { kind: 'deactivate', account: seeded })).state, 'inactive')
    },
  },
  {
    name: 'a reactivated account is no longer inactive, and one that was not inactive stays as it was',
    async run(world) {
      const made = await someone(world)
      await apply(world, { kind: 'deactivate', account: made.id })
      const back = await apply(world, { kind: 'reactivate', account: made.id })
      assert.notEqual(back.state, 'inactive')
      assert.deepEqual([back.id, back.attributes], [made.id, made.attributes])
      await unchanged(world, made.id, async () => {
        assert.deepEqual(await apply(world, { kind: 'reactivate', account: made.id }), back)
      })
    },
  },
  {
    name: 'an inactive account is updated or refused as its capabilities say',
    async run(world) {
      const made = await someone(world)
      await apply(world, { kind: 'deactivate', account: made.id })
      const change: Change = { kind: 'update', account: made.id, set: { givenName: 'Renée' } }
      if (world.connector.capabilities.updatesInactive) {
        const seen = await apply(world, change)
        assert.deepEqual([seen.state, seen.attributes.givenName], ['inactive', 'Renée'])
      } else {
        await unchanged(world, made.id, async () => {
          assert.equal((await world.connector.apply(change, randomUUID())).ok, false)
        })
      }
    },
  },
  {
    name: 'an attribute it cannot update is refused and changes nothing',
    async run(world) {
      const { capabilities } = world.connector
      const fixed = (['email', 'title', 'displayName'] as const).filter((name) => !capabilities.updates.includes(name))
      for (const name of fixed) {
        const made = await someone(world)
        const value = name === 'email' ? `moved-${randomUUID()}@example.test` : 'Something'
        await unchanged(world, made.id, async () => {
          const set = { givenName: 'Renée', [name]: value }
          const outcome = await world.connector.apply({ kind: 'update', account: made.id, set }, randomUUID())
          assertRefused(outcome, 'value-invalid', 'never')
        })
      }
    },
  },
  {
    name: 'a change to an account that does not exist says so',
    async run(world) {
      const account = randomUUID()
      const changes: readonly Change[] = [
        { kind: 'update', account, set: { givenName: 'Renée' } },
        { kind: 'deactivate', account },
        { kind: 'reactivate', account },
      ]
      for (const change of changes) {
        assertRefused(await world.connector.apply(change, randomUUID()), 'account-gone', 'never')
      }
    },
  },
]
