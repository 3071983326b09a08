/**
 * Cuts connections whose other end does not read its answers.
 * Decides when somebody is too slow; must not cost a request anything: it looks at sockets from time to time.
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

export interface Patience {
  /** How long an answer may wait for its reader. */
  readonly readerMs: number
  /** Between two looks. */
  readonly lookMs: number
}

/** A reader this slow is no reader: a page of a list would take minutes. */
const LEAST_BYTES_PER_SECOND = 1_024

interface Waiting {
  readonly since: number
  readonly sent: number
}

/** Until the server closes. */
export function cutSlowReaders(server: Server, { readerMs, lookMs }: Patience): void {
  const sockets = new Set<Socket>()
  const waiting = new WeakMap<Socket, Waiting>()
  const keep = (socket: Socket): void => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  }
  // Of a TLS server the second has the socket that is written to, of any other the first.
  server.on('connection', keep)
  server.on('secureConnection', keep)
  const look = (): void => {
    const at = performance.now()
    for (const socket of sockets) {
      if (socket.writableLength === 0) {
        waiting.delete(socket)
        continue
      }
      const sent = socket.bytesWritten - socket.writableLength
      const before = waiting.get(socket)
      if (before === undefined) waiting.set(socket, { since: at, sent })
      else if (at - before.since >= readerMs) {
        const least = ((at - before.since) / 1_000) * LEAST_BYTES_PER_SECOND
        if (sent - before.sent < least) socket.destroy()
        else waiting.set(socket, { since: at, sent })
      }
    }
  }
  const timer = setInterval(look, lookMs)
  timer.unref()
  server.once('close', () => clearInterval(timer))
}
