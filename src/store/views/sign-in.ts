/**
 * What the slower ways to sign in are checked against: the secrets of OAuth clients, and passwords.
 * Decides which are valid; must not see a secret, and must not check a password.
 */
import type { Queryable } from '../db.ts'

export interface ClientSecret {
  readonly sha256: Buffer
  readonly id: number
  readonly tenant: string
  readonly connection: string
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly tokenSeconds: number
  readonly requestsPerSecond: number
}

/** Those of these hashes that are secrets of a client now, in no order. */
export async function findClientSecrets(db: Queryable, hashes: readonly Buffer[]): Promise<readonly ClientSecret[]> {
  const { rows } = await db.query<ClientSecret>({
    name: 'find-client-secrets',
    text: `
      select credential.sha256, credential.id, credential.tenant_id as tenant, credential.connection_id as connection,
             connection.oauth_client_id as "clientId", connection.oauth_scopes as scopes,
             connection.oauth_token_seconds as "tokenSeconds", connection.requests_per_second as "requestsPerSecond"
      from credential
      join connection on connection.tenant_id = credential.tenant_id and connection.id = credential.connection_id
      where credential.sha256 = any($1::bytea[]) and credential.kind = 'secret' and credential.declared
        and credential.revoked_at is null and (credential.expires_at is null or credential.expires_at > now())
        and connection.detached_at is null and connection.oauth_client_id is not null`,
    values: [hashes],
  })
  return rows
}

export interface Password {
  /** Random: the name of the row, not a hash of anything. */
  readonly sha256: Buffer
  readonly slowHash: string
}

/** The passwords of a user name that are declared, revoked ones among them: whoever has one may hear that it is. */
export async function findPasswords(db: Queryable, userName: string): Promise<readonly Password[]> {
  const { rows } = await db.query<Password>({
    name: 'find-passwords',
    text: `
      select credential.sha256, credential.slow_hash as "slowHash"
      from credential
      where credential.user_name = $1 and credential.kind = 'password' and credential.declared
      order by credential.id desc limit 10`,
    values: [userName],
  })
  return rows
}
