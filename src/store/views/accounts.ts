/**
 * What identities have in the apps: link, delivery, and the state the account was last seen in.
 * Decides what is read and what it means; must not ask any app.
 */
import type { AccountState } from '../../identity/account.ts'
import type { Queryable } from '../db.ts'
import { nextAttempt, type DeliveryState } from './deliveries.ts'

export interface AccountRow {
  readonly identity: string
  readonly app: string
  readonly connection: string
  readonly account: string | null
  readonly state: AccountState | 'absent' | 'unknown'
  readonly link: 'linked' | 'unlinked' | 'unmatched' | 'disputed' | 'orphan' | 'deleted' | null
  readonly why: string | null
  readonly delivery: {
    readonly state: DeliveryState
    readonly wanted: number
    readonly delivered: number
    readonly next: string | null
    readonly detail: string | null
  } | null
}

interface Row {
  identity: string
  app: string
  connection: string
  link: AccountRow['link']
  /** The account is theirs, disputed or not. */
  owns: boolean
  account: string | null
  why: string | null
  seen: AccountState | null
  state: DeliveryState | null
  wanted: number
  delivered: number
  next_at: Date
  detail: string | null
}

/**
 * One row for each app an identity has, or wants, something in. A tenant has few apps, hence the join over all of them.
 * `seen` is what the last plan of the delivery read back after a write; outcomes are stored by workflows/deliver.
 */
export async function listAccounts(
  db: Queryable,
  of: { tenant: string; identities: readonly { readonly connection: string; readonly id: string }[] },
): Promise<AccountRow[]> {
  const { rows } = await db.query<Row>({
    text: `
      select identity.id as identity, app.id as app, identity.connection_id as connection, link.state as link,
             link.account_id as account, coalesce(link.origin is not null and link.state in ('linked', 'disputed'), false) as owns, link.why, seen.state as seen,
             wish.state, wish.wanted, wish.delivered, wish.next_at, wish.detail
      from unnest($2::text[], $3::uuid[]) as asked (connection_id, id)
      join identity on identity.tenant_id = $1 and identity.connection_id = asked.connection_id and identity.id = asked.id
      join app on app.tenant_id = $1
      left join connection_app on connection_app.tenant_id = $1 and connection_app.connection_id = identity.connection_id and connection_app.app_id = app.id
      left join link on link.tenant_id = $1 and link.app_id = app.id and link.connection_id = identity.connection_id and link.identity_id = identity.id
      left join lateral (
        select delivery.* from delivery
        where delivery.tenant_id = $1 and delivery.connection_id = identity.connection_id and delivery.identity_id = identity.id
          and delivery.app_id = app.id
        order by delivery.wanted > delivery.delivered desc, delivery.id desc limit 1
      ) as wish on true
      left join lateral (
        select outcome.value #>> '{seen,state}' as state
        from plan, jsonb_array_elements(plan.outcomes) with ordinality as outcome (value, position)
        where plan.tenant_id = $1 and plan.delivery_id = wish.id and outcome.value #>> '{seen,state}' is not null
        order by plan.created_at desc, outcome.position desc limit 1
      ) as seen on true
      where connection_app.app_id is not null or link.app_id is not null or wish.id is not null
      order by asked.id, app.id`,
    values: [of.tenant, of.identities.map((it) => it.connection), of.identities.map((it) => it.id)],
  })
  return rows.map(accountOf)
}

const accountOf = (row: Row): AccountRow => ({
  identity: row.identity,
  app: row.app,
  connection: row.connection,
  account: row.account,
  state: row.owns ? (row.seen ?? 'unknown') : 'absent',
  link: row.link,
  why: row.why,
  delivery:
    row.state === null
      ? null
      : {
          state: row.state,
          wanted: row.wanted,
          delivered: row.delivered,
          next: nextAttempt({ ...row, state: row.state }),
          detail: row.detail,
        },
})
