/**
 * Snapshots as the admin API shows them.
 * Decides what is read; must not change anything.
 */
import type { InventoryRow, InventoryTotals, KeyRow } from '../../reconcile/inventory.ts'
import type { Queryable } from '../db.ts'
import { iso, isoOrNull, partOf, type Part } from './page.ts'

export interface SnapshotRow {
  readonly id: string
  readonly app: string
  readonly state: 'reading' | 'done'
  readonly verdict: 'whole' | 'partial' | 'unreachable' | null
  readonly why: string | null
  readonly accounts: number
  readonly gaps: readonly string[]
  readonly totals: InventoryTotals | null
  readonly keys: readonly KeyRow[] | null
  readonly created: string
  readonly ended: string | null
}

interface Row extends Omit<SnapshotRow, 'created' | 'ended'> {
  created_at: Date
  ended_at: Date | null
}

/** One, from the moment on in which its run is stored. */
export async function readSnapshot(
  db: Queryable,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): Promise<SnapshotRow | undefined> {
  const { rows } = await db.query<Row>(
    `select run.id, run.input ->> 'app' as app, coalesce(snapshot.state, 'reading') as state, snapshot.verdict, snapshot.why,
            coalesce(snapshot.accounts, 0) as accounts, coalesce(snapshot.gaps, '{}') as gaps, snapshot.totals, snapshot.keys,
            run.created_at, snapshot.ended_at
     from run left join snapshot on snapshot.id = run.id
     where run.tenant_id = $1 and run.id = $2 and run.workflow = 'inventory'
       and (snapshot.id is not null or run.state in ('waiting', 'running'))`,
    [tenant, id],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const { created_at, ended_at, ...rest } = row
  return { ...rest, created: iso(created_at), ended: isoOrNull(ended_at) }
}

/** Everybody in one that is done, in the order of their user names; `finding` is one of the findings. */
export async function listSnapshotAccounts(
  db: Queryable,
  list: {
    readonly tenant: string
    readonly id: string
    readonly finding?: string | undefined
    readonly after?: number | undefined
    readonly limit: number
  },
): Promise<Part<InventoryRow, number>> {
  const { rows } = await db.query<{ position: number; shown: InventoryRow }>(
    `select account.position, account.shown
     from snapshot_account account join snapshot on snapshot.id = account.snapshot_id
     where snapshot.tenant_id = $1 and account.snapshot_id = $2 and account.position > $3
       and ($4::text is null or $4 = any (account.findings))
     order by account.position limit $5`,
    [list.tenant, list.id, list.after ?? -1, list.finding ?? null, list.limit + 1],
  )
  return partOf(rows, list.limit, { item: ({ shown }) => shown, key: ({ position }) => position })
}
