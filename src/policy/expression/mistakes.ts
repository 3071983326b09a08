/**
 * What can be wrong with the names in an expression, in words.
 * Decides what is said and what was probably meant; must not rewrite anything.
 */
import { suggestion } from '../../config/nearest.ts'
import { LIMITS } from '../limits.ts'
import { CEL_FUNCTIONS, HELPER_FUNCTIONS, MACROS } from './functions.ts'
import { compilePattern, type Pattern } from './pattern.ts'
import type { Shape } from './shape.ts'
import type { Spot } from './spot.ts'
import { textOf, type Call, type Expr } from './tree.ts'

/** What an expression looks at. */
export interface Reads {
  /** Places of the user, by the name of the variable that holds each: `user.department` and where a document has it. */
  readonly places: Map<string, { readonly shape: Shape; readonly at: readonly string[] }>
  /** Whole variables: `groups`, `person`, and `user` where its attributes are not named. */
  readonly variables: Set<string>
}

export interface Surroundings {
  readonly user: Shape
  readonly patterns: Map<string, Pattern>
  readonly reads: Reads
  readonly positions: Readonly<Record<string, number>>
  readonly spots: Spot[]
}

export function mistake({ spots, positions }: Surroundings, expr: Expr, words: Pick<Spot, 'message' | 'fix'>): void {
  spots.push({ offset: positions[expr.id.toString()] ?? 0, ...words })
}

interface Count {
  readonly name: string
  readonly known: number
  readonly given: number
}

export function wrongNumber(expr: Expr, { name, known, given }: Count, around: Surroundings): void {
  const wants = HELPER_FUNCTIONS.get(name)?.wants
  const fix = wants === undefined ? (CEL_FUNCTIONS.get(name)?.does ?? '') : `Write ${name}(${wants.join(', ')}).`
  const message = `${name} wants ${count(known)}, and is given ${given === 0 ? 'none' : count(given)}`
  mistake(around, expr, { message, fix })
}

const count = (many: number): string => (many === 1 ? 'one value' : `${many} values`)

export function unknownFunction(expr: Expr, { function: name }: Call, around: Surroundings): void {
  const macro = MACROS.get(name)
  if (macro !== undefined)
    return mistake(around, expr, { message: `${name} is not called like this`, fix: `Write ${macro}.` })
  const fix = suggestion(name, [...HELPER_FUNCTIONS.keys(), ...CEL_FUNCTIONS.keys(), ...MACROS.keys()], 'Remove it.')
  mistake(around, expr, { message: `there is no function "${name}"`, fix })
}

export function checkPattern(pattern: Expr | undefined, expr: Expr, around: Surroundings): void {
  const source = textOf(pattern)
  if (source === undefined) {
    const message = 'the regular expression is computed'
    return mistake(around, pattern ?? expr, { message, fix: 'Write it out as a text, so that it can be checked.' })
  }
  if (around.patterns.has(source)) return
  if (around.patterns.size >= LIMITS.patterns || sizesOf(around.patterns) > LIMITS.patternSizes) {
    const message = 'the regular expressions of this policy are too many or too large together'
    return mistake(around, pattern ?? expr, { message, fix: 'Use startsWith, endsWith or contains where they do.' })
  }
  const compiled = compilePattern(source)
  if (typeof compiled !== 'string') around.patterns.set(source, compiled)
  else {
    const message = `the regular expression cannot be used: ${compiled}`
    mistake(around, pattern ?? expr, {
      message,
      fix: 'Use the syntax of RE2, without look-around and back-references.',
    })
  }
}

const sizesOf = (patterns: ReadonlyMap<string, Pattern>): number =>
  [...patterns.values()].reduce((sum, { size }) => sum + size, 0)
