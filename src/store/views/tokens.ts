/**
 * Tokens, client secrets and passwords as people see them.
 * Decides what is read of one and in which order; must not read a hash.
 */
import type { Queryable } from '../db.ts'
import { iso, isoOrNull, partOf, type Part } from './page.ts'

export interface TokenRow {
  readonly id: number
  readonly connection: string
  readonly kind: 'token' | 'secret' | 'password'
  readonly name: string | null
  readonly state: 'valid' | 'expired' | 'revoked' | 'withdrawn'
  /** Who made it here; null for what rollcall.yaml declares. */
  readonly madeBy: string | null
  readonly made: string
  readonly expires: string | null
  readonly lastUsed: string | null
  readonly revoked: { readonly by: string; readonly at: string } | null
}

export interface TokenList {
  readonly tenant: string
  readonly connection?: string | undefined
  /** Only this one. */
  readonly id?: number | undefined
  /** Id of the last row of the page before. */
  readonly before?: number | undefined
  readonly limit: number
}

interface Row extends Omit<TokenRow, 'made' | 'expires' | 'lastUsed' | 'revoked'> {
  made: Date
  expires: Date | null
  last_used_at: Date | null
  revoked_by: string | null
  revoked_at: Date | null
}

/** Newest first; of one tenant, API keys left out. */
export async function listTokens(db: Queryable, list: TokenList): Promise<Part<TokenRow, number>> {
  const values: unknown[] = [list.tenant, list.limit + 1]
  const only = (condition: string, value: unknown): string =>
    value === undefined ? '' : `and ${condition.replace('?', `$${values.push(value)}`)}`
  const { rows } = await db.query<Row>({
    text: `
      select credential.id, credential.connection_id as connection, credential.name,
             case credential.kind when 'scim' then 'token' else credential.kind end as kind,
             case when credential.revoked_at is not null then 'revoked'
                  when connection.detached_at is not null then 'withdrawn'
                  when not credential.declared and credential.made_by is null then 'withdrawn'
                  when credential.expires_at <= now() then 'expired'
                  else 'valid' end as state,
             credential.made_by as "madeBy", credential.created_at as made, credential.expires_at as expires,
             credential.last_used_at, credential.revoked_by, credential.revoked_at
      from credential
      join connection on connection.tenant_id = credential.tenant_id and connection.id = credential.connection_id
      where credential.tenant_id = $1 and credential.kind <> 'api'
        ${only('credential.connection_id = ?', list.connection)}
        ${only('credential.id = ?', list.id)}
        ${only('credential.id < ?', list.before)}
      order by credential.id desc
      limit $2`,
    values,
  })
  return partOf(rows, list.limit, { item: tokenOf, key: (row) => row.id })
}

function tokenOf({ made, expires, last_used_at, revoked_by, revoked_at, ...row }: Row): TokenRow {
  return {
    ...row,
    made: iso(made),
    expires: isoOrNull(expires),
    lastUsed: isoOrNull(last_used_at),
    revoked: revoked_at === null ? null : { by: revoked_by ?? 'unknown', at: iso(revoked_at) },
  }
}
