/**
 * Filters and PATCH paths, from text to tree: RFC 7644 sections 3.4.2.2 and 3.5.2.
 * Decides what is grammar and which comparison an attribute allows; must not evaluate anything.
 */
import { refusal, type ScimError } from '../errors.ts'
import { shown } from '../json.ts'
import { unheard, type TakeNote } from '../quirks.ts'
import { valueOf } from '../schema/attribute.ts'
import {
  resolveAttribute,
  resolveSchema,
  resolveSub,
  type AttributePath,
  type ResourceType,
} from '../schema/resource-type.ts'
import type { CompareOperator, Filter, PatchPath } from './ast.ts'
import { readLiteral } from './literal.ts'
import { malformed, tokenise, type Grammar, type Sign, type Token } from './tokenise.ts'

const MAX_DEPTH = 32
const MAX_NODES = 2_000
const OPERATORS: ReadonlySet<string> = new Set<CompareOperator>(['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'])
const EXPECTED_OPERATOR = 'an operator (eq, ne, co, sw, ew, gt, ge, lt, le or pr)'

/**
 * Reads a filter over one resource type. Throws invalidFilter with the position and what was expected there, and 403
 * sensitive for an attribute that is never returned (RFC 7644 section 7.5.2).
 */
export function parseFilter(text: string, type: ResourceType, note: TakeNote = unheard): Filter {
  const reader = readerOf(text, { type, note, grammar: 'invalidFilter' })
  const filter = readOr(reader)
  if (peek(reader).kind !== 'end') throw unexpected(reader, 'and, or, or the end')
  return filter
}

/** Reads the path of a PATCH operation, or a key that stands for one. Throws invalidPath; undefined: no such attribute. */
export function parsePath(text: string, type: ResourceType, note: TakeNote = unheard): PatchPath | undefined {
  const plain = resolveAttribute(text, type)
  if (plain !== undefined) return { kind: 'attribute', path: plain, filter: undefined }
  const schema = resolveSchema(text, type)
  if (schema !== undefined && type.extensions.includes(schema)) return { kind: 'schema', urn: schema.urn }
  return readPath(readerOf(text, { type, note, grammar: 'invalidPath' }))
}

interface Context {
  readonly type: ResourceType
  readonly note: TakeNote
  readonly grammar: Grammar
}

interface Reader extends Context {
  readonly tokens: readonly Token[]
  next: number
  nodes: number
  depth: number
  /** Inside brackets: the multi-valued attribute whose elements are being described. */
  within: AttributePath | undefined
}

function readerOf(text: string, context: Context): Reader {
  return { ...context, tokens: tokenise(text, context.grammar), next: 0, nodes: 0, depth: 0, within: undefined }
}

function readOr(reader: Reader): Filter {
  return readJunction(reader, 'or', readAnd)
}

function readAnd(reader: Reader): Filter {
  return readJunction(reader, 'and', readTerm)
}

function readJunction(reader: Reader, kind: 'and' | 'or', readPart: (reader: Reader) => Filter): Filter {
  const first = readPart(reader)
  if (!isWord(peek(reader), kind)) return first
  const terms = [first]
  while (takeWord(reader, kind)) terms.push(readPart(reader))
  return { kind, terms }
}

function readTerm(reader: Reader): Filter {
  countNode(reader)
  if (isWord(peek(reader), 'not') && peekSecond(reader).kind !== 'word') {
    reader.next += 1
    if (peek(reader).kind !== '(') throw unexpected(reader, '"(" after not')
    return { kind: 'not', filter: readNested(reader, '(', ')') }
  }
  if (peek(reader).kind === '(') return readNested(reader, '(', ')')
  return readExpression(reader)
}

function readNested(reader: Reader, open: Sign, close: Sign): Filter {
  take(reader, open)
  reader.depth += 1
  if (reader.depth > MAX_DEPTH) throw malformed(reader.grammar, peek(reader).at, `nested deeper than ${MAX_DEPTH} levels`)
  const filter = readOr(reader)
  take(reader, close)
  reader.depth -= 1
  return filter
}

function readExpression(reader: Reader): Filter {
  const path = readAttribute(reader)
  if (peek(reader).kind === '[') return readElement(reader, path)
  return readComparison(reader, path)
}

/** `attribute[filter]`, and what T28 adds: a trailing sub-attribute that is compared in the same element. */
function readElement(reader: Reader, path: AttributePath): Filter {
  const filter = readBrackets(reader, path)
  const sub = readTrailingSub(reader, path)
  if (sub === undefined) return { kind: 'element', path, filter }
  const comparison = readComparison(reader, sub)
  return { kind: 'element', path, filter: { kind: 'and', terms: [filter, comparison] } }
}

function readBrackets(reader: Reader, path: AttributePath): Filter {
  const { at } = peek(reader)
  if (reader.within !== undefined) throw malformed(reader.grammar, at, 'brackets cannot stand inside brackets')
  if (path.sub !== undefined || !path.attribute.multiValued || path.attribute.type !== 'complex') {
    throw malformed(reader.grammar, at, `${path.name} has no elements to choose from; compare it without brackets`)
  }
  reader.within = path
  const filter = readNested(reader, '[', ']')
  reader.within = undefined
  return filter
}

function readTrailingSub(reader: Reader, path: AttributePath): AttributePath | undefined {
  if (peek(reader).kind !== '.') return undefined
  reader.next += 1
  return subPath(reader, path, takeAnyWord(reader, 'the name of a sub-attribute'))
}

function readComparison(reader: Reader, path: AttributePath): Filter {
  const operator = takeAnyWord(reader, EXPECTED_OPERATOR)
  const name = operator.text.toLowerCase()
  if (name === 'pr') return { kind: 'present', path }
  if (!isOperator(name)) {
    throw malformed(reader.grammar, operator.at, `expected ${EXPECTED_OPERATOR}, found ${shown(operator.text)}`)
  }
  const place = comparable(reader, path, operator.at)
  const token = peek(reader)
  const literal = readLiteral(token, { place, operator: name, note: reader.note })
  if (literal === undefined) throw unexpected(reader, 'a value: text in double quotes, a number, true, false or null')
  if ('fault' in literal) throw malformed(reader.grammar, token.at, literal.fault)
  reader.next += 1
  return { kind: 'compare', path: place, operator: name, value: literal.value }
}

/** The value that a comparison speaks of: `emails eq` and `manager eq` mean their `value` (T27). */
function comparable(reader: Reader, path: AttributePath, at: number): AttributePath {
  if (path.sub !== undefined || path.attribute.type !== 'complex') return path
  if (valueOf(path.attribute) === undefined) {
    const names = path.attribute.subAttributes.map((sub) => sub.name).join(', ')
    throw malformed(reader.grammar, at, `${path.name} has no value of its own; compare one of ${names}`)
  }
  return subPath(reader, path, { text: 'value', at })
}

function readAttribute(reader: Reader): AttributePath {
  const word = takeAnyWord(reader, 'the name of an attribute')
  const path = reader.within === undefined ? resolveAttribute(word.text, reader.type) : subPath(reader, reader.within, word)
  if (path === undefined) {
    throw malformed(reader.grammar, word.at, `${reader.type.name} has no attribute ${shown(word.text)}`)
  }
  if (path.attribute.returned === 'never') throw secret(path)
  return path
}

/** RFC 7644 section 7.5.2: a filter must not be able to test what is never returned. */
function secret(path: AttributePath): ScimError {
  return refusal('sensitive', `${path.name} cannot be used in a filter, since its value is secret`)
}

function subPath(reader: Reader, path: AttributePath, word: { readonly text: string; readonly at: number }): AttributePath {
  const sub = resolveSub(path.attribute, word.text)
  const place = sub && resolveAttribute(`${path.name}.${sub.name}`, reader.type)
  if (place === undefined) {
    throw malformed(reader.grammar, word.at, `${path.name} has no sub-attribute ${shown(word.text)}`)
  }
  return place
}

function readPath(reader: Reader): PatchPath | undefined {
  const word = takeAnyWord(reader, 'the name of an attribute')
  const path = resolveAttribute(word.text, reader.type)
  const next = peek(reader)
  if (next.kind === 'end' || path === undefined) {
    if (next.kind !== 'end' && next.kind !== '[') throw unexpected(reader, '"[", or the end')
    return undefined
  }
  if (next.kind !== '[') throw unexpected(reader, '"[", or the end')
  const filter = readBrackets(reader, path)
  const place = readTrailingSub(reader, path) ?? path
  if (peek(reader).kind !== 'end') throw unexpected(reader, '"." and a sub-attribute, or the end')
  return { kind: 'attribute', path: place, filter }
}

function countNode(reader: Reader): void {
  reader.nodes += 1
  if (reader.nodes > MAX_NODES) {
    throw malformed(reader.grammar, peek(reader).at, `more than ${MAX_NODES} comparisons; ask in several requests`)
  }
}

function peek(reader: Reader): Token {
  return tokenAt(reader, reader.next)
}

function peekSecond(reader: Reader): Token {
  return tokenAt(reader, reader.next + 1)
}

function tokenAt({ tokens }: Reader, index: number): Token {
  const token = tokens[Math.min(index, tokens.length - 1)]
  if (token === undefined) throw new TypeError('A row of tokens ends with the token "end"')
  return token
}

function take(reader: Reader, sign: Sign): void {
  if (peek(reader).kind !== sign) throw unexpected(reader, `"${sign}"`)
  reader.next += 1
}

function takeAnyWord(reader: Reader, expected: string): Token & { readonly kind: 'word' } {
  const token = peek(reader)
  if (token.kind !== 'word') throw unexpected(reader, expected)
  reader.next += 1
  return token
}

function takeWord(reader: Reader, word: string): boolean {
  if (!isWord(peek(reader), word)) return false
  reader.next += 1
  return true
}

function isWord(token: Token, word: string): boolean {
  return token.kind === 'word' && token.text.toLowerCase() === word
}

function isOperator(name: string): name is CompareOperator {
  return OPERATORS.has(name)
}

function unexpected(reader: Reader, expected: string): ScimError {
  const token = peek(reader)
  return malformed(reader.grammar, token.at, `expected ${expected}, found ${describe(token)}`)
}

function describe(token: Token): string {
  if (token.kind === 'end') return 'the end'
  if (token.kind === 'word') return shown(token.text)
  if (token.kind === 'text') return `the text ${shown(token.value)}`
  if (token.kind === 'number') return `the number ${token.value}`
  return `"${token.kind}"`
}
