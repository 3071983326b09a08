/**
 * In which order the steps of somebody who is to be active are made.
 * Decides nothing but the order, and what of it can wait; must not decide what the steps are.
 */
import type { Account, AccountAttributes, AttributeName } from '../identity/account.ts'
import type { Change } from './change.ts'
import type { GrantSteps } from './plan-grants.ts'

export interface Parts extends GrantSteps {
  readonly wake: readonly Change[]
  readonly writes: readonly Change[]
  /** How its person signs in. */
  readonly way: readonly Change[]
  /** Writes that can wait until somebody who is asleep has been there. */
  readonly later: readonly Change[]
  readonly invite: readonly Change[]
}

export interface Manner {
  /** See {@link isAsleep}. */
  readonly asleep: boolean
  readonly updatesInactive: boolean
}

/**
 * At no moment may somebody sign in with more than is wanted: what is taken goes first, what is given comes before the
 * way to sign in, and being asked in comes last. What a returning person gets is put right before they can sign in,
 * wherever the app allows it.
 *
 * Who is asleep may get nothing before they have been there, so the way in must not wait for what is given: they come in
 * with less, and get the rest as soon as the app takes it.
 */
export function inOrder(parts: Parts, { asleep, updatesInactive }: Manner): readonly Change[] {
  const { take, give, wake, writes, way, later, invite } = parts
  if (asleep) return [...take, ...writes, ...way, ...invite, ...later, ...give]
  return updatesInactive
    ? [...take, ...writes, ...give, ...way, ...wake, ...invite]
    : [...wake, ...take, ...writes, ...give, ...way, ...invite]
}

/** Whoever was deactivated is a returning person, whatever else is said of the account. */
export const isAsleep = ({ state, asleep }: Account): boolean => asleep === true && state !== 'inactive'

/** What only says more of somebody, and neither who they are nor what they may do. */
const DESCRIBING: readonly AttributeName[] = [
  'displayName', 'title', 'department', 'employeeNumber', 'reportsTo', 'country', 'city', 'hireDate', 'licence',
] // prettier-ignore

/**
 * Of who is asleep, what can wait until they have been there; of all others, nothing. That nobody is known by it yet lets
 * nobody in; being known as somebody else would.
 */
export function inTwo(want: AccountAttributes, account: Account): Record<'first' | 'later', AccountAttributes> {
  if (!isAsleep(account)) return { first: want, later: {} }
  const waits = ([name]: readonly [string, unknown]) =>
    DESCRIBING.some((known) => known === name) ||
    (name === 'federatedId' && (account.attributes.federatedId ?? null) === null)
  const all = Object.entries(want)
  return { first: Object.fromEntries(all.filter((one) => !waits(one))), later: Object.fromEntries(all.filter(waits)) }
}
