/**
 * An expression that could not be evaluated for somebody.
 * Decides nothing: it carries a fault up to where the decision becomes a hold.
 */
import type { Fault } from './decision.ts'

export class PolicyFault extends Error {
  override readonly name = 'PolicyFault'
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault.message)
    this.fault = fault
  }
}
