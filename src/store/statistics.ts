/**
 * What PostgreSQL believes about the size of our tables.
 * Decides when it is told to look again; must not change a row.
 *
 * Statements are prepared while tables are empty, and PostgreSQL keeps a plan until the table is analyzed. Autovacuum may
 * take a minute for that, during which a first import would be looked up through the wrong index, row by row.
 */
import type { Queryable } from './db.ts'

/** Tables that grow with the directory or with use. */
const GROWING = [
  'identity',
  'identity_email',
  'delivery',
  'event',
  'link',
  'plan',
  'scim_exchange',
  'scim_group',
  'membership',
]

/** Analyzes the tables that have changed much since the last time; skips one that is being vacuumed just now. */
export async function analyzeGrown(db: Queryable): Promise<void> {
  const { rows } = await db.query<{ name: string }>(
    `select tables.relname as name from pg_stat_user_tables tables
     where tables.schemaname = current_schema() and tables.relname = any($1)
       and tables.n_mod_since_analyze > 200 + tables.n_live_tup / 5`,
    [GROWING],
  )
  for (const { name } of rows) await db.query(`analyze (skip_locked) ${name}`)
}
