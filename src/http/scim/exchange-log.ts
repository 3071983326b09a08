/**
 * Remembers the last exchanges of each connection and writes them down from time to time.
 * Decides what is redacted and bounded; must not slow a request down or hold up its answer.
 */
import { EXCHANGES_KEPT, recordExchanges, type Exchange } from '../../operations/record-exchanges.ts'
import type { World } from '../../operations/context.ts'
import type { Queryable } from '../../store/db.ts'

const LONGEST_BODY = 8_192
const LONGEST_PATH = 2_048
const SECRET_NAME = /password|secret|token|credential/i

export interface ExchangeLog {
  record(world: World, exchange: Exchange): void
  /** Writes what is remembered; the owner calls it from time to time, and before the end. */
  flush(): Promise<void>
}

/** Exchanges of the last moment may be lost with the process: they are a diagnosis, not a record. */
export function openExchangeLog(db: Queryable): ExchangeLog {
  const recent = new Map<string, { readonly world: World; readonly exchanges: Exchange[] }>()
  const flush = async (): Promise<void> => {
    const lots = [...recent.values()]
    recent.clear()
    for (const { world, exchanges } of lots)
      await recordExchanges(db, world, exchanges.slice(-EXCHANGES_KEPT).map(presentable))
  }
  return {
    record: (world, exchange) => {
      const key = `${world.tenant}/${world.connection}`
      const lot = recent.get(key) ?? { world: { tenant: world.tenant, connection: world.connection }, exchanges: [] }
      recent.set(key, lot)
      lot.exchanges.push(exchange)
      if (lot.exchanges.length > 2 * EXCHANGES_KEPT) lot.exchanges.splice(0, EXCHANGES_KEPT)
    },
    flush,
  }
}

/** Without secrets, not too long, and storable. */
function presentable(exchange: Exchange): Exchange {
  const text = storable(JSON.stringify(redact(exchange.body, 0)) ?? 'null')
  const body: unknown = text.length <= LONGEST_BODY ? JSON.parse(text) : { cut: `${text.slice(0, LONGEST_BODY)}…` }
  return {
    ...exchange,
    path: storable(exchange.path.slice(0, LONGEST_PATH)),
    body,
    ...(exchange.why === undefined ? {} : { why: storable(exchange.why) }),
  }
}

/** PostgreSQL has no place for NUL and lone surrogates, written out or escaped. */
const storable = (text: string): string =>
  text.toWellFormed().replace(/\u0000|\\u0000|\\ud[89a-f][0-9a-f]{2}/gi, '\uFFFD')

/** Replaces values under secret names, and the values of PATCH operations whose path has one. */
export function redact(value: unknown, depth: number): unknown {
  if (depth > 12) return '…'
  if (Array.isArray(value)) return value.slice(0, 200).map((item) => redact(item, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  const entries: [string, unknown][] = Object.entries(value).slice(0, 200)
  const path = entries.find(([name]) => name.toLowerCase() === 'path')?.[1]
  const hidden = typeof path === 'string' && SECRET_NAME.test(path)
  return Object.fromEntries(
    entries.map(([name, item]) => [
      name,
      SECRET_NAME.test(name) || (hidden && name.toLowerCase() === 'value') ? '***' : redact(item, depth + 1),
    ]),
  )
}
