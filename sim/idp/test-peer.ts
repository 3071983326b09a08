/**
 * A small honest SCIM server in memory for the tests of the providers, with misbehaviours that can be switched on.
 * Test code only: it knows just what they ask for, and nothing of Rollcall.
 */
import * as http from 'node:http'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { isObject, objectOr, valueAt, type JsonObject } from './scim.ts'
import { patched } from './test-peer-patch.ts'

export interface Request {
  readonly method: string
  readonly url: URL
  /** The path with its query as it came. */
  readonly target: string
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
  readonly groups: Map<string, JsonObject>
  /** Everything received, oldest first. */
  readonly seen: Request[]
  misbehave(as: Misbehaviour | undefined): void
  close(): Promise<void>
}

export async function startPeer(): Promise<Peer> {
  const users = new Map<string, JsonObject>()
  const groups = new Map<string, JsonObject>()
  const seen: Request[] = []
  let misbehaviour: Misbehaviour | undefined
  const server = http.createServer((incoming, outgoing) => {
    void readRequest(incoming).then(async (request) => {
      seen.push(request)
      send(outgoing, (await misbehaviour?.(request, users)) ?? answer(request, users, groups))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the peer has no port')
  return {
    base: `http://127.0.0.1:${address.port}/scim/v2`,
    users,
    groups,
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
  const body = parse(text)
  return {
    method: incoming.method ?? '',
    url: new URL(incoming.url ?? '/', 'http://peer'),
    target: incoming.url ?? '/',
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
export function answer(
  request: Request,
  users: Map<string, JsonObject>,
  groups = new Map<string, JsonObject>(),
): Reply {
  if (request.headers.authorization !== 'Bearer right') return scimError(401, 'wrong token')
  const [, kind, id] = /^\/scim\/v2\/(Users|Groups)(?:\/([^/]+))?$/.exec(request.url.pathname) ?? []
  if (kind === undefined) return scimError(404, 'no such endpoint')
  const shelf: Shelf =
    kind === 'Users'
      ? { kind: 'Users', named: 'userName', all: users }
      : { kind: 'Groups', named: 'displayName', all: groups }
  if (id !== undefined) return answerOne(request, shelf, id)
  if (request.method !== 'POST') return list(request.url, shelf)
  if (typeof request.body[shelf.named] !== 'string') return scimError(400, `${shelf.named} is missing`)
  return store(randomUUID(), request.body, shelf)
}

/** All resources of one kind, and the attribute that is unique among them. */
interface Shelf {
  readonly kind: 'Users' | 'Groups'
  readonly named: 'userName' | 'displayName'
  readonly all: Map<string, JsonObject>
}

function answerOne({ method, body, url }: Request, shelf: Shelf, id: string): Reply {
  const known = shelf.all.get(id)
  if (known === undefined) return scimError(404, `no user ${id}`)
  if (method === 'DELETE') {
    shelf.all.delete(id)
    return { status: 204 }
  }
  if (method === 'PUT') return store(id, body, shelf)
  if (method === 'PATCH') {
    const reply = store(id, patched(known, body), shelf)
    return shelf.kind === 'Groups' && reply.status === 200 ? { status: 204 } : reply
  }
  return { status: 200, body: shown(known, url) }
}

function list(url: URL, shelf: Shelf): Reply {
  const [, path = '', text] = /^(\w+\[[^\]]*\]\.\w+|\S+) eq (".*")$/.exec(url.searchParams.get('filter') ?? '') ?? []
  const wanted = text === undefined ? undefined : String(JSON.parse(text)).toLowerCase()
  const all = [...shelf.all.values()].filter(
    (one) => wanted === undefined || String(valueAt(one, path)).toLowerCase() === wanted,
  )
  const startIndex = Number(url.searchParams.get('startIndex') ?? 1)
  const page = all.slice(startIndex - 1, startIndex - 1 + Number(url.searchParams.get('count') ?? 100))
  const Resources = page.map((one) => shown(one, url))
  return { status: 200, body: { totalResults: all.length, startIndex, itemsPerPage: page.length, Resources } }
}

function shown(resource: JsonObject, url: URL): JsonObject {
  if (url.searchParams.get('excludedAttributes') !== 'members') return resource
  const { members: _left, ...rest } = resource
  return rest
}

function store(id: string, resource: JsonObject, { kind, named, all }: Shelf): Reply {
  const name = String(resource[named]).toLowerCase()
  const taken = [...all].some(([other, one]) => other !== id && String(one[named]).toLowerCase() === name)
  if (taken) return scimError(409, `${named} is taken`)
  const created = !all.has(id)
  const { password: _never, ...kept } = resource
  const meta = { ...objectOr(kept['meta']), resourceType: kind.slice(0, -1), version: 'W/"1"' }
  const one = { ...without(kept), id, ...(kind === 'Users' ? { groups: [] } : {}), meta }
  all.set(id, one)
  return { status: created ? 201 : 200, body: one }
}

/** Null is no value. */
function without(resource: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(resource).filter(([, value]) => value !== null))
}

function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return undefined
  }
}
