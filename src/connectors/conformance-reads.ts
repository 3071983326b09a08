/**
 * What a connector must do when it is asked.
 * Decides what whole, absent and known mean; must not know any target.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import {
  apply,
  assertRefused,
  escape,
  everything,
  firstActive,
  freshName,
  newcomer,
  resolved,
  someone,
  sorted,
  unchanged,
} from './conformance-people.ts'
import type { Case } from './conformance-world.ts'
import type { Connector } from './contract.ts'

/** Roles and teams, as far as the target has any. */
const wantable = ({ capabilities }: Connector) =>
  (['role', 'team'] as const).filter((kind) => capabilities.entries.includes(kind))

export const reading: readonly Case[] = [
  {
    name: 'an account it created is read back by id, and by its name in another case',
    async run(world) {
      const { connector } = world
      const want = await newcomer(world)
      const made = await apply(world, { kind: 'create', want: await resolved(world, want) })
      assert.notEqual(made.state, 'inactive')
      assert.deepEqual(await connector.readOne('account', { id: made.id }), made)
      const other = { userName: want.userName.toUpperCase() }
      assert.deepEqual(await connector.readOne('account', other), made)
      assert.notEqual(await world.raw(made.id), undefined)
    },
  },
  {
    name: 'roles and teams are found by name in any case and by id',
    async run({ connector }) {
      for (const kind of wantable(connector)) {
        const entry = await firstActive(connector, kind)
        for (const wanted of [entry.id, entry.name, entry.name.toUpperCase(), entry.name.toLowerCase()]) {
          const answer = await connector.resolve({ [kind]: wanted })
          assert.ok(answer.ok, answer.ok ? '' : answer.detail)
          assert.deepEqual(answer.want, { [kind]: entry.id })
        }
      }
    },
  },
  {
    name: 'an unknown or inactive role or team is refused until somebody makes it, naming those there are',
    async run({ connector }) {
      for (const kind of wantable(connector)) {
        const entries = await everything(connector, kind)
        const known = await firstActive(connector, kind)
        const names = new Set(entries.filter(({ active }) => active).map(({ name }) => name.toLowerCase()))
        const inactive = entries.filter(({ active, name }) => !active && !names.has(name.toLowerCase()))
        for (const wanted of ['No Such Entry', ...inactive.map(({ id }) => id)]) {
          const answer = await connector.resolve({ [kind]: wanted })
          assertRefused(answer, kind === 'role' ? 'unknown-role' : 'unknown-team', 'later')
          assert.match(answer.detail, new RegExp(escape(known.name)))
        }
      }
    },
  },
  {
    name: 'roles that govern others are told from ordinary ones',
    async run({ connector }) {
      if (!connector.capabilities.entries.includes('role')) return
      for (const { name, privilege } of await everything(connector, 'role')) {
        if (/^administrator$/i.test(name)) assert.equal(privilege, 'administrator', name)
        if (/^(manager|supervisor)$/i.test(name)) assert.equal(privilege, 'elevated', name)
        if (/^(agent|evaluator)$/i.test(name)) assert.equal(privilege, undefined, name)
      }
    },
  },
  {
    name: 'it says which account it signs in with, or that it cannot tell; nothing is changed by asking',
    async run(world) {
      const made = await someone(world)
      await unchanged(world, made.id, async () => {
        const self = await world.connector.self()
        if (self === undefined) return
        assert.notEqual(self, made.id)
        assert.ok((await world.ids()).includes(self), `the target has no account ${self}`)
        assert.equal(await world.connector.self(), self)
      })
    },
  },
  {
    name: 'who can list nobody says so, and does not call that whole',
    applies: ({ lists }) => lists === false,
    async run({ connector, lists }) {
      if (lists !== false) return
      const { records, verdict, why } = await connector.read('account')
      assert.deepEqual([records, verdict], [[], 'partial'])
      assert.match(why ?? '', /\w/)
    },
  },
  {
    name: 'a listing is whole, names every account once, and includes the inactive',
    applies: ({ lists }) => lists !== false,
    async run(world) {
      if (world.lists === false) return
      const inactive = await world.seed({ state: 'inactive', attributes: await resolved(world, await newcomer(world)) })
      const accounts = await everything(world.connector, 'account')
      assert.deepEqual(sorted(accounts.map(({ id }) => id)), sorted(await world.ids()))
      assert.equal(accounts.find(({ id }) => id === inactive)?.state, 'inactive')
      const again = await everything(world.connector, 'account')
      assert.deepEqual(again, accounts)
      for (const account of accounts.slice(0, 3)) {
        assert.deepEqual(await world.connector.readOne('account', { id: account.id }), account)
      }
    },
  },
  {
    name: 'absent is said of an account that does not exist',
    async run({ connector }) {
      assert.equal(await connector.readOne('account', { id: randomUUID() }), 'absent')
      assert.equal(await connector.readOne('account', { userName: freshName() }), 'absent')
    },
  },
]
