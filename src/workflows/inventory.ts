/**
 * An inventory: an app is read once, and what is in it is looked at, whether or not anybody was ever pushed into it.
 * Decides the steps of the run, and what a reading is worth that was not whole; must not write to any app.
 */
import { ConnectorError, type Connector } from '../connectors/contract.ts'
import type { RunContext } from '../durable/runs.ts'
import type { AccessKey } from '../identity/access-key.ts'
import type { Account } from '../identity/account.ts'
import { userNameKey } from '../identity/user-name.ts'
import { takeInventory } from '../reconcile/inventory.ts'
import type { Queryable } from '../store/db.ts'
import { textOfAppKey } from '../store/deliveries.ts'
import { accountsIn, beginSnapshot, endSnapshot, keepInSnapshot } from '../store/snapshots.ts'
import type { OpenTarget } from './delivery-context.ts'
import { readNames } from './read-for-difference.ts'

export interface InventoryContext {
  readonly db: Queryable
  /** By the text of their key. */
  readonly targets: ReadonlyMap<string, Pick<OpenTarget, 'connector'>>
  readonly now: () => Date
}

/** Without a word about it, who was not seen for so many days counts as idle. */
const IDLE_DAYS = 90
const BATCH = 500

interface Verdict {
  readonly verdict: 'whole' | 'partial' | 'unreachable'
  readonly why: string | null
}

/** Input `{ app, idleDays? }`; result: how it was read, and how many accounts there are. */
export async function inventory(
  { db, targets, now }: InventoryContext,
  run: RunContext,
): Promise<{ snapshot: string; verdict: string; accounts: number }> {
  const key = { tenant: run.tenant, app: String(run.input['app']) }
  const connector = targets.get(textOfAppKey(key))?.connector
  if (connector === undefined) throw new Error(`The app ${key.app} is not in rollcall.yaml, so it cannot be read.`)
  const read = await run.step('read the accounts', async () => {
    await beginSnapshot(db, { id: run.id, ...key })
    return readAll(db, run.id, connector)
  })
  const beside =
    read.verdict === 'unreachable'
      ? { keys: null, gaps: [] }
      : await run.step('read the keys', () => readKeys(connector))
  const accounts = await everybodyIn(db, run.id)
  const names = read.verdict === 'unreachable' ? NO_NAMES : await readNames(connector)
  const idleDays = Number(run.input['idleDays'] ?? IDLE_DAYS)
  const taken = takeInventory(accounts, { now: now(), idleDays, names, keys: beside.keys ?? undefined })
  await endSnapshot(db, run.id, { ...read, gaps: beside.gaps, inventory: taken })
  return { snapshot: run.id, verdict: read.verdict, accounts: accounts.length }
}

const NO_NAMES = { of: () => undefined, roles: [] }

/** An app that cannot be asked is `unreachable`; one that shows some of its accounts only, `partial`. */
async function readAll(db: Queryable, id: string, connector: Pick<Connector, 'read'>): Promise<Verdict> {
  let why: string | null = null
  try {
    let cursor: string | undefined
    do {
      const page = await connector.read('account', cursor, { whole: true })
      for (let from = 0; from < page.records.length; from += BATCH)
        await keepInSnapshot(db, id, page.records.slice(from, from + BATCH))
      if (page.verdict === 'partial') why ??= page.why ?? 'the app did not list everybody'
      cursor = page.next
    } while (cursor !== undefined)
    return { verdict: why === null ? 'whole' : 'partial', why }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return { verdict: 'unreachable', why: error.refusal.detail }
  }
}

/** Keys are worth knowing; not to be allowed to see them is no reason to show nothing. */
async function readKeys({
  readKeys: read,
}: Pick<Connector, 'readKeys'>): Promise<{ keys: readonly AccessKey[] | null; gaps: readonly string[] }> {
  if (read === undefined) return { keys: null, gaps: ['Keys of programs are not read in this kind of app.'] }
  try {
    const { records, why } = await read()
    return { keys: records, gaps: why === undefined ? [] : [why] }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    return { keys: null, gaps: [`Keys of programs could not be read: ${error.refusal.detail}`] }
  }
}

/** In the order in which they are listed: by user name. */
async function everybodyIn(db: Queryable, id: string): Promise<Account[]> {
  const all: Account[] = []
  for (;;) {
    const part = await accountsIn(db, id, { after: all.at(-1)?.id ?? '', limit: BATCH })
    all.push(...part)
    if (part.length < BATCH) break
  }
  const keyed = all.map((account) => ({ account, key: userNameKey(account.attributes.userName ?? '') }))
  return keyed.toSorted((one, other) => (one.key < other.key ? -1 : 1)).map(({ account }) => account)
}
