/**
 * What the honest test server makes of a PATCH, in every form a played provider sends. Test code only; pure, and knows
 * nothing of Rollcall.
 */
import { isObject, objectOr, type JsonObject } from './scim.ts'

/** A resource while it is changed. */
type Draft = Record<string, unknown>

/** The resource with all operations applied in order. */
export function patched(resource: JsonObject, body: JsonObject): JsonObject {
  const result: Draft = structuredClone(resource)
  const operations: readonly unknown[] = Array.isArray(body['Operations']) ? body['Operations'] : []
  for (const operation of operations.map(objectOr)) {
    const { path, value } = operation
    const verb = String(operation['op']).toLowerCase()
    if (typeof path === 'string') applyAt(result, verb, { path, value })
    else for (const [key, one] of Object.entries(objectOr(value))) applyAt(result, verb, { path: key, value: one })
  }
  return result
}

interface Target {
  readonly path: string
  readonly value: unknown
}

function applyAt(resource: Draft, verb: string, { path, value }: Target): void {
  const urn = /^(urn:.+:User):(.+)$/.exec(path)
  if (urn !== null) return applyIn(resource, urn[1] ?? '', (part) => applyAt(part, verb, { path: urn[2] ?? '', value }))
  const filtered = /^(\w+)\[(\w+) eq "([^"]*)"\](?:\.(\w+))?$/.exec(path)
  if (filtered !== null) return applyFiltered(resource, verb, { parts: filtered, value })
  const [head = '', ...rest] = path.split('.')
  if (rest.length > 0) return applyIn(resource, head, (part) => applyAt(part, verb, { path: rest.join('.'), value }))
  if (head === 'id') return
  if (head === 'members') resource['members'] = members(resource['members'], verb, value)
  else if (verb === 'remove') delete resource[head]
  else resource[head] = head === 'active' ? String(value).toLowerCase() === 'true' : value
}

function applyIn(resource: Draft, name: string, apply: (part: Draft) => void): void {
  const part = { ...objectOr(resource[name]) }
  apply(part)
  resource[name] = part
}

/** `members[value eq "u1"]`, `emails[type eq "work"].value`; what is not found is created. */
function applyFiltered(
  resource: Draft,
  verb: string,
  { parts, value }: { parts: RegExpExecArray; value: unknown },
): void {
  const [, list = '', key = '', wanted = '', sub] = parts
  const elements = asList(resource[list]).map(objectOr)
  const others = elements.filter((element) => element[key] !== wanted)
  if (verb === 'remove') resource[list] = others
  else if (sub !== undefined) {
    const found = elements.find((element) => element[key] === wanted) ?? { [key]: wanted }
    resource[list] = [...others, { ...found, [sub]: value }]
  }
}

function members(before: unknown, verb: string, value: unknown): unknown[] {
  const known = asList(before)
  const named = asList(value).map((one) => (isObject(one) ? one['value'] : one))
  if (verb === 'replace') return asList(value)
  const others = known.filter((one) => !named.includes(objectOr(one)['value']))
  return verb === 'remove' ? others : [...others, ...asList(value)]
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? [...(value as readonly unknown[])] : []
}
