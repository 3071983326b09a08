/**
 * One HTTP client for every played provider: kept-alive connections, the provider's own headers, its patience per
 * answer. Records every exchange without the credential. Judges nothing: any answer, and the lack of one, is returned as
 * an exchange.
 */
import * as http from 'node:http'
import * as https from 'node:https'
import { gunzipSync, inflateSync } from 'node:zlib'
import type { ScimRequest } from './scim.ts'

export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
}

export interface Fault {
  readonly kind: 'timeout' | 'unreachable'
  readonly message: string
}

/** One request and what came back: an answer, or the fault that stood in its way. */
export interface Exchange {
  readonly request: ScimRequest
  readonly url: string
  readonly answer?: Answer
  readonly fault?: Fault
}

export interface ClientOptions {
  readonly base: string
  /** The headers of a request, the credential included; asked anew for each. */
  readonly headers: (hasBody: boolean) => Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/** The record keeps this many exchanges; older ones are only counted. */
const RECORD_LIMIT = 10_000

export class ScimClient {
  readonly #options: ClientOptions
  readonly #base: string
  readonly #agent: http.Agent
  readonly #record: Exchange[] = []
  #sent = 0

  /** Throws a TypeError if `base` is no http or https URL. A trailing slash is the admin's choice. */
  constructor(options: ClientOptions) {
    this.#options = options
    this.#base = parseBase(options.base)
    const Agent = this.#base.startsWith('https:') ? https.Agent : http.Agent
    this.#agent = new Agent({ keepAlive: true })
  }

  /** Requests sent so far, repeated ones included. */
  get sent(): number {
    return this.#sent
  }

  /** The last exchanges, oldest first. */
  exchanges(): readonly Exchange[] {
    return [...this.#record]
  }

  /** Sends once and never rejects. A connection that the server had closed meanwhile is replaced, but for POST and PATCH. */
  async send(request: ScimRequest): Promise<Exchange> {
    let result = await this.#attempt(request)
    if ('stale' in result && request.method !== 'POST' && request.method !== 'PATCH')
      result = await this.#attempt(request)
    const url = this.#base + request.path
    const exchange: Exchange =
      'status' in result
        ? { request, url, answer: result }
        : { request, url, fault: { kind: result.kind, message: result.message } }
    this.#remember(exchange)
    return exchange
  }

  close(): void {
    this.#agent.destroy()
  }

  #remember(exchange: Exchange): void {
    this.#record.push(exchange)
    if (this.#record.length > RECORD_LIMIT) this.#record.shift()
  }

  #attempt(request: ScimRequest): Promise<Answer | (Fault & { stale?: true })> {
    const { timeoutMs } = this.#options
    const text = request.text ?? (request.body === undefined ? undefined : JSON.stringify(request.body))
    const body = text === undefined ? undefined : Buffer.from(text)
    const headers = {
      ...this.#options.headers(body !== undefined),
      ...(body === undefined ? {} : { 'Content-Length': body.length }),
    }
    this.#sent += 1
    const base = new URL(this.#base)
    const open = base.protocol === 'https:' ? https.request : http.request
    // The path goes past URL, which would take a lone question mark away.
    const path = (base.pathname === '/' ? '' : base.pathname) + request.path
    return new Promise((resolve) => {
      const signal = AbortSignal.timeout(timeoutMs)
      const outgoing = open(base, { method: request.method, path, headers, agent: this.#agent, signal })
      const fail = (error: Error): void => {
        if (signal.aborted) resolve({ kind: 'timeout', message: `no answer within ${timeoutMs / 1_000} s` })
        else
          resolve({
            kind: 'unreachable',
            message: error.message || String(error),
            ...(outgoing.reusedSocket ? { stale: true } : {}),
          })
      }
      outgoing.on('error', fail)
      outgoing.on('response', (incoming) => void readAnswer(incoming).then(resolve, fail))
      outgoing.end(body)
    })
  }
}

async function readAnswer(incoming: http.IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return {
    status: incoming.statusCode ?? 0,
    headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()])),
    text: decode(Buffer.concat(chunks), incoming.headers['content-encoding']),
  }
}

/** Undoes what Accept-Encoding invited. */
export function decode(bytes: Buffer, encoding: string | undefined): string {
  if (bytes.length === 0) return ''
  if (encoding === 'gzip') return gunzipSync(bytes).toString('utf8')
  if (encoding === 'deflate') return inflateSync(bytes).toString('utf8')
  return bytes.toString('utf8')
}

/** The base without its trailing slashes and query; throws a TypeError if it is no http or https URL. */
export function parseBase(base: string): string {
  const parsed = URL.parse(base)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new TypeError(
      `base must be an http or https URL such as https://rollcall.example/scim/v2, not ${JSON.stringify(base)}`,
    )
  }
  return parsed.origin + parsed.pathname.replace(/\/+$/, '')
}
