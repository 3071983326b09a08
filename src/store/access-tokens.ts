/**
 * Access tokens: what /oauth/token has handed out.
 * Decides how long one is kept; must not see a token, only its SHA-256.
 */
import type { Queryable } from './db.ts'

export interface NewAccessToken {
  readonly sha256: Buffer
  /** SHA-256 of the client secret it was asked with, which it ends with. */
  readonly secret: Buffer
  readonly scope: string
  readonly seconds: number
}

/** Expired tokens that are forgotten with each new one: more than come, so that they never pile up. */
const FORGOTTEN_AT_ONCE = 20

/**
 * False where the secret has been revoked meanwhile. Tokens are forgotten a day after they have expired, so that who
 * uses one for too long hears why.
 */
export async function insertAccessToken(db: Queryable, token: NewAccessToken): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'insert-access-token',
    text: `
      with forgotten as (
        delete from access_token where access_token.sha256 in (
          select old.sha256 from access_token old where old.expires_at < now() - interval '1 day'
          order by old.expires_at limit ${FORGOTTEN_AT_ONCE} for update skip locked)
      )
      insert into access_token (sha256, tenant_id, connection_id, secret, scope, expires_at)
      select $1, credential.tenant_id, credential.connection_id, credential.sha256, $3, now() + make_interval(secs => $4)
      from credential where credential.sha256 = $2 and credential.kind = 'secret' and credential.revoked_at is null`,
    values: [token.sha256, token.secret, token.scope, token.seconds],
  })
  return rowCount === 1
}
