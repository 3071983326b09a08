/**
 * Sends one call exactly as it is given: no header that nobody wrote, no redirect followed.
 * Decides bounds of time and size; must not judge an answer.
 */
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Heard } from '../../contract/provider-tests.ts'

export interface Sent {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: object
  readonly timeoutMs?: number
}

export interface Answer extends Heard {
  readonly milliseconds: number
  /** The clock of whoever answered. */
  readonly date: string | undefined
  readonly requestId: string | undefined
  readonly address: string | undefined
}

/** No answer: why, in words. */
export interface Silence {
  readonly silence: string
}

/** Okta waits so long (facts 1.5). */
const TIMEOUT_MS = 60_000
const LARGEST = 4 * 1024 * 1024

/** Never rejects. */
export function send({ method, url, headers, body, timeoutMs = TIMEOUT_MS }: Sent): Promise<Answer | Silence> {
  const base = new URL(url)
  const open = base.protocol === 'https:' ? httpsRequest : httpRequest
  // Past URL, which would take a lone ? or & away, and two slashes for one.
  const path = /^[a-z]+:\/\/[^/?#]*(.*)$/i.exec(url)?.[1] ?? '/'
  const text = body === undefined ? undefined : JSON.stringify(body)
  const length = text === undefined ? {} : { 'content-length': String(Buffer.byteLength(text)) }
  const begun = performance.now()
  return new Promise((resolve) => {
    const silent = (error: Error): void => resolve({ silence: wordsOf(error, timeoutMs) })
    const outgoing = open(base, {
      method,
      path: path === '' ? '/' : path,
      headers: { ...headers, ...length },
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
    })
    outgoing.on('error', silent)
    outgoing.on('response', (incoming) => {
      const { statusCode: status = 0, headers: heard, socket } = incoming
      const chunks: Buffer[] = []
      let bytes = 0
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength
        if (bytes > LARGEST) incoming.destroy(new Error('the answer is larger than 4 MiB'))
        else chunks.push(chunk)
      })
      incoming.on('error', silent)
      incoming.on('end', () =>
        resolve({
          status,
          contentType: heard['content-type'],
          location: heard.location,
          text: Buffer.concat(chunks).toString('utf8'),
          milliseconds: performance.now() - begun,
          date: heard.date,
          requestId: heard['x-request-id']?.toString(),
          address: socket.remoteAddress,
        }),
      )
    })
    outgoing.end(text)
  })
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no machine of this name',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNRESET: 'the connection was closed',
  EPROTO: 'what listens there does not speak TLS',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is of a private authority',
  CERT_HAS_EXPIRED: 'the certificate has expired',
}

function wordsOf(error: Error, timeoutMs: number): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return `no answer within ${timeoutMs / 1000} s`
  const code = 'code' in error ? String(error.code) : ''
  return WORDS[code] ?? (error.message || code)
}
