/**
 * Snapshots: readings of apps that are kept for a while.
 * Decides what is kept and for how long; must not read an app, nor know what about it is worth a look.
 */
import type { Account } from '../identity/account.ts'
import type { Inventory } from '../reconcile/inventory.ts'
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'

/** The newest of each app that are kept, and how long others are. */
const KEPT = 5
const KEPT_DAYS = 30

/** Begins one, or begins it again; older ones of the app that nobody needs any more go. */
export async function beginSnapshot(
  db: Queryable,
  { id, tenant, app }: AppKey & { readonly id: string },
): Promise<void> {
  await db.query(
    `insert into snapshot (id, tenant_id, app_id) values ($1, $2, $3)
     on conflict (id) do update set accounts = 0, state = 'reading'`,
    [id, tenant, app],
  )
  await db.query(`delete from snapshot_account where snapshot_account.snapshot_id = $1`, [id])
  await db.query(
    `delete from snapshot
     where snapshot.tenant_id = $1 and snapshot.app_id = $2 and snapshot.id <> $3
       and (snapshot.created_at < now() - make_interval(days => $4)
            or snapshot.id not in (
              select newest.id from snapshot newest
              where newest.tenant_id = $1 and newest.app_id = $2 order by newest.created_at desc limit $5))`,
    [tenant, app, id, KEPT_DAYS, KEPT],
  )
}

export async function keepInSnapshot(db: Queryable, id: string, accounts: readonly Account[]): Promise<void> {
  await db.query({
    name: 'snapshot-keep',
    text: `
      insert into snapshot_account (snapshot_id, account_id, record)
      select $1, seen.account_id, seen.record::jsonb from unnest($2::text[], $3::text[]) as seen (account_id, record)
      on conflict (snapshot_id, account_id) do update set record = excluded.record`,
    values: [id, accounts.map((account) => account.id), accounts.map((account) => JSON.stringify(account))],
  })
  await db.query({
    name: 'snapshot-kept',
    text: `update snapshot set accounts = (
             select count(*) from snapshot_account where snapshot_account.snapshot_id = $1) where snapshot.id = $1`,
    values: [id],
  })
}

/** Everybody in it, in the order of their ids. */
export async function accountsIn(
  db: Queryable,
  id: string,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<Account[]> {
  const { rows } = await db.query<{ record: Account }>({
    name: 'snapshot-accounts',
    text: `select kept.record from snapshot_account kept
           where kept.snapshot_id = $1 and kept.account_id > $2 order by kept.account_id limit $3`,
    values: [id, after, limit],
  })
  return rows.map(({ record }) => record)
}

export interface Ending {
  readonly verdict: 'whole' | 'partial' | 'unreachable'
  readonly why: string | null
  readonly gaps: readonly string[]
  readonly inventory: Inventory
}

/** Rows in one statement. */
const BATCH = 1_000

/** Writes down what was found about everybody, then that it is done. Safe to repeat. */
export async function endSnapshot(db: Queryable, id: string, { verdict, why, gaps, inventory }: Ending): Promise<void> {
  const { rows, totals, keys } = inventory
  for (let from = 0; from < rows.length; from += BATCH) {
    const part = rows.slice(from, from + BATCH)
    await db.query({
      name: 'snapshot-shown',
      text: `
        update snapshot_account set position = shown.position, shown = shown.shown, findings = shown.findings
        from (
          select row.value ->> 'id' as account_id, $2 + row.ordinality::int - 1 as position, row.value as shown,
                 array(select jsonb_array_elements_text(row.value -> 'findings')) as findings
          from jsonb_array_elements($3::jsonb) with ordinality as row (value, ordinality)
        ) shown
        where snapshot_account.snapshot_id = $1 and snapshot_account.account_id = shown.account_id`,
      values: [id, from, JSON.stringify(part)],
    })
  }
  await db.query(
    `update snapshot set state = 'done', ended_at = now(), verdict = $2, why = $3, gaps = $4, totals = $5, keys = $6
     where snapshot.id = $1`,
    [id, verdict, why, gaps, JSON.stringify(totals), JSON.stringify(keys)],
  )
}
