/**
 * Regular expressions of policies: RE2, which takes a time linear in the text.
 * Decides which are small enough; must not run any.
 */
import { RE2JS } from '@bufbuild/re2'
import { LIMITS } from '../limits.ts'

export interface Pattern {
  /** Instructions: what a step along a text may cost. */
  readonly size: number
  test(text: string): boolean
}

/** The pattern, or what is wrong with it. */
export function compilePattern(source: string): Pattern | string {
  if (source.length > LIMITS.pattern) return `it has more than ${LIMITS.pattern} characters`
  try {
    const compiled = RE2JS.compile(source)
    const size = compiled.re2().prog.numInst()
    if (size > LIMITS.patternSize) return 'its repetitions make it too large'
    return { size, test: (text) => compiled.test(text) }
  } catch (cause) {
    return cause instanceof Error ? cause.message : 'it cannot be read'
  }
}
