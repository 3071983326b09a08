/**
 * What every connector must do, as cases that any test runner can run against any target.
 * Decides what "keeps the contract" means; must not know any target, nor assert how long anything takes.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Account, AccountAttributes, AccountState, AttributeName } from '../identity/account.ts'
import type { Change } from '../reconcile/change.ts'
import {
  ConnectorError,
  type CatalogueEntry,
  type Connector,
  type ConnectorCode,
  type Outcome,
  type Refusal,
} from './contract.ts'

export type RawRecord = Readonly<Record<string, unknown>>

/** A target with a connector open on it, and a way behind the connector's back. Cases may share one: they use fresh names. */
export interface World {
  readonly connector: Connector
  /** Every field the target stores of an account, by the target's own names. */
  raw(id: string): Promise<RawRecord | undefined>
  ids(): Promise<readonly string[]>
  /** Puts an account into the target as its administrator would. Role and team are ids. Answers the new id. */
  seed(account: { readonly state: AccountState; readonly attributes: AccountAttributes }): Promise<string>
  /** The target's own fields that hold an attribute: what an update of it may touch. */
  fieldsOf(name: AttributeName): readonly string[]
  /** Fields that say when or by whom a record was last written: any write may touch them. */
  readonly stamps: readonly string[]
  /** How many e-mails the target has sent since it was opened. */
  mails(): Promise<number>
  /** From now on, until {@link heal}, every call is refused as one too many. */
  throttle(retryAfterSeconds?: number): Promise<void>
  /** Nobody answers, until {@link heal}. */
  outage(): Promise<void>
  /** The connection may read and write nothing, until {@link heal}. */
  withdrawRights(): Promise<void>
  heal(): Promise<void>
  /** What the connector has signed in with stops being valid; signing in again works. */
  endSessions(): Promise<void>
}

export interface Case {
  /** A sentence about behaviour. */
  readonly name: string
  run(world: World): Promise<void>
}

/** Checked for many wants: the caller generates them (names of any script, long names, addresses with a plus). */
export interface WantProperty {
  readonly name: string
  /** `want` holds no userName, role or team; the property adds a fresh name and known entries. */
  run(world: World, want: AccountAttributes): Promise<void>
}

export const wantProperties: readonly WantProperty[] = [
  {
    name: 'what is read back is the canonical form of what was wanted',
    async run(world, want) {
      const full = { ...(await newcomer(world)), ...want }
      const made = await world.connector.apply({ kind: 'create', want: await resolved(world, full) }, randomUUID())
      if (!made.ok) return assertPersonsFault(made)
      const { canonical, capabilities, readOne } = world.connector
      const seen = await readOne('account', { id: made.seen.id })
      assert.notEqual(seen, 'absent')
      const expected = canonical(await resolved(world, full))
      for (const name of capabilities.creates.filter((held) => capabilities.reads.includes(held))) {
        if (expected[name] !== undefined) assert.equal(attribute(seen, name), expected[name], name)
      }
    },
  },
]

export const cases: readonly Case[] = [
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
  ...(['active', 'pending', 'inactive'] as const).map((state): Case => ({
    name: `creating a name that an ${state} account holds is refused and changes nothing`,
    async run(world) {
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
        const made = await someone(world)
        const before = await rawOf(world, made.id)
        const seen = await apply(world, { kind: 'update', account: made.id, set: { [name]: value } })
        assert.equal(attribute(seen, name), value, name)
        assertSameBut(before, await rawOf(world, made.id), [...world.fieldsOf(name), ...world.stamps])
      }
    },
  },
  {
    name: 'an update of an account it did not create touches only what it names',
    async run(world) {
      const set = { givenName: 'Renée' }
      for (const state of ['active', 'pending', 'locked'] as const) {
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
      const made = await someone(world)
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
        const made = await someone(world)
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
  {
    name: 'roles and teams are found by name in any case and by id',
    async run({ connector }) {
      for (const kind of ['role', 'team'] as const) {
        const entry = await firstActive(connector, kind)
        for (const wanted of [entry.id, entry.name, entry.name.toUpperCase(), entry.name.toLowerCase()]) {
          assert.deepEqual(await connector.resolve({ [kind]: wanted }), { ok: true, want: { [kind]: entry.id } })
        }
      }
    },
  },
  {
    name: 'an unknown or inactive role or team is refused until somebody makes it, naming those there are',
    async run({ connector }) {
      for (const kind of ['role', 'team'] as const) {
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
    name: 'a listing is whole, names every account once, and includes the inactive',
    async run(world) {
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
    name: 'no change sends an e-mail',
    async run(world) {
      const made = await someone(world)
      const invited = await world.seed({ state: 'pending', attributes: await resolved(world, await newcomer(world)) })
      const before = await world.mails()
      for (const account of [made.id, invited]) {
        const set = Object.fromEntries((await updatable(world)).filter(([name]) => name !== 'email'))
        await apply(world, { kind: 'update', account, set })
      }
      if (can(world, 'userName')) await apply(world, { kind: 'rename', account: made.id, userName: freshName() })
      await apply(world, { kind: 'deactivate', account: made.id })
      await apply(world, { kind: 'reactivate', account: made.id })
      await someone(world)
      assert.equal(await world.mails(), before)
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

const freshName = (): string => `conformance.${randomUUID()}+x@example.test`

/** A person nobody has seen yet, with a role and a team by name where the target has them. */
async function newcomer({ connector }: World): Promise<AccountAttributes & { readonly userName: string }> {
  const userName = freshName()
  const full: AccountAttributes = {
    givenName: 'Ren',
    familyName: "O'Neill-Šťastná",
    email: userName,
    mobile: '+15550001111',
    timeZone: 'America/New_York',
    ...(connector.capabilities.creates.includes('role') ? { role: (await firstActive(connector, 'role')).name } : {}),
    ...(connector.capabilities.creates.includes('team') ? { team: (await firstActive(connector, 'team')).name } : {}),
  }
  const names = connector.capabilities.creates.filter((name) => full[name] !== undefined)
  return { ...Object.fromEntries(names.map((name) => [name, full[name]])), userName }
}

async function resolved({ connector }: World, want: AccountAttributes): Promise<AccountAttributes> {
  const answer = await connector.resolve(want)
  assert.ok(answer.ok, answer.ok ? '' : answer.detail)
  return answer.want
}

async function someone(world: World, more: AccountAttributes = {}): Promise<Account> {
  return apply(world, { kind: 'create', want: await resolved(world, { ...(await newcomer(world)), ...more }) })
}

/** What the updatable attributes can be set to, other than what {@link newcomer} has. */
async function updatable({ connector }: World): Promise<readonly (readonly [AttributeName, string])[]> {
  const last = async (kind: 'role' | 'team') => (await everything(connector, kind)).findLast(({ active }) => active)?.id
  const values: AccountAttributes = {
    givenName: 'Renée',
    familyName: 'Þórsdóttir 李',
    mobile: '+420777123456',
    timeZone: 'Europe/Prague',
    title: 'Team lead',
    displayName: 'Renée Þ.',
    role: (await last('role')) ?? null,
    team: (await last('team')) ?? null,
  }
  return connector.capabilities.updates.flatMap((name) => {
    const value = values[name]
    return value === undefined || value === null ? [] : [[name, value] as const]
  })
}

const can = ({ connector }: World, name: AttributeName): boolean => connector.capabilities.updates.includes(name)

async function oneOfEach(world: World, { id, attributes }: Account): Promise<readonly Change[]> {
  return [
    { kind: 'create', want: { ...attributes, userName: freshName() } },
    { kind: 'update', account: id, set: { givenName: 'Renée' } },
    { kind: 'deactivate', account: id },
  ]
}

async function apply(world: World, change: Change, key: string = randomUUID()): Promise<Account> {
  const outcome = await world.connector.apply(change, key)
  if (!outcome.ok) assert.fail(`${change.kind} was refused: ${outcome.code}: ${outcome.detail}`)
  return outcome.seen
}

function everything(connector: Connector, kind: 'account'): Promise<readonly Account[]>
function everything(connector: Connector, kind: 'role' | 'team'): Promise<readonly CatalogueEntry[]>
async function everything(connector: Connector, kind: 'account' | 'role' | 'team'): Promise<readonly (Account | CatalogueEntry)[]> {
  const records: (Account | CatalogueEntry)[] = []
  let cursor: string | undefined
  do {
    const page = kind === 'account' ? await connector.read(kind, cursor) : await connector.read(kind, cursor)
    assert.equal(page.verdict, 'whole', page.why)
    records.push(...page.records)
    cursor = page.next
  } while (cursor !== undefined)
  return records
}

async function firstActive(connector: Connector, kind: 'role' | 'team'): Promise<CatalogueEntry> {
  const entry = (await everything(connector, kind)).find(({ active }) => active)
  assert.ok(entry, `the target has no active ${kind}`)
  return entry
}

async function rawOf(world: World, id: string): Promise<RawRecord> {
  const raw = await world.raw(id)
  assert.ok(raw, `the target has no account ${id}`)
  return raw
}

const attribute = (account: Account | 'absent', name: AttributeName): string | null =>
  account === 'absent' ? assert.fail('the account is absent') : (account.attributes[name] ?? null)

const nameOf = (account: Account): string => attribute(account, 'userName') ?? ''

/** Byte for byte: every field but those named. */
function assertSameBut(before: RawRecord, after: RawRecord, but: readonly string[]): void {
  const others = (record: RawRecord) =>
    Object.fromEntries(Object.entries(record).filter(([name]) => !but.includes(name)).map(([name, value]) => [name, JSON.stringify(value)]))
  assert.deepEqual(others(after), others(before))
}

/** Neither this account nor the set of accounts is changed by what is done. */
async function unchanged(world: World, id: string, act: () => Promise<void>): Promise<void> {
  const before = [await rawOf(world, id), sorted(await world.ids())]
  await act()
  assert.deepEqual([await rawOf(world, id), sorted(await world.ids())], before)
}

async function during(world: World, fault: Promise<void>, act: () => Promise<void>): Promise<void> {
  await fault
  try {
    await act()
  } finally {
    await world.heal()
  }
}

function assertRefused(answer: Outcome | { ok: true } | Refusal, code: ConnectorCode, retry: string): asserts answer is Refusal {
  assert.equal(answer.ok, false, `it was expected to be refused as ${code}`)
  const { detail, ...refusal } = answer as Refusal
  assert.deepEqual([refusal.code, refusal.retry], [code, retry], detail)
  assert.match(detail, /\S.*[.]$/s)
}

async function assertThrows(call: Promise<unknown>, code: ConnectorCode): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ConnectorError, String(error))
    assert.equal(error.refusal.code, code, error.message)
    return true
  })
}

/** A target may refuse a person's data, but then says that it is the data and is not asked again. */
function assertPersonsFault(refusal: Refusal): void {
  assertRefused(refusal, 'value-invalid', 'never')
}

const sorted = (texts: readonly string[]): readonly string[] => texts.toSorted()

const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
