/**
 * Reads a policy that stands in a text of its own, and finds the places of what is wrong in it.
 * Decides lines and columns; must not know what may be written in a policy (src/policy does).
 */
import type { Compiled } from '../policy/compile.ts'
import type { Policy } from '../policy/policy.ts'
import type { PolicyPath, PolicyProblem } from '../policy/problem.ts'
import type { Path } from './problem.ts'
import { parseSource, type Json, type Source } from './source.ts'

/** A problem with its line and column, counted from 1. */
export interface PlacedProblem extends PolicyProblem {
  readonly line: number
  readonly column: number
}

export type ReadPolicy =
  | {
      readonly policy: Policy
      /** Where something of it stands. */
      readonly locate: (path: PolicyPath) => { line: number; column: number }
      readonly problems?: undefined
    }
  | { readonly problems: readonly PlacedProblem[]; readonly policy?: undefined }

/** Reads YAML or JSON. Never throws. */
export function readPolicyText(text: string, compile: (document: Json) => Compiled): ReadPolicy {
  const source = parseSource(text)
  if (source.problems.length > 0) {
    const problems = source.problems.map(({ path, ...rest }) => ({ ...rest, path: [], at: path }))
    return { problems }
  }
  return placed(source, [], compile(source.data))
}

/** The problems of what stands at `base` of a file, each with its place there. */
export function placed(source: Source, base: Path, { policy, problems }: Compiled): ReadPolicy {
  if (policy !== undefined) return { policy, locate: (path) => source.locate([...base, ...path]) }
  return { problems: problems.map((problem) => ({ ...problem, ...placeOf(source, base, problem) })) }
}

function placeOf(
  source: Source,
  base: Path,
  { path, part, character }: PolicyProblem,
): { line: number; column: number } {
  const whole = [...base, ...path]
  const inside = character === undefined ? undefined : source.locateCharacter(whole, character)
  return inside ?? source.locate(whole, part)
}
