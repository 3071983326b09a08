/** How a hostile request is written down, and the short ways to make one. Knows no case by itself. */
import type { RawRequest } from '../raw-http.ts'

/** The user every case is told about and none may change. */
export interface Watched {
  readonly id: string
  /** As the server answers it, for requests that send it back with something hostile added. */
  readonly resource: Readonly<Record<string, unknown>>
  readonly token: string
}

export interface BadInput {
  /** Reads as: "… is survived". */
  readonly name: string
  /** Why exactly these answers are right. */
  readonly why: string
  readonly request: (watched: Watched) => RawRequest
  /** The statuses that are right; with 'closed' the connection may also end without an answer. */
  readonly statuses: readonly (number | 'closed')[]
  /** Only where the standard or the facts leave no choice. */
  readonly scimType?: string
  /** A 200 is a list and must hold nobody. */
  readonly noHits?: true
  /** The request is broken below HTTP's own rules: the answer need not be SCIM JSON. */
  readonly belowScim?: true
}

export const ROOT = '/scim/v2'
export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

type Headers = RawRequest['headers']

/** The right credential and content type, which a case may replace. */
export function headers(watched: Watched, contentType: string | null = 'application/scim+json'): Headers {
  const type: Headers = contentType === null ? [] : [['Content-Type', contentType]]
  return [['Authorization', `Bearer ${watched.token}`], ['Accept', 'application/scim+json'], ...type]
}

type Make = (watched: Watched) => RawRequest

/** `POST /Users` with these bytes. */
export function post(body: string | Buffer): Make {
  return (watched) => ({ method: 'POST', target: `${ROOT}/Users`, headers: headers(watched), body: Buffer.from(body) })
}

/** `POST /Users` with a sound user over which `more` is laid. */
export function postUser(more: Readonly<Record<string, unknown>>): Make {
  return post(JSON.stringify({ schemas: [USER], userName: 'bad.input@acme.test', ...more }))
}

/** `PUT` of the watched user as it is, with JSON text such as `"x":1` put in front of the closing brace. */
export function putBack(extra: string, contentType?: string | null): Make {
  return (watched) => ({
    method: 'PUT',
    target: `${ROOT}/Users/${watched.id}`,
    headers: headers(watched, contentType),
    body: Buffer.from(JSON.stringify(watched.resource).replace(/\}$/, extra === '' ? '}' : `,${extra}}`)),
  })
}

/** `PATCH` of the watched user with operations written as JSON text. */
export function patchText(operations: string | Buffer): Make {
  return (watched) => ({
    method: 'PATCH',
    target: `${ROOT}/Users/${watched.id}`,
    headers: headers(watched),
    body: Buffer.concat([
      Buffer.from(`{"schemas":["${PATCH_OP}"],"Operations":`),
      Buffer.from(operations),
      Buffer.from('}'),
    ]),
  })
}

/** `PATCH` of the watched user with one operation. */
export function patchOne(operation: Readonly<Record<string, unknown>>): Make {
  return patchText(JSON.stringify([operation]))
}

/** `GET /Users` with a filter, percent-encoded. */
export function filtered(filter: string): Make {
  return get(`/Users?filter=${encodeURIComponent(filter)}`)
}

/** `GET` of a target below the SCIM root, written as it stands. */
export function get(path: string): Make {
  return (watched) => ({ method: 'GET', target: ROOT + path, headers: headers(watched, null) })
}

/** Any method and target below the root, with the watched user sent back as body. */
export function send(method: string, path: string): Make {
  return (watched) => ({ ...putBack('')(watched), method, target: ROOT + path })
}
