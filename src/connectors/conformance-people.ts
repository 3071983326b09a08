/**
 * The people and the assertions that conformance cases share.
 * Decides what a newcomer is and what "nothing changed" means; must not know any target.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Account, AccountAttributes, AccountState, AttributeName } from '../identity/account.ts'
import { userNameKey } from '../identity/user-name.ts'
import type { Change } from '../reconcile/change.ts'
import type { RawRecord, World } from './conformance-world.ts'
import {
  ConnectorError,
  type CatalogueEntry,
  type Connector,
  type ConnectorCode,
  type EntryKind,
  type Kind,
  type Outcome,
  type Refusal,
} from './contract.ts'

let batch: string = randomUUID()
let made = 0

/** From now on names are those of this batch, in order: who says the same batch again meets the same names again. */
export function nameBatch(name: string): void {
  batch = name
  made = 0
}

export const freshName = (): string => `conformance.${batch}.${++made}+x@example.test`

/** A person nobody has seen yet, with a role and a team by name where the target has them. */
export async function newcomer({ connector }: World): Promise<AccountAttributes & { readonly userName: string }> {
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

export async function resolved({ connector }: World, want: AccountAttributes): Promise<AccountAttributes> {
  const answer = await connector.resolve(want)
  assert.ok(answer.ok, answer.ok ? '' : answer.detail)
  return answer.want
}

export async function someone(world: World, more: AccountAttributes = {}): Promise<Account> {
  return apply(world, { kind: 'create', want: await resolved(world, { ...(await newcomer(world)), ...more }) })
}

/** Somebody who has been active before: a target may refuse to rename those who never were. */
export async function veteran(world: World): Promise<Account> {
  const id = await world.seed({ state: 'active', attributes: await resolved(world, await newcomer(world)) })
  const account = await world.connector.readOne('account', { id })
  return account === 'absent' ? assert.fail('an account just made by the administrator is absent') : account
}

/** What the updatable attributes can be set to, other than what {@link newcomer} has. */
export async function updatable(world: World): Promise<readonly (readonly [AttributeName, string])[]> {
  const { connector } = world
  const { entries, updates } = connector.capabilities
  const last = async (kind: EntryKind) =>
    entries.includes(kind) ? (await catalogue(connector, kind)).findLast(({ active }) => active)?.id : undefined
  const values: AccountAttributes = {
    givenName: 'Renée',
    middleName: 'Marie',
    familyName: 'Þórsdóttir 李',
    mobile: '+420777123456',
    timeZone: 'Europe/Prague',
    title: 'Team lead',
    department: 'Night shift',
    employeeNumber: '00421',
    displayName: 'Renée Þ.',
    role: (await last('role')) ?? null,
    team: (await last('team')) ?? null,
    federatedId: freshName(),
    country: 'CZ',
    city: 'Brno',
    hireDate: '2023-04-05',
    loginAuthenticator: updates.includes('loginAuthenticator') ? ((await last('authenticator')) ?? null) : null,
    reportsTo: updates.includes('reportsTo') ? (await veteran(world)).id : null,
    licence: await templateLicence(world),
  }
  return updates.flatMap((name) => {
    const value = values[name]
    return value === undefined || value === null ? [] : [[name, value] as const]
  })
}

/** As the connector writes it down; null where it cannot be set, or nobody has another one. */
async function templateLicence(world: World): Promise<string | null> {
  if (!can(world, 'licence') || world.template === undefined) return null
  const { licence } = await resolved(world, { licence: await world.template() })
  assert.ok(licence, 'an account with licence attributes resolves to none')
  return licence
}

/** A target may fold the case of user names: they are compared without regard to it. */
export const folded = (name: AttributeName, value: string | null | undefined): string | null =>
  name === 'userName' ? userNameKey(value ?? '') : (value ?? null)

/** Whether accounts of the target can be in this state. */
export const hasState = ({ states }: World, state: AccountState): boolean => states?.includes(state) ?? true

export const can = ({ connector }: World, name: AttributeName): boolean => connector.capabilities.updates.includes(name)

export async function oneOfEach(world: World, { id, attributes }: Account): Promise<readonly Change[]> {
  return [
    { kind: 'create', want: { ...attributes, userName: freshName() } },
    { kind: 'update', account: id, set: { givenName: 'Renée' } },
    { kind: 'deactivate', account: id },
  ]
}

export async function apply(world: World, change: Change, key: string = randomUUID()): Promise<Account> {
  const outcome = await world.connector.apply(change, key)
  if (!outcome.ok) assert.fail(`${change.kind} was refused: ${outcome.code}: ${outcome.detail}`)
  return outcome.seen
}

/** Where the target changes nothing yet of who is asleep, it is said so and nothing is changed. */
export async function sleepsThrough(world: World, account: string, outcome: Outcome): Promise<boolean> {
  if (outcome.ok || outcome.code !== 'not-mirrored' || (await wholeOf(world, account)).asleep !== true) return false
  assertRefused(outcome, 'not-mirrored', 'soon')
  return true
}

/** Once its person has been there. */
export async function awake(world: World, account: string): Promise<void> {
  assert.ok(world.firstSignIn, 'an account is asleep, and nobody in this world can be there for the first time')
  await world.firstSignIn(account)
  assert.equal((await wholeOf(world, account)).asleep, undefined)
}

/** What a change makes of a record, and what is seen of it; of who is asleep, once they have been there. */
export async function changed(
  world: World,
  change: Exclude<Change, { readonly kind: 'create' }>,
): Promise<{ readonly before: RawRecord; readonly after: RawRecord; readonly seen: Account }> {
  const { account } = change
  const before = await rawOf(world, account)
  const outcome = await world.connector.apply(change, randomUUID())
  const after = await rawOf(world, account)
  if (outcome.ok) return { before, after, seen: outcome.seen }
  if (!(await sleepsThrough(world, account, outcome))) {
    assert.fail(`${change.kind} was refused: ${outcome.code}: ${outcome.detail}`)
  }
  assert.deepEqual(after, before)
  await awake(world, account)
  return changed(world, change)
}

export function everything(connector: Connector, kind: 'account', how?: Whole): Promise<readonly Account[]>
export function everything(connector: Connector, kind: EntryKind): Promise<readonly CatalogueEntry[]>
export async function everything(
  connector: Connector,
  kind: Kind,
  how?: Whole,
): Promise<readonly (Account | CatalogueEntry)[]> {
  const records: (Account | CatalogueEntry)[] = []
  let cursor: string | undefined
  do {
    const page = kind === 'account' ? await connector.read(kind, cursor, how) : await connector.read(kind, cursor)
    assert.equal(page.verdict, 'whole', page.why)
    records.push(...page.records)
    cursor = page.next
  } while (cursor !== undefined)
  return records
}

interface Whole {
  readonly whole: true
}

const catalogues = new WeakMap<Connector, Map<EntryKind, readonly CatalogueEntry[]>>()

/** As it was read once: no case changes what there is, so only those about reading it read it again. */
export async function catalogue(connector: Connector, kind: EntryKind): Promise<readonly CatalogueEntry[]> {
  const known = catalogues.get(connector) ?? new Map<EntryKind, readonly CatalogueEntry[]>()
  catalogues.set(connector, known)
  const entries = known.get(kind) ?? (await everything(connector, kind))
  known.set(kind, entries)
  return entries
}

/** With what it holds. */
export async function wholeOf({ connector }: World, id: string): Promise<Account> {
  const account = await connector.readOne('account', { id }, { whole: true })
  return account === 'absent' ? assert.fail(`the account ${id} is absent`) : account
}

export async function firstActive(connector: Connector, kind: EntryKind): Promise<CatalogueEntry> {
  const entry = (await catalogue(connector, kind)).find(({ active }) => active)
  assert.ok(entry, `the target has no active ${kind}`)
  return entry
}

export async function rawOf(world: World, id: string): Promise<RawRecord> {
  const raw = await world.raw(id)
  assert.ok(raw, `the target has no account ${id}`)
  return raw
}

export const attribute = (account: Account | 'absent', name: AttributeName): string | null =>
  account === 'absent' ? assert.fail('the account is absent') : (account.attributes[name] ?? null)

/** An attribute that the target does not show of an account, or cannot set, is not looked for: the connector says so. */
export function assertShows({ attributes, hidden = [] }: Account, name: AttributeName, value: string): void {
  if (!hidden.includes(name)) assert.equal(attributes[name], value, name)
}

export const nameOf = (account: Account): string => attribute(account, 'userName') ?? ''

/** Byte for byte: every field but those named. */
export function assertSameBut(before: RawRecord, after: RawRecord, but: readonly string[]): void {
  const others = (record: RawRecord) =>
    Object.fromEntries(
      Object.entries(record)
        .filter(([name]) => !but.includes(name))
        .map(([name, value]) => [name, JSON.stringify(value)]),
    )
  assert.deepEqual(others(after), others(before))
}

/** Neither this account nor the set of accounts is changed by what is done. */
export async function unchanged(world: World, id: string, act: () => Promise<void>): Promise<void> {
  const before = [await rawOf(world, id), sorted(await world.ids())]
  await act()
  assert.deepEqual([await rawOf(world, id), sorted(await world.ids())], before)
}

export async function during(world: World, fault: Promise<void>, act: () => Promise<void>): Promise<void> {
  await fault
  try {
    await act()
  } finally {
    await world.heal()
  }
}

export function assertRefused(
  answer: Outcome | { ok: true } | Refusal,
  code: ConnectorCode,
  retry: string,
): asserts answer is Refusal {
  if (answer.ok) return assert.fail(`it was expected to be refused as ${code}`)
  assert.deepEqual([answer.code, answer.retry], [code, retry], answer.detail)
  assert.match(answer.detail, /\S.*[.]$/s)
}

export async function assertThrows(call: Promise<unknown>, code: ConnectorCode): Promise<void> {
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof ConnectorError, String(error))
    assert.equal(error.refusal.code, code, error.message)
    return true
  })
}

/** Likewise, and it says which one. */
export function assertRefusedAbout(
  answer: Outcome | { ok: true } | Refusal,
  { code, about }: { code: ConnectorCode; about: string },
): void {
  assertRefused(answer, code, 'later')
  assert.equal(answer.about, about, answer.detail)
}

/** A target may refuse a person's data, but then says that it is the data and is not asked again. */
export function assertPersonsFault(refusal: Refusal): void {
  assertRefused(refusal, 'value-invalid', 'never')
}

export const sorted = (texts: readonly string[]): readonly string[] => texts.toSorted()

export const escape = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
