/**
 * What an examination of an app's set-up finds, and what it remembers of the answers it had.
 * Decides the shape of a finding and when a set-up is good; must not know any target, nor hold anything that identifies
 * anybody but the account that the connector signs in as.
 */

/**
 * `missing`: something that has to be there is not. `blocked`: it is there, and something stands in its way. `unknown`: it
 * could not be checked, because something before it failed or because the app does not tell; `fix` says how to check by hand.
 */
export const FINDING_STATES = ['ok', 'missing', 'blocked', 'unknown'] as const
export type FindingState = (typeof FINDING_STATES)[number]

export interface Finding {
  /** What was checked, in kebab case; the same in every examination, so that scripts can rely on it. */
  readonly check: string
  readonly status: FindingState
  /** An app of this kind cannot do its work without it. What is not needed by every app is told, and makes no set-up bad. */
  readonly needed: boolean
  /** One plain sentence: what was seen. */
  readonly found: string
  /** What cannot be done like this; null where all is well. */
  readonly blocks: string | null
  /** Where to go and what to do there, or how to check by hand; null where all is well. */
  readonly fix: string | null
}

/** A field of an answer: which types its values have had, and whether every object that could have it had it. */
export interface FieldShape {
  /** Sorted: `array`, `boolean`, `null`, `number`, `object`, `string`. */
  readonly types: readonly string[]
  readonly always: boolean
}

/** Of one answer, by path: `users[].status`. The body itself is the empty path. */
export type Shape = Readonly<Record<string, FieldShape>>

/** By call: `GET /user-management/v3/users/{id}`. Keys and types only: no value, no id and no name of anybody. */
export type Shapes = Readonly<Record<string, Shape>>

export interface Examination {
  /** In the order in which they were found out. */
  readonly findings: readonly Finding[]
  /** Calls that were made, sign-in included. */
  readonly calls: number
  readonly shapes: Shapes
}

/** Told of each finding as soon as it is there; the examination waits for it. */
export type Tell = (finding: Finding) => Promise<void>

/**
 * Nothing that is needed is missing or blocked. What could not be checked does not make a set-up bad, unless that is all of it.
 */
export function isGood(findings: readonly Finding[]): boolean {
  const needed = findings.filter((finding) => finding.needed)
  if (needed.some(({ status }) => status === 'missing' || status === 'blocked')) return false
  return needed.length === 0 || needed.some(({ status }) => status === 'ok')
}
