/**
 * Whether the answers of an app still look as they did.
 * Decides what counts as a change and what as something that merely was not seen before; pure.
 */
import type { FieldShape, Shape, Shapes } from '../connectors/doctor.ts'

/** One field of one call that is not what it was. */
export interface ShapeChange {
  /** `GET /user-management/v3/users/{id}`. */
  readonly call: string
  /** `user.status`; empty where it is about the whole answer. */
  readonly field: string
  /** Its types until now: `string`, `number or string`. */
  readonly was: string
  /** Its types now, or `gone`. */
  readonly is: string
}

/**
 * What is different of `seen` from `good`: a field is gone that every object had, or has a type that it never had. What is
 * empty says nothing of its type, a list without rows nothing of its rows, and a call that was not made nothing at all.
 */
export function changesOf(good: Shapes, seen: Shapes): ShapeChange[] {
  return Object.entries(good).flatMap(([call, shape]) => {
    const now = seen[call]
    return now === undefined ? [] : changesOfCall(shape, now).map((change) => ({ call, ...change }))
  })
}

function changesOfCall(good: Shape, seen: Shape): Omit<ShapeChange, 'call'>[] {
  return Object.entries(good).flatMap(([field, { types, always }]) => {
    // Names of a customer's own, or rows of a list.
    if (field.includes('*')) return []
    const now = seen[field]
    if (now === undefined) {
      const missing = always && !field.endsWith('[]') && isThere(parentOf(field, good), seen)
      return missing ? [{ field, was: spoken(types), is: 'gone' }] : []
    }
    const known = types.filter(isFilled)
    const strange = now.types.filter((type) => isFilled(type) && !known.includes(type))
    return known.length === 0 || strange.length === 0 ? [] : [{ field, was: spoken(types), is: spoken(now.types) }]
  })
}

const isFilled = (type: string): boolean => type !== 'null'

const spoken = (types: readonly string[]): string => types.join(' or ')

const isThere = (path: string, { [path]: at }: Shape): boolean => at?.types.includes('object') === true

/** The object that has a field: keys may have dots in them, so it is looked for. */
function parentOf(field: string, shape: Shape): string {
  for (let end = field.lastIndexOf('.'); end > 0; end = field.lastIndexOf('.', end - 1)) {
    if (shape[field.slice(0, end)] !== undefined) return field.slice(0, end)
  }
  return ''
}

/** All that is known by now: types add up, and a field that was once not there need not be. */
export function mergeShapes(good: Shapes, seen: Shapes): Shapes {
  const merged: Record<string, Shape> = { ...good }
  for (const [call, shape] of Object.entries(seen)) {
    const known = good[call]
    merged[call] = known === undefined ? shape : mergeShape(known, shape)
  }
  return merged
}

function mergeShape(known: Shape, seen: Shape): Shape {
  const merged: Record<string, FieldShape> = {}
  for (const [field, before] of Object.entries(known)) {
    const now = seen[field]
    const seenWithout = now === undefined ? isThere(parentOf(field, known), seen) : !now.always
    const types = [...new Set([...before.types, ...(now?.types ?? [])])].toSorted()
    merged[field] = { types, always: before.always && !seenWithout }
  }
  for (const [field, now] of Object.entries(seen)) {
    // Where there were such objects before, they went without it.
    if (known[field] === undefined)
      merged[field] = { ...now, always: now.always && !isThere(parentOf(field, seen), known) }
  }
  return merged
}
