/**
 * Connections as the admin API shows them.
 * Decides what is read; must not change anything or show a credential.
 */
import type { Profile } from '../../scim/quirks.ts'
import type { Queryable } from '../db.ts'
import { isoOrNull } from './page.ts'

export interface ConnectionRow {
  readonly id: string
  readonly profile: Profile
  readonly delivery: 'queue' | 'confirm'
  readonly state: 'attached' | 'detached'
  /** Bearer tokens that open it now. */
  readonly tokens: number
  /** Whether it has an OAuth client, and passwords for HTTP Basic. */
  readonly oauth: boolean
  readonly basic: boolean
  readonly apps: { readonly id: string; readonly type: string; readonly mode: 'enforce' | 'observe' }[]
  /** When something last came. */
  readonly lastCall: string | null
}

/** One connection, detached ones too. */
export async function readConnection(
  db: Queryable,
  key: { tenant: string; connection: string },
): Promise<ConnectionRow | undefined> {
  const { rows } = await db.query<Omit<ConnectionRow, 'lastCall'> & { last: Date | null }>({
    text: `
      select connection.id, connection.profile, connection.delivery,
        case when connection.detached_at is null then 'attached' else 'detached' end as state,
        opens.tokens, opens.secrets > 0 and connection.oauth_client_id is not null as oauth, opens.passwords > 0 as basic,
        coalesce((
          select jsonb_agg(jsonb_build_object('id', app.id, 'type', app.type, 'mode', app.mode) order by app.id)
          from connection_app
          join app on app.tenant_id = connection_app.tenant_id and app.id = connection_app.app_id
          where connection_app.tenant_id = connection.tenant_id and connection_app.connection_id = connection.id
            and app.detached_at is null
        ), '[]') as apps,
        (select scim_exchange.at from scim_exchange
         where scim_exchange.tenant_id = connection.tenant_id and scim_exchange.connection_id = connection.id
         order by scim_exchange.id desc limit 1) as last
      from connection
      left join lateral (
        select count(*) filter (where credential.kind = 'scim')::int as tokens,
          count(*) filter (where credential.kind = 'secret') as secrets,
          count(*) filter (where credential.kind = 'password') as passwords
        from credential
        where credential.tenant_id = connection.tenant_id and credential.connection_id = connection.id
          and (credential.declared or credential.made_by is not null) and credential.revoked_at is null
          and (credential.expires_at is null or credential.expires_at > now())
      ) as opens on true
      where connection.tenant_id = $1 and connection.id = $2`,
    values: [key.tenant, key.connection],
  })
  const row = rows[0]
  if (row === undefined) return undefined
  const { last, ...connection } = row
  return { ...connection, lastCall: isoOrNull(last) }
}
