/**
 * What a person is told when the demo cannot go on: what, why, and the way out.
 * Decides which errors are told in their own words, and which are faults of the demo itself.
 */
import { ManagedPostgresError } from '../../src/store/managed/error.ts'

/** Fit to be printed as it is, without a stack. */
export class DemoProblem extends Error {
  override readonly name = 'DemoProblem'

  /** Each part without a full stop. */
  static of({ what, why, wayOut }: { what: string; why: string; wayOut: string }): DemoProblem {
    return new DemoProblem(`${what}.\n  Why: ${why}.\n  Way out: ${wayOut}.`)
  }
}

/** A person or another program has ended the demo. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly signal: NodeJS.Signals
  constructor(signal: NodeJS.Signals) {
    super(`ended by ${signal}`)
    this.signal = signal
  }
}

/** The words for a person. */
export function wordsFor(error: unknown): string {
  if (error instanceof DemoProblem || error instanceof ManagedPostgresError) return error.message
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return `The demo itself failed, which should not have happened; please report it with these lines.\n${told}`
}
