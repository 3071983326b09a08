/**
 * What the calls under way are made for.
 * Decides how that reaches a call without a parameter in every function between; must not change what a call says or does.
 *
 * A connector is asked for reads and changes, and knows nothing of deliveries. How urgent the delivery behind a call is
 * matters in one place only, where calls wait for their turn, and its id in one other, where a call gets its name.
 */
import { AsyncLocalStorage } from 'node:async_hooks'

export interface Purpose {
  /** As in a delivery row: higher goes first; below zero, what has failed before. */
  readonly urgency: number
  /** Names it in the ids of calls. */
  readonly id: string
}

const purposes = new AsyncLocalStorage<Purpose>()

/** Runs `work`; every call that it makes, however deep, is made for this. */
export const callingFor = <T>(purpose: Purpose, work: () => Promise<T>): Promise<T> => purposes.run(purpose, work)

/** Undefined for calls that no delivery is behind. */
export const purposeOfCall = (): Purpose | undefined => purposes.getStore()
