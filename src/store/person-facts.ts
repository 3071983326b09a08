/**
 * What is known of a person over all connections, for expressions of policies.
 * Decides what of it can be read there; must not show anything of another tenant, or of who is gone.
 */
import type { JsonValue } from '../scim/json.ts'
import type { Queryable } from './db.ts'
import type { LeasedDelivery } from './deliveries.ts'

/** `{identities: [{connection, userName, active}, …]}`, the identity itself among them, in order of connections. */
export async function personOf(
  db: Queryable,
  { tenant, connection, identity }: Pick<LeasedDelivery, 'tenant' | 'connection' | 'identity'>,
): Promise<Readonly<Record<string, JsonValue>>> {
  const { rows } = await db.query<{ connection: string; userName: string; active: boolean }>({
    name: 'person-facts',
    text: `
      select other.connection_id as connection, other.user_name as "userName", other.active
      from identity
      join identity other on other.tenant_id = identity.tenant_id and other.person_id = identity.person_id
        and other.deleted_at is null and not other.undecided
      where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3
      order by other.connection_id, other.user_name_key`,
    values: [tenant, connection, identity],
  })
  return { identities: rows.map((row) => ({ ...row })) }
}
