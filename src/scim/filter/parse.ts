/**
 * Filters and PATCH paths, from text to tree: RFC 7644 sections 3.4.2.2 and 3.5.2.
 * Decides what is grammar and which place a name means; must not evaluate anything.
 */
import { refusal } from '../errors.ts'
import { shown } from '../json.ts'
import { unheard, type TakeNote } from '../quirks.ts'
import { valueOf } from '../schema/attribute.ts'
import { resolveAttribute, resolveSchema, resolveSub } from '../schema/resource-type.ts'
import type { AttributePath, ResourceType } from '../schema/resource-type.ts'
import type { CompareOperator, Filter, PatchPath } from './ast.ts'
import { readLiteral } from './literal.ts'
import { isAt, isAtWord, peek, readerOf, refuse, skip, take, takeEnd, takeWord, unexpected } from './reader.ts'
import type { Reader, Word } from './reader.ts'
import type { Sign } from './tokenise.ts'

const MAX_DEPTH = 32
const MAX_TERMS = 1_000
const OPERATORS: ReadonlySet<string> = new Set<CompareOperator>(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])

const WORDS_OF_JSON = ['true', 'false', 'null']

const A_NAME = 'the name of an attribute'
const AN_OPERATOR = 'an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr)'
const A_VALUE = 'a value: text in double quotes, a number, true, false or null'

/**
 * Reads a filter over one resource type. Throws invalidFilter with the position and what was expected there, and 403
 * sensitive for an attribute that is never returned (RFC 7644 section 7.5.2).
 */
export function parseFilter(text: string, type: ResourceType, note: TakeNote = unheard): Filter {
  const scope = scopeOf(readerOf(text, 'invalidFilter'), type, note)
  const filter = readOr(scope)
  takeEnd(scope.reader, 'and, or, or the end')
  return filter
}

/** Reads the path of a PATCH operation. Throws invalidPath when it is none; undefined: well written, but unknown here. */
export function parsePath(text: string, type: ResourceType, note: TakeNote = unheard): PatchPath | undefined {
  const path = resolveAttribute(text, type)
  if (path !== undefined) return { kind: 'attribute', path, filter: undefined }
  const schema = resolveSchema(text, type)
  if (schema !== undefined) return { kind: 'schema', urn: schema.urn }
  return readPath(scopeOf(readerOf(text, 'invalidPath'), type, note))
}

interface Scope {
  readonly reader: Reader
  readonly type: ResourceType
  readonly note: TakeNote
  /** Inside brackets: the attribute whose elements are being described. */
  readonly within: AttributePath | undefined
  readonly depth: number
  /** Shared by all scopes of one text. */
  readonly count: { terms: number }
}

function scopeOf(reader: Reader, type: ResourceType, note: TakeNote): Scope {
  return { reader, type, note, within: undefined, depth: 0, count: { terms: 0 } }
}

/** FILTER, loosest first: `or`, then `and`, then a term. */
function readOr(scope: Scope): Filter {
  return readJunction(scope, 'or', readAnd)
}

function readAnd(scope: Scope): Filter {
  return readJunction(scope, 'and', readTerm)
}

function readJunction(scope: Scope, kind: 'and' | 'or', readPart: (scope: Scope) => Filter): Filter {
  const first = readPart(scope)
  if (!isAtWord(scope.reader, kind)) return first
  const terms = [first]
  while (isAtWord(scope.reader, kind)) {
    skip(scope.reader)
    terms.push(readPart(scope))
  }
  return { kind, terms }
}

/** `(FILTER)`, `not (FILTER)` or an expression on an attribute. */
function readTerm(scope: Scope): Filter {
  const { reader, count } = scope
  count.terms += 1
  if (count.terms > MAX_TERMS) throw refuse(reader, `more than ${MAX_TERMS} comparisons; ask in several requests`)
  if (isAtWord(reader, 'not')) {
    skip(reader)
    return { kind: 'not', filter: readEnclosed(scope, '(', ')') }
  }
  return isAt(reader, '(') ? readEnclosed(scope, '(', ')') : readExpression(scope)
}

function readEnclosed(scope: Scope, open: Sign, close: Sign): Filter {
  take(scope.reader, open)
  if (scope.depth === MAX_DEPTH) throw refuse(scope.reader, `nested deeper than ${MAX_DEPTH} levels`)
  const filter = readOr({ ...scope, depth: scope.depth + 1 })
  take(scope.reader, close, `and, or, or "${close}"`)
  return filter
}

function readExpression(scope: Scope): Filter {
  const path = readAttribute(scope)
  if (!isAt(scope.reader, '[')) return readComparison(scope, path)
  const filter = readBrackets(scope, path)
  const sub = readTrailingSub(scope, path)
  if (sub === undefined) return { kind: 'element', path, filter }
  // RFC 7644 knows this form in PATCH paths only; Entra filters with it (T28). Both halves speak of one element.
  return { kind: 'element', path, filter: { kind: 'and', terms: [filter, readComparison(scope, sub)] } }
}

function readComparison(scope: Scope, path: AttributePath): Filter {
  const { reader } = scope
  const word = takeWord(reader, AN_OPERATOR)
  const operator = word.text.toLowerCase()
  if (operator === 'pr') return { kind: 'present', path }
  if (!isOperator(operator)) throw unexpected(reader, AN_OPERATOR, word)
  const place = comparable(scope, path, word)
  const token = peek(reader)
  const literal = readLiteral(token, { place, operator, note: scope.note })
  if (literal === undefined) throw unexpected(reader, A_VALUE)
  if ('fault' in literal) throw refuse(reader, literal.fault, token)
  skip(reader)
  return { kind: 'compare', path: place, operator, value: literal.value }
}

/** The value that a comparison speaks of: `emails eq` and `manager eq` mean their `value` (T27). */
function comparable(scope: Scope, path: AttributePath, word: Word): AttributePath {
  if (path.sub !== undefined || path.attribute.type !== 'complex') return path
  if (valueOf(path.attribute) !== undefined) return subPlace(scope, path, { ...word, text: 'value' })
  const names = path.attribute.subAttributes.map((sub) => sub.name).join(', ')
  throw refuse(scope.reader, `${path.name} has no value of its own; compare one of ${names}`, word)
}

function readAttribute(scope: Scope): AttributePath {
  const { reader, type, within } = scope
  const word = takeWord(reader, A_NAME)
  const path = within === undefined ? resolveAttribute(word.text, type) : subPlace(scope, within, word)
  if (path === undefined) throw refuse(reader, `${type.name} has no attribute ${shown(word.text)}`, word)
  if (path.attribute.returned !== 'never') return path
  throw refusal('sensitive', `${path.name} cannot be used in a filter, since its value is secret`)
}

function readBrackets(scope: Scope, path: AttributePath): Filter {
  const { reader, within } = scope
  if (within !== undefined) throw refuse(reader, 'brackets cannot stand inside brackets')
  if (path.sub === undefined && path.attribute.multiValued && path.attribute.type === 'complex') {
    return readEnclosed({ ...scope, within: path }, '[', ']')
  }
  throw refuse(reader, `${path.name} has no elements to choose from; name it without brackets`)
}

function readTrailingSub(scope: Scope, path: AttributePath): AttributePath | undefined {
  if (!isAt(scope.reader, '.')) return undefined
  skip(scope.reader)
  return subPlace(scope, path, takeWord(scope.reader, 'the name of a sub-attribute'))
}

function subPlace({ reader, type }: Scope, path: AttributePath, word: Word): AttributePath {
  const sub = resolveSub(path.attribute, word.text)
  const place = sub && resolveAttribute(`${path.name}.${sub.name}`, type)
  if (place === undefined) throw refuse(reader, `${path.name} has no sub-attribute ${shown(word.text)}`, word)
  return place
}

/** PATH = attrPath / valuePath [subAttr]. A plain known name never gets here. */
function readPath(scope: Scope): PatchPath | undefined {
  const { reader, type } = scope
  const path = resolveAttribute(takeWord(reader, A_NAME).text, type)
  if (!isAt(reader, '[')) {
    takeEnd(reader, '"[", or the end')
    return undefined
  }
  if (path === undefined) return passOver(reader)
  const filter = readBrackets(scope, path)
  const place = readTrailingSub(scope, path) ?? path
  takeEnd(reader, '"." and a sub-attribute, or the end')
  return { kind: 'attribute', path: place, filter }
}

/** What follows a name that is unknown here: what it means cannot be told, whether it is a filter can. */
function passOver(reader: Reader): undefined {
  passFilter(reader, ['[', ']'], 0)
  if (isAt(reader, '.')) {
    skip(reader)
    takeWord(reader, 'the name of a sub-attribute')
  }
  takeEnd(reader, '"." and a sub-attribute, or the end')
}

function passFilter(reader: Reader, [open, close]: readonly [Sign, Sign], depth: number): void {
  take(reader, open)
  if (depth === MAX_DEPTH) throw refuse(reader, `nested deeper than ${MAX_DEPTH} levels`)
  for (let more = true; more;) {
    const negated = isAtWord(reader, 'not')
    if (negated) skip(reader)
    if (negated || isAt(reader, '(')) passFilter(reader, ['(', ')'], depth + 1)
    else passComparison(reader)
    more = isAtWord(reader, 'and') || isAtWord(reader, 'or')
    if (more) skip(reader)
  }
  take(reader, close, `and, or, or "${close}"`)
}

function passComparison(reader: Reader): void {
  takeWord(reader, A_NAME)
  const word = takeWord(reader, AN_OPERATOR)
  const operator = word.text.toLowerCase()
  if (operator === 'pr') return
  if (!isOperator(operator)) throw unexpected(reader, AN_OPERATOR, word)
  const { kind } = peek(reader)
  const value = kind === 'text' || kind === 'number' || WORDS_OF_JSON.some((word) => isAtWord(reader, word))
  if (!value) throw unexpected(reader, A_VALUE)
  skip(reader)
}

function isOperator(name: string): name is CompareOperator {
  return OPERATORS.has(name)
}
