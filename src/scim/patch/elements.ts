/**
 * What one step makes of a multi-valued attribute.
 * Decides which elements are meant, created, merged or dropped, and which is primary; must not know other attributes.
 */
import { checkElements, isHusk, isPrimary, likenessKey, means } from '../element.ts'
import { refusal, type ScimError } from '../errors.ts'
import type { Filter, PatchPath } from '../filter/ast.ts'
import { evaluateElement } from '../filter/evaluate.ts'
import { isList, isObject, type JsonDraft, type JsonObject, type JsonValue } from '../json.ts'
import type { TakeNote } from '../quirks.ts'
import { valueOf, type Attribute } from '../schema/attribute.ts'
import type { PatchOperation } from './operation.ts'

export interface ElementStep {
  readonly operation: PatchOperation
  readonly target: PatchPath & { readonly kind: 'attribute' }
  readonly note: TakeNote
}

/** The new list, or undefined when no element is left. Throws noTarget when there is no element and none can be made. */
export function nextElements(held: JsonValue | undefined, step: ElementStep): JsonValue | undefined {
  const elements = isList(held) ? held : []
  const next = outcome(elements, step)
  return next.length === 0 ? undefined : next
}

function outcome(elements: readonly JsonValue[], step: ElementStep): readonly JsonValue[] {
  const { operation, target } = step
  const takesAway = operation.op === 'remove' || operation.value === undefined
  if (target.filter === undefined && target.path.sub === undefined) {
    if (takesAway) return withoutListed(elements, step)
    const added = isList(operation.value) ? operation.value : []
    return operation.op === 'replace' ? added : withAdded(elements, added, step)
  }
  return takesAway ? withoutPicked(elements, step) : withPicked(elements, step)
}

/** T3: only the listed ones go; without a list all go. */
function withoutListed(elements: readonly JsonValue[], { operation, target, note }: ElementStep): readonly JsonValue[] {
  const { value, where } = operation
  if (!isList(value)) return []
  const listed = Map.groupBy(value, (element) => likenessKey(target.path.attribute, element))
  const isListed = (element: JsonValue): boolean =>
    listed.get(likenessKey(target.path.attribute, element))?.some((named) => means(named, element)) === true
  const rest = elements.filter((element) => !isListed(element))
  if (rest.length === elements.length) note('T17', `${where}: none of the listed elements is there`)
  return rest
}

/** RFC 7644 section 3.5.2.1: what is there already is not added again (T16), it only takes over new sub-attributes. */
function withAdded(
  elements: readonly JsonValue[],
  added: readonly JsonValue[],
  step: ElementStep,
): readonly JsonValue[] {
  const { attribute, name } = step.target.path
  const next = [...elements]
  const touched = new Set<number>()
  const indexes = Map.groupBy(next.keys(), (index) => likenessKey(attribute, next[index] ?? null))
  for (const element of added) {
    const key = likenessKey(attribute, element)
    const alike = indexes.get(key) ?? []
    const index = alike.find((candidate) => means(element, next[candidate] ?? null)) ?? next.length
    if (index < next.length) step.note('T16', `${step.operation.where}: an element of ${name} is there already`)
    else if (alike.push(index) === 1) indexes.set(key, alike)
    next[index] = merged(next[index], element)
    touched.add(index)
  }
  return withOnePrimary(next, touched, step)
}

function withoutPicked(elements: readonly JsonValue[], { operation, target, note }: ElementStep): readonly JsonValue[] {
  const { sub, attribute, name } = target.path
  const next: JsonValue[] = []
  let picked = 0
  for (const element of elements) {
    const isMeant = isPicked(element, target.filter)
    const rest = isMeant ? without(element, attribute, sub) : element
    if (isMeant) picked += 1
    if (rest !== undefined) next.push(rest)
  }
  if (picked === 0) note('T17', `${operation.where}: no element of ${name} is there to remove`)
  return next
}

/** An element without a part; undefined when it goes as a whole. What has lost its value goes, labels and all. */
function without(element: JsonValue, attribute: Attribute, part: Attribute | undefined): JsonValue | undefined {
  if (part === undefined || !isObject(element)) return undefined
  if (!Object.hasOwn(element, part.name)) return element
  const rest: JsonDraft = { ...element }
  delete rest[part.name]
  return part === valueOf(attribute) || isHusk(attribute, rest) ? undefined : rest
}

function withPicked(elements: readonly JsonValue[], step: ElementStep): readonly JsonValue[] {
  const { operation, target } = step
  const touched = new Set<number>()
  const next = elements.map((element, index) => {
    if (!isPicked(element, target.filter)) return element
    touched.add(index)
    return changed(element, step)
  })
  if (touched.size === 0) {
    if (operation.ifNone === 'refuse') throw noTarget(step, 'and replace makes none')
    touched.add(next.push(created(step)) - 1)
    step.note('T7', `${operation.where}: no element of ${target.path.name} was there, so one is made`)
  }
  return withOnePrimary(next, touched, step)
}

function isPicked(element: JsonValue, filter: Filter | undefined): boolean {
  return filter === undefined || evaluateElement(filter, element)
}

/** A picked element after the step: replace puts a new one in its place, which still is what the filter calls it. */
function changed(element: JsonValue, { operation, target }: ElementStep): JsonValue {
  const { sub } = target.path
  const value = operation.value ?? null
  if (sub !== undefined) return merged(element, { [sub.name]: value })
  return operation.op === 'add' ? merged(element, value) : merged(equalities(target.filter), value)
}

/** T7, T25: the element that the filter describes, with the value in it. */
function created(step: ElementStep): JsonValue {
  const { operation, target } = step
  const { sub } = target.path
  const value = operation.value ?? null
  const element = merged(equalities(target.filter), sub === undefined ? value : { [sub.name]: value })
  if (target.filter !== undefined && !evaluateElement(target.filter, element)) {
    throw noTarget(step, 'and none can be made from it')
  }
  return element
}

const noTarget = ({ operation, target }: ElementStep, why: string): ScimError =>
  refusal('noTarget', `${operation.where}: no element of ${target.path.name} satisfies the filter, ${why}`)

/** What an element must hold to satisfy the equalities of a filter. */
function equalities(filter: Filter | undefined): JsonObject {
  const draft: JsonDraft = {}
  for (const term of filter?.kind === 'and' ? filter.terms : [filter]) {
    if (term?.kind === 'and') Object.assign(draft, equalities(term))
    if (term?.kind !== 'compare' || term.operator !== 'eq' || term.value === null) continue
    if (term.path.sub !== undefined) draft[term.path.sub.name] = term.value
  }
  return draft
}

function merged(held: JsonValue | undefined, added: JsonValue): JsonValue {
  return isObject(held) && isObject(added) ? { ...held, ...added } : added
}

/** RFC 7644 section 3.5.2: an element that becomes the primary one takes that from the one before. */
function withOnePrimary(
  elements: readonly JsonValue[],
  touched: ReadonlySet<number>,
  step: ElementStep,
): readonly JsonValue[] {
  const isNew = (index: number): boolean => touched.has(index) && isPrimary(elements[index] ?? null)
  const moves = elements.some((_, index) => isNew(index))
  const next = moves
    ? elements.map((element, index) =>
        isPrimary(element) && !isNew(index) ? merged(element, { primary: false }) : element,
      )
    : elements
  checkElements(step.target.path.attribute, next, `${step.operation.where}: ${step.target.path.attribute.name}`)
  return next
}
