/**
 * Reads an app once, for everybody: its accounts into the database, its catalogues into memory.
 * Decides what the reading is worth; must not compare anybody, nor write to the app.
 */
import { ConnectorError, type CatalogueEntry, type Connector } from '../connectors/contract.ts'
import type { Account } from '../identity/account.ts'
import { userNameKey } from '../identity/user-name.ts'
import type { EntryNames } from '../reconcile/difference.ts'
import type { Queryable } from '../store/db.ts'
import { beginReading, keepAccounts, type Verdict } from '../store/differences.ts'

/** Accounts in one statement. */
const BATCH = 500

/** An app that cannot be asked is `unreachable`; one that shows some of its accounts only, `partial`. */
export async function keepEverybody(
  db: Queryable,
  id: string,
  connector: Pick<Connector, 'read'>,
): Promise<Verdict & { readonly accounts: number }> {
  await beginReading(db, id)
  let accounts = 0
  let why: string | null = null
  let whole = true
  try {
    let cursor: string | undefined
    do {
      const page = await connector.read('account', cursor, { whole: true })
      for (let from = 0; from < page.records.length; from += BATCH)
        await keepAccounts(db, id, page.records.slice(from, from + BATCH).map(keyed))
      accounts += page.records.length
      if (page.verdict === 'partial') {
        whole = false
        why ??= page.why ?? 'the app did not list everybody'
      }
      cursor = page.next
    } while (cursor !== undefined)
    return { verdict: whole ? 'whole' : 'partial', why, accounts }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return { verdict: 'unreachable', why: error.refusal.detail, accounts }
  }
}

const keyed = (account: Account): { key: string; account: Account } => ({
  key: userNameKey(account.attributes.userName ?? ''),
  account,
})

/** The names of everything that accounts can have or hold; of a catalogue that cannot be read, none. */
export async function readNames(connector: Pick<Connector, 'read' | 'capabilities'>): Promise<EntryNames> {
  const all = new Map<string, ReadonlyMap<string, CatalogueEntry>>()
  for (const kind of connector.capabilities.entries) {
    const entries = new Map<string, CatalogueEntry>()
    let cursor: string | undefined
    do {
      const page = await connector.read(kind, cursor).catch(ifNotAllowed)
      for (const entry of page.records) entries.set(entry.id, entry)
      cursor = page.next
    } while (cursor !== undefined)
    all.set(kind, entries)
  }
  return { of: (kind, id) => all.get(kind)?.get(id), roles: [...(all.get('role')?.values() ?? [])] }
}

function ifNotAllowed(error: unknown): { readonly records: readonly CatalogueEntry[]; readonly next?: string } {
  if (error instanceof ConnectorError && error.refusal.code === 'right-missing') return { records: [] }
  throw error
}
