/**
 * Filters and PATCH paths as a row of tokens.
 * Decides where a word, a number or a text begins and ends; must not know what follows what.
 */
import { refusal, type ScimError } from '../errors.ts'
import { shown, textFault } from '../json.ts'

/** `at` is the position of the first character, from 1, for messages. */
export type Token =
  /** An attribute name with its URN and sub-attribute, an operator, or true, false, null. */
  | { readonly kind: 'word'; readonly text: string; readonly at: number }
  | { readonly kind: 'text'; readonly value: string; readonly at: number }
  | { readonly kind: 'number'; readonly value: number; readonly at: number }
  | { readonly kind: Sign; readonly at: number }
  | { readonly kind: 'end'; readonly at: number }

export type Sign = '(' | ')' | '[' | ']' | '.'

export type Grammar = 'invalidFilter' | 'invalidPath'

const MAX_LENGTH = 16_384

// Sticky and without nested repetition: each reads its token in one pass.
const BLANK = /[ \t]*/y
const WORD = /[A-Za-z$_][\w$:.-]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.:-])/y
const TEXT = /"(?:[^"\\]|\\.)*"/sy

/** All tokens, the last one of kind `end`. Throws a refusal of the grammar's type that names the position. */
export function tokenise(source: string, grammar: Grammar): readonly Token[] {
  if (source.length > MAX_LENGTH) {
    throw refusal(grammar, `The ${nameOf(grammar)} is longer than ${MAX_LENGTH} characters`)
  }
  const tokens: Token[] = []
  let offset = end(BLANK, source, 0)
  while (offset < source.length) {
    const [token, next] = readToken(source, offset, grammar)
    tokens.push(token)
    offset = end(BLANK, source, next)
  }
  tokens.push({ kind: 'end', at: source.length + 1 })
  return tokens
}

function readToken(source: string, offset: number, grammar: Grammar): readonly [Token, number] {
  const at = offset + 1
  const sign = source[offset]
  if (sign === '(' || sign === ')' || sign === '[' || sign === ']' || sign === '.')
    return [{ kind: sign, at }, offset + 1]
  if (sign === '"') return readText(source, offset, grammar)
  const word = end(WORD, source, offset)
  if (word > offset) return [{ kind: 'word', text: source.slice(offset, word), at }, word]
  const number = end(NUMBER, source, offset)
  const value = Number(source.slice(offset, number))
  if (number > offset && Number.isFinite(value)) return [{ kind: 'number', value, at }, number]
  throw malformed(
    grammar,
    at,
    `${shown(source.slice(offset, offset + 12))} is no name, number or text in double quotes`,
  )
}

/** A JSON text: RFC 7644 takes compValue from RFC 7159, with its escapes. */
function readText(source: string, offset: number, grammar: Grammar): readonly [Token, number] {
  const at = offset + 1
  const next = end(TEXT, source, offset)
  if (next === offset) throw malformed(grammar, at, 'the text that begins here has no closing double quote')
  const value = parseText(source.slice(offset, next))
  if (value === undefined) {
    throw malformed(grammar, at, 'the text holds an escape or control character that JSON does not allow')
  }
  const fault = textFault(value)
  if (fault !== undefined) throw malformed(grammar, at, `the text ${fault}`)
  return [{ kind: 'text', value, at }, next]
}

function parseText(json: string): string | undefined {
  try {
    return JSON.parse(json) as string
  } catch {
    return undefined
  }
}

function end(pattern: RegExp, source: string, offset: number): number {
  pattern.lastIndex = offset
  return pattern.test(source) ? pattern.lastIndex : offset
}

/** The refusal of a filter or path at a position. */
export function malformed(grammar: Grammar, at: number, what: string): ScimError {
  return refusal(grammar, `The ${nameOf(grammar)} cannot be read at position ${at}: ${what}`)
}

function nameOf(grammar: Grammar): string {
  return grammar === 'invalidFilter' ? 'filter' : 'path'
}
