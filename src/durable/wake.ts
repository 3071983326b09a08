/**
 * Tells workers that there may be something to do under a key.
 * Decides how a wake travels, within this process and to the others; must not carry the work itself: a wake may be lost.
 */
import { Client } from 'pg'
import { connectionConfig, type Queryable } from '../store/db.ts'

const CHANNEL = 'rollcall_wake'
/** Wakes of one key within this time reach other processes as one. */
const COALESCE_MS = 50
const RECONNECT_MS = 2_000

export interface Wake {
  /** Call after the commit. Costs nothing and never fails. */
  wake(key: string): void
  /** One listener; called in this process within the same turn, in others some milliseconds later. */
  onWake(listener: (key: string) => void): void
  close(): Promise<void>
}

/** `instance` tells our own notices from those of other processes. */
export function openWake(options: {
  url: string
  db: Queryable
  instance: string
  onError: (error: unknown) => void
}): Wake {
  const pending = new Set<string>()
  let listener: (key: string) => void = () => {}
  let timer: NodeJS.Timeout | undefined
  const receiver = receive(options, (key) => listener(key))

  const publish = (): void => {
    timer = undefined
    const keys = [...pending]
    pending.clear()
    options.db
      .query('select pg_notify($1, $2 || key) from unnest($3::text[]) as key', [CHANNEL, `${options.instance} `, keys])
      .catch(options.onError)
  }

  return {
    wake: (key) => {
      listener(key)
      pending.add(key)
      timer ??= setTimeout(publish, COALESCE_MS)
    },
    onWake: (next) => {
      listener = next
    },
    close: async () => {
      clearTimeout(timer)
      await receiver.close()
    },
  }
}

/** Listens on a connection of its own and connects again when it is lost; sweeps cover what is missed meanwhile. */
function receive(
  options: { url: string; instance: string; onError: (error: unknown) => void },
  deliver: (key: string) => void,
): { close(): Promise<void> } {
  let client: Client | undefined
  let closed = false
  let retry: NodeJS.Timeout | undefined

  const connect = async (): Promise<void> => {
    const next = new Client(connectionConfig(options.url))
    client = next
    next.on('error', options.onError)
    next.on('end', () => {
      if (client === next) startLater()
    })
    next.on('notification', ({ payload = '' }) => {
      const space = payload.indexOf(' ')
      if (payload.slice(0, space) !== options.instance) deliver(payload.slice(space + 1))
    })
    try {
      await next.connect()
      await next.query(`listen ${CHANNEL}`)
    } catch (error) {
      next.end().catch(options.onError)
      throw error
    }
  }
  const start = (): void => {
    if (closed) return
    connect().catch((error: unknown) => {
      options.onError(error instanceof Error ? error : new Error(String(error)))
      startLater()
    })
  }
  // A connection that is refused both fails and ends: one timer for the two, or there would be two connections.
  const startLater = (): void => {
    clearTimeout(retry)
    if (!closed) retry = setTimeout(start, RECONNECT_MS)
  }
  start()
  return {
    close: async () => {
      closed = true
      clearTimeout(retry)
      await client?.end().catch(options.onError)
    },
  }
}
