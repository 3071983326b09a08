/**
 * Links between identities and accounts, as deliveries write them.
 * Decides that an account has one owner; must not decide who that is.
 */
import type { AccountAttributes } from '../identity/account.ts'
import type { PersonNames } from '../identity/person-names.ts'
import type { Queryable } from './db.ts'
import type { LeasedDelivery } from './deliveries.ts'
import { HIDE_OWNED } from './shown-accounts.ts'
import { violates } from './violations.ts'

export interface NewLink {
  readonly account: string
  readonly origin: 'created' | 'adopted'
  /** Of an adopted account: what the provider wants now, and is therefore left as it is. */
  readonly leftAlone?: AccountAttributes
  /** Its person gets what somebody new gets, as if it had been created. */
  readonly asNew?: true
  readonly why?: string
}

/**
 * Makes the identity of a leased row the owner of an account: the link, the row's new subject and the event in one
 * statement, by which the account is shown to nobody any more. `owned` when another identity owns the account: then nothing is written. `lost` when the lease is gone, or
 * the row follows somebody else by now: the account was made for the identity that was leased.
 */
export async function linkAccount(
  db: Queryable,
  delivery: LeasedDelivery,
  link: NewLink,
): Promise<'linked' | 'owned' | 'lost'> {
  try {
    const { rowCount } = await db.query({
      name: 'link-account',
      text: LINK,
      values: [
        delivery.id,
        delivery.token,
        link.account,
        link.origin,
        `account:${link.account}`,
        delivery.identity,
        JSON.stringify(link.leftAlone ?? {}),
        JSON.stringify(link.why === undefined ? {} : { why: link.why }),
        link.origin === 'created' || link.asNew === true,
      ],
    })
    return rowCount === 1 ? 'linked' : 'lost'
  } catch (error) {
    if (violates(error, 'link_owner') || violates(error, 'delivery_tenant_id_app_id_subject_key')) return 'owned'
    throw error
  }
}

const LINK = `
with held as (
  update delivery set subject = $5, intent = null
  where delivery.id = $1 and delivery.lease_token = $2 and delivery.identity_id = $6
  returning tenant_id, app_id, connection_id, identity_id
), linked as (
  insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id, origin, left_alone, made_at, returning_since)
  select held.tenant_id, held.app_id, held.connection_id, held.identity_id, 'linked', $3, $4, $7::jsonb,
         -- That more is to follow is known from the moment on in which it is known whose the account is.
         case when $9::boolean then now() end, case when $9::boolean then now() end
  from held
  on conflict (tenant_id, app_id, connection_id, identity_id) do update
  set state = 'linked', account_id = excluded.account_id, origin = coalesce(link.origin, excluded.origin), why = null, since = now(),
      left_alone = case when link.origin is null then excluded.left_alone else link.left_alone end,
      -- What was written down of another account says nothing of this one.
      made_at = coalesce(excluded.made_at, case when link.account_id = excluded.account_id then link.made_at end),
      returning_since = coalesce(excluded.returning_since, case when link.account_id = excluded.account_id then link.returning_since end),
      invited_at = case when link.account_id = excluded.account_id then link.invited_at end
), ${HIDE_OWNED}, logged as (
  insert into event (tenant_id, at, actor, kind, connection_id, identity_id, app_id, account_id, data)
  select held.tenant_id, now(), 'rollcall', 'account.' || $4, held.connection_id, held.identity_id, held.app_id, $3, $8::jsonb from held
)
select from held`

/**
 * Records why an identity has no account of its own in the app, in the glossary's words. True when that is news; nothing
 * is written when the lease is lost.
 */
export async function recordLinkState(
  db: Queryable,
  delivery: LeasedDelivery,
  link: { readonly state: 'unmatched' | 'disputed' | 'deleted'; readonly account?: string; readonly why: string },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'record-link-state',
    text: `
      with held as (
        select delivery.tenant_id, delivery.app_id, delivery.connection_id, delivery.identity_id from delivery
        where delivery.id = $1 and delivery.lease_token = $2 and delivery.identity_id = $3
        for update
      )
      insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id, why)
      select held.tenant_id, held.app_id, held.connection_id, held.identity_id, $4, $5, $6 from held
      on conflict (tenant_id, app_id, connection_id, identity_id) do update
      set state = excluded.state, account_id = coalesce(excluded.account_id, link.account_id), why = excluded.why, since = now()
      where (link.state, link.why) is distinct from (excluded.state, excluded.why)`,
    values: [delivery.id, delivery.token, delivery.identity, link.state, link.account ?? null, link.why],
  })
  return rowCount === 1
}

/** What a delivery has brought about for somebody active, where it differs from what the link says. */
export interface Remembered {
  readonly person: PersonNames
  readonly leftAlone: AccountAttributes
}

/**
 * Writes down whose account it is now, and ends what was open about it: a dispute, a settlement, a return. Nothing where
 * the lease is lost or the identity owns no account.
 */
export async function rememberDelivered(
  db: Queryable,
  delivery: LeasedDelivery,
  { person, leftAlone }: Remembered,
): Promise<void> {
  await db.query({
    name: 'remember-delivered',
    text: `
      update link
      set state = 'linked', why = null, since = case when link.state = 'linked' then link.since else now() end,
          given_name = $3, family_name = $4, employee_number = $5, left_alone = $6::jsonb, returning_since = null,
          settled_as = null, settled_by = null, settled_at = null
      ${OWNED_BY_LEASED}`,
    values: [
      delivery.id,
      delivery.token,
      person.givenName,
      person.familyName,
      person.employeeNumber,
      JSON.stringify(leftAlone),
    ],
  })
}

/** Of an update of links: that of the identity of a leased row, $1 and its token $2, which owns an account. */
export const OWNED_BY_LEASED = `from delivery
      where delivery.id = $1 and delivery.lease_token = $2
        and link.tenant_id = delivery.tenant_id and link.app_id = delivery.app_id and link.connection_id = delivery.connection_id
        and link.identity_id = delivery.identity_id and link.origin is not null and link.state in ('linked', 'disputed')`

/**
 * The account is about to be reactivated: what its person gets is set then, however often that takes.
 */
export async function markReturning(db: Queryable, delivery: LeasedDelivery): Promise<void> {
  await db.query({
    name: 'mark-returning',
    text: `update link set returning_since = coalesce(link.returning_since, now()) ${OWNED_BY_LEASED}`,
    values: [delivery.id, delivery.token],
  })
}

/** The account is disabled, as its owner wants: nobody returns, and a dispute about disabling it is over. */
export async function endDispute(db: Queryable, delivery: LeasedDelivery): Promise<void> {
  await db.query({
    name: 'end-dispute',
    text: `update link set state = 'linked', why = null, returning_since = null ${OWNED_BY_LEASED}`,
    values: [delivery.id, delivery.token],
  })
}
