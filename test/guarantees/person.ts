/**
 * One person as a provider knows them, and what the provider was told about them.
 * Decides what is known to be committed; must not look at Rollcall or CXone.
 */

/** Everything the story changes. `userName` is unique over all people of a story and never used by two of them. */
export interface State {
  readonly userName: string
  readonly givenName: string
  readonly familyName: string
  readonly timezone: string
  readonly active: boolean
}

/** `absent`: not created, as far as is known. `deleted`: there was one. */
export type Known = State | 'absent' | 'deleted'

export interface Person {
  /** Never changed, so that an account is recognised whatever happened to its name. */
  readonly email: string
  /** Of the connection they are pushed through. */
  readonly token: string
  /** Of the SCIM User, once known. */
  id?: string
  committed: Known
  /** What was pushed and not answered, as long as it was not followed up: this holds, or what is committed. */
  open?: Known
  /** An answer about them broke a promise: nothing is known of them any more, and they are left alone. */
  broken?: true
  /** Every state that was committed, in order. */
  readonly states: State[]
  /** What was pushed and what came back, in order. */
  readonly history: string[]
}

export const newPerson = (email: string, token: string): Person => ({
  email,
  token,
  committed: 'absent',
  states: [],
  history: [],
})

/** Notes what is committed: nothing is open any more. */
export function commit(person: Person, state: Known): void {
  person.committed = state
  delete person.open
  if (isState(state)) person.states.push(state)
}

export const isState = (known: Known): known is State => typeof known === 'object'

export const FIELDS = ['userName', 'givenName', 'familyName', 'timezone', 'active'] as const satisfies (keyof State)[]

/** In words, for a history or a finding. */
export const inWords = (known: Known): string =>
  isState(known) ? FIELDS.map((field) => `${field}=${String(known[field])}`).join(' ') : known

/** Field by field, what is different; nothing when they are the same. */
export function differences(wanted: Known, found: Known): string[] {
  if (!isState(wanted) || !isState(found)) {
    return wanted === found ? [] : [`wanted ${inWords(wanted)}, found ${inWords(found)}`]
  }
  return FIELDS.filter((field) => wanted[field] !== found[field]).map(
    (field) => `${field}: wanted ${String(wanted[field])}, found ${String(found[field])}`,
  )
}
