/**
 * Tokens that are made and revoked here, and when what signs in was last used.
 * Decides what is written together with its event; must not see a token, only its SHA-256.
 */
import type { Queryable } from './db.ts'

export interface NewToken {
  readonly tenant: string
  readonly connection: string
  readonly sha256: Buffer
  readonly name: string | null
  readonly expires: Date | null
  readonly actor: string
}

/** The token and its event, in one statement. Undefined where there is no such connection, or it is detached. */
export async function insertToken(db: Queryable, token: NewToken): Promise<{ readonly id: number } | undefined> {
  const { rows } = await db.query<{ id: number }>(
    `with made as (
       insert into credential (sha256, tenant_id, kind, connection_id, name, expires_at, made_by, declared)
       select $1, connection.tenant_id, 'scim', connection.id, $4, $5, $6, false
       from connection where connection.tenant_id = $2 and connection.id = $3 and connection.detached_at is null
       returning credential.id, credential.tenant_id, credential.connection_id, credential.name, credential.expires_at
     ), told as (
       insert into event (tenant_id, at, actor, kind, connection_id, data)
       select made.tenant_id, now(), $6, 'token.created', made.connection_id,
              jsonb_build_object('token', made.id, 'name', made.name, 'expires', made.expires_at)
       from made
     )
     select made.id from made`,
    [token.sha256, token.tenant, token.connection, token.name, token.expires, token.actor],
  )
  return rows[0]
}

export interface Revocation {
  readonly tenant: string
  readonly id: number
  readonly actor: string
}

/**
 * Revokes for ever, whatever rollcall.yaml says later; with a client secret end its access tokens. The second time
 * changes nothing and has no event. False where there is nothing of this id that opens a connection.
 */
export async function revokeCredential(db: Queryable, { tenant, id, actor }: Revocation): Promise<boolean> {
  const { rows } = await db.query<{ known: boolean }>(
    `with revoked as (
       update credential set revoked_at = now(), revoked_by = $3
       where credential.tenant_id = $1 and credential.id = $2 and credential.kind <> 'api' and credential.revoked_at is null
       returning credential.tenant_id, credential.connection_id, credential.id, credential.kind, credential.name
     ), told as (
       insert into event (tenant_id, at, actor, kind, connection_id, data)
       select revoked.tenant_id, now(), $3, 'token.revoked', revoked.connection_id,
              jsonb_build_object('token', revoked.id, 'kind', revoked.kind, 'name', revoked.name)
       from revoked
     )
     select exists (
       select from credential where credential.tenant_id = $1 and credential.id = $2 and credential.kind <> 'api'
     ) as known`,
    [tenant, id, actor],
  )
  return rows[0]?.known === true
}

/** When a credential last opened its connection. */
export interface Use {
  readonly id: number
  readonly at: Date
}

/** One statement for all of them; an older instant than is known changes nothing. */
export async function noteUses(db: Queryable, uses: readonly Use[]): Promise<void> {
  await db.query({
    name: 'note-uses',
    text: `
      update credential set last_used_at = used.at
      from unnest($1::bigint[], $2::timestamptz[]) as used (id, at)
      where credential.id = used.id and (credential.last_used_at is null or credential.last_used_at < used.at)`,
    values: [uses.map(({ id }) => id), uses.map(({ at }) => at)],
  })
}
