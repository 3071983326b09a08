/**
 * API keys, as sign-in to the admin API reads them.
 * Decides which are valid; must not see a key, only its SHA-256.
 */
import type { Queryable } from '../db.ts'

export interface ApiKey {
  readonly sha256: Buffer
  readonly tenant: string
  readonly id: string
  readonly role: 'owner' | 'operator' | 'auditor'
}

/** The key with this SHA-256; undefined for one that is unknown, revoked or no longer declared. */
export async function findApiKey(db: Queryable, sha256: Buffer): Promise<ApiKey | undefined> {
  const { rows } = await db.query<ApiKey>({
    name: 'find-api-key',
    text: `
      select credential.sha256, credential.tenant_id as tenant, credential.key_id as id, credential.role
      from credential
      where credential.sha256 = $1 and credential.kind = 'api' and credential.declared and credential.revoked_at is null`,
    values: [sha256],
  })
  return rows[0]
}
