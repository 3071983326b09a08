/**
 * What people have decided about identity and account (`rollcall link settle`).
 * Decides how a settlement is kept and found; must not decide what it does to a delivery (reconcile/adoption.ts).
 */
import type { Settlement } from '../reconcile/adoption.ts'
import type { UserDocument } from '../scim/resource.ts'
import type { Queryable } from './db.ts'
import type { LeasedDelivery } from './deliveries.ts'
import { settledOf } from './ownership.ts'

/**
 * A settlement about this user name that was made for an identity whose create was refused, and that never came to be. The
 * provider may try again under another id, and what was settled holds for who has the same name and is the same person.
 */
export async function readSettledByName(
  db: Queryable,
  delivery: LeasedDelivery,
  userNameKey: string,
): Promise<
  { readonly settled: Settlement & { readonly account?: string }; readonly document: UserDocument } | undefined
> {
  const { rows } = await db.query<Parameters<typeof settledOf>[0] & { document: UserDocument }>({
    name: 'read-settled-by-name',
    text: `
      select link.settled_as, link.account_id, link.even_protected, identity.document
      from identity
      join link on link.tenant_id = identity.tenant_id and link.app_id = $2 and link.connection_id = identity.connection_id
        and link.identity_id = identity.id
      where identity.tenant_id = $1 and identity.connection_id = $3 and identity.user_name_key = $4 and identity.refused_at is not null
        and link.settled_as is not null
      order by link.settled_at desc limit 1`,
    values: [delivery.tenant, delivery.app, delivery.connection, userNameKey],
  })
  const row = rows[0]
  const { settled } = row === undefined ? {} : settledOf(row)
  return row === undefined || settled === undefined ? undefined : { settled, document: row.document }
}

/** Forgets what is known of refused identities of this name: somebody who is there has the account now. */
export async function forgetRefused(db: Queryable, delivery: LeasedDelivery, userNameKey: string): Promise<void> {
  await db.query({
    name: 'forget-refused',
    text: `
      delete from link using identity
      where identity.tenant_id = $1 and identity.connection_id = $3 and identity.user_name_key = $4 and identity.refused_at is not null
        and link.tenant_id = identity.tenant_id and link.app_id = $2 and link.connection_id = identity.connection_id
        and link.identity_id = identity.id and link.origin is null and identity.id <> $5`,
    values: [delivery.tenant, delivery.app, delivery.connection, userNameKey, delivery.identity],
  })
}
