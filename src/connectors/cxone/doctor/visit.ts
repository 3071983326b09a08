/**
 * The calls of one examination: counted, remembered, and none that could write.
 * Decides which calls are made at all and when no more are; must not know what is examined.
 */
import { ConnectorError, type ConnectorIo, type HttpRequest, type HttpResponse } from '../../contract.ts'
import type { Shapes } from '../../doctor.ts'
import { parse } from '../refusal.ts'
import { shapeOf } from './shape.ts'

/** An examination never costs more than this. */
export const MOST_CALLS = 20

/** One call as it went. */
export interface Exchange {
  readonly method: HttpRequest['method']
  readonly url: URL
  readonly begun: number
  readonly ended: number
  readonly response?: HttpResponse
  readonly error?: unknown
}

export interface Visit {
  /** The world, for a session of our own. */
  readonly io: ConnectorIo
  readonly exchanges: readonly Exchange[]
  /** Why no more calls are made; undefined while they are. */
  stopped(): string | undefined
}

export function openVisit(io: ConnectorIo): Visit {
  const exchanges: Exchange[] = []
  let why: string | undefined

  const fetch: ConnectorIo['fetch'] = async (request) => {
    refuseWrites(request)
    if (exchanges.length >= MOST_CALLS) why ??= `The ${MOST_CALLS} calls that an examination may make are used up.`
    if (why !== undefined) throw new ConnectorError({ code: 'throttled', retry: 'soon', detail: why })
    const begun = io.now().getTime()
    const call = { method: request.method, url: new URL(request.url), begun }
    try {
      const response = await io.fetch(request)
      exchanges.push({ ...call, ended: io.now().getTime(), response })
      // Whoever says that there are too many calls gets none any more.
      if (response.status === 429) why = `CXone said that it had too many calls, so it was asked nothing more.`
      return response
    } catch (error) {
      exchanges.push({ ...call, ended: io.now().getTime(), error })
      if (error instanceof ConnectorError && error.refusal.code === 'throttled') why = error.refusal.detail
      throw error
    }
  }
  return { io: { ...io, fetch }, exchanges, stopped: () => why }
}

/** Signing in, reading, and the searches of UserHub, which are reads in spite of their method. */
function refuseWrites({ method, url, forAll }: HttpRequest): void {
  if (method === 'GET' || forAll === true || (method === 'POST' && new URL(url).pathname.endsWith('/search'))) return
  throw new Error(`an examination was about to call ${method} ${new URL(url).pathname}`)
}

/** What the successful answers looked like; of several answers to one call the last. */
export function shapesOf(exchanges: readonly Exchange[]): Shapes {
  const shapes: Record<string, Shapes[string]> = {}
  for (const { method, url, response } of exchanges) {
    if (response === undefined || response.status < 200 || response.status > 299) continue
    const body = parse(response.text)
    if (typeof body === 'object' && body !== null) shapes[`${method} ${routeOf(url)}`] = shapeOf(body)
  }
  return shapes
}

const VERSION = /^v\d+\.0$/i
const WORD = /^(\.?[a-z][a-z-]*|v\d|)$/i
/** What follows them is an id, whatever it looks like. */
const COLLECTIONS = /^(access-keys|users|agents)$/
/** The API may lie below a path of its own. */
const ROOTS = /^.*(?=\/(incontactapi|user-management|authorization|access-key-management|authentication|scim)\/)/i

/** The path without ids. */
function routeOf({ pathname }: URL): string {
  const parts = pathname.replace(ROOTS, '').split('/')
  const isId = (part: string, at: number): boolean =>
    !WORD.test(part) || (COLLECTIONS.test(parts[at - 1] ?? '') && part !== 'search')
  return parts.map((part, at) => (VERSION.test(part) ? 'v{N}.0' : isId(part, at) ? '{id}' : part)).join('/')
}
