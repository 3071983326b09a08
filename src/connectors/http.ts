/**
 * The one way a connector speaks HTTP.
 * Decides the bounds in time and size and which addresses may be called; must not know any target, nor log bodies or headers.
 */
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
}

export interface Http {
  readonly fetch: HttpClient
  /** Cuts what is under way and releases the sockets. */
  close(): Promise<void>
}

/** Opens a client with a pool of connections of its own. */
export function openHttp(options: HttpOptions = {}): Http {
  const { connectMs = 5_000, totalMs = 20_000, maxBytes = 8 * 1024 * 1024, allowPlainHttp = false } = options
  // HTTP/1.1 only: some token services answer HTTP/2 wrongly (cxone facts, section 2.2).
  const agent = new Agent({ connect: { timeout: connectMs }, allowH2: false })

  const fetch: HttpClient = async (request) => {
    const url = checkAddress(request.url, allowPlainHttp)
    const patience = request.totalMs ?? totalMs
    try {
      const response = await send(url, { ...fields(request), dispatcher: agent, signal: AbortSignal.timeout(patience) })
      return await readAnswer(response, { host: url.host, limit: request.maxBytes ?? maxBytes })
    } catch (error) {
      if (error instanceof ConnectorError) throw error
      throw unreachable(url, error, { connectMs, totalMs: patience })
    }
  }
  return { fetch, close: () => agent.destroy() }
}

const fields = ({ method, headers, body }: HttpRequest) => ({
  method,
  headers: headers ?? {},
  body: body ?? null,
})

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
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) {
      throw new ConnectorError({
        code: 'answer-unexpected',
        retry: 'later',
        detail: `The answer of ${host} is larger than ${limit} bytes and was not read.`,
      })
    }
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

function unreachable(url: URL, cause: unknown, bounds: { connectMs: number; totalMs: number }): ConnectorError {
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
