/**
 * The one error of the managed PostgreSQL: what went wrong, why, and the way out.
 * Decides the wording's shape; must not decide what is wrong.
 */

export interface ManagedPostgresProblem {
  /** What did not work, without a full stop. */
  readonly what: string
  /** The cause as far as it is known. */
  readonly why: string
  /** What the reader can do now. */
  readonly wayOut: string
}

/** Way out that always exists: a server that somebody else runs. */
export const USE_ANOTHER_SERVER =
  'set DATABASE_URL=postgresql://user:password@host/database to use a PostgreSQL of your own'

/** Thrown by everything in this folder; the message is fit to be printed as it is, without a stack. */
export class ManagedPostgresError extends Error {
  readonly problem: ManagedPostgresProblem
  constructor(problem: ManagedPostgresProblem, options?: ErrorOptions) {
    super(`${problem.what}.\n  Why: ${problem.why}.\n  Way out: ${problem.wayOut}.`, options)
    this.name = 'ManagedPostgresError'
    this.problem = problem
  }
}

/** The message of anything thrown, in one line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? error.message) : String(error)
}

/** The code of a system error (`ENOENT`, `EACCES`, …), or nothing. */
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
