/**
 * A small honest SCIM server in memory for the tests of the provider, with misbehaviours that can be switched on.
 * Test code only: it knows just what Okta asks for, and nothing of Rollcall.
 */
import * as http from 'node:http'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { isObject, type JsonObject } from './scim.ts'

export interface Request {
  readonly method: string
  readonly url: URL
  readonly headers: http.IncomingHttpHeaders
  readonly body: JsonObject
}

export interface Reply {
  readonly status: number
  readonly body?: JsonObject | string
  readonly headers?: Readonly<Record<string, string>>
}

/** Looks at a request before the server does; `undefined` lets it pass. May change the users. */
export type Misbehaviour = (
  request: Request,
  users: Map<string, JsonObject>,
) => Reply | undefined | Promise<Reply | undefined>

export interface Peer {
  readonly base: string
  readonly users: Map<string, JsonObject>
  /** Everything received, oldest first. */
  readonly seen: Request[]
  misbehave(as: Misbehaviour | undefined): void
  close(): Promise<void>
}

export async function startPeer(): Promise<Peer> {
  const users = new Map<string, JsonObject>()
  const seen: Request[] = []
  let misbehaviour: Misbehaviour | undefined
  const server = http.createServer((incoming, outgoing) => {
    void readRequest(incoming).then(async (request) => {
      seen.push(request)
      send(outgoing, (await misbehaviour?.(request, users)) ?? answer(request, users))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the peer has no port')
  return {
    base: `http://127.0.0.1:${address.port}/scim/v2`,
    users,
    seen,
    misbehave: (as) => {
      misbehaviour = as
    },
    close: async () => {
      server.closeAllConnections()
      await server[Symbol.asyncDispose]()
    },
  }
}

/** An error as SCIM wants it. */
export function scimError(status: number, detail: string): Reply {
  return { status, body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), detail } }
}

async function readRequest(incoming: http.IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString('utf8')
  const body: unknown = text === '' ? {} : JSON.parse(text)
  return {
    method: incoming.method ?? '',
    url: new URL(incoming.url ?? '/', 'http://peer'),
    headers: incoming.headers,
    body: isObject(body) ? body : {},
  }
}

function send(outgoing: http.ServerResponse, { status, body, headers }: Reply): void {
  const text = typeof body === 'string' || body === undefined ? (body ?? '') : JSON.stringify(body)
  outgoing.writeHead(status, {
    'content-type': typeof body === 'string' ? 'text/html' : 'application/scim+json',
    ...headers,
  })
  outgoing.end(text)
}

/** What the honest server says; misbehaviours may call it and then spoil the reply. */
export function answer(request: Request, users: Map<string, JsonObject>): Reply {
  const id = /^\/scim\/v2\/Users\/([^/]+)$/.exec(request.url.pathname)?.[1]
  if (request.headers.authorization !== 'Bearer right') return scimError(401, 'wrong token')
  if (id === undefined) {
    if (request.url.pathname !== '/scim/v2/Users') return scimError(404, 'no such endpoint')
    return request.method === 'POST' ? store(randomUUID(), request.body, users) : list(request.url, users)
  }
  const known = users.get(id)
  if (known === undefined) return scimError(404, `no user ${id}`)
  if (request.method === 'PUT') return store(id, request.body, users)
  if (request.method === 'PATCH') return store(id, { ...known, ...patched(request.body) }, users)
  return { status: 200, body: known }
}

function list(url: URL, users: Map<string, JsonObject>): Reply {
  const filter = /^userName eq (".*")$/.exec(url.searchParams.get('filter') ?? '')?.[1]
  const wanted = filter === undefined ? undefined : String(JSON.parse(filter)).toLowerCase()
  const all = [...users.values()].filter((user) => wanted === undefined || nameOf(user) === wanted)
  const startIndex = Number(url.searchParams.get('startIndex') ?? 1)
  const page = all.slice(startIndex - 1, startIndex - 1 + Number(url.searchParams.get('count') ?? 100))
  return { status: 200, body: { totalResults: all.length, startIndex, itemsPerPage: page.length, Resources: page } }
}

function store(id: string, resource: JsonObject, users: Map<string, JsonObject>): Reply {
  const taken = [...users].some(([other, user]) => other !== id && nameOf(user) === nameOf(resource))
  if (taken) return scimError(409, 'userName is taken')
  const created = !users.has(id)
  const { password: _never, ...kept } = resource
  const user = { ...kept, id, groups: [], meta: { resourceType: 'User', version: 'W/"1"' } }
  users.set(id, user)
  return { status: created ? 201 : 200, body: user }
}

function patched(body: JsonObject): JsonObject {
  const operations: readonly unknown[] = Array.isArray(body['Operations']) ? body['Operations'] : []
  return Object.assign({}, ...operations.map((one) => (isObject(one) ? one['value'] : {}))) as JsonObject
}

function nameOf(user: JsonObject): string {
  return String(user['userName']).toLowerCase()
}
