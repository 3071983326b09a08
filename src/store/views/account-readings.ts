/**
 * How the reading of an app went whose accounts a provider is shown.
 * Decides what is read; must not change anything.
 */
import type { Queryable } from '../db.ts'
import type { AppKey } from '../deliveries.ts'
import { iso, isoOrNull } from './page.ts'

export interface ReadingRow {
  /** Connections that are shown the accounts. */
  readonly to: string[]
  /** Of the last reading that ended; null before the first. */
  readonly verdict: 'whole' | 'partial' | 'unreachable' | null
  readonly why: string | null
  readonly at: string | null
  /** Accounts it saw, and how many of them are shown to somebody. */
  readonly accounts: number | null
  readonly shown: number | null
  /** When everybody was last seen. */
  readonly wholeAt: string | null
  readonly nextAt: string
}

/** Undefined for an app whose accounts nobody is shown. */
export async function readReading(db: Queryable, key: AppKey): Promise<ReadingRow | undefined> {
  const { rows } = await db.query<
    Omit<ReadingRow, 'at' | 'wholeAt' | 'nextAt'> & { ended_at: Date | null; whole_at: Date | null; next_at: Date }
  >({
    text: `
      select account_reading.verdict, account_reading.why, account_reading.accounts, account_reading.shown,
             account_reading.ended_at, account_reading.whole_at, account_reading.next_at,
             array(
               select connection_app.connection_id from connection_app
               where connection_app.tenant_id = account_reading.tenant_id and connection_app.app_id = account_reading.app_id
                 and connection_app.shows_accounts order by 1) as "to"
      from account_reading
      where account_reading.tenant_id = $1 and account_reading.app_id = $2`,
    values: [key.tenant, key.app],
  })
  const row = rows[0]
  if (row === undefined) return undefined
  const { ended_at, whole_at, next_at, ...rest } = row
  return { ...rest, at: isoOrNull(ended_at), wholeAt: isoOrNull(whole_at), nextAt: iso(next_at) }
}
