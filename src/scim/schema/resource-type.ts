/**
 * The resource types, and how any spelling of an attribute name finds its row.
 * Decides which schemas make up a resource and which names mean what; must not read a resource.
 */
import type { Attribute } from './attribute.ts'
import { EXTERNAL_ID, ID, META, SCHEMAS } from './every-resource.ts'
import { ENTERPRISE_USER_ATTRIBUTES, ENTERPRISE_USER_SCHEMA } from './enterprise-user.ts'
import { GROUP_ATTRIBUTES, GROUP_SCHEMA } from './group.ts'
import { USER_ATTRIBUTES, USER_SCHEMA } from './user.ts'

export interface Schema {
  readonly urn: string
  readonly name: string
  readonly description: string
  readonly attributes: readonly Attribute[]
  /** URNs in lower case that mean this schema although they are not its URN: older versions, misspellings (T13). */
  readonly misnomers: RegExp
}

/** A place in a resource: an attribute, or a sub-attribute of it. One object for each place, so `===` compares places. */
export interface AttributePath {
  /** The extension it belongs to; undefined for core and common attributes. */
  readonly urn: string | undefined
  readonly attribute: Attribute
  readonly sub: Attribute | undefined
  /** The canonical spelling: `name.givenName`, `urn:…:User:department`. */
  readonly name: string
}

export interface ResourceType {
  readonly name: 'User' | 'Group'
  /** Below the base URL, with its slash. */
  readonly endpoint: string
  readonly description: string
  readonly schema: Schema
  readonly extensions: readonly Schema[]
  /** Common and core attributes in the order in which a resource shows them. */
  readonly attributes: readonly Attribute[]
  /** Every known spelling, in lower case, and the place it means. */
  readonly places: ReadonlyMap<string, AttributePath>
  /** Each place once, in the order in which a document holds them. */
  readonly order: readonly AttributePath[]
  /** Attributes that are returned to nobody who does not ask for them, or has just set them. */
  readonly onRequest: readonly AttributePath[]
}

type ResourceTypeRow = Pick<ResourceType, 'name' | 'endpoint' | 'description' | 'schema' | 'extensions'>

/** Puts a resource type together. Throws TypeError if two attributes of one schema have one name. */
export function resourceType(row: ResourceTypeRow): ResourceType {
  const attributes = [SCHEMAS, ID, EXTERNAL_ID, ...row.schema.attributes, META]
  const places = new Map<string, AttributePath>()
  for (const attribute of attributes) register(places, { attribute, urn: undefined }, [row.schema.urn, ''])
  for (const { urn, attributes: rows } of row.extensions) {
    for (const attribute of rows) register(places, { attribute, urn }, [urn])
  }
  const order = [...new Set(places.values())]
  // An extension's attribute without its URN is forgiven (T9) where the bare name is free.
  for (const place of order) {
    const bare = (place.sub ? `${place.attribute.name}.${place.sub.name}` : place.attribute.name).toLowerCase()
    if (place.urn !== undefined && !places.has(bare)) places.set(bare, place)
  }
  const onRequest = order.filter(({ attribute, sub }) => attribute.returned === 'request' && sub === undefined)
  return Object.freeze({ ...row, attributes, places, order, onRequest })
}

/** A type for a search over several: names that only another of them has mean a place of that one, where nothing is. */
export function acrossTypes(type: ResourceType, types: readonly ResourceType[]): ResourceType {
  const others = types.filter((other) => other.name !== type.name).flatMap(({ places }) => [...places])
  return { ...type, places: new Map([...others, ...type.places]) }
}

/** Enters an attribute and its sub-attributes under each prefix; `''` is the bare name. */
function register(
  places: Map<string, AttributePath>,
  { attribute, urn }: { attribute: Attribute; urn: string | undefined },
  prefixes: readonly string[],
): void {
  for (const sub of [undefined, ...attribute.subAttributes]) {
    const bare = sub === undefined ? attribute.name : `${attribute.name}.${sub.name}`
    const place = Object.freeze({ urn, attribute, sub, name: urn === undefined ? bare : `${urn}:${bare}` })
    const spellings = [bare, ...(sub?.aliases ?? []).map((alias) => `${attribute.name}.${alias}`)]
    for (const prefix of prefixes) {
      for (const spelling of spellings) {
        const name = (prefix === '' ? spelling : `${prefix}:${spelling}`).toLowerCase()
        if (places.has(name)) throw new TypeError(`Two attributes are called ${name}`)
        places.set(name, place)
      }
    }
  }
}

/** The place a name means, in any case, with or without its schema's URN (RFC 7644 section 3.10), or undefined. */
export function resolveAttribute(name: string, type: ResourceType): AttributePath | undefined {
  const lower = name.toLowerCase()
  const known = type.places.get(lower)
  if (known !== undefined || !lower.startsWith('urn:')) return known
  return type.places.get(withTrueUrn(lower, type))
}

/** The sub-attribute of a complex attribute that a name means, in any case. */
export function resolveSub(complex: Attribute, name: string): Attribute | undefined {
  const lower = name.toLowerCase()
  return complex.subAttributes.find((sub) => sub.name.toLowerCase() === lower || sub.aliases.includes(lower))
}

/** The core schema or extension that a URN means, in any case and under its misnomers, or undefined. */
export function resolveSchema(urn: string, type: ResourceType): Schema | undefined {
  const lower = urn.toLowerCase()
  if (!lower.startsWith('urn:')) return undefined
  const schemas = [type.schema, ...type.extensions]
  return (
    schemas.find((schema) => schema.urn.toLowerCase() === lower) ??
    schemas.find((schema) => schema.misnomers.test(lower))
  )
}

/** `urn:scim:schemas:extension:enterprise:1.0:department` under the URN that is meant. */
function withTrueUrn(lower: string, type: ResourceType): string {
  const colon = lower.lastIndexOf(':')
  const schema = resolveSchema(lower.slice(0, colon), type)
  return schema === undefined ? lower : `${schema.urn.toLowerCase()}${lower.slice(colon)}`
}

/** SCIM 1.1 had one core schema for all resource types. */
const CORE_1 = /^urn:scim:schemas:core:1\.\d(?::(?:user|group))?$/

const ENTERPRISE_USER: Schema = {
  urn: ENTERPRISE_USER_SCHEMA,
  name: 'EnterpriseUser',
  description: 'Enterprise User',
  attributes: ENTERPRISE_USER_ATTRIBUTES,
  // Never one with an attribute behind it: a path to an attribute must not turn into one to the whole extension.
  misnomers: /^urn:[\w:.-]*:extension:enterprise(?::\d[\d.]*)?(?::?users?)?$/,
}

export const USER = resourceType({
  name: 'User',
  endpoint: '/Users',
  description: 'User Account',
  schema: {
    urn: USER_SCHEMA,
    name: 'User',
    description: 'User Account',
    attributes: USER_ATTRIBUTES,
    misnomers: CORE_1,
  },
  extensions: [ENTERPRISE_USER],
})

export const GROUP = resourceType({
  name: 'Group',
  endpoint: '/Groups',
  description: 'Group',
  schema: {
    urn: GROUP_SCHEMA,
    name: 'Group',
    description: 'Group',
    attributes: GROUP_ATTRIBUTES,
    misnomers: CORE_1,
  },
  extensions: [],
})
