/**
 * What opens a connection, by its SHA-256: tokens, access tokens, and passwords that have been checked.
 * Decides which are valid and why one is not; must not see a token.
 */
import type { Profile } from '../../scim/quirks.ts'
import type { Queryable } from '../db.ts'

export interface ScimCredential {
  readonly sha256: Buffer
  /** As `rollcall token list` shows it; of an access token, that of the secret it was asked with. */
  readonly id: number
  readonly tenant: string
  readonly connection: string
  readonly profile: Profile
  /** Seconds an answer waits for an app at most; null where it does not wait. */
  readonly confirmSeconds: number | null
  readonly requestsPerSecond: number
  /** Until it expires, by the clock of the database; null where it does not. */
  readonly leftMs: number | null
}

export interface FoundCredential extends ScimCredential {
  readonly kind: 'scim' | 'password' | 'access'
  /** Why it opens nothing any more; null where it does. */
  readonly refused: 'revoked' | 'expired' | null
}

/**
 * Those of these hashes that are known and belong to an attached connection, in no order. An access token ends with the
 * secret it was asked with.
 */
export async function findScimCredentials(
  db: Queryable,
  hashes: readonly Buffer[],
): Promise<readonly FoundCredential[]> {
  const { rows } = await db.query<FoundCredential>({
    name: 'find-scim-credentials',
    text: `
      with found as (
        select credential.sha256, credential.kind, credential.sha256 as held, null::timestamptz as expires_at
        from credential where credential.sha256 = any($1::bytea[]) and credential.kind in ('scim', 'password')
        union all
        select access_token.sha256, 'access', access_token.secret, access_token.expires_at
        from access_token where access_token.sha256 = any($1::bytea[])
      )
      select found.sha256, found.kind, credential.id, credential.tenant_id as tenant, credential.connection_id as connection,
             connection.profile, connection.requests_per_second as "requestsPerSecond",
             case when connection.delivery = 'confirm' then connection.confirm_seconds end as "confirmSeconds",
             (extract(epoch from least(found.expires_at, credential.expires_at) - now()) * 1000)::float8 as "leftMs",
             case when credential.revoked_at is not null then 'revoked'
                  when least(found.expires_at, credential.expires_at) <= now() then 'expired' end as refused
      from found
      join credential on credential.sha256 = found.held
      join connection on connection.tenant_id = credential.tenant_id and connection.id = credential.connection_id
      where (credential.declared or credential.made_by is not null) and connection.detached_at is null`,
    values: [hashes],
  })
  return rows
}

/** The connection a token opens; undefined for one that is unknown, revoked, expired or of a detached connection. */
export async function findScimCredential(db: Queryable, sha256: Buffer): Promise<ScimCredential | undefined> {
  const found = await findScimCredentials(db, [sha256])
  return found.find(({ kind, refused }) => kind !== 'password' && refused === null)
}
