/**
 * Where in a SCIM resource an attribute has its place, and how it is read and changed there.
 * Decides what of a resource such a change touches; must not know which attributes there are, nor call anything.
 */
import { booleanOf, field, isRecord, keyOf, listIn, recordIn, textOf, type ScimRecord } from './record.ts'

/** A value by its path; an extension is the first step. `alone`: what else stands beside it is about the old value, and goes. */
interface SinglePlace {
  readonly path: readonly string[]
  readonly alone?: true
}

/**
 * A part of one element of a list: of the one of this type, or (`preferred`) of the primary one, else of this type, else of the
 * first there is.
 */
interface ElementPlace {
  readonly list: string
  readonly type: string
  readonly part: string
  readonly preferred?: true
}

export type Place = SinglePlace | ElementPlace

export type Value = string | boolean | null

/** The name of the attribute that a change there touches, in lower case; of an extension, with its name. */
export function attributeOf(place: Place): string {
  if ('list' in place) return place.list.toLowerCase()
  return place.path
    .slice(0, isUrn(place.path[0] ?? '') ? 2 : 1)
    .join(':')
    .toLowerCase()
}

const isUrn = (name: string): boolean => name.toLowerCase().startsWith('urn:')

export function valueAt(record: ScimRecord, place: Place): string | null {
  if ('list' in place) {
    const chosen = listIn(record, place.list)[indexOf(record, place)]
    return chosen === undefined ? null : textOf(field(chosen, place.part))
  }
  let found: unknown = record
  // Some servers write a complex value as its plain value.
  for (const step of place.path) {
    if (isRecord(found)) found = field(found, step)
    else if (place.alone !== true) return null
  }
  return textOf(found)
}

/** The resource with this value at that place, all else as it was. */
export function withValue(record: ScimRecord, place: Place, value: Value): ScimRecord {
  if ('list' in place) return withElement(record, place, value)
  const [first = ''] = place.path
  const changed = withPath(record, place, value)
  if (!isUrn(first) || value === null) return changed
  const schemas = field(changed, 'schemas')
  const listed = Array.isArray(schemas) ? schemas.filter((urn) => typeof urn === 'string') : []
  if (listed.some((urn) => urn.toLowerCase() === first.toLowerCase())) return changed
  return { ...changed, [keyOf(changed, 'schemas')]: [...listed, first] }
}

function withPath(record: ScimRecord, { path, alone }: SinglePlace, value: Value): ScimRecord {
  const [name = '', ...rest] = path
  const key = keyOf(record, name)
  if (rest.length === 0) return value === null ? without(record, key) : { ...record, [key]: value }
  const last = rest.length === 1
  if (last && alone === true && value === null) return without(record, key)
  const inner = last && alone === true ? {} : recordIn(record, name)
  const next = withPath(inner, { path: rest, ...(alone === undefined ? {} : { alone }) }, value)
  // Nothing is made where there is nothing to take away.
  if (value === null && !Object.hasOwn(record, key)) return record
  return { ...record, [key]: next }
}

const without = (record: ScimRecord, key: string): ScimRecord =>
  Object.fromEntries(Object.entries(record).filter(([name]) => name !== key))

function withElement(record: ScimRecord, place: ElementPlace, value: Value): ScimRecord {
  const elements = listIn(record, place.list)
  const index = indexOf(record, place)
  const chosen = elements[index]
  const key = keyOf(record, place.list)
  if (chosen === undefined)
    return value === null ? record : { ...record, [key]: [...elements, madeFor(place, value, elements)] }
  const part = keyOf(chosen, place.part)
  if (value !== null) return { ...record, [key]: elements.with(index, { ...chosen, [part]: value }) }
  const left = saysMore(chosen, place) ? elements.with(index, without(chosen, part)) : elements.toSpliced(index, 1)
  return left.length === 0 ? without(record, key) : { ...record, [key]: left }
}

const madeFor = ({ type, part, preferred }: ElementPlace, value: Value, others: readonly ScimRecord[]): ScimRecord => ({
  type,
  [part]: value,
  ...(preferred === true && part === 'value' && others.length === 0 ? { primary: true } : {}),
})

/** Something is left of the element without this part. */
const saysMore = (element: ScimRecord, { part }: ElementPlace): boolean =>
  Object.entries(element).some(
    ([name, value]) => name !== keyOf(element, part) && !ABOUT.has(name.toLowerCase()) && value !== null,
  )

/** What an element says of itself, and not of anybody. */
const ABOUT: ReadonlySet<string> = new Set(['type', 'primary', 'display', '$ref'])

/** Of the element that the place is about; -1 where there is none. */
function indexOf(record: ScimRecord, { list, type, preferred }: ElementPlace): number {
  const elements = listIn(record, list)
  const typed = elements.findIndex((element) => isOfType(element, type))
  if (preferred !== true) return typed
  const primary = elements.findIndex((element) => booleanOf(field(element, 'primary')) === true)
  return [primary, typed].find((index) => index >= 0) ?? (elements.length === 0 ? -1 : 0)
}

const isOfType = (element: ScimRecord, type: string): boolean =>
  textOf(field(element, 'type'))?.toLowerCase() === type.toLowerCase()

/** One operation of a PATCH: RFC 7644 section 3.5.2. */
export interface Operation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path?: string
  readonly value?: unknown
}

/**
 * How a change of lists is told: `paths` picks the element by a filter, `lists` sends the whole list, `values` sends whole
 * attributes without any path. Servers differ in which they understand.
 */
export type Form = 'paths' | 'lists' | 'values'

/** What sets these places, in order, in a resource as it was read. */
export function operationsFor(
  record: ScimRecord,
  sets: readonly (readonly [Place, Value])[],
  form: Form,
): readonly Operation[] {
  const after = sets.reduce((changed, [place, value]) => withValue(changed, place, value), record)
  if (form === 'values') {
    const names = new Set(sets.map(([place]) => ('list' in place ? place.list : (place.path[0] ?? ''))))
    return [{ op: 'replace', value: Object.fromEntries([...names].map((name) => [name, field(after, name) ?? null])) }]
  }
  const operations: Operation[] = []
  const whole = new Set<string>()
  let now = record
  for (const [place, value] of sets) {
    const step = 'list' in place ? ofElement(now, place, value) : [ofSingle(after, place)]
    now = withValue(now, place, value)
    if ('list' in place && (step === undefined || form === 'lists')) whole.add(place.list)
    else operations.push(...(step ?? []))
  }
  return [...operations, ...[...whole].map((list) => ofWhole(after, list))]
}

function ofSingle(after: ScimRecord, { path, alone }: SinglePlace): Operation {
  const steps = alone === true ? path.slice(0, -1) : path
  const [first = '', ...rest] = steps
  const name = isUrn(first) ? [first, rest.join('.')].join(':') : steps.join('.')
  const value = steps.reduce<unknown>((inner, step) => (isRecord(inner) ? field(inner, step) : undefined), after)
  return value === undefined ? { op: 'remove', path: name } : { op: 'replace', path: name, value }
}

const ofWhole = (after: ScimRecord, list: string): Operation => {
  const elements = listIn(after, list)
  return elements.length === 0 ? { op: 'remove', path: list } : { op: 'replace', path: list, value: elements }
}

/** Nothing where the element cannot be told from others. */
function ofElement(record: ScimRecord, place: ElementPlace, value: Value): readonly Operation[] | undefined {
  const elements = listIn(record, place.list)
  const chosen = elements[indexOf(record, place)]
  if (chosen === undefined)
    return value === null ? [] : [{ op: 'add', path: place.list, value: [madeFor(place, value, elements)] }]
  const selector = selectorOf(chosen, elements)
  if (selector === undefined) return undefined
  const at = `${place.list}[${selector}]`
  if (value !== null) return [{ op: 'replace', path: `${at}.${place.part}`, value }]
  return [{ op: 'remove', path: saysMore(chosen, place) ? `${at}.${place.part}` : at }]
}

/** What picks this element and no other: its type, as most clients do it, else its value. */
function selectorOf(element: ScimRecord, all: readonly ScimRecord[]): string | undefined {
  const type = textOf(field(element, 'type'))
  if (type !== null && all.filter((other) => isOfType(other, type)).length === 1) return `type eq ${quoted(type)}`
  const value = field(element, 'value')
  const same = all.filter((other) => field(other, 'value') === value).length
  return typeof value === 'string' && same === 1 ? `value eq ${quoted(value)}` : undefined
}

/** A text in a filter: RFC 7644 section 3.4.2.2, the rules of JSON. */
export const quoted = (text: string): string => JSON.stringify(text)
