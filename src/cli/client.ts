/**
 * Talks to the admin API.
 * Decides how a failure is told to a person; must not know any command.
 */
import type { ProblemDetails } from '../contract/problem.ts'
import { problem } from '../contract/problem.ts'
import { COMMAND_SETTINGS } from './environment.ts'
import { CommandError, type Family } from './errors.ts'
import type { Io } from './io.ts'

/** A schema of src/contract, as far as it is needed here. */
interface Schema<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false }
}

type Query = Readonly<Record<string, string | number | undefined>>

export interface Client {
  get<T>(path: string, schema: Schema<T>, query?: Query): Promise<T>
  /** `body` is sent as JSON. */
  post<T>(path: string, schema: Schema<T>, body?: object): Promise<T>
  put<T>(path: string, schema: Schema<T>, body: object): Promise<T>
}

const TIMEOUT_MS = 30_000

/** A client for the server and key that the environment names. */
export function openClient({ env }: Pick<Io, 'env'>): Client {
  const base = baseUrl(env[COMMAND_SETTINGS.url.env])
  const key = env[COMMAND_SETTINGS.apiKey.env]?.trim() ?? ''
  if (key === '') {
    throw new CommandError(
      'not-allowed',
      'There is no API key. Set ROLLCALL_API_KEY to a key that rollcall.yaml declares under apiKeys.',
    )
  }
  if (!/^[\x21-\x7e]+$/.test(key)) {
    throw new CommandError(
      'not-allowed',
      'ROLLCALL_API_KEY holds a space, a line break or a letter outside ASCII, which no API key has.',
    )
  }
  const ask = async <T>(call: Call, schema: Schema<T>): Promise<T> => {
    const { url } = call
    const { status, body } = await send(call, key)
    if (status >= 400) throw refusal(status, body, url)
    const parsed = schema.safeParse(body)
    if (parsed.success) return parsed.data
    throw new CommandError(
      'server',
      `${url.origin} answered with something else than Rollcall's admin API does. Is ROLLCALL_URL right, and is the server of the same version as this command?`,
    )
  }
  return {
    get: (path, schema, query = {}) => ask({ method: 'GET', url: address(base, path, query) }, schema),
    post: (path, schema, body) => ask({ method: 'POST', url: address(base, path, {}), body }, schema),
    put: (path, schema, body) => ask({ method: 'PUT', url: address(base, path, {}), body }, schema),
  }
}

/** A path of the API with its parts encoded. */
export const path = (strings: TemplateStringsArray, ...parts: readonly string[]): string =>
  strings.map((text, at) => text + (at < parts.length ? encodeURIComponent(parts[at] ?? '') : '')).join('')

function baseUrl(text: string | undefined): string {
  const given = text === undefined || text.trim() === '' ? COMMAND_SETTINGS.url.default : text.trim()
  if (URL.canParse(given) && /^https?:$/.test(new URL(given).protocol)) return given.replace(/\/+$/, '')
  throw new CommandError(
    'usage',
    `ROLLCALL_URL is not a web address. Write http://host:port, for example ${COMMAND_SETTINGS.url.default}.`,
  )
}

function address(base: string, path: string, query: Query): URL {
  const url = new URL(`${base}/api/v1${path}`)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
  return url
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: URL
  readonly body?: object | undefined
}

async function send({ method, url, body }: Call, key: string): Promise<{ status: number; body: unknown }> {
  try {
    const headers = { authorization: `Bearer ${key}`, accept: 'application/json' }
    const response = await fetch(url, {
      method,
      headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    if (response.status >= 300 && response.status < 400) {
      const to = response.headers.get('location') ?? 'another address'
      throw new CommandError(
        'server',
        `${url.origin} points to ${to}. Set ROLLCALL_URL to the address that answers itself.`,
      )
    }
    const text = await response.text()
    return { status: response.status, body: jsonOf(text) }
  } catch (error) {
    throw error instanceof CommandError ? error : unreachable(url, error)
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function unreachable(url: URL, error: unknown): CommandError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const options = { cause: error }
  if (code === 'ECONNREFUSED' || code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new CommandError(
      'server',
      `Nothing answers at ${url.origin}: is \`rollcall serve\` running? Set ROLLCALL_URL if it listens elsewhere.`,
      options,
    )
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new CommandError(
      'server',
      `There is no machine called ${url.hostname}. Set ROLLCALL_URL to the address of the server.`,
      options,
    )
  }
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new CommandError(
      'server',
      `${url.origin} did not answer within ${TIMEOUT_MS / 1000} seconds. Its /readyz says whether it can.`,
      options,
    )
  }
  const why = cause instanceof Error ? cause.message : String(cause)
  return new CommandError(
    'server',
    `${url.origin} cannot be reached: ${why}. Check ROLLCALL_URL and the network.`,
    options,
  )
}

const FAMILIES: Readonly<Record<number, Family>> = {
  400: 'usage',
  401: 'not-allowed',
  403: 'not-allowed',
  404: 'not-found',
  422: 'usage',
}

function refusal(status: number, body: unknown, url: URL): CommandError {
  const parsed = problem.safeParse(body)
  const family = FAMILIES[status] ?? (status >= 500 ? 'server' : 'other')
  if (parsed.success) return new CommandError(family, wordsOf(parsed.data), { cause: parsed.data })
  if (status === 404)
    return new CommandError(
      'server',
      `${url.origin} answers, but not as Rollcall does. Set ROLLCALL_URL to the address of \`rollcall serve\`.`,
    )
  return new CommandError(family, `${url.origin} answered with status ${status}.`)
}

function wordsOf({ detail, code }: ProblemDetails): string {
  return code === 'not-signed-in' ? `${detail} ROLLCALL_API_KEY is what this command signs in with.` : detail
}
