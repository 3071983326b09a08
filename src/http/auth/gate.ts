/**
 * The gate of a connection: how fast and how many at once.
 * Decides what one process lets through; must not know who asks.
 */
import { Allowance } from './allowance.ts'
import { tooFast, tooManyAtOnce } from './refusal.ts'

export class Gate {
  readonly perSecond: number
  readonly #atOnce: number
  readonly #allowance: Allowance
  #inside = 0
  /** Bound, so that it can be handed out as it is for each request. */
  readonly leave: () => void

  constructor(perSecond: number, atOnce: number) {
    this.perSecond = perSecond
    this.#atOnce = atOnce
    this.#allowance = new Allowance(perSecond, perSecond)
    this.leave = () => void this.#inside--
  }

  /** Takes a place until {@link leave}, or throws 429. */
  enter(now: number): void {
    if (this.#inside >= this.#atOnce) throw tooManyAtOnce(this.#atOnce)
    this.pass(now)
    this.#inside++
  }

  /** Counts one request, or throws 429. */
  pass(now: number): void {
    const seconds = this.#allowance.take(now)
    if (seconds > 0) throw tooFast(seconds, this.perSecond)
  }
}

export type GateOf = (connection: {
  readonly tenant: string
  readonly connection: string
  readonly requestsPerSecond: number
}) => Gate

/** One gate a connection; a new one where its rate has been changed. */
export function openGates(atOnce: number): GateOf {
  const gates = new Map<string, Gate>()
  return ({ tenant, connection, requestsPerSecond }) => {
    const key = `${tenant}/${connection}`
    const known = gates.get(key)
    if (known?.perSecond === requestsPerSecond) return known
    const gate = new Gate(requestsPerSecond, atOnce)
    gates.set(key, gate)
    return gate
  }
}
