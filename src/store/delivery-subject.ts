/**
 * What a leased delivery is about: the identity as it is now, and what is known of its account.
 * Decides what is read together; must not read the app, nor change anything.
 */
import type { UserDocument } from '../scim/resource.ts'
import type { Queryable } from './db.ts'
import type { LeasedDelivery } from './deliveries.ts'
import { unsettableAsJson, type Unsettable } from './unsettable.ts'

/** What a leased row is about, read after the lease, so never older than `wanted`. */
export interface DeliverySubject {
  readonly document: UserDocument
  readonly active: boolean
  readonly deleted: boolean
  readonly version: number
  /** When its provider first sent it. */
  readonly createdAt: Date
  /** The account this identity owns in the app. */
  readonly account?: string
  /** It was not there any more when it was last looked for. */
  readonly gone: boolean
  /** The provider waits for an answer about this version. */
  readonly confirming: boolean
  /** Nobody has written to it (any more), so it wants nothing: see store/shown-accounts.ts. */
  readonly shown: boolean
  /** The account that its provider was shown under its id before it wrote to it. */
  readonly addressed?: string
  /** What of its account is left for a person to set in the app. */
  readonly unsettable: readonly Unsettable[]
}

/** The current wish behind a leased row. */
export async function readSubject(db: Queryable, delivery: LeasedDelivery): Promise<DeliverySubject> {
  const { rows } = await db.query<{
    document: UserDocument
    active: boolean
    deleted: boolean
    version: number
    created_at: Date
    account_id: string | null
    gone: boolean
    confirming: boolean
    shown: boolean
    addressed: string | null
    unsettable: Unsettable[] | null
  }>({
    name: 'read-subject',
    text: `
      select identity.document, identity.active, identity.deleted_at is not null as deleted, identity.version, identity.created_at, link.account_id,
             coalesce(link.state = 'deleted', false) as gone,
             identity.shown, case when identity.shown_app = $4 then identity.shown_account end as addressed,
             exists (select from confirmation where confirmation.tenant_id = identity.tenant_id
                     and confirmation.connection_id = identity.connection_id and confirmation.identity_id = identity.id
                     and confirmation.version = identity.version) as confirming, ${unsettableAsJson('$4')} as unsettable
      from identity
      left join link on link.tenant_id = identity.tenant_id and link.app_id = $4 and link.connection_id = identity.connection_id
        and link.identity_id = identity.id and link.state in ('linked', 'deleted')
      where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3`,
    values: [delivery.tenant, delivery.connection, delivery.identity, delivery.app],
  })
  const row = rows[0]
  if (row === undefined) throw new Error(`delivery ${delivery.id} follows an identity that does not exist`)
  const { document, active, deleted, version, gone, confirming, shown } = row
  return {
    document,
    active,
    deleted,
    version,
    createdAt: row.created_at,
    gone,
    confirming,
    shown,
    unsettable: row.unsettable ?? [],
    ...(row.account_id === null ? {} : { account: row.account_id }),
    ...(row.addressed === null ? {} : { addressed: row.addressed }),
  }
}
