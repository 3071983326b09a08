/**
 * The body of a POST or PUT of a Group: what is kept of it, and whom it names as members.
 * Decides how the two are parted, since members are never kept in a document; must not know how membership is kept.
 */
import { isList, isObject, type JsonValue } from './json.ts'
import { readingOf } from './quirks.ts'
import { parseResource, type ParseOptions, type ResourceDocument } from './resource.ts'
import type { Attribute } from './schema/attribute.ts'
import { GROUP, resolveAttribute, type ResourceType } from './schema/resource-type.ts'

/** What is kept of a Group. Never with `members`. */
export interface GroupDocument extends ResourceDocument {
  readonly displayName: string
}

export interface ParsedGroup {
  readonly document: GroupDocument
  /** Ids in lower case, each once. Undefined where a PUT leaves the members as they are. */
  readonly members: ReadonlySet<string> | undefined
}

export const MEMBERS: Attribute = rowOf('members')

function rowOf(name: string): Attribute {
  const place = resolveAttribute(name, GROUP)
  if (place === undefined) throw new TypeError(`A Group has no ${name}`)
  return place.attribute
}

export interface GroupOptions extends ParseOptions<GroupDocument> {
  /** With the extensions of the tenant. */
  readonly type?: ResourceType | undefined
}

/**
 * Reads a Group: RFC 7644 sections 3.3 and 3.5.1, RFC 7643 section 4.2. A PUT that does not name `members` empties the
 * group, but for providers whose templates never have what they leave out. Throws as {@link parseResource}.
 */
export function parseGroup(body: unknown, { type = GROUP, ...options }: GroupOptions): ParsedGroup {
  const { members, ...rest } = parseResource(type, body, options)
  const silent = options.mode === 'replace' && !namesMembers(body)
  const reading = readingOf(options)
  const kept = silent && reading.quirks.absentExtensionOnPut === 'keep'
  if (kept) reading.note('kept', 'members is not in the body and stays as it is')
  // The table has displayName as required text.
  return { document: rest as GroupDocument, members: kept ? undefined : memberIds(members) }
}

const isMembers = (name: string): boolean => resolveAttribute(name, GROUP)?.attribute === MEMBERS

function namesMembers(body: unknown): boolean {
  return isObject(body) && Object.keys(body).some(isMembers)
}

/** The body without its members, for who reads it a second time: they may be many. */
export function withoutMembers(body: unknown): unknown {
  return isObject(body) ? Object.fromEntries(Object.entries(body).filter(([name]) => !isMembers(name))) : body
}

/** The ids that elements of `members` name; ids of ours are in lower case. */
export function memberIds(elements: JsonValue | undefined): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const element of isList(elements) ? elements : []) {
    const id = memberId(element)
    if (id !== undefined) ids.add(id)
  }
  return ids
}

export function memberId(element: JsonValue | undefined): string | undefined {
  const value = isObject(element) ? element['value'] : undefined
  return typeof value === 'string' ? value.toLowerCase() : undefined
}
