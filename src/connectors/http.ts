/**
 * The one way a connector speaks HTTP.
 * Decides the bounds in time and size, which addresses may be called and the id of each call; must not know any target, nor
 * tell anybody of bodies, headers or queries.
 */
import { randomBytes } from 'node:crypto'
import { Agent, errors, request as send, type Dispatcher } from 'undici'
import { ConnectorError, type HttpClient, type HttpRequest, type HttpResponse } from './contract.ts'

export interface HttpOptions {
  /** Until a connection stands. Default 5 s. */
  readonly connectMs?: number
  /** From the call to the last byte of the answer, unless the request says otherwise. Default 20 s. */
  readonly totalMs?: number
  /** Largest answer accepted, unless the request says otherwise. Default 8 MiB. */
  readonly maxBytes?: number
  /** Lets secrets travel unencrypted to hosts other than this machine. Default false. */
  readonly allowPlainHttp?: boolean
  /** The header that carries the id of a call. Default `x-correlation-id`. */
  readonly correlationHeader?: string
  /** Told of every call, once it is over. */
  readonly onCall?: (call: MadeCall) => void
}

/** A call as a log may show it. */
export interface MadeCall {
  /** As it was sent: what the call belongs to, if that was named, and an id of its own. */
  readonly id: string
  readonly method: HttpRequest['method']
  /** Without the query. */
  readonly url: string
  readonly ms: number
  /** Or what went wrong. */
  readonly status: number | string
}

export interface Http {
  readonly fetch: HttpClient
  /** Cuts what is under way and releases the sockets. */
  close(): Promise<void>
}

/** Headers of an answer, together. */
const MOST_HEADER_BYTES = 16 * 1024

/** Opens a client with a pool of connections of its own. */
export function openHttp(options: HttpOptions = {}): Http {
  const { connectMs = 5_000, totalMs = 20_000, maxBytes = 8 * 1024 * 1024, allowPlainHttp = false } = options
  const { correlationHeader = 'x-correlation-id', onCall } = options
  // HTTP/1.1 only: some token services answer HTTP/2 wrongly (cxone facts, section 2.2).
  const agent = new Agent({ connect: { timeout: connectMs }, allowH2: false, maxHeaderSize: MOST_HEADER_BYTES })

  const call = async (url: URL, request: HttpRequest, id: string): Promise<HttpResponse> => {
    const patience = request.totalMs ?? totalMs
    try {
      const response = await send(url, {
        method: request.method,
        body: request.body ?? null,
        dispatcher: agent,
        headers: { ...request.headers, [correlationHeader]: id },
        signal: AbortSignal.timeout(patience),
      })
      return await readAnswer(response, { host: url.host, limit: request.maxBytes ?? maxBytes })
    } catch (error) {
      throw error instanceof ConnectorError ? error : failed(url, error, { connectMs, totalMs: patience })
    }
  }

  const fetch: HttpClient = async (request) => {
    const url = checkAddress(request.url, allowPlainHttp)
    const id = callId(request.correlation)
    const { method } = request
    const begun = performance.now()
    const tell = (status: MadeCall['status']): void =>
      onCall?.({ id, method, url: url.origin + url.pathname, ms: Math.round(performance.now() - begun), status })
    try {
      const response = await call(url, request, id)
      tell(response.status)
      return response
    } catch (error) {
      tell(error instanceof ConnectorError ? error.message : 'a fault')
      throw error
    }
  }
  return { fetch, close: () => agent.destroy() }
}

/** One call of the many that may belong to one thing. */
const callId = (correlation: string | undefined): string => {
  const own = randomBytes(4).toString('hex')
  return correlation === undefined ? own : `${correlation}.${own}`
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

function checkAddress(address: string, allowPlainHttp: boolean): URL {
  const url = URL.parse(address)
  if (url === null)
    throw misconfigured(`"${address.slice(0, 200)}" is not an address; an address begins with https://.`)
  if (url.username !== '' || url.password !== '') {
    throw misconfigured(`The address of ${url.host} has a name or password in it; those belong in the settings.`)
  }
  if (url.protocol === 'https:') return url
  if (url.protocol === 'http:' && (allowPlainHttp || LOOPBACK.test(url.hostname))) return url
  throw misconfigured(
    `${url.protocol}//${url.host} is not called, because secrets would travel unencrypted; use https://.`,
  )
}

/** Nothing was sent, and nothing will be until a setting changes. */
const misconfigured = (detail: string): ConnectorError =>
  new ConnectorError({ code: 'unreachable', retry: 'later', detail })

async function readAnswer(
  response: Dispatcher.ResponseData,
  { host, limit }: { host: string; limit: number },
): Promise<HttpResponse> {
  // Nobody asked for a compressed answer, so it is not unpacked: a small one could become very large.
  const encoding = response.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    response.body.on('error', () => undefined).destroy()
    throw unfit(`The answer of ${host} is compressed (${String(encoding).slice(0, 40)}), which it was not asked for.`)
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) throw unfit(`The answer of ${host} is larger than ${limit} bytes and was not read.`)
    chunks.push(chunk)
  }
  const text = new TextDecoder().decode(Buffer.concat(chunks))
  return { status: response.statusCode, headers: plainHeaders(response.headers), text }
}

const plainHeaders = (headers: Dispatcher.ResponseData['headers']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]],
    ),
  )

/** There is an answer, and it is not one to be read. */
const unfit = (detail: string, options?: ErrorOptions): ConnectorError =>
  new ConnectorError({ code: 'answer-unexpected', retry: 'later', detail }, options)

function failed(url: URL, cause: unknown, bounds: { connectMs: number; totalMs: number }): ConnectorError {
  if (cause instanceof errors.HeadersOverflowError)
    return unfit(`The headers of the answer of ${url.host} are larger than ${MOST_HEADER_BYTES} bytes.`, { cause })
  return new ConnectorError(
    { code: 'unreachable', retry: 'soon', detail: `No answer from ${url.host}: ${reason(cause, bounds)}.` },
    { cause },
  )
}

function reason(cause: unknown, { connectMs, totalMs }: { connectMs: number; totalMs: number }): string {
  if (cause instanceof errors.ConnectTimeoutError) return `no connection within ${connectMs / 1000} s`
  if (!(cause instanceof Error)) return 'the connection failed'
  if (cause.name === 'TimeoutError') return `nothing complete within ${totalMs / 1000} s`
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  return REASONS[code] ?? (code === '' ? 'the connection failed' : `the connection failed (${code})`)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

/** Of a `Retry-After`: seconds or an HTTP date (RFC 9110, section 10.2.3), at most a day ahead; nothing where it makes no sense. */
export function retryAfter(header: string | undefined, now: Date): Date | undefined {
  const value = header?.trim() ?? ''
  const latest = now.getTime() + 86_400_000
  if (/^\d+(\.\d+)?$/.test(value)) return new Date(Math.min(now.getTime() + Number(value) * 1000, latest))
  // Only what begins with a weekday is a date: Date.parse would make one of almost anything.
  const time = /^[a-z]{3}/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : new Date(Math.min(Math.max(time, now.getTime()), latest))
}
