/** Words and shapes of SCIM 2.0 that every played provider uses. Data and pure functions; sends nothing. */

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group'
export const ENTERPRISE_SCHEMA = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

export type JsonObject = { readonly [name: string]: unknown }

export interface ScimRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base URL, with its query; sent as it stands, a stray `?` or `&` included. */
  readonly path: string
  readonly body?: JsonObject
  /** A body that is sent as it stands, JSON or not, in place of `body`. */
  readonly text?: string
}

/** One operation of a PATCH, in whatever case its provider writes it. */
export interface Operation {
  readonly op: string
  readonly path?: string
  readonly value?: unknown
}

export function patch(path: string, operations: readonly Operation[]): ScimRequest {
  return { method: 'PATCH', path, body: { schemas: [PATCH_SCHEMA], Operations: operations } }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectOr(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

const FILTERED = /^(\w+)\[(\w+) eq "([^"]*)"\](?:\.(\w+))?$/

/**
 * What a resource holds at `title`, `name.givenName`, `emails[type eq "work"].value` or
 * `urn:…:User:department`; undefined where there is nothing.
 */
export function valueAt(resource: JsonObject, path: string): unknown {
  const urn = /^(urn:.+):([^:]+)$/.exec(path)
  if (urn !== null) return objectOr(resource[urn[1] ?? ''])[urn[2] ?? '']
  const filtered = FILTERED.exec(path)
  if (filtered === null) {
    return path.split('.').reduce<unknown>((value, name) => objectOr(value)[name], resource)
  }
  const [, list = '', key = '', wanted, part] = filtered
  const elements: unknown = resource[list]
  if (!Array.isArray(elements)) return undefined
  const found = elements.map(objectOr).find((element) => String(element[key]) === wanted)
  return part === undefined ? found : found?.[part]
}

/** An attribute by its path, and what was sent there. */
export type Sent = readonly (readonly [path: string, value: unknown])[]

/** One sentence for each attribute that was sent and is not there as sent. `who` sent it: "Okta". */
export function differences(who: string, sent: Sent, resource: JsonObject): string[] {
  return sent.flatMap(([path, wanted]) => {
    const found = valueAt(resource, path)
    if (wanted === undefined || wanted === found) return []
    return [`${path} is ${JSON.stringify(found)}, ${who} pushed ${JSON.stringify(wanted)}`]
  })
}
