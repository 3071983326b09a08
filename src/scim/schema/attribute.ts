/**
 * What is known of an attribute: one row of a schema table, RFC 7643 sections 2.2 and 7.
 * Decides the columns and their defaults; must not list any attribute.
 */

export type AttributeType =
  | 'string'
  | 'boolean'
  | 'decimal'
  | 'integer'
  | 'dateTime'
  | 'reference'
  | 'binary'
  | 'complex'

/** The characteristics of RFC 7643 section 2.2, with its names, and what else the engine goes by. */
export interface Attribute {
  readonly name: string
  readonly type: AttributeType
  readonly multiValued: boolean
  readonly required: boolean
  readonly mutability: 'readOnly' | 'readWrite' | 'immutable' | 'writeOnly'
  readonly returned: 'always' | 'never' | 'default' | 'request'
  readonly uniqueness: 'none' | 'server' | 'global'
  readonly caseExact: boolean
  /** Advice to clients, not enforced: RFC 7643 section 2.4 lets a server accept other values. */
  readonly canonicalValues: readonly string[]
  readonly referenceTypes: readonly string[]
  readonly subAttributes: readonly Attribute[]
  readonly description: string
  /** Other names that clients send for it, in lower case. */
  readonly aliases: readonly string[]
  /** Longest text in UTF-16 units. Attributes that are looked up by index have a short one. */
  readonly maxLength: number
  /** Most elements of a multi-valued attribute. Far beyond real people; keeps every PATCH step cheap. */
  readonly maxElements: number
  /** What it is on a new resource that does not mention it; such an attribute is never cleared, only changed. */
  readonly initial: boolean | undefined
}

/** A row: what differs from the defaults of RFC 7643 section 2.2. */
export type AttributeRow = Partial<Omit<Attribute, 'name' | 'description'>> & Pick<Attribute, 'name' | 'description'>

const DEFAULTS = {
  type: 'string',
  multiValued: false,
  required: false,
  mutability: 'readWrite',
  returned: 'default',
  uniqueness: 'none',
  caseExact: false,
  canonicalValues: [],
  referenceTypes: [],
  subAttributes: [],
  aliases: [],
  maxLength: 262_144,
  maxElements: 1_000,
  initial: undefined,
} as const satisfies Partial<Attribute>

// RFC 7643 section 2.1. No name of the grammar can reach a prototype but these two.
const NAME = /^\$?[A-Za-z][A-Za-z0-9_-]*$/
const FORBIDDEN_NAMES = ['constructor', 'prototype']

/** A row with its defaults filled in. Throws TypeError on a name that RFC 7643 section 2.1 does not allow. */
export function attribute(row: AttributeRow): Attribute {
  if (!NAME.test(row.name) || FORBIDDEN_NAMES.includes(row.name)) {
    throw new TypeError(`"${row.name}" cannot be an attribute name: a letter, then letters, digits, "-" or "_"`)
  }
  return Object.freeze({ ...DEFAULTS, ...row })
}

/**
 * The sub-attributes that RFC 7643 section 2.4 gives to most multi-valued attributes: value, display, type, primary.
 * `value` says what differs for the value itself.
 */
export function plural(
  what: string,
  types: readonly string[],
  value: Partial<AttributeRow> = {},
): readonly Attribute[] {
  return [
    attribute({ name: 'value', description: `The ${what}.`, ...value }),
    attribute({ name: 'display', description: `A name of the ${what} for people to read.` }),
    attribute({ name: 'type', description: `What the ${what} is for.`, canonicalValues: types }),
    attribute({
      name: 'primary',
      type: 'boolean',
      description: `Whether this is the preferred ${what}. True at most once.`,
    }),
  ]
}

/** The sub-attribute that stands for the whole where a comparison or a plain value names only the whole. */
export function valueOf(complex: Attribute): Attribute | undefined {
  return complex.subAttributes.find((sub) => sub.name === 'value')
}
