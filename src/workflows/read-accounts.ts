/**
 * One reading of an app: which of its accounts a provider is shown, and which no longer.
 * Decides what is shown, and that only a reading that saw everybody takes anybody away; must not write to the app, nor
 * decide when it is read (reading-engine.ts).
 */
import { ConnectorError, type Page } from '../connectors/contract.ts'
import type { Account } from '../identity/account.ts'
import { shownUser } from '../identity/shown-user.ts'
import { userNameKey } from '../identity/user-name.ts'
import { adoptionGuard } from '../reconcile/protection.ts'
import type { LeasedReading, ReadingResult } from '../store/account-readings.ts'
import type { Db } from '../store/db.ts'
import { hideAccounts, listShown, ownedOf, showAccounts, type ShownAccount } from '../store/shown-accounts.ts'
import type { OpenTarget } from './delivery-context.ts'

/** Accounts in one statement: few enough that nobody waits long for one of their rows. */
export const BATCH = 500

export interface ReadingContext {
  readonly db: Db
  readonly target: Pick<OpenTarget, 'protection'>
  /** The connector's listing. */
  readonly list: (from: string | undefined) => Promise<Page<Account>>
  readonly now: () => Date
  readonly newId: () => string
  /** True once the lease is lost: whatever is written from then on is somebody else's to write. */
  readonly stopped: () => boolean
}

export type Read = Omit<ReadingResult, 'next'>

/**
 * Reads the app page by page and shows what may be shown. Of everybody it keeps the id only, so that a whole reading knows
 * at its end who is gone. An app that cannot be asked is `unreachable`, with nothing taken away; what was shown until then
 * stays.
 */
export async function readAccounts(context: ReadingContext, reading: LeasedReading): Promise<Read> {
  const seen = { accounts: 0, shown: new Set<string>(), names: new Set<string>() }
  try {
    let cursor: string | undefined
    let why: string | undefined
    let whole = true
    do {
      const page = await context.list(cursor)
      seen.accounts += page.records.length
      await showPage(context, reading, { records: page.records, seen })
      if (page.verdict === 'partial') {
        whole = false
        why ??= page.why ?? 'the app did not list everybody'
      }
      cursor = page.next
    } while (cursor !== undefined && !context.stopped())
    if (!whole) return { verdict: 'partial', accounts: seen.accounts, why }
    await hideGone(context, reading, seen.shown)
    return { verdict: 'whole', accounts: seen.accounts }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return { verdict: 'unreachable', accounts: seen.accounts, why: error.refusal.detail }
  }
}

interface Seen {
  accounts: number
  /** Ids of accounts that may be shown. */
  readonly shown: Set<string>
  /** Their names, folded. */
  readonly names: Set<string>
}

async function showPage(
  context: ReadingContext,
  reading: LeasedReading,
  { records, seen }: { records: readonly Account[]; seen: Seen },
): Promise<void> {
  // Of two that have one name the one that is in use, as everywhere.
  const ordered = [...records.filter(isInUse), ...records.filter((account) => !isInUse(account))]
  for (let start = 0; start < ordered.length && !context.stopped(); start += BATCH) {
    const accounts = await showable(context, ordered.slice(start, start + BATCH), seen)
    for (const connection of reading.connections) {
      const rows = accounts.map((one) => ({ ...one, id: context.newId() }))
      await showAccounts(context.db, reading, { connection, accounts: rows, at: context.now() })
    }
  }
}

const isInUse = ({ state }: Account): boolean => state !== 'inactive'

/**
 * Accounts that could be adopted if a provider asked for them. Whoever is protected (the connector itself, who is named
 * under `protect:`, who has a privileged role) would be disputed, so showing them would only invite a provider to try.
 */
async function showable(
  { target }: ReadingContext,
  accounts: readonly Account[],
  seen: Seen,
): Promise<Omit<ShownAccount, 'id'>[]> {
  const { protection } = target
  const self = await protection.self()
  const roles = await protection.rolesFor(accounts)
  const shown: Omit<ShownAccount, 'id'>[] = []
  for (const account of accounts) {
    const document = shownUser(account)
    if (document === undefined || adoptionGuard(account, { protect: protection.protect, self, roles })) continue
    const key = userNameKey(document.userName)
    if (seen.names.has(key) || seen.shown.has(account.id)) continue
    seen.names.add(key)
    seen.shown.add(account.id)
    const { userName, active } = document
    shown.push({ account: account.id, userName, userNameKey: key, active, document })
  }
  return shown
}

/** Only after a whole reading: who was not in it is gone, or not to be seen any more. */
async function hideGone(
  { db, stopped }: ReadingContext,
  reading: LeasedReading,
  present: ReadonlySet<string>,
): Promise<void> {
  let after = ''
  for (;;) {
    if (stopped()) return
    const accounts = await listShown(db, reading, { after, limit: BATCH })
    const last = accounts.at(-1)
    if (last === undefined) return
    after = last
    const owned = new Set(await ownedOf(db, reading, accounts))
    const gone = accounts.filter((account) => !present.has(account) || owned.has(account))
    if (gone.length > 0) await hideAccounts(db, reading, gone)
  }
}
