/**
 * A set-up that cannot go on: what, why, and the way out.
 * Decides the wording's shape only.
 */

export class SetupProblem extends Error {
  /** @param {{ what: string, why: string, wayOut: string }} parts each without a full stop */
  constructor({ what, why, wayOut }) {
    super(`${what}.\n  Why: ${why}.\n  Way out: ${wayOut}.`)
    this.name = 'SetupProblem'
  }
}

/** Progress and trouble go to standard error: standard output belongs to the program that is started. */
export function say(text) {
  process.stderr.write(`${text}\n`)
}
