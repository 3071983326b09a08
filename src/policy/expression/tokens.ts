/**
 * Finds mistakes of writing in an expression before it is parsed: what the parser would only place roughly.
 * Decides that something cannot be CEL, and at which character; must not decide what it means (the parser does).
 */
import { LIMITS } from '../limits.ts'
import type { Spot } from './spot.ts'

type Kind = 'operand' | 'prefix' | 'infix' | 'open' | 'close' | 'dot' | 'comma'

interface Token {
  readonly kind: Kind
  readonly text: string
  readonly offset: number
}

const PATTERNS: readonly (readonly [Kind | 'blank', RegExp])[] = [
  ['blank', /(?:[\t\n\f\r ]+|\/\/[^\n]*)+/y],
  ['operand', /(?:[rR][bB]?|[bB][rR]?)?(?:"""[^]*?"""|'''[^]*?''')/y],
  ['operand', /(?:[rR][bB]|[bB][rR]|[rR])(?:"[^"\n]*"|'[^'\n]*')/y],
  ['operand', /[bB]?(?:"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*')/y],
  ['operand', /0[xX][0-9a-fA-F]+[uU]?|(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?[uU]?/y],
  ['operand', /`[A-Za-z0-9_./ -]+`/y],
  ['infix', /in(?![A-Za-z0-9_])/y],
  ['operand', /[A-Za-z_][A-Za-z0-9_]*/y],
  ['infix', /&&|\|\||==|!=|<=|>=|[<>+*/%?:-]/y],
  ['prefix', /!/y],
  ['open', /[([{]/y],
  ['close', /[)\]}]/y],
  ['dot', /\./y],
  ['comma', /,/y],
]

const PARTNER: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

/** Words of other languages, and what CEL has for them. */
const FOREIGN: Readonly<Record<string, string>> = {
  and: '&&',
  or: '||',
  not: '!',
  AND: '&&',
  OR: '||',
  NOT: '!',
  eq: '==',
  ne: '!=',
  co: '.contains("…")',
  sw: '.startsWith("…")',
  like: '.matches("…")',
}

/** The first mistake of writing, or nothing. */
export function misspelt(text: string): Spot | undefined {
  const tokens: Token[] = []
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at)
    if (token === undefined) return strange(text, at)
    at += token.text.length
    if (token.kind !== 'blank') tokens.push({ kind: token.kind, text: token.text, offset: token.offset })
  }
  if (tokens.length === 0) return { offset: 0, message: 'there is nothing here', fix: 'Write an expression.' }
  return unbalanced(tokens, text) ?? misplaced(tokens, text)
}

function tokenAt(text: string, at: number): (Omit<Token, 'kind'> & { readonly kind: Kind | 'blank' }) | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at
    const found = pattern.exec(text)
    if (found !== null) return { kind, text: found[0], offset: at }
  }
  return undefined
}

function strange(text: string, offset: number): Spot {
  const first = String.fromCodePoint(text.codePointAt(offset) ?? 0)
  if (first === '"' || first === "'")
    return { offset, message: 'this text has no end', fix: `End it with ${first} on the same line.` }
  const instead: Readonly<Record<string, string>> = { '=': '==', '&': '&&', '|': '||' }
  const meant = instead[first]
  return {
    offset,
    message: `${first} means nothing here`,
    fix: meant === undefined ? 'Remove it, or put it into quotes.' : `Write ${meant}.`,
  }
}

function unbalanced(tokens: readonly Token[], text: string): Spot | undefined {
  const open: Token[] = []
  for (const token of tokens) {
    if (token.kind === 'open') {
      open.push(token)
      if (open.length > LIMITS.depth) {
        return {
          offset: token.offset,
          message: `more than ${LIMITS.depth} brackets are open here`,
          fix: 'Write it flatter, or as several rules.',
        }
      }
    } else if (token.kind === 'close') {
      const last = open.pop()
      if (last === undefined)
        return { offset: token.offset, message: `${token.text} closes nothing`, fix: 'Remove it.' }
      const right = PARTNER[last.text] ?? ''
      if (right !== token.text) {
        const message = `${token.text} does not close the ${last.text} of character ${last.offset + 1}`
        return { offset: token.offset, message, fix: `Write ${right} here.` }
      }
    }
  }
  const last = open.at(-1)
  if (last === undefined) return undefined
  const fix = `Close it with ${PARTNER[last.text] ?? ''} before the end (character ${text.length}).`
  return { offset: last.offset, message: `this ${last.text} is never closed`, fix }
}

/** Two values without an operator between them, an operator without a value, and the like. */
function misplaced(tokens: readonly Token[], text: string): Spot | undefined {
  let before: Token | undefined
  for (const token of tokens) {
    const ended = before !== undefined && (before.kind === 'operand' || before.kind === 'close')
    const starts = token.kind === 'operand' || token.kind === 'prefix'
    if (ended && starts) return twoValues(token)
    const wantsValue = before !== undefined && ['infix', 'prefix', 'dot'].includes(before.kind)
    const unary = token.text === '-' || token.text === '.'
    if (before !== undefined && wantsValue && !unary && ['infix', 'close', 'comma'].includes(token.kind))
      return missing(before, token.offset)
    before = token
  }
  if (before !== undefined && ['infix', 'prefix', 'dot', 'comma'].includes(before.kind))
    return missing(before, text.length)
  return undefined
}

function missing(before: Token, offset: number): Spot {
  const what = before.kind === 'dot' ? 'a name' : 'something'
  return { offset, message: `${what} is missing after ${before.text}`, fix: `Write what ${before.text} is to work on.` }
}

function twoValues({ text, offset }: Token): Spot {
  const meant = Object.hasOwn(FOREIGN, text) ? FOREIGN[text] : undefined
  return {
    offset,
    message: `${text} follows a value without an operator between them`,
    fix: meant === undefined ? 'Write an operator such as &&, ||, == or in before it.' : `Write ${meant} for it.`,
  }
}

/** The parts of an expression that must all hold: what stands between `&&` outside of brackets. One, where `||` or `?` rules. */
export function conjuncts(text: string): readonly string[] {
  const cuts: number[] = []
  let depth = 0
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at)
    if (token === undefined) return [text]
    if (token.kind === 'open') depth += 1
    if (token.kind === 'close') depth -= 1
    if (depth === 0 && (token.text === '||' || token.text === '?')) return [text]
    if (depth === 0 && token.text === '&&') cuts.push(at)
    at += token.text.length
  }
  const starts = [0, ...cuts.map((cut) => cut + 2)]
  return starts.map((start, index) => text.slice(start, cuts[index] ?? text.length).trim())
}
