/**
 * What people have decided about identity and account (`rollcall link settle`).
 * Decides how a settlement is kept and found; must not decide what it does to a delivery (reconcile/adoption.ts).
 */
import type { PersonNames } from '../identity/person-names.ts'
import type { Settlement } from '../reconcile/adoption.ts'
import type { Queryable } from './db.ts'
import type { LeasedDelivery } from './deliveries.ts'
import { namesOf, settledOf, type NamesRow, type SettledRow } from './ownership.ts'

/**
 * A settlement about this user name that was made for an identity which is not there (any more): the provider may try again
 * under another id, and what was settled holds for who has the same name and is the same person (`person`).
 */
export async function readSettledByName(
  db: Queryable,
  delivery: LeasedDelivery,
  userNameKey: string,
): Promise<{ readonly settled: Settlement & { readonly account?: string }; readonly person: PersonNames } | undefined> {
  const { rows } = await db.query<SettledRow & NamesRow>({
    name: 'read-settled-by-name',
    text: `
      select link.settled_as, link.account_id, link.even_protected, link.given_name, link.family_name, link.employee_number
      from identity
      join link on link.tenant_id = identity.tenant_id and link.app_id = $2 and link.connection_id = identity.connection_id
        and link.identity_id = identity.id
      where identity.tenant_id = $1 and identity.connection_id = $3 and identity.user_name_key = $4 and identity.deleted_at is not null
        and link.settled_as is not null
      order by link.settled_at desc limit 1`,
    values: [delivery.tenant, delivery.app, delivery.connection, userNameKey],
  })
  const row = rows[0]
  const { settled } = row === undefined ? {} : settledOf(row)
  return row === undefined || settled === undefined ? undefined : { settled, person: namesOf(row) }
}

/** Forgets what is known of identities of this name that are not there: somebody who is has the account now. */
export async function forgetGone(db: Queryable, delivery: LeasedDelivery, userNameKey: string): Promise<void> {
  await db.query({
    name: 'forget-gone',
    text: `
      delete from link using identity
      where identity.tenant_id = $1 and identity.connection_id = $3 and identity.user_name_key = $4 and identity.deleted_at is not null
        and link.tenant_id = identity.tenant_id and link.app_id = $2 and link.connection_id = identity.connection_id
        and link.identity_id = identity.id and link.origin is null and identity.id <> $5`,
    values: [delivery.tenant, delivery.app, delivery.connection, userNameKey, delivery.identity],
  })
}

/** What a person can decide: see docs/guide/ownership.md. */
export type SettleAs = 'adopt' | 'ignore' | 'release' | 'reopen'

/** A link as far as a decision about it depends on it. */
export interface SettleableLink {
  readonly state: 'linked' | 'unlinked' | 'unmatched' | 'disputed' | 'orphan' | 'deleted'
  readonly account: string | null
  /** The identity owns the account, whatever else is said about it. */
  readonly owns: boolean
  readonly settled: 'adopt' | 'ignore' | null
  readonly app: string
  /** There is such a user at the provider now. */
  readonly live: boolean
}

/** The link, and nobody else can change it until the transaction ends. */
export async function lockLink(
  tx: Queryable,
  { tenant, id }: { readonly tenant: string; readonly id: number },
): Promise<SettleableLink | undefined> {
  const { rows } = await tx.query<SettleableLink>(
    `select link.state, link.account_id as account, link.settled_as as settled, link.app_id as app,
            link.origin is not null and link.state in ('linked', 'disputed') as owns, identity.deleted_at is null and not identity.shown as live
     from link
     join identity on identity.tenant_id = link.tenant_id and identity.connection_id = link.connection_id and identity.id = link.identity_id
     where link.tenant_id = $1 and link.id = $2
     for update of link`,
    [tenant, id],
  )
  return rows[0]
}

export interface NewSettlement {
  readonly tenant: string
  readonly id: number
  readonly as: SettleAs
  readonly evenProtected: boolean
  readonly actor: string
}

/**
 * Writes a decision down with its event, and makes the delivery of an identity that is there due at once. A release ends the
 * ownership: the account keeps its row of no one, and the identity gets none until somebody decides otherwise.
 */
export async function settle(tx: Queryable, settlement: NewSettlement): Promise<void> {
  const { tenant, id, as, evenProtected, actor } = settlement
  await tx.query(SETTLE, [tenant, id, as, evenProtected, actor])
}

const SETTLE = `
with settled as (
  update link
  set settled_as = case $3 when 'adopt' then 'adopt' when 'reopen' then null
                   when 'release' then case when identity.deleted_at is null then 'ignore' end else 'ignore' end,
      settled_by = case when $3 <> 'reopen' then $5 end,
      settled_at = case when $3 <> 'reopen' then now() end,
      even_protected = $4,
      origin = case when $3 = 'release' then null else link.origin end,
      state = case when $3 <> 'release' then link.state when identity.deleted_at is null then 'unlinked' else 'orphan' end,
      since = case when $3 = 'release' then now() else link.since end,
      why = case when $3 = 'release' then 'released by ' || $5 else link.why end,
      returning_since = case when $3 = 'release' then null else link.returning_since end,
      -- Of an account that is not theirs yet: for whom it was decided, since the same id may come back as somebody else.
      given_name = case when link.origin is null then identity.document #>> '{name,givenName}' else link.given_name end,
      family_name = case when link.origin is null then identity.document #>> '{name,familyName}' else link.family_name end
  from identity
  where link.tenant_id = $1 and link.id = $2
    and identity.tenant_id = link.tenant_id and identity.connection_id = link.connection_id and identity.id = link.identity_id
  returning link.tenant_id, link.app_id, link.connection_id, link.identity_id, link.account_id, link.id, identity.user_name_key,
            identity.deleted_at is null and not identity.shown as live
), due as (
  update delivery
  set wanted = delivery.wanted + case when settled.live then 1 else 0 end,
      state = case when settled.live then 'due' else delivery.state end,
      next_at = now(), attempts = 0, code = null, detail = null,
      -- Who gets none asks for no name, and nobody else is to wait for them.
      subject = case
        when $3 in ('ignore', 'release') then 'link:' || settled.id
        when delivery.subject not like 'link:%' or exists (
          select from delivery other where other.tenant_id = delivery.tenant_id and other.app_id = delivery.app_id
            and other.subject = 'name:' || settled.user_name_key) then delivery.subject
        else 'name:' || settled.user_name_key end
  from settled
  where delivery.tenant_id = settled.tenant_id and delivery.app_id = settled.app_id and delivery.connection_id = settled.connection_id
    and delivery.identity_id = settled.identity_id and (settled.live or $3 = 'release')
)
insert into event (tenant_id, at, actor, kind, connection_id, identity_id, app_id, account_id, data)
select settled.tenant_id, now(), $5, 'link.settled', settled.connection_id, settled.identity_id, settled.app_id, settled.account_id,
       jsonb_build_object('as', $3::text, 'evenProtected', $4::boolean)
from settled`
