/**
 * Calls that reached no connection.
 * Decides whose they are, by the hash of what they carried, and how many are kept; must not keep the hash.
 */
import type { Queryable } from './db.ts'

/** What a call carried to sign in with, as far as its form tells. */
export type CarriedForm = 'nothing' | 'secret' | 'foreign-jwt'

export interface UnknownCall {
  readonly at: Date
  readonly method: string
  /** Without its query, which may name people. */
  readonly path: string
  readonly status: number
  /** Where it came from. */
  readonly address: string
  readonly userAgent: string | null
  /** Which provider it looks like. */
  readonly provider: string | null
  readonly form: CarriedForm
  /** SHA-256 in hexadecimal of each secret it may have meant. */
  readonly sha256: readonly string[]
}

/** Calls kept for each connection, and of those that are nobody's. */
export const UNKNOWN_CALLS_KEPT = 100

/**
 * Appends calls. One that carries a secret somebody has, in whatever state, is theirs; any other is nobody's.
 * Lets the oldest go.
 */
export async function saveUnknownCalls(db: Queryable, calls: readonly UnknownCall[]): Promise<void> {
  await db.query({
    name: 'save-unknown-calls',
    text: `
      insert into unknown_call (at, tenant_id, connection_id, method, path, status, address, user_agent, provider, carried)
      select row.at, known.tenant_id, known.connection_id, row.method, row.path, row.status, row.address, row."userAgent", row.provider,
        case when row.form <> 'secret' then row.form else coalesce(known.standing, 'unknown') end
      from jsonb_to_recordset($1) as row (at timestamptz, method text, path text, status smallint, address text,
        "userAgent" text, provider text, form text, sha256 jsonb)
      left join lateral (
        select credential.tenant_id, credential.connection_id,
          case when credential.kind = 'api' then 'api-key'
               when credential.revoked_at is not null or not (credential.declared or credential.made_by is not null) then 'revoked'
               when credential.expires_at <= row.at then 'expired'
               when credential.kind <> 'scim' then 'client-secret'
               when connection.detached_at is not null then 'detached' else 'valid' end as standing
        from credential
        left join connection on connection.tenant_id = credential.tenant_id and connection.id = credential.connection_id
        where credential.sha256 = any (array(
          select decode(given.hex, 'hex') from jsonb_array_elements_text(row.sha256) as given (hex)))
        limit 1
      ) as known on true`,
    values: [JSON.stringify(calls)],
  })
  await db.query({
    name: 'trim-unknown-calls',
    text: `
      delete from unknown_call using (
        select kept.id, row_number() over (partition by kept.tenant_id, kept.connection_id order by kept.id desc) as place
        from unknown_call as kept
      ) as ranked
      where unknown_call.id = ranked.id and ranked.place > $1`,
    values: [UNKNOWN_CALLS_KEPT],
  })
}
