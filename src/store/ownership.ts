/**
 * Who owns which account, read before a delivery decides, and moved from one identity to another.
 * Decides that ownership moves in one statement, with the row of the account; must not decide that it may.
 */
import type { AccountAttributes } from '../identity/account.ts'
import type { PersonNames } from '../identity/person-names.ts'
import type { Owner, Settlement } from '../reconcile/adoption.ts'
import type { AppKey, LeasedDelivery } from './deliveries.ts'
import type { Queryable } from './db.ts'

/** Everything known of one identity and its account in one app. */
export interface LinkRecord {
  /** The account it owns, or owned until it was gone from the app. */
  readonly account?: string
  readonly gone: boolean
  /** An account of its own that somebody has to decide about. */
  readonly disputed: boolean
  readonly known: PersonNames
  readonly leftAlone: AccountAttributes
  readonly returning: boolean
  readonly settled?: Settlement & { readonly account?: string }
  readonly evenProtected: boolean
  /** When Rollcall made the account; absent where it did not. */
  readonly madeAt?: Date
  /** Its person was asked in by Rollcall, or may have been. */
  readonly invited: boolean
  /** When that was. */
  readonly invitedAt?: Date
}

export interface NamesRow {
  given_name: string | null
  family_name: string | null
  employee_number: string | null
}

export interface SettledRow {
  account_id: string | null
  settled_as: 'adopt' | 'ignore' | null
  even_protected: boolean
}

export interface LinkRow extends NamesRow, SettledRow {
  state: string
  origin: string | null
  left_alone: AccountAttributes
  returning: boolean
  made_at: Date | null
  invited_at: Date | null
}

const NO_LINK: LinkRecord = {
  gone: false,
  disputed: false,
  known: { givenName: null, familyName: null, employeeNumber: null },
  leftAlone: {},
  returning: false,
  evenProtected: false,
  invited: false,
}

/** What {@link linkOf} reads. */
export const LINK_COLUMNS = `link.state, link.account_id, link.origin, link.given_name, link.family_name, link.employee_number,
             link.left_alone, link.returning_since is not null as returning, link.settled_as, link.even_protected,
             link.made_at, link.invited_at`

/** The link of a leased row's identity; an empty one where there is none yet. */
export async function readLink(db: Queryable, delivery: LeasedDelivery): Promise<LinkRecord> {
  const { rows } = await db.query<LinkRow>({
    name: 'read-link',
    text: `
      select ${LINK_COLUMNS}
      from link
      where link.tenant_id = $1 and link.app_id = $2 and link.connection_id = $3 and link.identity_id = $4`,
    values: [delivery.tenant, delivery.app, delivery.connection, delivery.identity],
  })
  return linkOf(rows[0])
}

/** Without a row: nothing is known. */
export function linkOf(row: LinkRow | undefined): LinkRecord {
  if (row === undefined) return NO_LINK
  const account = row.origin === null ? undefined : (row.account_id ?? undefined)
  return {
    ...(account === undefined ? {} : { account }),
    gone: row.state === 'deleted',
    disputed: account !== undefined && row.state === 'disputed',
    known: namesOf(row),
    leftAlone: row.left_alone,
    returning: row.returning,
    evenProtected: row.even_protected,
    invited: row.invited_at !== null,
    ...(row.invited_at === null ? {} : { invitedAt: row.invited_at }),
    ...(row.made_at === null ? {} : { madeAt: row.made_at }),
    ...settledOf(row),
  }
}

export const namesOf = (row: NamesRow): PersonNames => ({
  givenName: row.given_name,
  familyName: row.family_name,
  employeeNumber: row.employee_number,
})

export const settledOf = ({ settled_as, account_id, even_protected }: SettledRow): Pick<LinkRecord, 'settled'> =>
  settled_as === null
    ? {}
    : {
        settled: {
          as: settled_as,
          evenProtected: even_protected,
          ...(account_id === null ? {} : { account: account_id }),
        },
      }

/** An identity by its key, beside tenant and app. */
export interface IdentityKey {
  readonly connection: string
  readonly id: string
}

/** As the partial index `link_owner` has it. */
export const OWNS = `(link.state = 'linked' or (link.state = 'disputed' and link.origin is not null))`

/** Whose wishes an account follows just now. */
export async function readOwner(
  db: Queryable,
  key: AppKey,
  account: string,
): Promise<(Owner & { readonly identity: IdentityKey }) | undefined> {
  const { rows } = await db.query<
    NamesRow & { connection_id: string; identity_id: string; user_name: string; deleted: boolean }
  >({
    name: 'read-owner',
    text: `
      select link.connection_id, link.identity_id, link.given_name, link.family_name, link.employee_number,
             identity.user_name, identity.deleted_at is not null as deleted
      from link
      join identity on identity.tenant_id = link.tenant_id and identity.connection_id = link.connection_id and identity.id = link.identity_id
      where link.tenant_id = $1 and link.app_id = $2 and link.account_id = $3 and ${OWNS}`,
    values: [key.tenant, key.app, account],
  })
  const row = rows[0]
  return (
    row && {
      connection: row.connection_id,
      userName: row.user_name,
      deleted: row.deleted,
      known: namesOf(row),
      identity: { connection: row.connection_id, id: row.identity_id },
    }
  )
}

/** Of these accounts, those whose owner does not want them active any more. */
export async function leavingAccounts(
  db: Queryable,
  key: AppKey,
  accounts: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ account_id: string }>({
    text: `
      select link.account_id from link
      join identity on identity.tenant_id = link.tenant_id and identity.connection_id = link.connection_id and identity.id = link.identity_id
      where link.tenant_id = $1 and link.app_id = $2 and link.account_id = any($3) and ${OWNS}
        and (not identity.active or identity.deleted_at is not null)`,
    values: [key.tenant, key.app, accounts],
  })
  return new Set(rows.map((row) => row.account_id))
}

export interface ChangeOfOwner extends AppKey {
  readonly account: string
  readonly from: IdentityKey
  readonly to: IdentityKey & { readonly names: PersonNames }
  /** What the new owner's provider wants now and is not done; undefined where the old owner's still holds. */
  readonly leftAlone?: AccountAttributes
  readonly actor: string
  readonly event: 'account.taken-over' | 'account.handed-over'
  /** Why the old owner has it no more. */
  readonly why: string
  /** Only while this row is leased to us, and its identity is the new owner. */
  readonly lease?: LeasedDelivery
}

/**
 * Makes another identity the owner of an account, in one statement. The delivery row of the account follows the new owner
 * from now on, whoever works on it: its next attempt brings what that one wants. The row that the new owner had before
 * goes to the old one, with nothing left to do. False, and nothing done, where the account has another owner by now, the
 * new one has an account of its own in the app, or the lease is lost.
 */
export async function changeOwner(db: Queryable, change: ChangeOfOwner): Promise<boolean> {
  const { from, to, lease } = change
  const { rowCount } = await db.query({
    text: CHANGE_OWNER,
    values: [
      change.tenant,
      change.app,
      change.account,
      from.connection,
      from.id,
      to.connection,
      to.id,
      to.names.givenName,
      to.names.familyName,
      to.names.employeeNumber,
      change.leftAlone === undefined ? null : JSON.stringify(change.leftAlone),
      change.why,
      change.actor,
      change.event,
      lease?.id ?? null,
      lease?.token ?? null,
    ],
  })
  return rowCount === 1
}

const CHANGE_OWNER = `
with rows as materialized (
  select delivery.id, delivery.lease_token from delivery
  where delivery.tenant_id = $1 and delivery.app_id = $2
    and (delivery.subject = 'account:' || $3 or (delivery.connection_id = $6 and delivery.identity_id = $7))
  order by delivery.id for update
), given as (
  update link
  set state = 'unlinked', origin = null, account_id = null, why = $12, since = now(), returning_since = null,
      left_alone = '{}', even_protected = false, settled_as = null, settled_by = null, settled_at = null, made_at = null, invited_at = null
  from link before
  where link.tenant_id = $1 and link.app_id = $2 and link.connection_id = $4 and link.identity_id = $5
    and link.account_id = $3 and link.origin is not null and link.state in ('linked', 'disputed')
    and before.tenant_id = link.tenant_id and before.app_id = link.app_id and before.connection_id = link.connection_id
    and before.identity_id = link.identity_id
    and not exists (
      select from link other
      where other.tenant_id = $1 and other.app_id = $2 and other.connection_id = $6 and other.identity_id = $7
        and other.origin is not null and other.state <> 'deleted')
    and ($15::bigint is null or exists (select from rows where rows.id = $15 and rows.lease_token = $16))
  -- Whether Rollcall made the account, and asked its person in, is true of it whoever owns it.
  returning link.tenant_id, link.app_id, link.id, before.origin, before.left_alone, before.made_at, before.invited_at
), taken as (
  insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id, origin, given_name, family_name, employee_number, left_alone,
                    made_at, invited_at)
  select given.tenant_id, given.app_id, $6, $7, 'linked', $3, case when $11::jsonb is null then given.origin else 'adopted' end, $8, $9, $10,
         coalesce($11::jsonb, given.left_alone), given.made_at, given.invited_at
  from given
  on conflict (tenant_id, app_id, connection_id, identity_id) do update
  set state = 'linked', account_id = excluded.account_id, origin = excluded.origin, why = null, since = now(),
      given_name = excluded.given_name, family_name = excluded.family_name, employee_number = excluded.employee_number,
      left_alone = excluded.left_alone, returning_since = null, made_at = excluded.made_at, invited_at = excluded.invited_at
), moved as (
  update delivery
  set connection_id = $6, identity_id = $7, wanted = delivery.wanted + 1, state = 'due', next_at = now(), attempts = 0, urgency = 0,
      code = null, detail = null, intent = null
  from given, rows
  where delivery.id = rows.id and delivery.subject = 'account:' || $3
), left_over as (
  update delivery
  -- Not under the name any more: whoever comes under it next is not to wait for them.
  set subject = 'link:' || given.id, connection_id = $4, identity_id = $5, delivered = delivery.wanted, state = 'delivered', attempts = 0, urgency = 0,
      code = null, detail = $12, intent = null, lease_token = null, lease_until = null
  from given, rows
  where delivery.id = rows.id and delivery.subject <> 'account:' || $3
), logged as (
  insert into event (tenant_id, at, actor, kind, connection_id, identity_id, app_id, account_id, data)
  select $1, now(), $13, $14, $6, $7, $2, $3, jsonb_build_object('from', jsonb_build_object('connection', $4::text, 'identity', $5::text), 'why', $12::text)
  from given
)
select from given`
