/**
 * What a connector must do with the names of entries and of other accounts.
 * Decides what known and unknown mean; must not know any target.
 */
import assert from 'node:assert/strict'
import type { AccountAttributes, GrantKind, GrantWishes } from '../identity/account.ts'
import { grantsSomething, onlyIf } from './conformance-holdings.ts'
import {
  assertRefusedAbout,
  can,
  catalogue,
  everything,
  firstActive,
  freshName,
  nameOf,
  someone,
  sorted,
  unchanged,
  veteran,
} from './conformance-people.ts'
import type { Case, World } from './conformance-world.ts'
import type { ConnectorCode, EntryKind, Resolved } from './contract.ts'

/** What is wanted by name, and the refusal where there is no such thing. */
interface Wanted {
  readonly kind: EntryKind
  readonly code: ConnectorCode
  ask(name: string): readonly [AccountAttributes, GrantWishes?]
  answer(resolved: Resolved): string | null | undefined
}

const granted = (kind: GrantKind, code: ConnectorCode): Wanted => ({
  kind,
  code,
  ask: (name) => [{}, { [kind]: { want: [{ id: name }], takes: 'none' } }],
  answer: ({ grants }) => grants[kind]?.want.map(({ id }) => id).join(),
})

const AUTHENTICATOR: Wanted = {
  kind: 'authenticator',
  code: 'unknown-authenticator',
  ask: (loginAuthenticator) => [{ loginAuthenticator }],
  answer: ({ want }) => want.loginAuthenticator,
}

/** All but the role and the team of an account, of which the cases about reading speak. */
const wantable = (world: World): readonly Wanted[] => [
  ...[granted('role', 'unknown-role'), granted('skill', 'unknown-skill'), granted('group', 'unknown-group')].filter(
    ({ kind }) => world.connector.capabilities.grants.some((of) => of === kind),
  ),
  ...(can(world, 'loginAuthenticator') ? [AUTHENTICATOR] : []),
]

async function resolvedAs(world: World, { ask, answer }: Wanted, name: string): Promise<string | null | undefined> {
  const resolved = await world.connector.resolve(...ask(name))
  return resolved.ok ? answer(resolved) : assert.fail(resolved.detail)
}

/** With what is wanted there: the names of both are known, so that only what is asked for can be missing. */
async function refusedAbout(world: World, about: string, ask: readonly [AccountAttributes, GrantWishes?]) {
  const made = await someone(world)
  return async (code: ConnectorCode) =>
    unchanged(world, made.id, async () => assertRefusedAbout(await world.connector.resolve(...ask), { code, about }))
}

export const naming: readonly Case[] = [
  {
    name: 'every catalogue that it says there is can be read whole, with names and ids that stay, each id once',
    async run(world) {
      const { connector } = world
      for (const kind of connector.capabilities.entries) {
        const entries = await everything(connector, kind)
        assert.ok(
          entries.some(({ active }) => active),
          `no active ${kind}`,
        )
        assert.equal(new Set(entries.map(({ id }) => id)).size, entries.length, kind)
        for (const { id, name } of entries) assert.ok(id !== '' && name !== '', `${kind} ${id} ${name}`)
        const there = await world.entryCount?.(kind)
        if (there !== undefined) assert.equal(entries.length, there, kind)
        const again = await everything(connector, kind)
        assert.deepEqual(sorted(again.map(({ id }) => id)), sorted(entries.map(({ id }) => id)), kind)
      }
    },
  },
  {
    name: 'skills, groups, further roles and authenticators are found by name in any case, and by id',
    async run(world) {
      for (const wanted of wantable(world)) {
        const entry = await firstActive(world.connector, wanted.kind)
        for (const name of [entry.id, entry.name, entry.name.toUpperCase(), entry.name.toLowerCase()]) {
          assert.equal(await resolvedAs(world, wanted, name), entry.id, `${wanted.kind} ${name}`)
        }
      }
    },
  },
  {
    name: 'those that are unknown or inactive are refused, each with its code and its name, and nothing changes',
    async run(world) {
      for (const { kind, code, ask } of wantable(world)) {
        const entries = await catalogue(world.connector, kind)
        const active = new Set(entries.filter((entry) => entry.active).map(({ name }) => name.toLowerCase()))
        const inactive = entries.filter((entry) => !entry.active && !active.has(entry.name.toLowerCase()))
        for (const about of ['No Such Entry', ...inactive.map(({ id }) => id)]) {
          await (
            await refusedAbout(world, about, ask(about))
          )(code)
        }
      }
    },
  },
  onlyIf((world) => can(world, 'reportsTo'), {
    name: 'whom somebody reports to is found by user name in any case and by id, and refused where there is none',
    async run(world) {
      const { connector } = world
      const manager = await veteran(world)
      for (const reportsTo of [manager.id, nameOf(manager), nameOf(manager).toUpperCase()]) {
        const answer = await connector.resolve({ reportsTo })
        assert.ok(answer.ok, answer.ok ? '' : answer.detail)
        assert.equal(answer.want.reportsTo, manager.id)
      }
      const nobody = freshName()
      await unchanged(world, manager.id, async () => {
        const answer = await connector.resolve({ reportsTo: nobody })
        assert.ok(!answer.ok)
        assert.deepEqual([answer.code, answer.about], ['unknown-manager', nobody], answer.detail)
        assert.notEqual(answer.retry, 'never', 'they may get an account yet')
      })
    },
  }),
  onlyIf((world) => can(world, 'licence'), {
    name: 'a licence is named by an account that has it, and refused where there is no such account',
    async run(world) {
      const nobody = freshName()
      await (
        await refusedAbout(world, nobody, [{ licence: nobody }])
      )('unknown-licence')
      if (world.template === undefined) return
      const answer = await world.connector.resolve({ licence: await world.template() })
      assert.ok(answer.ok, answer.ok ? '' : answer.detail)
      assert.ok(answer.want.licence)
    },
  }),
  onlyIf(grantsSomething, {
    name: 'an entry that is wanted by name and by id is wanted once, and its level is kept',
    async run(world) {
      for (const of of world.connector.capabilities.grants) {
        const { id, name, levels } = await firstActive(world.connector, of)
        const level = levels === undefined ? {} : { level: levels.max }
        const want = [
          { id: name, ...level },
          { id, ...level },
        ]
        const answer = await world.connector.resolve({}, { [of]: { want, takes: 'all' } })
        assert.ok(answer.ok, answer.ok ? '' : answer.detail)
        assert.deepEqual(answer.grants, { [of]: { want: [{ id, ...level }], takes: 'all' } })
      }
    },
  }),
  onlyIf(grantsSomething, {
    name: 'of what is to be taken, names that nobody knows are left out, and what is not asked for is not answered',
    async run(world) {
      for (const of of world.connector.capabilities.grants) {
        const { id, name } = await firstActive(world.connector, of)
        const takes = ['No Such Entry', name]
        const answer = await world.connector.resolve({}, { [of]: { want: [], takes } })
        assert.ok(answer.ok, answer.ok ? '' : answer.detail)
        assert.deepEqual(answer.grants, { [of]: { want: [], takes: [id] } })
      }
      const answer = await world.connector.resolve({ givenName: 'Renée' })
      assert.ok(answer.ok)
      assert.deepEqual(answer.grants, {})
      assert.equal(answer.invites ?? false, false)
    },
  }),
  onlyIf(grantsSomething, {
    name: 'what is retired can still be taken from who holds it',
    async run(world) {
      for (const of of world.connector.capabilities.grants) {
        const entries = await catalogue(world.connector, of)
        const retired = entries.find(({ active }) => !active)
        if (retired === undefined) continue
        const answer = await world.connector.resolve({}, { [of]: { want: [], takes: [retired.id] } })
        assert.ok(answer.ok, answer.ok ? '' : answer.detail)
        assert.deepEqual(answer.grants[of]?.takes, [retired.id])
      }
    },
  }),
  onlyIf(grantsSomething, {
    name: 'a level that nobody can hold is refused as the policy’s fault, and what has no level is not held at one',
    async run(world) {
      for (const of of world.connector.capabilities.grants) {
        const { id, name, levels } = await firstActive(world.connector, of)
        const ask = (level: number) => [{}, { [of]: { want: [{ id: name, level }], takes: 'none' } }] as const
        if (levels === undefined) {
          const answer = await world.connector.resolve(...ask(3))
          if (answer.ok) assert.deepEqual(answer.grants[of]?.want, [{ id }])
          else assertRefusedAbout(answer, { code: 'policy-invalid', about: name })
          continue
        }
        for (const level of [levels.min - 1, levels.max + 1, levels.min + 0.5]) {
          await (
            await refusedAbout(world, name, ask(level))
          )('policy-invalid')
        }
      }
    },
  }),
  onlyIf((world) => can(world, 'loginAuthenticator') && world.connector.capabilities.invites, {
    name: 'it says of an authenticator whether its people have to be asked in, as the catalogue does',
    async run({ connector }) {
      const entries = (await catalogue(connector, 'authenticator')).filter(({ active }) => active)
      for (const { id, system } of entries) {
        const answer = await connector.resolve({ loginAuthenticator: id })
        assert.ok(answer.ok, answer.ok ? '' : answer.detail)
        assert.equal(answer.invites, system)
      }
    },
  }),
]
