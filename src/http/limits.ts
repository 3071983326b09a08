/**
 * What a client may ask of the server before it is known: bytes, connections and time.
 * Decides the bounds and what is said to whoever exceeds one below HTTP; must not know a route.
 */
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { ConnectionError } from 'fastify'
import { errorBody, ScimError, type ScimStatus } from '../scim/errors.ts'
import { cutSlowReaders } from './slow-readers.ts'

export interface Limits {
  /** All headers of a request together. */
  readonly headerBytes: number
  /** Connections at once; more are closed as they come. */
  readonly connections: number
  /** Requests of one SCIM connection under way at once; more are answered 429. */
  readonly atOnce: number
  /** Until all headers have come. */
  readonly headersMs: number
  /** Until the whole request has come. */
  readonly requestMs: number
  /** Without a byte in either direction. */
  readonly silenceMs: number
  /** An answer whose reader takes less than a kilobyte a second. */
  readonly readerMs: number
  /** Between two looks for those who are too slow. */
  readonly lookMs: number
}

export const LIMITS: Limits = {
  headerBytes: 16_384,
  connections: 5_000,
  atOnce: 500,
  headersMs: 15_000,
  requestMs: 60_000,
  silenceMs: 120_000,
  readerMs: 30_000,
  lookMs: 5_000,
}

/** What Node's HTTP server must know when it is made. */
export const serverOptions = ({ headerBytes, headersMs, lookMs }: Limits) => ({
  maxHeaderSize: headerBytes,
  headersTimeout: headersMs,
  connectionsCheckingInterval: lookMs,
})

/** What it can be told afterwards. */
export function holdTo(server: Server, limits: Limits): void {
  server.headersTimeout = limits.headersMs
  server.maxConnections = limits.connections
  cutSlowReaders(server, limits)
}

/** Of requests that are none yet: by the code of Node's parser. */
const BROKEN: Readonly<Record<string, readonly [status: ScimStatus, reason: string, detail: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request took too long to come.'],
  HPE_HEADER_OVERFLOW: [
    431,
    'Request Header Fields Too Large',
    'The headers are larger than the 16 KiB that are accepted.',
  ],
}
const UNREADABLE = [400, 'Bad Request', 'The request is not HTTP as it should be.'] as const

/**
 * Answers what is no request yet, and closes the connection. The address is not known here, so the form is SCIM's: it
 * has the members of the others that people look for.
 */
export function answerBroken(error: ConnectionError, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return
  const [status, reason, detail] = BROKEN[error.code] ?? UNREADABLE
  const body = JSON.stringify(errorBody(new ScimError(status, detail)))
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${reason}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nContent-Type: application/scim+json; charset=utf-8\r\nConnection: close\r\n\r\n${body}`,
    )
  socket.destroySoon()
}
