/**
 * SCIM tokens, known by their SHA-256 only.
 * Decides which are valid; must not see a token.
 */
import type { Profile } from '../../scim/quirks.ts'
import type { Queryable } from '../db.ts'

export interface ScimCredential {
  readonly sha256: Buffer
  readonly tenant: string
  readonly connection: string
  readonly profile: Profile
  /** Seconds an answer waits for an app at most; null where it does not wait. */
  readonly confirmSeconds: number | null
}

/** The connection a SCIM token opens; undefined for one that is unknown, revoked or of a detached connection. */
export async function findScimCredential(db: Queryable, sha256: Buffer): Promise<ScimCredential | undefined> {
  const { rows } = await db.query<ScimCredential>({
    name: 'find-scim-credential',
    text: `
      select credential.sha256, credential.tenant_id as tenant, credential.connection_id as connection, connection.profile,
             case when connection.delivery = 'confirm' then connection.confirm_seconds end as "confirmSeconds"
      from credential
      join connection on connection.tenant_id = credential.tenant_id and connection.id = credential.connection_id
      where credential.sha256 = $1 and credential.kind = 'scim' and credential.declared
        and credential.revoked_at is null and connection.detached_at is null`,
    values: [sha256],
  })
  return rows[0]
}
