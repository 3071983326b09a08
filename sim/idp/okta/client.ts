/**
 * One HTTP client as Okta's is: kept-alive connections, its headers, 60 s of patience per answer. Records every
 * exchange without the credential. Judges nothing: any answer, and the lack of one, is returned as an exchange.
 */
import * as http from 'node:http'
import * as https from 'node:https'
import { gunzipSync, inflateSync } from 'node:zlib'
import { oktaHeaders, type Auth, type ScimRequest } from './requests.ts'

export const TIMEOUT_MS = 60_000

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
  readonly token: string
  readonly auth: Auth
  readonly timeoutMs?: number
}

/** The record keeps this many exchanges; older ones are only counted. */
const RECORD_LIMIT = 10_000

export class OktaClient {
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

  /** Sends once and never rejects. A connection that the server had closed meanwhile is replaced, for GET and PUT. */
  async send(request: ScimRequest): Promise<Exchange> {
    const url = new URL(this.#base + request.path)
    let result = await this.#attempt(url, request)
    if ('stale' in result && request.method !== 'POST' && request.method !== 'PATCH')
      result = await this.#attempt(url, request)
    const exchange: Exchange =
      'status' in result
        ? { request, url: url.href, answer: result }
        : { request, url: url.href, fault: { kind: result.kind, message: result.message } }
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

  #attempt(url: URL, request: ScimRequest): Promise<Answer | (Fault & { stale?: true })> {
    const { token, auth, timeoutMs = TIMEOUT_MS } = this.#options
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body))
    const headers = {
      ...oktaHeaders(token, auth, body !== undefined),
      ...(body === undefined ? {} : { 'Content-Length': body.length }),
    }
    this.#sent += 1
    const open = url.protocol === 'https:' ? https.request : http.request
    return new Promise((resolve) => {
      const signal = AbortSignal.timeout(timeoutMs)
      const outgoing = open(url, { method: request.method, headers, agent: this.#agent, signal })
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

/** The base without its trailing slashes; throws a TypeError if it is no http or https URL. */
export function parseBase(base: string): string {
  const parsed = URL.parse(base)
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new TypeError(
      `base must be an http or https URL such as https://rollcall.example/scim/v2, not ${JSON.stringify(base)}`,
    )
  }
  return parsed.origin + parsed.pathname.replace(/\/+$/, '')
}
