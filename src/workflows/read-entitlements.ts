/**
 * One reading of what an app's accounts can hold: its roles, teams, skills and whatever else it has.
 * Decides which of three answers each kind has had: whole, partial or unreachable; must not write to the app, nor decide
 * when it is read (entitlement-engine.ts).
 */
import {
  ConnectorError,
  type CatalogueEntry,
  type Connector,
  type EntryKind,
  type Page,
} from '../connectors/contract.ts'
import type { Queryable } from '../store/db.ts'
import { noteUnreachable, saveListing, type EntitlementReading, type ListedEntitlement } from '../store/entitlements.ts'

export interface EntitlementContext {
  readonly db: Queryable
  readonly connector: Pick<Connector, 'capabilities'>
  /** The connector's listing. */
  readonly list: (kind: EntryKind, from: string | undefined) => Promise<Page<CatalogueEntry>>
  /** True once the lease is lost: whatever is written from then on is somebody else's to write. */
  readonly stopped: () => boolean
}

/** What became of a kind. `entries`: how many were seen. */
export interface KindRead {
  readonly kind: EntryKind
  readonly verdict: 'whole' | 'partial' | 'unreachable'
  readonly entries: number
  readonly why?: string | undefined
}

/** Of the app as a whole: who meets one need not ask for the next kind. */
const OF_ALL_KINDS: ReadonlySet<string> = new Set(['unreachable', 'throttled', 'credentials-refused'])

/**
 * Reads every kind the connector has, one after the other, and writes each down as soon as it is read. A kind that cannot be
 * read stays as it is known, and the others are read all the same. Ends early, with what was read, when it is stopped.
 */
export async function readEntitlements(
  context: EntitlementContext,
  reading: EntitlementReading,
): Promise<readonly KindRead[]> {
  const read: KindRead[] = []
  let down: string | undefined
  for (const kind of context.connector.capabilities.entries) {
    if (context.stopped()) return read
    const one = down === undefined ? await readKind(context, reading, kind) : { why: down, down: true }
    if ('verdict' in one) {
      read.push(one)
      continue
    }
    if (one.down) down = one.why
    await noteUnreachable(context.db, reading, { kind, why: one.why })
    read.push({ kind, verdict: 'unreachable', entries: 0, why: one.why })
  }
  return read
}

type Unreachable = { readonly why: string; readonly down: boolean }

async function readKind(
  context: EntitlementContext,
  reading: EntitlementReading,
  kind: EntryKind,
): Promise<KindRead | Unreachable> {
  try {
    const entries: ListedEntitlement[] = []
    let cursor: string | undefined
    let why: string | undefined
    do {
      const page = await context.list(kind, cursor)
      entries.push(...page.records.map(listed))
      if (page.verdict === 'partial') why ??= page.why ?? 'the app did not list all of them'
      cursor = page.next
    } while (cursor !== undefined && !context.stopped())
    const verdict = why === undefined ? 'whole' : 'partial'
    // What was cut off says nothing.
    if (!context.stopped()) await saveListing(context.db, reading, { kind, verdict, why, entries })
    return { kind, verdict, entries: entries.length, why }
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    const { detail, code } = error.refusal
    return { why: detail, down: OF_ALL_KINDS.has(code) }
  }
}

const listed = ({ id, name, active, ...detail }: CatalogueEntry): ListedEntitlement => ({ id, name, active, detail })
