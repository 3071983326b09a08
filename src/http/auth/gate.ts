/**
 * The gate of a connection: how fast and how many at once.
 * Decides what one process lets through; must not know who asks.
 */
import type { ServerResponse } from 'node:http'
import { Allowance } from './allowance.ts'
import { tooFast, tooManyAtOnce } from './refusal.ts'

export class Gate {
  readonly perSecond: number
  readonly #atOnce: number
  readonly #allowance: Allowance
  readonly #inside = new Set<ServerResponse>()

  constructor(perSecond: number, atOnce: number) {
    this.perSecond = perSecond
    this.#atOnce = atOnce
    this.#allowance = new Allowance(perSecond, perSecond)
  }

  /** Takes a place until the answer is over, or throws 429. */
  enter(answer: ServerResponse, now: number): void {
    if (this.#inside.size >= this.#atOnce) this.#forgetGone()
    if (this.#inside.size >= this.#atOnce) throw tooManyAtOnce(this.#atOnce)
    this.pass(now)
    this.#inside.add(answer)
    answer.once('close', () => this.#inside.delete(answer))
  }

  /** Counts one request, or throws 429. */
  pass(now: number): void {
    const seconds = this.#allowance.take(now)
    if (seconds > 0) throw tooFast(seconds, this.perSecond)
  }

  /** An answer that stood in line behind another when its connection broke is never closed: Node forgets it. */
  #forgetGone(): void {
    for (const answer of this.#inside) if (answer.req.socket.destroyed) this.#inside.delete(answer)
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
