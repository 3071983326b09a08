/**
 * A small SCIM server with faults of real ones: it says wrongly what it can do, and does less.
 * Must not be kinder to the connector than it is asked to be; the administrator's token opens it without its oddities.
 */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

export interface Oddities {
  /** `none`: 501. `ignored`: 204 and nothing done. `values`: only without a path. `plain`: no filter in a path. */
  readonly patch?: 'none' | 'ignored' | 'values' | 'plain'
  /** `none`: 400. `ignored`: everybody is found. `exact`: with regard to case. */
  readonly filter?: 'none' | 'ignored' | 'exact'
  /** `same`: the first page again and again. `overlap`: each page begins with the last row of the one before. */
  readonly pages?: 'same' | 'overlap'
  /** `lies`: PATCH, filters and cursors, it says. `none`: 404. */
  readonly discovery?: 'lies' | 'none'
  readonly etags?: boolean
  /** Users show their groups. */
  readonly showsGroups?: boolean
  /** Taken, and forgotten. */
  readonly forgets?: readonly string[]
}

type Resource = Record<string, unknown> & { id: string; version: number }

export interface OddServer {
  readonly base: string
  /** The next calls behave so. */
  behave(oddities: Oddities): void
  /** Changes of this group are refused. */
  refuseGroup(id: string | undefined): void
  /** Such as `PATCH /Users`: method and kind of every call that was not the administrator's. */
  calls(): readonly string[]
  close(): Promise<void>
}

export const ADMIN = 'odd-admin-token'
const PAGE = 4

interface Ask {
  readonly method: string
  readonly kind: 'Users' | 'Groups'
  readonly id: string | undefined
  readonly query: URLSearchParams
  readonly body: Record<string, unknown>
  readonly ifMatch: string | undefined
  readonly odd: Oddities
}

interface Reply {
  readonly status: number
  readonly body?: unknown
  readonly etag?: string
}

const refusal = (status: number, scimType: string, detail: string): Reply => ({
  status,
  body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: String(status), scimType, detail },
})

export async function openOddServer(first: Oddities): Promise<OddServer> {
  const books = { Users: new Map<string, Resource>(), Groups: new Map<string, Resource>() }
  const calls: string[] = []
  let oddities = first
  let refused: string | undefined

  const shown = ({ kind, odd }: Ask, { version, ...resource }: Resource): Record<string, unknown> => {
    const meta = { resourceType: kind.slice(0, -1), lastModified: new Date(version).toISOString() }
    if (kind !== 'Users' || odd.showsGroups === false) return { ...resource, meta }
    const groups = [...books.Groups.values()].filter((group) => membersOf(group).includes(resource.id))
    return { ...resource, groups: groups.map(({ id, displayName }) => ({ value: id, display: displayName })), meta }
  }
  const one = (ask: Ask, resource: Resource, status = 200): Reply => ({
    status,
    body: shown(ask, resource),
    ...(ask.odd.etags === false ? {} : { etag: `W/"${resource.version}"` }),
  })
  const save = (ask: Ask, resource: Resource): Reply => {
    for (const name of ask.odd.forgets ?? []) delete resource[name]
    delete resource['groups']
    books[ask.kind].set(resource.id, resource)
    return one(ask, resource, ask.method === 'POST' ? 201 : 200)
  }
  const isTaken = ({ kind, body, id }: Ask): boolean =>
    kind === 'Users' &&
    [...books.Users.values()].some((user) => user.id !== id && lower(user['userName']) === lower(body['userName']))

  const list = (ask: Ask): Reply => {
    const { query, odd, kind } = ask
    const filter = query.get('filter')
    if (filter !== null && odd.filter === 'none') return refusal(400, 'invalidFilter', 'no filters here')
    const rows = [...books[kind].values()].filter((row) => filter === null || matches(row, filter, odd))
    const start = Math.max(1, Number(query.get('startIndex') ?? 1)) - 1
    const from = odd.pages === 'same' ? 0 : odd.pages === 'overlap' ? Math.max(0, start - 1) : start
    const count = Math.min(Number(query.get('count') ?? 100), odd === KIND ? 1000 : PAGE)
    const resources = rows.slice(from, from + count).map((row) => shown(ask, row))
    if (query.get('excludedAttributes') === 'members') for (const row of resources) delete row['members']
    return { status: 200, body: { totalResults: rows.length, itemsPerPage: resources.length, Resources: resources } }
  }

  const patch = (ask: Ask, resource: Resource): Reply => {
    if (ask.odd.patch === 'none') return refusal(501, '', 'no PATCH here')
    if (ask.odd.patch === 'ignored') return { status: 204 }
    const next = structuredClone(resource)
    for (const { op, path, value } of operationsOf(ask.body)) {
      if (path === undefined) Object.assign(next, value)
      else if (ask.odd.patch === 'values') return refusal(400, 'invalidPath', 'no paths here')
      else if (path.includes('[')) return refusal(400, 'invalidPath', 'no filters in paths here')
      else if (op === 'add' && path === 'members')
        next['members'] = [...((next['members'] as object[] | undefined) ?? []), ...(value as object[])]
      else setAt(next, path.split('.'), op === 'remove' ? undefined : value)
    }
    return save(ask, { ...next, version: resource.version + 1 })
  }

  const change = (ask: Ask, resource: Resource): Reply => {
    const { method, kind, body, ifMatch } = ask
    if (kind === 'Groups' && resource.id === refused) return refusal(400, 'invalidValue', 'this group stays as it is')
    if (isTaken(ask)) return refusal(409, 'uniqueness', 'somebody has this name')
    if (ifMatch !== undefined && ifMatch !== `W/"${resource.version}"`) return refusal(412, '', 'it has changed')
    if (method === 'PATCH') return patch(ask, resource)
    return save(ask, { ...body, id: resource.id, version: resource.version + 1 })
  }

  const answer = (ask: Ask): Reply => {
    const { method, kind, id, body } = ask
    if (id === undefined && method === 'GET') return list(ask)
    if (id === undefined && isTaken(ask)) return refusal(409, 'uniqueness', 'somebody has this name')
    if (id === undefined) return save(ask, { ...body, id: randomUUID(), version: 1 })
    const resource = books[kind].get(id)
    if (resource === undefined) return refusal(404, '', 'there is none')
    return method === 'GET' ? one(ask, resource) : change(ask, resource)
  }

  const serve = async (from: IncomingMessage, to: ServerResponse): Promise<void> => {
    const isAdmin = from.headers.authorization === `Bearer ${ADMIN}`
    const url = new URL(from.url ?? '', 'http://odd')
    const [kind = '', id] = url.pathname.slice(1).split('/')
    if (!isAdmin) calls.push(`${from.method} /${kind}`)
    const reply =
      kind === 'Users' || kind === 'Groups'
        ? answer({ ...(await asked(from)), kind, id, query: url.searchParams, odd: isAdmin ? KIND : oddities })
        : oddities.discovery === 'lies' && kind === 'ServiceProviderConfig'
          ? { status: 200, body: LIES }
          : refusal(404, '', 'there is none')
    to.writeHead(reply.status, { 'content-type': 'application/json', ...('etag' in reply && { etag: reply.etag }) })
    to.end(reply.body === undefined ? '' : JSON.stringify(reply.body))
  }
  const server = createServer((from, to) => void serve(from, to))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    behave: (next) => void (oddities = next),
    refuseGroup: (group) => void (refused = group),
    calls: () => calls,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** What the administrator meets. */
const KIND: Oddities = {}

const LIES = {
  patch: { supported: true },
  filter: { supported: true, maxResults: 1000 },
  pagination: { cursor: true, index: true },
}

async function asked(from: IncomingMessage): Promise<Pick<Ask, 'method' | 'body' | 'ifMatch'>> {
  const has = from.headers['content-length'] !== undefined && from.headers['content-length'] !== '0'
  const body = has ? ((await json(from)) as Record<string, unknown>) : {}
  return { method: from.method ?? 'GET', body, ifMatch: from.headers['if-match'] }
}

const lower = (value: unknown): string => String(value).toLowerCase()

const membersOf = (group: Resource): readonly string[] =>
  ((group['members'] as readonly { value: string }[] | undefined) ?? []).map(({ value }) => value)

/** `userName eq "x"` and `members.value eq "x"`, and nothing else. */
function matches(row: Resource, filter: string, { filter: how }: Oddities): boolean {
  if (how === 'ignored') return true
  const [name, , ...rest] = filter.split(' ')
  const wanted: unknown = JSON.parse(rest.join(' '))
  if (name === 'members.value') return membersOf(row).some((member) => member === wanted)
  const has = row[String(name)]
  return how === 'exact' ? has === wanted : lower(has) === lower(wanted)
}

const operationsOf = (body: Record<string, unknown>) =>
  (body['Operations'] ?? []) as readonly { op: string; path?: string; value?: unknown }[]

function setAt(record: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length > 0) return setAt((record[name] ??= {}) as Record<string, unknown>, rest, value)
  if (value === undefined) delete record[name]
  else record[name] = value
}
