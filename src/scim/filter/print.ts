/**
 * A filter or path as text again: the canonical spelling of what was understood.
 * Decides the spelling; must not know where it is shown.
 */
import type { Filter, Literal, PatchPath } from './ast.ts'

/** Reads back as the same tree: `parseFilter(printFilter(filter))` equals `filter`. */
export function printFilter(filter: Filter): string {
  return print(filter, (path) => path.name)
}

export function printPath(path: PatchPath): string {
  if (path.kind === 'schema') return path.urn
  if (path.filter === undefined) return path.path.name
  const { name, sub } = path.path
  const whole = sub === undefined ? name : name.slice(0, -(sub.name.length + 1))
  return `${whole}[${printInner(path.filter)}]${sub === undefined ? '' : `.${sub.name}`}`
}

type NameOf = (path: Extract<Filter, { kind: 'compare' }>['path']) => string

function printInner(filter: Filter): string {
  return print(filter, ({ sub, name }) => sub?.name ?? name)
}

function print(filter: Filter, nameOf: NameOf): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.map((term) => printTerm(term, nameOf)).join(` ${filter.kind} `)
    case 'not':
      return `not (${print(filter.filter, nameOf)})`
    case 'present':
      return `${nameOf(filter.path)} pr`
    case 'compare':
      return `${nameOf(filter.path)} ${filter.operator} ${printLiteral(filter.value)}`
    case 'element':
      return `${nameOf(filter.path)}[${printInner(filter.filter)}]`
  }
}

function printTerm(term: Filter, nameOf: NameOf): string {
  const text = print(term, nameOf)
  return term.kind === 'and' || term.kind === 'or' ? `(${text})` : text
}

function printLiteral(value: Literal): string {
  return JSON.stringify(value)
}
