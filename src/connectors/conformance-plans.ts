/**
 * What comes of a plan that a connector carries out.
 * Decides for which wishes nothing may be left to do afterwards; must not know any target.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Account, AccountAttributes, GrantKind, GrantWish, GrantWishes, Wish } from '../identity/account.ts'
import type { Standing } from '../reconcile/adoption.ts'
import { isChange } from '../reconcile/change.ts'
import { plan } from '../reconcile/plan.ts'
import { fullHolder, three } from './conformance-holdings.ts'
import {
  assertPersonsFault,
  awake,
  can,
  catalogue,
  newcomer,
  sleepsThrough,
  veteran,
  wholeOf,
} from './conformance-people.ts'
import type { WantProperty, World } from './conformance-world.ts'
import type { CatalogueEntry, EntryKind, Refusal } from './contract.ts'

/** The next of a number of things, as the numbers have it. */
type Pick = <T>(from: readonly [T, ...T[]]) => T

function pickBy(numbers: readonly number[]): Pick {
  let next = 0
  return ([first, ...rest]) => {
    const at = (numbers[next++ % numbers.length] ?? 0) % (rest.length + 1)
    return at === 0 ? first : (rest[at - 1] ?? first)
  }
}

async function active({ connector }: World, kind: EntryKind): Promise<readonly [CatalogueEntry, ...CatalogueEntry[]]> {
  const [first, ...rest] = (await catalogue(connector, kind)).filter((entry) => entry.active)
  return first === undefined ? assert.fail(`no active ${kind}`) : [first, ...rest]
}

/** As the app will show it: in ids and in canonical form. */
async function someWish(world: World, want: AccountAttributes, pick: Pick): Promise<Wish> {
  const { connector } = world
  const named: AccountAttributes = {
    ...(can(world, 'role') ? { role: pick(await active(world, 'role')).name } : {}),
    ...(can(world, 'team') ? { team: pick(await active(world, 'team')).name } : {}),
    ...(can(world, 'loginAuthenticator')
      ? { loginAuthenticator: pick(await active(world, 'authenticator')).name }
      : {}),
    ...(can(world, 'reportsTo') ? { reportsTo: pick([null, (await veteran(world)).id]) } : {}),
    ...(can(world, 'licence') && world.template !== undefined ? { licence: await world.template() } : {}),
  }
  const grants: Partial<Record<GrantKind, GrantWish>> = {}
  for (const of of connector.capabilities.grants) grants[of] = await someGrants(world, of, pick)
  const resolved = await connector.resolve({ ...want, ...named }, grants)
  assert.ok(resolved.ok, resolved.ok ? '' : resolved.detail)
  return {
    active: true,
    attributes: connector.canonical(resolved.want),
    onCreate: {},
    grants: resolved.grants,
    invite: pick([true, false]) && resolved.invites !== false,
    endSession: pick([true, false]),
  }
}

async function someGrants(world: World, of: GrantKind, pick: Pick): Promise<GrantWish> {
  const entries = await three(world, of)
  const want = entries
    .filter(() => pick([true, false]))
    .map(({ name, levels }) => {
      const level = levels && pick([levels.min, levels.max, Math.floor((levels.min + levels.max) / 2), undefined])
      return level === undefined ? { id: name } : { id: name, level }
    })
  const [first, second] = entries
  return { want, takes: pick<GrantWish['takes']>(['all', 'none', [first.name, second.id]]) }
}

function takesAll({ connector }: World): GrantWishes {
  const grants: Partial<Record<GrantKind, GrantWish>> = {}
  for (const of of connector.capabilities.grants) grants[of] = { want: [], takes: 'all' }
  return grants
}

/** It is theirs, whatever it looks like. */
const STANDING: Standing = {
  person: { givenName: null, familyName: null, employeeNumber: null },
  adopt: 'matching',
  settled: { as: 'adopt', evenProtected: false },
}

const left = ({ connector }: World, wish: Wish, account: Account | 'absent') => {
  const { capabilities: abilities } = connector
  return plan({ wish, account, linked: account !== 'absent', abilities, standing: STANDING }).filter(isChange)
}

interface Course {
  readonly wish: Wish
  readonly from: Account | 'absent'
  readonly rounds: number
}

/** Plans, applies, and reads whole, so many times; then nothing may be left. Answers the account, or what was refused. */
async function carryOut(world: World, { wish, from, rounds }: Course): Promise<Account | Refusal> {
  let account = from
  for (let [round, unread] = [0, 0]; round < rounds;) {
    // Of what was not read nothing could be planned.
    if (account === 'absent' || isWhole(world, account)) round++
    else assert.ok(unread++ < 3, 'what an account holds cannot be read')
    const next = await carryOutOnce(world, wish, account)
    if ('ok' in next) return next
    account = next
  }
  assert.deepEqual(left(world, wish, account), [], 'left to do once it was done')
  return account === 'absent' ? assert.fail('the account is absent') : account
}

const isWhole = ({ connector }: World, { grants }: Account): boolean =>
  connector.capabilities.grants.every((kind) => grants?.[kind] !== undefined)

/** Who is asleep has been asked in by then, if they are to be; they come, and it is planned anew. */
async function carryOutOnce(world: World, wish: Wish, from: Account | 'absent'): Promise<Account | Refusal> {
  let account = from
  for (const change of left(world, wish, from)) {
    const outcome = await world.connector.apply(change, randomUUID())
    if (outcome.ok) {
      account = outcome.seen
      continue
    }
    if (change.kind === 'create' || !(await sleepsThrough(world, change.account, outcome))) {
      assertPersonsFault(outcome)
      return outcome
    }
    const { state } = await wholeOf(world, change.account)
    if (wish.invite === true) assert.equal(state, 'pending', 'whoever is to be asked in waits for nothing to be given')
    await awake(world, change.account)
    return carryOutOnce(world, wish, await wholeOf(world, change.account))
  }
  return account === 'absent'
    ? assert.fail('nothing was planned for somebody without an account')
    : wholeOf(world, account.id)
}

export const planProperties: readonly WantProperty[] = [
  {
    name: 'once a newcomer’s plan is carried out, and what follows the account record, nothing is left to do',
    share: 0.2,
    async run(world, want, picks = []) {
      const { userName, ...newOne } = await newcomer(world)
      const wish = await someWish(world, { ...newOne, ...want, userName }, pickBy(picks))
      await carryOut(world, { wish, from: 'absent', rounds: 2 })
    },
  },
  {
    name: 'once the plan of a change, a leave or a return is carried out nothing is left to do',
    share: 0.2,
    async run(world, want, picks = []) {
      const pick = pickBy(picks)
      const from = await wholeOf(world, await fullHolder(world))
      const { email: _asItIs, ...others } = want
      const changed = await someWish(world, others, pick)
      const account = await carryOut(world, { wish: changed, from, rounds: 1 })
      if ('ok' in account) return
      const leaves: Wish = { ...changed, active: false, grants: takesAll(world) }
      const leaving = await carryOut(world, { wish: leaves, from: account, rounds: 1 })
      // Nothing may be taken from an inactive account in some targets; inactive it is all the same.
      const gone = 'ok' in leaving ? await wholeOf(world, account.id) : leaving
      assert.equal(gone.state, 'inactive')
      const returns = await someWish(world, others, pick)
      // What was held may come back with the account, or be lost by it.
      const back = await carryOut(world, { wish: returns, from: gone, rounds: 2 })
      assert.ok('ok' in back || back.state !== 'inactive')
    },
  },
]
