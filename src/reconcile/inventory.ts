/**
 * What there is in an app, and what about it is worth a look, without anybody having said what should be.
 * Decides what counts as a finding; must not read anything, nor say what is to be done.
 */
import type { AccessKey } from '../identity/access-key.ts'
import type { Account, AccountState } from '../identity/account.ts'
import { userNameKey } from '../identity/user-name.ts'
import type { EntryNames } from './difference.ts'
import { isAdministrator } from './protection.ts'

/**
 * `never-activated`: its person has not come in yet. `never-seen`: active, and the app has never seen its person. `idle`:
 * active, and not seen for longer than asked about. `no-authenticator`: active, and the app shows no way for it to sign in.
 * `same-name`, `same-mail`: another account that is in use has the same. `owns-key`: a program signs in with it.
 */
export const FINDINGS = [
  'never-activated',
  'never-seen',
  'idle',
  'no-authenticator',
  'administrator',
  'same-name',
  'same-mail',
  'owns-key',
] as const
export type Finding = (typeof FINDINGS)[number]

/** An account in words: names of roles and teams, not their ids. */
export interface InventoryRow {
  readonly id: string
  readonly userName: string
  readonly name: string
  readonly email: string | null
  readonly state: AccountState
  readonly role: string | null
  readonly team: string | null
  readonly authenticator: string | null
  /** As in {@link Account.lastSignIn}. */
  readonly lastSignIn: string | null
  readonly created: string | null
  readonly findings: readonly Finding[]
}

export interface KeyRow {
  readonly id: string
  /** User name of whom it belongs to; null where that is not known. */
  readonly owner: string | null
  readonly active: boolean
  readonly lastUsed: string | null
  /** `owner-inactive`: it is worth nothing any more, or should not be. `unused`: not used for longer than asked about. */
  readonly findings: readonly ('owner-inactive' | 'unused')[]
}

export interface Counted {
  readonly id: string
  readonly name: string
  /** All, and those that are not deactivated. */
  readonly accounts: number
  readonly inUse: number
}

/** Accounts that are in use, by when their people were last there; days before the reading. */
export const SEEN = ['within 7 days', 'within 30 days', 'within 90 days', 'earlier', 'never', 'not shown'] as const
export type Seen = (typeof SEEN)[number]

export interface InventoryTotals {
  readonly accounts: number
  readonly inUse: number
  readonly idleDays: number
  readonly states: Readonly<Record<AccountState, number>>
  readonly roles: readonly Counted[]
  readonly teams: readonly Counted[]
  readonly seen: Readonly<Record<Seen, number>>
  readonly findings: Readonly<Record<Finding, number>>
  /** Null where keys could not be read. */
  readonly keys: { readonly active: number; readonly inactive: number } | null
}

export interface Taking {
  readonly now: Date
  /** After so many days without a sign of its person an account counts as idle, and a key as unused. */
  readonly idleDays: number
  readonly names: EntryNames
  /** Undefined where they could not be read. */
  readonly keys: readonly AccessKey[] | undefined
}

export interface Inventory {
  readonly rows: readonly InventoryRow[]
  readonly keys: readonly KeyRow[]
  readonly totals: InventoryTotals
}

/** Looks at all accounts of an app at once: who is twice is known only then. */
export function takeInventory(accounts: readonly Account[], taking: Taking): Inventory {
  const look = lookOf(accounts, taking)
  const rows = accounts.map((account) => rowOf(account, look))
  return { rows, keys: keysOf(accounts, taking), totals: totalsOf(accounts, rows, taking) }
}

const isInUse = ({ state }: { readonly state: AccountState }): boolean => state !== 'inactive'
const mayBeThere = ({ state }: Account): boolean => state === 'active' || state === 'locked'

interface Look extends Taking {
  readonly nameTwice: (account: Account) => boolean
  readonly mailTwice: (account: Account) => boolean
  readonly owners: ReadonlySet<string>
  /** The app shows of anybody when they were last there: of whom it shows nothing it has seen nothing. */
  readonly showsSignIns: boolean
}

function lookOf(accounts: readonly Account[], taking: Taking): Look {
  const used = accounts.filter(isInUse)
  return {
    ...taking,
    nameTwice: twice(used, nameKey),
    mailTwice: twice(used, ({ attributes }) => foldedOrNothing(attributes.email)),
    owners: new Set(taking.keys?.flatMap(({ active, account }) => (active && account ? [account] : []))),
    showsSignIns: accounts.some(({ lastSignIn }) => typeof lastSignIn === 'string'),
  }
}

const foldedOrNothing = (text: string | null | undefined): string => userNameKey((text ?? '').trim())
const nameOf = ({ attributes }: Account): string =>
  [attributes.givenName, attributes.familyName].filter((part) => part != null && part !== '').join(' ')
/** Nobody is found twice by half a name. */
const nameKey = ({ attributes }: Account): string =>
  attributes.givenName && attributes.familyName
    ? foldedOrNothing(`${attributes.givenName} ${attributes.familyName}`)
    : ''

function twice(accounts: readonly Account[], keyOf: (account: Account) => string): (account: Account) => boolean {
  const counts = new Map<string, number>()
  for (const account of accounts) counts.set(keyOf(account), (counts.get(keyOf(account)) ?? 0) + 1)
  return (account) => {
    const key = keyOf(account)
    return isInUse(account) && key !== '' && (counts.get(key) ?? 0) > 1
  }
}

function rowOf(account: Account, look: Look): InventoryRow {
  const { attributes, state } = account
  const named = (kind: string, id: string | null | undefined): string | null =>
    id == null ? null : (look.names.of(kind, id)?.name ?? id)
  return {
    id: account.id,
    userName: attributes.userName ?? '',
    name: nameOf(account),
    email: attributes.email ?? null,
    state,
    role: named('role', attributes.role),
    team: named('team', attributes.team),
    authenticator: named('authenticator', attributes.loginAuthenticator),
    lastSignIn: account.lastSignIn ?? null,
    created: account.createdAt ?? null,
    findings: findingsOf(account, look),
  }
}

function findingsOf(account: Account, look: Look): readonly Finding[] {
  const { lastSignIn, state, attributes } = account
  const shown = lastSignIn !== undefined && look.showsSignIns
  const found: Readonly<Record<Finding, boolean>> = {
    'never-activated': state === 'unregistered' || state === 'pending',
    'never-seen': mayBeThere(account) && shown && lastSignIn === null,
    idle: mayBeThere(account) && typeof lastSignIn === 'string' && daysSince(lastSignIn, look.now) > look.idleDays,
    'no-authenticator': isInUse(account) && attributes.loginAuthenticator === null,
    administrator: isInUse(account) && isAdministrator(account, look.names.roles),
    'same-name': look.nameTwice(account),
    'same-mail': look.mailTwice(account),
    'owns-key': look.owners.has(account.id),
  }
  return FINDINGS.filter((finding) => found[finding])
}

const DAY_MS = 86_400_000
/** A date that nobody can read is no sign of anybody being away. */
const daysSince = (instant: string, now: Date): number => {
  const then = Date.parse(instant)
  return Number.isNaN(then) ? 0 : (now.getTime() - then) / DAY_MS
}

function keysOf(accounts: readonly Account[], { keys = [], now, idleDays }: Taking): readonly KeyRow[] {
  const owners = new Map(accounts.map((account) => [account.id, account]))
  return keys.map(({ id, account, active, lastUsed }) => {
    const owner = account === undefined ? undefined : owners.get(account)
    const unused = lastUsed === null || (lastUsed !== undefined && daysSince(lastUsed, now) > idleDays)
    return {
      id,
      owner: owner?.attributes.userName ?? account ?? null,
      active,
      lastUsed: lastUsed ?? null,
      findings: [
        ...(active && owner?.state === 'inactive' ? ['owner-inactive' as const] : []),
        ...(active && unused ? ['unused' as const] : []),
      ],
    }
  })
}

function totalsOf(accounts: readonly Account[], rows: readonly InventoryRow[], taking: Taking): InventoryTotals {
  const states = { active: 0, unregistered: 0, pending: 0, locked: 0, inactive: 0 }
  const seen = Object.fromEntries(SEEN.map((when) => [when, 0])) as Record<Seen, number>
  const findings = Object.fromEntries(FINDINGS.map((finding) => [finding, 0])) as Record<Finding, number>
  for (const account of accounts) {
    states[account.state]++
    if (isInUse(account)) seen[seenOf(account, taking.now)]++
  }
  for (const row of rows) for (const finding of row.findings) findings[finding]++
  const { keys } = taking
  const active = keys?.filter((key) => key.active).length ?? 0
  return {
    accounts: accounts.length,
    inUse: accounts.length - states.inactive,
    idleDays: taking.idleDays,
    states,
    roles: countedBy(accounts, 'role', taking.names),
    teams: countedBy(accounts, 'team', taking.names),
    seen,
    findings,
    keys: keys === undefined ? null : { active, inactive: keys.length - active },
  }
}

function seenOf({ lastSignIn }: Account, now: Date): Seen {
  if (lastSignIn === undefined) return 'not shown'
  if (lastSignIn === null) return 'never'
  const days = daysSince(lastSignIn, now)
  if (days <= 7) return 'within 7 days'
  if (days <= 30) return 'within 30 days'
  return days <= 90 ? 'within 90 days' : 'earlier'
}

/** Most accounts first. */
function countedBy(accounts: readonly Account[], kind: 'role' | 'team', names: EntryNames): readonly Counted[] {
  const counts = new Map<string, { accounts: number; inUse: number }>()
  for (const account of accounts) {
    const id = account.attributes[kind] ?? ''
    const before = counts.get(id) ?? { accounts: 0, inUse: 0 }
    counts.set(id, { accounts: before.accounts + 1, inUse: before.inUse + (isInUse(account) ? 1 : 0) })
  }
  return [...counts]
    .map(([id, count]) => ({ id, name: id === '' ? '(none)' : (names.of(kind, id)?.name ?? id), ...count }))
    .toSorted((one, other) => other.accounts - one.accounts || (one.name < other.name ? -1 : 1))
}
