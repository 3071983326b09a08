/**
 * The SCIM log of a connection.
 * Decides what is read and in which order; must not redact (what is stored is redacted already).
 */
import type { Queryable } from '../db.ts'
import { iso, partOf, type Part } from './page.ts'

export interface ExchangeRow {
  readonly id: number
  readonly time: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly durationMs: number
  readonly requestId: string
  readonly userAgent: string | null
  readonly understood: { readonly code: string; readonly detail: string }[]
  readonly why: string | null
  readonly body: unknown
}

interface Row extends Omit<ExchangeRow, 'time' | 'durationMs' | 'requestId' | 'userAgent'> {
  at: Date
  duration_ms: number
  request_id: string
  user_agent: string | null
}

const COLUMNS = `scim_exchange.id, scim_exchange.at, scim_exchange.method, scim_exchange.path, scim_exchange.status,
  scim_exchange.duration_ms, scim_exchange.request_id, scim_exchange.user_agent, scim_exchange.understood, scim_exchange.why, scim_exchange.body`

interface ConnectionKey {
  readonly tenant: string
  readonly connection: string
}

/** Newest first, before `before`. */
export async function listExchanges(
  db: Queryable,
  list: ConnectionKey & { before?: number | undefined; limit: number },
): Promise<Part<ExchangeRow, number>> {
  const { rows } = await db.query<Row>({
    text: `
      select ${COLUMNS} from scim_exchange
      where scim_exchange.tenant_id = $1 and scim_exchange.connection_id = $2 and scim_exchange.id < $3
      order by scim_exchange.id desc
      limit $4`,
    values: [list.tenant, list.connection, list.before ?? Number.MAX_SAFE_INTEGER, list.limit + 1],
  })
  return partOf(rows, list.limit, { item: exchangeOf, key: (row) => row.id })
}

/** Later than `after`, oldest first: for following the log. */
export async function exchangesAfter(
  db: Queryable,
  list: ConnectionKey & { after: number; limit: number },
): Promise<ExchangeRow[]> {
  const { rows } = await db.query<Row>({
    text: `
      select ${COLUMNS} from scim_exchange
      where scim_exchange.tenant_id = $1 and scim_exchange.connection_id = $2 and scim_exchange.id > $3
      order by scim_exchange.id
      limit $4`,
    values: [list.tenant, list.connection, list.after, list.limit],
  })
  return rows.map(exchangeOf)
}

/** Whether the tenant has such a connection, detached ones too. */
export async function hasConnection(db: Queryable, key: ConnectionKey): Promise<boolean> {
  const { rowCount } = await db.query({
    text: 'select from connection where connection.tenant_id = $1 and connection.id = $2',
    values: [key.tenant, key.connection],
  })
  return rowCount === 1
}

const exchangeOf = ({ at, duration_ms, request_id, user_agent, ...row }: Row): ExchangeRow => ({
  ...row,
  time: iso(at),
  durationMs: duration_ms,
  requestId: request_id,
  userAgent: user_agent,
})
