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

/**
 * The code of a system error (`ENOENT`, `EACCES`, …), or nothing.
 *
 * @param {unknown} error
 */
export function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

/**
 * Progress and trouble go to standard error: standard output belongs to the program that is started.
 *
 * @param {string} text
 */
export function say(text) {
  process.stderr.write(`${text}\n`)
}
