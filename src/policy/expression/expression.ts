/**
 * One expression: from its text to something that can be evaluated for everybody, or what is wrong with it.
 * Decides when an expression can be used, and what is said where it fails for somebody; must not know where it stands.
 */
import { isCelError, parse, plan, type CelEnv, type CelError, type CelInput, type CelValue } from '@bufbuild/cel'
import { LIMITS } from '../limits.ts'
import { environment } from './environment.ts'
import { charge, exhausted, TOO_MUCH } from './meter.ts'
import type { Pattern } from './pattern.ts'
import type { Reads } from './mistakes.ts'
import { rewrite } from './rewrite.ts'
import type { Shape } from './shape.ts'
import type { Spot } from './spot.ts'
import { misspelt } from './tokens.ts'
import { sizeOf, type Parsed } from './tree.ts'

/** Values of variables, and of places of the user under names such as `user.department`. Without a prototype. */
export type Bindings = Readonly<Record<string, CelInput>>

export interface Expression {
  readonly text: string
  readonly reads: Reads
  /** Never throws. Costs at least one step for every part of the expression. */
  evaluate(bindings: Bindings): Evaluated
}

export type Evaluated =
  | { readonly ok: true; readonly value: CelValue }
  | { readonly ok: false; readonly offset: number | undefined; readonly message: string }

export type CompiledExpression =
  | { readonly expression: Expression; readonly spots?: undefined }
  | { readonly spots: readonly Spot[]; readonly expression?: undefined }

/** What the expressions of one policy share. */
export interface Language {
  readonly user: Shape
  readonly patterns: Map<string, Pattern>
  readonly environment: CelEnv
}

export function languageOf(user: Shape): Language {
  const patterns = new Map<string, Pattern>()
  return { user, patterns, environment: environment(patterns) }
}

/** Never throws. All mistakes at once, as far as the text can be read at all. */
export function compileExpression(text: string, language: Language): CompiledExpression {
  if (text.length > LIMITS.expression) return { spots: [tooLong(text)] }
  const first = misspelt(text)
  if (first !== undefined) return { spots: [first] }
  const parsed = parsedOrSpot(text)
  if ('spot' in parsed) return { spots: [parsed.spot] }
  const { expr, sourceInfo } = parsed.parsed
  const positions = sourceInfo?.positions ?? {}
  const { user, patterns } = language
  const reads: Reads = { places: new Map(), variables: new Set() }
  const spots: Spot[] = []
  if (expr === undefined)
    return { spots: [{ offset: 0, message: 'there is nothing here', fix: 'Write an expression.' }] }
  try {
    const rewritten = rewrite(expr, { user, patterns, reads, positions, spots })
    if (spots.length > 0) {
      const placed = spots.map((spot) => ({ ...spot, offset: atWord(text, spot.offset) }))
      return { spots: placed.toSorted((a, b) => a.offset - b.offset) }
    }
    const run = plan(language.environment, rewritten)
    const size = sizeOf(rewritten)
    const evaluate = (bindings: Bindings): Evaluated => {
      try {
        charge(size)
        return evaluated(run(bindings), { text, positions })
      } catch (cause) {
        return { ok: false, offset: undefined, message: cause instanceof Error ? cause.message : 'it failed' }
      }
    }
    return { expression: { text, reads, evaluate } }
  } catch (cause) {
    return { spots: [unreadable(cause)] }
  }
}

const tooLong = (text: string): Spot => ({
  offset: LIMITS.expression,
  message: `an expression of ${text.length} characters is longer than ${LIMITS.expression}`,
  fix: 'Write it as several rules.',
})

function parsedOrSpot(text: string): { readonly parsed: Parsed } | { readonly spot: Spot } {
  try {
    return { parsed: parse(text) }
  } catch (cause) {
    return { spot: unreadable(cause) }
  }
}

/** What the parser says. Its place is where it stopped, which is the mistake or shortly before it. */
function unreadable(cause: unknown): Spot {
  if (cause instanceof RangeError)
    return { offset: 0, message: 'this is nested too deeply', fix: 'Write it flatter, or as several rules.' }
  const offset = offsetOf(cause)
  const reason = cause instanceof Error && !('location' in cause) ? `: ${cause.message}` : ''
  return {
    offset: offset ?? 0,
    message: `this cannot be read from here on${reason}`,
    fix: 'Compare it with docs/guide/policy.md.',
  }
}

function offsetOf(cause: unknown): number | undefined {
  if (typeof cause !== 'object' || cause === null || !('location' in cause)) return undefined
  const { location } = cause as { location: { start?: { offset?: unknown } } | undefined }
  const offset = location?.start?.offset
  return typeof offset === 'number' ? offset : undefined
}

/** The parser places a name at the dot before it, and an operator at the blank. */
function atWord(text: string, offset: number): number {
  const found = /[\s.]*/y
  found.lastIndex = offset
  return Math.min(offset + (found.exec(text)?.[0].length ?? 0), text.length)
}

interface Source {
  readonly text: string
  readonly positions: Readonly<Record<string, number>>
}

function evaluated(result: CelValue | CelError, { text, positions }: Source): Evaluated {
  if (exhausted()) return { ok: false, offset: undefined, message: TOO_MUCH }
  if (!isCelError(result)) return { ok: true, value: result }
  const offset = result.exprId === undefined ? undefined : positions[result.exprId.toString()]
  const placed = offset === undefined ? undefined : atWord(text, offset)
  return { ok: false, offset: placed, message: inWords(result.message) }
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  bool: 'true or false',
  int: 'number',
  double: 'number',
  list: 'list',
  map: 'record',
  null_type: 'null',
}

/** The evaluator's message in words for whoever writes policies. */
function inWords(message: string): string {
  const overload = /^found no matching overload for '(.+?)' applied to '(?:(.+?)\.)?\((.*)\)'$/.exec(message)
  if (overload !== null) {
    const [, name = '', target, args = ''] = overload
    const kinds = [target, ...args.split(', ')].filter((it) => it !== undefined && it !== '')
    return `${name.replace(/^_|_$/g, '')} does not work on ${kinds.map((kind) => KINDS[kind ?? ''] ?? kind).join(' and ')}`
  }
  const mismatch = /^type mismatch: expected bool, got (\S+)/.exec(message)
  if (mismatch !== null) return `true or false is wanted here, not ${KINDS[mismatch[1] ?? ''] ?? mismatch[1]}`
  return message
}
