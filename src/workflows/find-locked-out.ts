/**
 * Who could not sign in any more once an app is entered through the provider alone, as a run.
 * Decides what is read for it; must not write to the app.
 */
import { ConnectorError, type Connector } from '../connectors/contract.ts'
import type { RunContext } from '../durable/runs.ts'
import type { Account } from '../identity/account.ts'
import { projectAttributes } from '../identity/project.ts'
import { lockedOut, LOCK_OUT_FIXES, LOCK_OUT_REASONS, type LockedOut } from '../sign-on/lock-out.ts'
import type { Queryable } from '../store/db.ts'
import { listOwners, type AccountOwner } from '../store/sso.ts'

export interface LockOutContext {
  readonly db: Queryable
  readonly connector: Pick<Connector, 'read' | 'readOne' | 'self' | 'capabilities'>
}

/** What the provider sends as NameID. */
export const NAME_ID_SOURCES = ['userName', 'email', 'externalId'] as const
export type NameIdSource = (typeof NAME_ID_SOURCES)[number]

/** So many are named; all are counted. */
const MOST_NAMED = 5_000

export interface LockOutResult {
  readonly verdict: 'whole' | 'partial' | 'unreachable'
  readonly why: string | null
  readonly accounts: number
  readonly totals: readonly { readonly reason: string; readonly count: number; readonly fix: string }[]
  readonly lockedOut: readonly LockedOut[]
  readonly more: number
}

/** Input `{ app, nameIdFrom }`. An app that cannot be read is `unreachable`: nobody is said to be safe. */
export async function findLockedOut({ db, connector }: LockOutContext, run: RunContext): Promise<LockOutResult> {
  const key = { tenant: run.tenant, app: String(run.input['app']) }
  const from = NAME_ID_SOURCES.find((source) => source === run.input['nameIdFrom']) ?? 'userName'
  try {
    const { accounts: listed, why } = await readEverybody(connector)
    const accounts = await readCloser(connector, listed)
    const ways = await readWays(connector)
    const owners = new Map((await listOwners(db, key)).map((owner) => [owner.account, saidOf(owner, from)]))
    const found = lockedOut(accounts, { ...ways, expectedId: (account) => owners.get(account) })
    return resultOf({ verdict: why === null ? 'whole' : 'partial', why }, accounts, found)
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return resultOf({ verdict: 'unreachable', why: error.refusal.detail }, [], [])
  }
}

async function readEverybody(connector: Pick<Connector, 'read'>): Promise<{ accounts: Account[]; why: string | null }> {
  const accounts: Account[] = []
  let why: string | null = null
  let cursor: string | undefined
  do {
    const page = await connector.read('account', cursor, { whole: true })
    accounts.push(...page.records)
    if (page.verdict === 'partial') why ??= page.why ?? 'the app did not list everybody'
    cursor = page.next
  } while (cursor !== undefined)
  return { accounts, why }
}

/** A listing may leave out what a reading of one shows: so many are read by themselves. */
const MOST_READ = 200

async function readCloser({ readOne }: Pick<Connector, 'readOne'>, listed: readonly Account[]): Promise<Account[]> {
  let left = MOST_READ
  const accounts: Account[] = []
  for (const account of listed) {
    const { loginAuthenticator, federatedId } = account.attributes
    const isUnclear = account.state !== 'inactive' && (loginAuthenticator === undefined || federatedId === undefined)
    const read = isUnclear && left-- > 0 ? await readOne('account', { id: account.id }, { whole: true }) : account
    accounts.push(read === 'absent' ? account : read)
  }
  return accounts
}

/** Which ways to sign in are the app's own passwords, as far as its catalogue says. */
async function readWays({ read, self, capabilities }: LockOutContext['connector']) {
  const system = new Map<string, boolean | undefined>()
  let cursor: string | undefined
  if (capabilities.entries.includes('authenticator'))
    do {
      const page = await read('authenticator', cursor)
      for (const { id, system: own } of page.records) system.set(id, own)
      cursor = page.next
    } while (cursor !== undefined)
  return { isSystem: (id: string) => system.get(id), self: await self() }
}

function saidOf({ userName, externalId, document }: AccountOwner, from: NameIdSource): string | undefined {
  if (from === 'userName') return userName
  return (from === 'email' ? projectAttributes({ ...document, userName, active: true }).email : externalId) ?? undefined
}

function resultOf(
  read: Pick<LockOutResult, 'verdict' | 'why'>,
  accounts: readonly Account[],
  found: readonly LockedOut[],
): LockOutResult {
  const totals = LOCK_OUT_REASONS.map((reason) => ({
    reason,
    count: found.filter((it) => it.reason === reason).length,
    fix: LOCK_OUT_FIXES[reason],
  })).filter(({ count }) => count > 0)
  const named = found.slice(0, MOST_NAMED)
  return { ...read, accounts: accounts.length, totals, lockedOut: named, more: found.length - named.length }
}
