/**
 * From a filter to a condition in SQL.
 * Decides by the two rules of scim/filter/ast.ts, as scim/filter/evaluate.ts does in memory: no row that does not match
 * leaves the database. Must not know any table; those are described by ResourceColumns.
 */
import type { Compare, Element, Filter, Present } from '../../scim/filter/ast.ts'
import { evaluate } from '../../scim/filter/evaluate.ts'
import { SCHEMAS } from '../../scim/schema/every-resource.ts'
import { elementsAt, operandAt, quoted, type Bind, type ElementRows, type ResourceColumns } from './columns.ts'
import { compare, holdsForNothing } from './compare.ts'

/** The condition; its values are bound through `bind`. True for exactly the resources for which `evaluate` is true. */
export function compileFilter(filter: Filter, source: ResourceColumns, bind: Bind): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.terms.map((term) => compileFilter(term, source, bind)).join(` ${filter.kind} `)})`
    case 'not':
      return `((${compileFilter(filter.filter, source, bind)}) is not true)`
    case 'present':
      return present(filter, source, bind)
    case 'compare':
      return `(${comparison(filter, source, bind)})`
    case 'element':
      return element(filter, source, bind)
  }
}

function present({ path }: Present, source: ResourceColumns, bind: Bind): string {
  if (path.attribute === SCHEMAS) return 'true'
  if (path.attribute.multiValued) {
    const rows = elementsAt(source, path, bind)
    return exists(rows, path.sub && `${rows.part(path.sub, bind).text} <> ''`)
  }
  // Kept documents have no empty objects, so a complex attribute that is there has a part that is not empty.
  return `(${operandAt(source, path, bind).text} <> '')`
}

function comparison(filter: Compare, source: ResourceColumns, bind: Bind): string {
  const { path, operator, value } = filter
  if (path.attribute === SCHEMAS) return compareSchemas(filter, source)
  const wanted = { attribute: path.sub ?? path.attribute, operator, value }
  if (!path.attribute.multiValued) return compare(operandAt(source, path, bind), wanted, bind)
  const rows = elementsAt(source, path, bind)
  const quick = indexed(filter, rows, bind)
  if (quick !== undefined) return quick
  const some = exists(rows, compare(rows.part(path.sub, bind), wanted, bind))
  return holdsForNothing(filter) ? `${some} or not ${exists(rows)}` : some
}

/** What `schemas` holds is known but for the extensions, so each URN is compared here. */
function compareSchemas(filter: Compare, source: ResourceColumns): string {
  const { type, document } = source
  const fits = (urn: string): boolean => evaluate(filter, { schemas: [urn] })
  if (fits(type.schema.urn)) return 'true'
  const extensions = type.extensions.filter(({ urn }) => fits(urn))
  return extensions.map(({ urn }) => `jsonb_typeof(${document} -> ${quoted(urn)}) = 'object'`).join(' or ') || 'false'
}

function element({ path, filter }: Element, source: ResourceColumns, bind: Bind): string {
  const rows = elementsAt(source, path, bind)
  const some = exists(rows, insideElement(filter, rows, bind))
  const quick = conjuncts(filter).flatMap((term) => indexed(term, rows, bind) ?? [])
  return quick.length === 0 ? some : `(${quick.join(' and ')} and ${some})`
}

/** The filter in the brackets: its paths all name parts of one element. */
function insideElement(filter: Filter, rows: ElementRows, bind: Bind): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.terms.map((term) => insideElement(term, rows, bind)).join(` ${filter.kind} `)})`
    case 'not':
      return `((${insideElement(filter.filter, rows, bind)}) is not true)`
    case 'present':
      return `(${rows.part(filter.path.sub, bind).text} <> '')`
    case 'compare': {
      const { path, operator, value } = filter
      return `(${compare(rows.part(path.sub, bind), { attribute: path.sub ?? path.attribute, operator, value }, bind)})`
    }
    case 'element':
      throw new TypeError('brackets cannot stand inside brackets')
  }
}

const conjuncts = (filter: Filter): readonly Filter[] =>
  filter.kind === 'and' ? filter.terms.flatMap(conjuncts) : [filter]

/** The equality as a condition that an index answers, where there is one. */
function indexed(filter: Filter, rows: ElementRows, bind: Bind): string | undefined {
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || typeof filter.value !== 'string') return undefined
  const { sub } = filter.path
  return sub === undefined ? undefined : rows.holds?.(sub, filter.value, bind)
}

function exists({ from, where }: ElementRows, condition?: string): string {
  const conditions = [where, condition].filter((one) => one !== undefined).join(' and ')
  return `exists (select from ${from}${conditions === '' ? '' : ` where ${conditions}`})`
}
