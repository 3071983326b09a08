/**
 * What a connector must do about whether somebody gets in: invitations, sessions, states, ceilings, a mirror that is late.
 * Decides who may be sent an e-mail; must not know any target.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { AccountAttributes, AccountState } from '../identity/account.ts'
import type { Change } from '../reconcile/change.ts'
import {
  around,
  assertHolds,
  at,
  fullHolder,
  give,
  grantsSomething,
  onlyIf,
  take,
  three,
} from './conformance-holdings.ts'
import {
  apply,
  assertRefused,
  assertSameBut,
  assertShows,
  awake,
  can,
  catalogue,
  during,
  freshName,
  hasState,
  newcomer,
  rawOf,
  resolved,
  someone,
  sorted,
  unchanged,
  updatable,
  veteran,
  wholeOf,
} from './conformance-people.ts'
import type { Case, World } from './conformance-world.ts'

const invites = ({ connector }: World): boolean => connector.capabilities.invites

const STATES = ['active', 'unregistered', 'pending', 'locked', 'inactive'] as const satisfies AccountState[]

/** The target's own, where accounts can be created with it. */
async function ownAuthenticator({ connector }: World): Promise<AccountAttributes> {
  if (!connector.capabilities.creates.includes('loginAuthenticator')) return {}
  const own = (await catalogue(connector, 'authenticator')).find(({ active, system }) => active && system === true)
  return own === undefined ? {} : { loginAuthenticator: own.id }
}

const inviting: readonly Case[] = [
  onlyIf(invites, {
    name: 'who is not registered is asked in with exactly one e-mail, however often it is done',
    async run(world) {
      const account = await fullHolder(world, { state: 'unregistered' })
      const [before, held] = [await world.mails(), await wholeOf(world, account)]
      const invited = await apply(world, { kind: 'invite', account })
      assert.equal(invited.state, 'pending')
      assert.equal(await world.mails(), before + 1)
      assert.equal((await apply(world, { kind: 'invite', account })).state, 'pending')
      assert.equal(await world.mails(), before + 1)
      assert.deepEqual(await wholeOf(world, account), { ...held, state: 'pending' })
    },
  }),
  onlyIf(invites, {
    name: 'who was created and not asked in got no e-mail, and gets one when they are',
    async run(world) {
      const before = await world.mails()
      const { id, state } = await someone(world, await ownAuthenticator(world))
      if (state !== 'unregistered') return
      assert.equal(await world.mails(), before)
      assert.equal((await apply(world, { kind: 'invite', account: id })).state, 'pending')
      assert.equal(await world.mails(), before + 1)
    },
  }),
  ...STATES.filter((state) => state !== 'unregistered').map((state) =>
    onlyIf(invites, {
      name: `an invitation of somebody ${state} sends no e-mail and changes nothing`,
      async run(world) {
        const account = await fullHolder(world, { state })
        const before = await world.mails()
        await unchanged(world, account, async () => {
          await world.connector.apply({ kind: 'invite', account }, randomUUID())
        })
        assert.equal(await world.mails(), before)
      },
    }),
  ),
  onlyIf(invites, {
    name: 'an invitation of nobody says so',
    async run({ connector }) {
      assertRefused(
        await connector.apply({ kind: 'invite', account: randomUUID() }, randomUUID()),
        'account-gone',
        'never',
      )
    },
  }),
  {
    name: 'no change but an invitation sends an e-mail, whatever state the account is in',
    async run(world) {
      const before = await world.mails()
      const set = Object.fromEntries(await updatable(world))
      for (const state of STATES) {
        if (!hasState(world, state)) continue
        const account = await fullHolder(world, { state })
        // What is refused sends nothing either.
        const does = (change: Change) => world.connector.apply(change, randomUUID())
        await does({ kind: 'update', account, set })
        if (can(world, 'userName')) await does({ kind: 'rename', account, userName: freshName() })
        for (const of of world.connector.capabilities.grants) {
          const [first, , third] = await three(world, of)
          await does({ kind: 'grant', account, of, grants: [at('min', third)] })
          await does({ kind: 'revoke', account, of, ids: [first.id] })
        }
        await does({ kind: 'deactivate', account, endSession: true })
        await does({ kind: 'reactivate', account })
      }
      assert.equal(await world.mails(), before)
    },
  },
]

const signingIn: readonly Case[] = [
  onlyIf((world) => world.beginSession !== undefined && world.inSession !== undefined, {
    name: 'somebody at work is logged out and deactivated; so is somebody who is not at work',
    async run(world) {
      const account = await fullHolder(world)
      await world.beginSession?.(account)
      assert.equal(await world.inSession?.(account), true)
      assert.equal((await apply(world, { kind: 'deactivate', account, endSession: true })).state, 'inactive')
      assert.equal(await world.inSession?.(account), false)
    },
  }),
  ...STATES.map((state): Case => ({
    name: `a deactivation that is to end a session takes place of somebody ${state} who has none, and changes the state only`,
    applies: (world) => hasState(world, state),
    async run(world) {
      if (!hasState(world, state)) return
      const account = await fullHolder(world, { state })
      const change: Change = { kind: 'deactivate', account, endSession: true }
      const [before, after] = await around(world, account, async () => {
        assert.equal((await apply(world, change)).state, 'inactive')
        assert.equal((await apply(world, change)).state, 'inactive')
      })
      if (world.stateFields !== undefined) assertSameBut(before, after, [...world.stateFields, ...world.stamps])
    },
  })),
  onlyIf(({ stateFields }) => stateFields !== undefined, {
    name: 'a reactivation changes nothing but the state',
    async run(world) {
      const account = await fullHolder(world)
      await apply(world, { kind: 'deactivate', account })
      const [before, after] = await around(world, account, () => apply(world, { kind: 'reactivate', account }))
      assertSameBut(before, after, [...(world.stateFields ?? []), ...world.stamps])
    },
  }),
  onlyIf((world) => world.stateFields !== undefined && invites(world), {
    name: 'an invitation changes nothing but the state',
    async run(world) {
      const account = await fullHolder(world, { state: 'unregistered' })
      const [before, after] = await around(world, account, () => apply(world, { kind: 'invite', account }))
      assertSameBut(before, after, [...(world.stateFields ?? []), ...world.stamps])
    },
  }),
  {
    name: 'an update of a fully filled account touches only what it names, and shows in a whole read',
    async run(world) {
      for (const [name, value] of await updatable(world)) {
        const account = await fullHolder(world)
        const [before, after] = await around(world, account, () =>
          apply(world, { kind: 'update', account, set: { [name]: value } }),
        )
        assertSameBut(before, after, [...world.fieldsOf(name), ...world.stamps])
        assertShows(await wholeOf(world, account), name, value)
      }
    },
  },
  {
    name: 'several attributes of one update are all set, and nothing else is touched',
    async run(world) {
      const values = await updatable(world)
      const account = await fullHolder(world)
      const [before, after] = await around(world, account, () =>
        apply(world, { kind: 'update', account, set: Object.fromEntries(values) }),
      )
      const fields = values.flatMap(([name]) => world.fieldsOf(name))
      assertSameBut(before, after, [...fields, ...world.stamps])
      const whole = await wholeOf(world, account)
      for (const [name, value] of values) assertShows(whole, name, value)
    },
  },
  onlyIf((world) => can(world, 'reportsTo'), {
    name: 'who reports to somebody can come to report to nobody',
    async run(world) {
      const account = await fullHolder(world)
      const manager = await veteran(world)
      await apply(world, { kind: 'update', account, set: { reportsTo: manager.id } })
      const [before, after] = await around(world, account, () =>
        apply(world, { kind: 'update', account, set: { reportsTo: null } }),
      )
      assert.equal((await wholeOf(world, account)).attributes.reportsTo ?? null, null)
      assertSameBut(before, after, [...world.fieldsOf('reportsTo'), ...world.stamps])
    },
  }),
]

const room: readonly Case[] = [
  onlyIf(({ leaveRoom }) => leaveRoom !== undefined, {
    name: 'where the target is full nobody is created and nothing is written; who is there can be changed and disabled',
    async run(world) {
      const account = await fullHolder(world)
      const one = await resolved(world, await newcomer(world))
      const other = await resolved(world, await newcomer(world))
      await during(world, world.leaveRoom?.(1) ?? Promise.resolve(), async () => {
        await apply(world, { kind: 'create', want: one })
        const before = [sorted(await world.ids()), await rawOf(world, account)]
        const refused = await world.connector.apply({ kind: 'create', want: other }, randomUUID())
        assertRefused(refused, 'ceiling-reached', 'later')
        assert.deepEqual([sorted(await world.ids()), await rawOf(world, account)], before)
        await apply(world, { kind: 'update', account, set: { givenName: 'Renée' } })
        assert.equal((await apply(world, { kind: 'deactivate', account })).state, 'inactive')
      })
      await apply(world, { kind: 'create', want: other })
    },
  }),
]

const mirror: readonly Case[] = [
  onlyIf((world) => world.holdMirror !== undefined && grantsSomething(world), {
    name: 'of an account that a part of the target does not know yet nothing is made up, and nothing is given there',
    async run(world) {
      const { connector } = world
      const want = await resolved(world, await newcomer(world))
      const id = await withLateMirror(world, async () => {
        const made = await apply(world, { kind: 'create', want })
        const whole = await wholeOf(world, made.id)
        assert.equal(whole.attributes.givenName, want.givenName)
        for (const of of connector.capabilities.grants.filter((kind) => kind !== 'role')) {
          assert.equal(whole.grants?.[of], undefined, 'what cannot be read is absent, and not an empty list')
          const [first] = await three(world, of)
          const change: Change = { kind: 'grant', account: made.id, of, grants: [at('min', first)] }
          assertRefused(await connector.apply(change, randomUUID()), 'not-mirrored', 'soon')
        }
        return made.id
      })
      if ((await wholeOf(world, id)).asleep === true) await awake(world, id)
      for (const of of connector.capabilities.grants) {
        const [first] = await three(world, of)
        await give(world, id, of)(at('max', first))
        await assertHolds(world, { account: id, of }, [at('max', first)])
        await take(world, id, of)(first.id)
      }
    },
  }),
  onlyIf(({ holdMirror }) => holdMirror !== undefined, {
    name: 'a deactivation waits for no part of the target that does not know the account yet',
    async run(world) {
      const want = await resolved(world, await newcomer(world))
      await withLateMirror(world, async () => {
        const { id } = await apply(world, { kind: 'create', want })
        assert.equal((await apply(world, { kind: 'deactivate', account: id, endSession: true })).state, 'inactive')
      })
    },
  }),
]

async function withLateMirror<T>(world: World, act: () => Promise<T>): Promise<T> {
  await world.holdMirror?.()
  try {
    return await act()
  } finally {
    await world.heal()
  }
}

export const accessing: readonly Case[] = [...inviting, ...signingIn, ...room, ...mirror]
