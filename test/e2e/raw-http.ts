/**
 * Writes a request to a socket byte by byte as the caller made it, sound or not, and reads whatever comes back.
 * Checks nothing on the way out; that is the point.
 */
import * as net from 'node:net'

export interface RawRequest {
  readonly method: string
  /** The request target, written as it stands. */
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Buffer
}

/** `undefined` in place of an answer: the server closed the connection without one. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

export interface Address {
  readonly host: string
  readonly port: number
}

const GIVE_UP_MS = 20_000

/** Sends one request on a connection of its own. Resolves when the server closes it; rejects only if it never does. */
export function sendRaw(to: Address, request: RawRequest): Promise<RawAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = []
    const socket = net.connect(to)
    socket.setTimeout(GIVE_UP_MS, () => {
      socket.destroy()
      reject(
        new Error(
          `${request.method} ${request.target.slice(0, 60)}: no end of an answer within ${GIVE_UP_MS / 1_000} s`,
        ),
      )
    })
    socket.on('data', (chunk) => received.push(chunk))
    // A server that refuses early resets the connection while we still write: what it said before counts.
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(parseAnswer(Buffer.concat(received))))
    socket.write(head(to, request))
    if (request.body !== undefined) socket.write(request.body)
  })
}

function head({ host, port }: Address, { method, target, headers, body }: RawRequest): Buffer {
  const named = new Set(headers.map(([name]) => name.toLowerCase()))
  const lines = [`${method} ${target} HTTP/1.1`]
  if (!named.has('host')) lines.push(`Host: ${host}:${port}`)
  if (!named.has('connection')) lines.push('Connection: close')
  if (body !== undefined && !named.has('content-length') && !named.has('transfer-encoding'))
    lines.push(`Content-Length: ${body.length}`)
  lines.push(...headers.map(([name, value]) => `${name}: ${value}`))
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1')
}

function parseAnswer(bytes: Buffer): RawAnswer | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = bytes.subarray(0, Math.max(end, 0)).toString('latin1').split('\r\n')
  const status = /^HTTP\/1\.\d (\d{3})/.exec(statusLine)?.[1]
  if (end < 0 || status === undefined) return undefined
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
  const rest = bytes.subarray(end + 4)
  const body = headers['transfer-encoding'] === 'chunked' ? unchunk(rest) : rest
  return { status: Number(status), headers, body: body.toString('utf8') }
}

function unchunk(bytes: Buffer): Buffer {
  const parts: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
    if (!(size > 0)) break
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = lineEnd + 2 + size + 2
  }
  return Buffer.concat(parts)
}
