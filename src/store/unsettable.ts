/**
 * What is wanted of accounts and their app does not let be set, but by a person in its own console.
 * Decides that of each identity what is known last is kept; must not decide what that is, nor open an item for it.
 */
import type { AttributeName } from '../identity/account.ts'
import type { Queryable } from './db.ts'
import type { AppKey, LeasedDelivery } from './deliveries.ts'

export interface Unsettable {
  readonly attribute: AttributeName
  /** As the app would show it; null for empty. */
  readonly wanted: string | null
  /** Where a person sets it, in whole sentences. */
  readonly byHand: string
}

/** In the place of what was known of the identity of a leased row; nothing where the lease is lost. */
export async function saveUnsettable(
  db: Queryable,
  delivery: LeasedDelivery,
  unsettable: readonly Unsettable[],
): Promise<void> {
  await db.query({
    name: 'save-unsettable',
    text: SAVE,
    values: [delivery.id, delivery.token, JSON.stringify(unsettable)],
  })
}

const SAVE = `
with held as materialized (
  select delivery.tenant_id, delivery.app_id, delivery.connection_id, delivery.identity_id
  from delivery where delivery.id = $1 and delivery.lease_token = $2
), now_left as materialized (
  select * from jsonb_to_recordset($3::jsonb) as now_left (attribute text, wanted text, "byHand" text)
), over as (
  delete from unsettable using held
  where unsettable.tenant_id = held.tenant_id and unsettable.app_id = held.app_id
    and unsettable.connection_id = held.connection_id and unsettable.identity_id = held.identity_id
    and not exists (select from now_left where now_left.attribute = unsettable.attribute)
)
insert into unsettable (tenant_id, app_id, connection_id, identity_id, attribute, wanted, by_hand)
select held.tenant_id, held.app_id, held.connection_id, held.identity_id, now_left.attribute, now_left.wanted, now_left."byHand"
from held cross join now_left
on conflict (tenant_id, app_id, connection_id, identity_id, attribute) do update
set wanted = excluded.wanted, by_hand = excluded.by_hand
where (unsettable.wanted, unsettable.by_hand) is distinct from (excluded.wanted, excluded.by_hand)`

/** As JSON, of the `identity` of a query and the app that it names; null where nothing is known. */
export const unsettableAsJson = (app: string): string => `(
               select jsonb_agg(jsonb_build_object('attribute', unsettable.attribute, 'wanted', unsettable.wanted, 'byHand', unsettable.by_hand)
                                order by unsettable.attribute)
               from unsettable
               where unsettable.tenant_id = identity.tenant_id and unsettable.app_id = ${app}
                 and unsettable.connection_id = identity.connection_id and unsettable.identity_id = identity.id)`

/** What is known of one identity. */
export async function readUnsettable(
  db: Queryable,
  { tenant, app }: AppKey,
  { connection, identity }: { readonly connection: string; readonly identity: string },
): Promise<readonly Unsettable[]> {
  const { rows } = await db.query<Unsettable>({
    name: 'read-unsettable',
    text: `
      select unsettable.attribute, unsettable.wanted, unsettable.by_hand as "byHand" from unsettable
      where unsettable.tenant_id = $1 and unsettable.app_id = $2 and unsettable.connection_id = $3 and unsettable.identity_id = $4
      order by unsettable.attribute`,
    values: [tenant, app, connection, identity],
  })
  return rows
}
