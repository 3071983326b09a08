/**
 * What a User looks like to an expression: every attribute is there, empty where nothing is known.
 * Decides names and empty values; must not read an expression.
 */
import { celList, celMap, type CelInput } from '@bufbuild/cel'
import { isObject, type JsonValue } from '../../scim/json.ts'
import type { Attribute } from '../../scim/schema/attribute.ts'
import type { ResourceType } from '../../scim/schema/resource-type.ts'
import { LIMITS } from '../limits.ts'

export type Shape =
  | { readonly kind: 'record'; readonly fields: ReadonlyMap<string, Field> }
  | { readonly kind: 'list'; readonly element: Shape }
  | { readonly kind: 'value'; readonly empty: string | number | boolean }

export interface Field {
  readonly shape: Shape
  /** Where a document holds it. */
  readonly at: readonly string[]
}

const text: Shape = { kind: 'value', empty: '' }

const record = (fields: Readonly<Record<string, Shape>>): Shape => ({
  kind: 'record',
  fields: new Map(Object.entries(fields).map(([name, shape]) => [name, { shape, at: [name] }])),
})

/** Variables beside `user` that have parts, and which: `person` as store/person-facts.ts tells it. */
export const RECORDS = {
  person: record({
    identities: {
      kind: 'list',
      element: record({ connection: text, userName: text, active: { kind: 'value', empty: false } }),
    },
  }),
  app: record({ id: text }),
} as const satisfies Readonly<Record<string, Shape>>

/** Not kept in a document, or not for policies: groups have a variable of their own. */
const ELSEWHERE = new Set(['schemas', 'id', 'meta', 'password', 'groups'])

/**
 * The shape of a user. An extension's attributes go by their own names too (`user.department`), unless the core schema
 * has that name or an earlier extension; always by the URN (`user["urn:…:User"].department`).
 */
export function userShape(type: ResourceType): Shape {
  const fields = new Map<string, Field>()
  for (const attribute of type.attributes) {
    if (!ELSEWHERE.has(attribute.name)) fields.set(attribute.name, { shape: shapeOf(attribute), at: [attribute.name] })
  }
  for (const { urn, attributes } of type.extensions) {
    const own = new Map<string, Field>()
    for (const attribute of attributes) {
      const shape = shapeOf(attribute)
      own.set(attribute.name, { shape, at: [attribute.name] })
      if (!fields.has(attribute.name)) fields.set(attribute.name, { shape, at: [urn, attribute.name] })
    }
    fields.set(urn, { shape: { kind: 'record', fields: own }, at: [urn] })
  }
  return { kind: 'record', fields }
}

function shapeOf(attribute: Attribute): Shape {
  const single = singleShape(attribute)
  return attribute.multiValued ? { kind: 'list', element: single } : single
}

function singleShape({ type, subAttributes }: Attribute): Shape {
  if (type === 'complex') {
    return {
      kind: 'record',
      fields: new Map(subAttributes.map((sub) => [sub.name, { shape: shapeOf(sub), at: [sub.name] }])),
    }
  }
  return { kind: 'value', empty: type === 'boolean' ? false : type === 'integer' || type === 'decimal' ? 0 : '' }
}

/** The value as an expression sees it. Throws RangeError where it is larger than a policy may look at. */
export function totalOf(shape: Shape, value: JsonValue | undefined): CelInput {
  if (shape.kind === 'value') {
    return typeof value === typeof shape.empty ? checkedText(value as string | number | boolean) : shape.empty
  }
  if (shape.kind === 'list') {
    const elements = Array.isArray(value) ? (value as readonly JsonValue[]) : []
    if (elements.length > LIMITS.list) throw new RangeError(`it has more than ${LIMITS.list} elements`)
    return celList(elements.map((element) => totalOf(shape.element, element)))
  }
  const members = new Map<string, CelInput>()
  for (const [name, field] of shape.fields) members.set(name, totalOf(field.shape, valueAt(value, field.at)))
  return celMap(members)
}

export function valueAt(value: JsonValue | undefined, at: readonly string[]): JsonValue | undefined {
  let found = value
  for (const name of at) found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined
  return found
}

function checkedText<Value extends string | number | boolean>(value: Value): Value {
  if (typeof value === 'string' && value.length > LIMITS.text)
    throw new RangeError(`it has more than ${LIMITS.text} characters`)
  return value
}
