/**
 * An app whose directory is altered behind Rollcall's back, and readings of it, on a real database.
 * Must not write entitlements or items: those come from the product.
 */
import { randomUUID } from 'node:crypto'
import { ConnectorError, type CatalogueEntry, type Connector, type EntryKind } from '../../src/connectors/contract.ts'
import { connect } from '../../src/connectors/memory/index.ts'
import { openTarget, type MemoryTarget } from '../../src/connectors/memory/target.ts'
import type { Queryable } from '../../src/store/db.ts'
import type { AppKey } from '../../src/store/deliveries.ts'
import { askForReading, endReading, leaseReading } from '../../src/store/entitlement-readings.ts'
import type { EntitlementReading } from '../../src/store/entitlements.ts'
import type { Mention } from '../../src/store/views/entitlements.ts'
import { checkMentions } from '../../src/workflows/check-mentions.ts'
import { readEntitlements, type KindRead } from '../../src/workflows/read-entitlements.ts'

export const APP: AppKey = { tenant: 'acme', app: 'cxone' }

/** What its administrator alters. */
export interface Directory {
  roles: CatalogueEntry[]
  teams: CatalogueEntry[]
  skills: CatalogueEntry[]
}

export interface Stage {
  readonly directory: Directory
  readonly target: MemoryTarget
  readonly connector: Connector
  /** Kinds that are listed without their last entry, and kinds that may not be read. */
  readonly partial: Set<EntryKind>
  readonly barred: Set<EntryKind>
}

export const entry = (id: string, name: string, more: Partial<CatalogueEntry> = {}): CatalogueEntry => ({
  id,
  name,
  active: true,
  ...more,
})

export function openStage(): Stage {
  const directory: Directory = { roles: [], teams: [], skills: [] }
  const target = openTarget(directory, () => new Date())
  const plain = connect(target)
  const partial = new Set<EntryKind>()
  const barred = new Set<EntryKind>()
  const read = async (kind: EntryKind): Promise<Awaited<ReturnType<typeof plain.read>>> => {
    if (barred.has(kind))
      throw new ConnectorError({ code: 'right-missing', retry: 'later', detail: `The key may not read a ${kind}.` })
    const page = await plain.read(kind)
    return partial.has(kind)
      ? { records: page.records.slice(0, -1), verdict: 'partial', why: 'page 2 is missing' }
      : page
  }
  const connector: Connector = {
    ...plain,
    capabilities: { ...plain.capabilities, entries: ['role', 'team', 'skill'] },
    read: read as Connector['read'],
  }
  return { directory, target, connector, partial, barred }
}

/** The lease of a reading that was asked for. */
export async function begin(db: Queryable, key: AppKey = APP): Promise<EntitlementReading> {
  await askForReading(db, [key])
  const reading = await leaseReading(db, { keys: [key], token: randomUUID() })
  if (reading === undefined) throw new Error('no reading was due')
  return reading
}

/** One reading from beginning to end. */
export async function readOnce(db: Queryable, { connector }: Stage, key: AppKey = APP): Promise<readonly KindRead[]> {
  const reading = await begin(db, key)
  const list = (kind: EntryKind, from: string | undefined) => connector.read(kind, from)
  const read = await readEntitlements({ db, connector, list, stopped: () => false }, reading)
  await endReading(db, reading, { whole: read.every(({ verdict }) => verdict === 'whole'), next: 900 })
  return read
}

export const check = (db: Queryable, { connector }: Stage, mentions: readonly Mention[]): Promise<void> =>
  checkMentions({ db, target: { connector, advice: { 'unknown-role': 'Make it there.' } } }, APP, mentions)

/** `renamed role r1 Agents {"before":"Agent"}`, in order. */
export async function eventsOf(db: Queryable, key: AppKey = APP): Promise<string[]> {
  const { rows } = await db.query<{ what: string }>(
    `select concat_ws(' ', substr(kind, 13), data ->> 'kind', data ->> 'id', data ->> 'name',
                      nullif(data - '{kind,id,name}'::text[], '{}')::text) as what
     from event where tenant_id = $1 and app_id = $2 and kind like 'entitlement.%' order by seq`,
    [key.tenant, key.app],
  )
  return rows.map(({ what }) => what)
}
