/**
 * Remembers the last exchanges of each connection and writes them down from time to time.
 * Decides what is redacted and bounded; must not slow a request down or hold up its answer.
 */
import { recordExchanges, type Exchange } from '../../operations/record-exchanges.ts'
import type { World } from '../../operations/context.ts'
import type { Queryable } from '../../store/db.ts'

const LONGEST_BODY = 8_192
const LONGEST_PATH = 2_048
const LONGEST_NAME = 300
const SECRET_NAME = /password|secret|token|credential/i

export interface ExchangeLog {
  /** `bodyBytes` is how long the body came: a long one is cut at once, so that little is held until the next flush. */
  record(world: World, exchange: Exchange, bodyBytes: number): void
  /**
   * Writes what is remembered; the owner calls it from time to time, and before the end. What cannot be written is
   * lost; rejects with the reason once everything else is written.
   */
  flush(): Promise<void>
}

interface Lot {
  readonly world: World
  exchanges: Held[]
}

interface Held {
  readonly refused: boolean
  /** Makes the exchange presentable, unless it is already. */
  readonly present: () => Exchange
}

/** Of a flood, so many are written at each flush, and as many of those before that were refused. */
const MOST_WRITTEN = 100

/** Exchanges of the last moment may be lost with the process: they are a diagnosis, not a record. */
export function openExchangeLog(db: Queryable): ExchangeLog {
  const recent = new Map<string, Lot>()
  const flush = async (): Promise<void> => {
    const lots = [...recent.values()]
    recent.clear()
    const failures: unknown[] = []
    for (const lot of lots) await write(db, lot).catch((error: unknown) => failures.push(error))
    if (failures.length > 0) throw failures[0]
  }
  return {
    record: (world, exchange, bodyBytes) => {
      const key = `${world.tenant}/${world.connection}`
      const lot = recent.get(key) ?? { world: { tenant: world.tenant, connection: world.connection }, exchanges: [] }
      recent.set(key, lot)
      const present = bodyBytes > LONGEST_BODY ? already(presentable(exchange)) : () => presentable(exchange)
      lot.exchanges.push({ refused: exchange.status >= 400, present })
      if (lot.exchanges.length > 4 * MOST_WRITTEN) lot.exchanges = toWrite(lot.exchanges)
    },
    flush,
  }
}

const already =
  <T>(value: T) =>
  (): T =>
    value

function toWrite(exchanges: readonly Held[]): Held[] {
  const before = exchanges.slice(0, -MOST_WRITTEN).filter(({ refused }) => refused)
  return [...before.slice(-MOST_WRITTEN), ...exchanges.slice(-MOST_WRITTEN)]
}

async function write(db: Queryable, { world, exchanges }: Lot): Promise<void> {
  await recordExchanges(
    db,
    world,
    toWrite(exchanges).map(({ present }) => present()),
  )
}

/** Without secrets, not too long, and storable. */
function presentable(exchange: Exchange): Exchange {
  const body = redact(exchange.body ?? null, 0)
  const text = JSON.stringify(body)
  return {
    ...exchange,
    path: storable(exchange.path.slice(0, LONGEST_PATH)),
    body: text.length <= LONGEST_BODY ? body : { cut: storable(`${text.slice(0, LONGEST_BODY)}…`) },
    understood: exchange.understood.map(({ code, detail }) => ({ code, detail: storable(detail) })),
    ...(exchange.why === undefined ? {} : { why: storable(exchange.why) }),
    ...(exchange.userAgent === undefined ? {} : { userAgent: storable(exchange.userAgent.slice(0, LONGEST_NAME)) }),
  }
}

/** PostgreSQL has no place for NUL and lone surrogates. For text itself, never for JSON text: that has them escaped. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\0', '\uFFFD')

/** Storable, with other values under secret names and for PATCH operations whose path has one. */
function redact(value: unknown, depth: number): unknown {
  if (depth > 12) return '…'
  if (typeof value === 'string') return storable(value)
  if (Array.isArray(value)) return value.slice(0, 200).map((item) => redact(item, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  const entries: [string, unknown][] = Object.entries(value).slice(0, 200)
  const path = entries.find(([name]) => name.toLowerCase() === 'path')?.[1]
  const hidden = typeof path === 'string' && SECRET_NAME.test(path)
  return Object.fromEntries(
    entries.map(([name, item]) => [
      storable(name),
      SECRET_NAME.test(name) || (hidden && name.toLowerCase() === 'value') ? '***' : redact(item, depth + 1),
    ]),
  )
}
