/**
 * Where the attributes of a resource type are found in the database.
 * Decides how a place becomes an SQL expression; must not know any operator.
 */
import type { Attribute } from '../../scim/schema/attribute.ts'
import type { AttributePath, ResourceType } from '../../scim/schema/resource-type.ts'

/** Binds a value to the statement under construction and returns its placeholder, such as `$3`. */
export type Bind = (value: unknown) => string

/** One value as SQL. Every expression is null where there is no value. */
export interface Operand {
  readonly text: string
  /** The text as `fold` (scim/text.ts) has it, where it is kept so. Otherwise `scim_fold` makes it. */
  readonly folded?: string
  /** As milliseconds since 1970, where it is kept as an instant. Otherwise `scim_instant` reads the text. */
  readonly instant?: string
  /** That the value is exactly this text, as a condition that an index answers. */
  readonly equals?: (value: string) => string
}

/** The elements of a multi-valued attribute, as rows. */
export interface ElementRows {
  /** What stands after `from`, its rows called `element`; conditions that tie them to the resource go in `where`. */
  readonly from: string
  readonly where?: string
  /** A part of an element; the element itself where `sub` is undefined. */
  readonly part: (sub: Attribute | undefined, bind: Bind) => Operand
  /** Which element stands for all when sorting: what stands after `order by`. */
  readonly first: string
  /** That some element has this part, compared as the attribute wants it, as a condition that an index answers. */
  readonly holds?: (sub: Attribute, value: string, bind: Bind) => string | undefined
}

/** What filters and sorting need to know of a table of resources. */
export interface ResourceColumns {
  readonly type: ResourceType
  /** The jsonb column with the kept document, qualified. */
  readonly document: string
  /** Order of lists: a number that is never used twice, qualified. */
  readonly seq: string
  /** What is not in the document or has a column of its own, by the canonical name of the place. */
  readonly columns: Readonly<Record<string, (bind: Bind) => Operand>>
  /** Multi-valued attributes whose elements are not in the document, or can be searched faster, by name. */
  readonly elements: Readonly<Record<string, (json: ElementRows, bind: Bind) => ElementRows>>
}

/** A text of ours in a statement: names of attributes and URNs of schemas. Values are bound, never written. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The value at a place that has at most one. */
export function operandAt(source: ResourceColumns, place: AttributePath, bind: Bind): Operand {
  const column = source.columns[place.name]
  if (column !== undefined) return column(bind)
  const holder = holderOf(source, place)
  return place.sub === undefined
    ? { text: `(${holder} ->> ${quoted(place.attribute.name)})` }
    : { text: `(${holder} -> ${quoted(place.attribute.name)} ->> ${quoted(place.sub.name)})` }
}

/** The elements of a multi-valued attribute, `place` being one of its parts or the whole. */
export function elementsAt(source: ResourceColumns, place: AttributePath, bind: Bind): ElementRows {
  const list = `${holderOf(source, place)} -> ${quoted(place.attribute.name)}`
  const json: ElementRows = {
    from: `jsonb_array_elements(case when jsonb_typeof(${list}) = 'array' then ${list} end) with ordinality as element (value, place)`,
    part: (sub) => ({
      text: sub === undefined ? `(element.value #>> '{}')` : `(element.value ->> ${quoted(sub.name)})`,
    }),
    first: `(element.value -> 'primary') = 'true' desc nulls last, element.place`,
  }
  const special = place.urn === undefined ? source.elements[place.attribute.name] : undefined
  return special === undefined ? json : special(json, bind)
}

/** The object that has the attribute: the document, or an extension in it. */
export function holderOf(source: ResourceColumns, { urn }: Pick<AttributePath, 'urn'>): string {
  return urn === undefined ? source.document : `${source.document} -> ${quoted(urn)}`
}
