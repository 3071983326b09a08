/**
 * Links between identities and accounts.
 * Decides that an account has one owner; must not decide who that is.
 */
import type { Queryable } from './db.ts'
import type { LeasedDelivery } from './deliveries.ts'
import { violates } from './violations.ts'

/**
 * Makes the identity of a leased row the owner of an account: the link, the row's new subject and the event in one
 * statement. `owned` when another identity owns the account: then nothing is written. `lost` when the lease is gone, or
 * the row follows somebody else by now: the account was made for the identity that was leased.
 */
export async function linkAccount(
  db: Queryable,
  delivery: LeasedDelivery,
  link: { readonly account: string; readonly origin: 'created' | 'adopted' },
): Promise<'linked' | 'owned' | 'lost'> {
  try {
    const { rowCount } = await db.query({
      name: 'link-account',
      text: LINK,
      values: [delivery.id, delivery.token, link.account, link.origin, `account:${link.account}`, delivery.identity],
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
  insert into link (tenant_id, app_id, connection_id, identity_id, state, account_id, origin)
  select held.tenant_id, held.app_id, held.connection_id, held.identity_id, 'linked', $3, $4 from held
  on conflict (tenant_id, app_id, connection_id, identity_id) do update
  set state = 'linked', account_id = excluded.account_id, origin = coalesce(link.origin, excluded.origin), why = null, since = now()
), logged as (
  insert into event (tenant_id, at, actor, kind, connection_id, identity_id, app_id, account_id)
  select held.tenant_id, now(), 'rollcall', 'account.' || $4, held.connection_id, held.identity_id, held.app_id, $3 from held
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
