/**
 * The PATCH of SCIM 1.1, a resource in part, as the operations of SCIM 2.0: Core Schema 1.1 and REST API 1.1 section 3.3.2.
 * Decides what such a body means; must not apply it.
 */
import { isList, isObject, type JsonObject, type JsonValue } from '../json.ts'
import type { TakeNote } from '../quirks.ts'

/**
 * `{"members": [{"value": "u1", "operation": "delete"}, {"value": "u2"}]}` takes u1 out and u2 in; other attributes are
 * set; names under `meta.attributes` are cleared first. Anything that holds Operations is handed back as it is.
 */
export function fromPartial(body: unknown, note: TakeNote): unknown {
  if (!isObject(body) || named(body, 'operations') !== undefined) return body
  note('scim-1.1', 'a body without Operations is read as SCIM 1.1 has it: a resource in part')
  const Operations = [...clearings(body), ...changesOfMembers(named(body, 'members')), ...rest(body)]
  return { Operations }
}

function named(object: JsonObject, lower: string): JsonValue | undefined {
  const name = Object.keys(object).find((candidate) => candidate.toLowerCase() === lower)
  return name === undefined ? undefined : object[name]
}

function clearings(body: JsonObject): JsonObject[] {
  const meta = named(body, 'meta')
  const names = isObject(meta) ? named(meta, 'attributes') : undefined
  return (isList(names) ? names : []).map((path) => ({ op: 'remove', path }))
}

function changesOfMembers(members: JsonValue | undefined): JsonObject[] {
  const listed = members === undefined || members === null ? [] : isList(members) ? members : [members]
  const leaves = (member: JsonValue): boolean => {
    const operation = isObject(member) ? named(member, 'operation') : undefined
    return typeof operation === 'string' && operation.toLowerCase() === 'delete'
  }
  const [gone, come] = [listed.filter(leaves), listed.filter((member) => !leaves(member))]
  return [
    ...(gone.length === 0 ? [] : [{ op: 'remove', path: 'members', value: gone }]),
    ...(come.length === 0 ? [] : [{ op: 'add', path: 'members', value: come }]),
  ]
}

function rest(body: JsonObject): JsonObject[] {
  const entries = Object.entries(body).filter(([name]) => !['schemas', 'members', 'meta'].includes(name.toLowerCase()))
  return entries.length === 0 ? [] : [{ op: 'replace', value: Object.fromEntries(entries) }]
}
