/**
 * The shape of an answer: which fields it has, and of which types.
 * Decides what of a field's name may be kept; must not keep any value.
 */
import type { FieldShape, Shape } from '../../doctor.ts'

/** Fields whose keys are names that a customer has given (facts, section 4.1). */
const MAPS = /(^|\.)(customAttributes|applicationAttributes|teamCustomAttributes)$/

/** Letters and digits as programmers name fields; extension schemas of SCIM too. Anything else may be about somebody. */
const NAME = /^(urn:[\w:.-]{1,120}|[A-Za-z_$][\w$-]{0,59})$/
const IDENTIFIES = /[0-9a-f]{8}-[0-9a-f]{4}|\d{5,}/i

interface Counted {
  readonly types: Set<string>
  /** The path of the object that has it; undefined of an item of a list, and of the body. */
  readonly parent: string | undefined
  /** Objects that had it. */
  count: number
}

/** More levels than any answer has. */
const DEEPEST = 12

export function shapeOf(body: unknown): Shape {
  const fields = new Map<string, Counted>()
  /** How many objects there were at a path. */
  const objects = new Map<string, number>()
  visit(body, { path: '', parent: undefined, depth: 0 }, { fields, objects })
  const isAlways = (path: string, { parent, count }: Counted): boolean =>
    parent === undefined || (!path.endsWith('*') && count === objects.get(parent))
  return Object.fromEntries(
    [...fields.entries()]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, field]): [string, FieldShape] => [
        path,
        { types: [...field.types].toSorted(), always: isAlways(path, field) },
      ]),
  )
}

interface Seen {
  readonly fields: Map<string, Counted>
  readonly objects: Map<string, number>
}

interface Place {
  readonly path: string
  readonly parent: string | undefined
  readonly depth: number
}

function visit(value: unknown, { path, parent, depth }: Place, seen: Seen): void {
  const { fields, objects } = seen
  const field = fields.get(path) ?? { types: new Set(), parent, count: 0 }
  field.types.add(typeOf(value))
  field.count += 1
  fields.set(path, field)
  if (depth >= DEEPEST) return
  if (Array.isArray(value)) {
    for (const item of value) visit(item, { path: `${path}[]`, parent: undefined, depth: depth + 1 }, seen)
  } else if (typeof value === 'object' && value !== null) {
    objects.set(path, (objects.get(path) ?? 0) + 1)
    for (const [key, inner] of Object.entries(value))
      visit(inner, { path: join(path, nameOf(path, key)), parent: path, depth: depth + 1 }, seen)
  }
}

const nameOf = (path: string, key: string): string =>
  !MAPS.test(path) && NAME.test(key) && !IDENTIFIES.test(key) ? key : '*'

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`)

const typeOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value)
