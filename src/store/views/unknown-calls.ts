/**
 * Calls that reached no connection, as one tenant may see them.
 * Decides whose they are; must not show one tenant a call that may have been meant for another.
 */
import type { Queryable } from '../db.ts'
import { iso } from './page.ts'

type Carried =
  | 'nothing'
  | 'unknown'
  | 'revoked'
  | 'expired'
  | 'detached'
  | 'api-key'
  | 'client-secret'
  | 'valid'
  | 'foreign-jwt'

export interface UnknownCallRow {
  readonly id: number
  readonly time: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly address: string
  readonly userAgent: string | null
  readonly provider: 'okta' | 'entra' | 'onelogin' | 'generic' | null
  readonly carried: Carried
}

interface Row extends Omit<UnknownCallRow, 'time' | 'userAgent'> {
  at: Date
  user_agent: string | null
}

/**
 * Later than `after`, oldest first: those of the connection, those with an API key of the tenant, and with `nobodys` also
 * those that are nobody's.
 */
export async function unknownCallsAfter(
  db: Queryable,
  list: { tenant: string; connection: string; after: number; limit: number; nobodys: boolean },
): Promise<UnknownCallRow[]> {
  const { rows } = await db.query<Row>({
    text: `
      select unknown_call.id, unknown_call.at, unknown_call.method, unknown_call.path, unknown_call.status,
        unknown_call.address, unknown_call.user_agent, unknown_call.provider, unknown_call.carried
      from unknown_call
      where unknown_call.id > $3
        and ((unknown_call.tenant_id = $1 and (unknown_call.connection_id = $2 or unknown_call.connection_id is null))
          or ($5 and unknown_call.tenant_id is null))
      order by unknown_call.id
      limit $4`,
    values: [list.tenant, list.connection, list.after, list.limit, list.nobodys],
  })
  return rows.map(({ at, user_agent, ...row }) => ({ ...row, time: iso(at), userAgent: user_agent }))
}

/** Whether there is one tenant in this database and no other, former ones included. */
export async function isOnlyTenant(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ tenants: number }>(
    'select count(*)::int as tenants from (select from tenant limit 2) as few',
  )
  return rows[0]?.tenants === 1
}
