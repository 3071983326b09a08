/**
 * Which tables PostgreSQL reads from end to end for the statements of a piece of work.
 * Decides how statements are listened to and asked about; must not know what a statement is for.
 */
import type { PoolClient } from 'pg'
import type { Db, Queryable } from '../../src/store/db.ts'

export interface Asked {
  readonly text: string
  readonly values: readonly unknown[]
  /** Prepared under it in each session; without one it is planned anew each time. */
  readonly name: string | undefined
  /** Goes by a session that plans it once for any values: {@link BY_KEY}. */
  readonly shared?: unknown
}

/** The database, noting in `asked` what it is asked, in transactions too. */
export function listening(db: Db, asked: Asked[]): Db {
  return {
    ...db,
    query: heard(db, asked),
    transaction: (work) => db.transaction((tx) => work({ query: heard(tx, asked) })),
  }
}

type Given = readonly [string | Partial<Asked>, (readonly unknown[])?]

function heard(target: Queryable, asked: Asked[]): Queryable['query'] {
  const query = (...given: Given): unknown => {
    const [statement, values] = given
    const {
      text = '',
      name,
      values: own = values,
      shared,
    } = typeof statement === 'string' ? { text: statement } : statement
    if (/^\s*(with|select|insert|update|delete)/i.test(text)) asked.push({ text, name, values: own ?? [], shared })
    // As it was given: a statement may say more, such as that its connection is shared.
    return Reflect.apply(target.query, target, given)
  }
  return query as Queryable['query']
}

/**
 * Whoever prepares a statement gets plans for the very values five times. Then PostgreSQL may keep one that is for any: it
 * decides so by what plans were worth, whether they were carried out or only explained.
 */
const UNTIL_KEPT = 7

/** Of `tables`, those that a plan reads in order of nothing, each with the statement. */
export async function sequentialScans(db: Db, asked: readonly Asked[], tables: readonly string[]): Promise<string[]> {
  const scans = new Set<string>()
  const client = await db.pool.connect()
  try {
    for (const [text, times] of Map.groupBy(asked, (one) => one.text))
      for (const plan of await plansOf(client, text, times))
        for (const table of scannedTables(plan))
          if (tables.includes(table)) scans.add(`${table} in ${times[0]?.name ?? ''}: ${text.trim().slice(0, 160)}`)
  } finally {
    client.release(true)
  }
  return [...scans]
}

async function plansOf(client: PoolClient, text: string, times: readonly Asked[]): Promise<unknown[]> {
  // What comes again may have a name then: store/statement.ts.
  const prepared = times.length > 1 || times.some(({ name }) => name !== undefined)
  const rounds = prepared ? [...times, ...Array<Asked | undefined>(UNTIL_KEPT).fill(times.at(-1))] : times
  const plans: unknown[] = []
  if (times.some(({ shared }) => shared === 'keys')) await client.query('set plan_cache_mode = force_generic_plan')
  await client.query(`prepare hot as ${text}`)
  for (const one of rounds) {
    if (!prepared) await client.query(`deallocate hot; prepare hot as ${text}`)
    const literals = await literalsOf(client, one?.values ?? [])
    const call = literals.length === 0 ? 'hot' : `hot (${literals.join(', ')})`
    const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(`explain (format json) execute ${call}`)
    plans.push(rows[0]?.['QUERY PLAN'])
  }
  await client.query('deallocate hot; reset plan_cache_mode')
  return plans
}

/** The values as SQL text: `explain` takes no others for what is prepared. */
async function literalsOf(client: PoolClient, values: readonly unknown[]): Promise<string[]> {
  if (values.length === 0) return []
  const texts = values.map((value) => (Buffer.isBuffer(value) ? `\\x${value.toString('hex')}` : value))
  const columns = values.map((_, index) => `quote_nullable($${index + 1}::text)`)
  const { rows } = await client.query<{ literals: string[] }>(`select array[${columns.join(', ')}] as literals`, texts)
  return rows[0]?.literals ?? []
}

function scannedTables(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return []
  const { 'Node Type': type, 'Relation Name': relation } = node as Record<string, unknown>
  const below = Object.values(node).flatMap(scannedTables)
  return type === 'Seq Scan' && typeof relation === 'string' ? [relation, ...below] : below
}

/** How often each table was read from end to end since it was made, by sessions that have ended and by this one. */
export async function scansSoFar(db: Queryable): Promise<ReadonlyMap<string, number>> {
  await db.query('select pg_stat_force_next_flush()')
  const { rows } = await db.query<{ table: string; scans: number }>(
    `select tables.relname as table, tables.seq_scan as scans from pg_stat_user_tables tables
     where tables.schemaname = current_schema()`,
  )
  return new Map(rows.map(({ table, scans }) => [table, scans]))
}
