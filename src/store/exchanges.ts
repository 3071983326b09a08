/**
 * The last exchanges of each connection, for `rollcall scim log`.
 * Decides how many are kept; must not hold a secret (they arrive redacted).
 */
import type { Queryable } from './db.ts'
import type { World } from './users.ts'

export interface Exchange {
  readonly at: Date
  readonly method: string
  readonly path: string
  readonly status: number
  readonly durationMs: number
  readonly requestId: string
  readonly body: unknown
  /** What was forgiven or read in another way than written. */
  readonly understood: readonly { readonly code: string; readonly detail: string }[]
  /** Why it was refused. */
  readonly why?: string
  /** Empty where the header was there and empty; absent where it was not there. */
  readonly userAgent?: string
}

/** Exchanges kept for each connection. */
export const EXCHANGES_KEPT = 500

/** Appends exchanges of one connection and lets the oldest go. */
export async function saveExchanges(db: Queryable, world: World, exchanges: readonly Exchange[]): Promise<void> {
  await db.query({
    name: 'save-exchanges',
    text: `
      insert into scim_exchange (tenant_id, connection_id, at, method, path, status, duration_ms, request_id, body, understood, why, user_agent)
      select $1, $2, row.at, row.method, row.path, row.status, row."durationMs", row."requestId", row.body, row.understood, row.why, row."userAgent"
      from jsonb_to_recordset($3) as row (at timestamptz, method text, path text, status smallint, "durationMs" real, "requestId" text, body jsonb, understood jsonb, why text, "userAgent" text)`,
    values: [world.tenant, world.connection, JSON.stringify(exchanges)],
  })
  await db.query({
    name: 'trim-exchanges',
    text: `
      delete from scim_exchange
      where scim_exchange.tenant_id = $1 and scim_exchange.connection_id = $2 and scim_exchange.id <= (
        select recent.id from scim_exchange recent
        where recent.tenant_id = $1 and recent.connection_id = $2 order by recent.id desc offset $3 limit 1)`,
    values: [world.tenant, world.connection, EXCHANGES_KEPT],
  })
}
