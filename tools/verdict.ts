/**
 * What a check says.
 * Decides the form of an answer; must not know any check.
 */

/** `findings` fail the build, one line or block each, naming file, fault and cure. `notes` are told and fail nothing. */
export interface Verdict {
  readonly findings: readonly string[]
  readonly notes: readonly string[]
}

export interface Check {
  readonly name: string
  readonly run: (root: string) => Verdict | Promise<Verdict>
}

export const verdict = (findings: readonly string[], notes: readonly string[] = []): Verdict => ({ findings, notes })
