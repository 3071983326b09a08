/**
 * A row of tokens, read from left to right.
 * Decides how reading moves on and how it says what it expected; must not know the grammar.
 */
import type { ScimError } from '../errors.ts'
import { shown } from '../json.ts'
import { malformed, tokenise, type Grammar, type Sign, type Token } from './tokenise.ts'

export type Word = Token & { readonly kind: 'word' }

/** One text being read. Only the functions of this file move `next`. */
export interface Reader {
  readonly tokens: readonly Token[]
  readonly grammar: Grammar
  next: number
}

export function readerOf(text: string, grammar: Grammar): Reader {
  return { tokens: tokenise(text, grammar), grammar, next: 0 }
}

/** The next token. The last one is of kind `end` and comes again for ever. */
export function peek({ tokens, next }: Reader): Token {
  const token = tokens[next] ?? tokens.at(-1)
  if (token === undefined) throw new TypeError('A row of tokens has at least its end')
  return token
}

export function skip(reader: Reader): void {
  reader.next += 1
}

export function isAt(reader: Reader, kind: Token['kind']): boolean {
  return peek(reader).kind === kind
}

/** Whether the next token is this word, given in lower case, in any case. */
export function isAtWord(reader: Reader, word: string): boolean {
  const token = peek(reader)
  return token.kind === 'word' && token.text.toLowerCase() === word
}

export function take(reader: Reader, sign: Sign, expected = `"${sign}"`): void {
  if (!isAt(reader, sign)) throw unexpected(reader, expected)
  skip(reader)
}

export function takeWord(reader: Reader, expected: string): Word {
  const token = peek(reader)
  if (token.kind !== 'word') throw unexpected(reader, expected)
  skip(reader)
  return token
}

export function takeEnd(reader: Reader, expected: string): void {
  if (!isAt(reader, 'end')) throw unexpected(reader, expected)
}

/** The refusal that says what was expected and what was found, at the next token or a given one. */
export function unexpected(reader: Reader, expected: string, token: Token = peek(reader)): ScimError {
  return refuse(reader, `expected ${expected}, found ${describe(token)}`, token)
}

export function refuse(reader: Reader, what: string, token: Token = peek(reader)): ScimError {
  return malformed(reader.grammar, token.at, what)
}

function describe(token: Token): string {
  switch (token.kind) {
    case 'end':
      return 'the end'
    case 'word':
      return shown(token.text)
    case 'text':
      return `the text ${shown(token.value)}`
    case 'number':
      return `the number ${token.value}`
    default:
      return `"${token.kind}"`
  }
}
