/**
 * What a check is, what it may look at, and how it reads scenes and beliefs.
 * Decides how things are found and counted; must not judge, read, wait or print. The checks are in check-*.ts, all pure.
 */
import type { Difference } from '../../src/contract/difference.ts'
import type { PolicyTestAnswer } from '../../src/contract/policy.ts'
import type { Belief } from '../../sim/idp/beliefs.ts'
import type { Person } from '../../sim/idp/people.ts'
import type { Cast } from './cast.ts'
import type { ProviderId } from './providers.ts'
import type { CxoneCall, CxoneUser, Scene } from './scene.ts'

/** One row of the table. */
export interface Check {
  readonly what: string
  readonly expected: string
  readonly found: string
  readonly ok: boolean
}

/** One thing a provider did, and how Rollcall took it. */
export interface Push {
  readonly from: ProviderId
  readonly userName: string
  /** How long the provider waited for the answer; Entra for the cycle it was in. */
  readonly ms: number
  /** When the answer was there, in milliseconds since 1970. */
  readonly answered: number
  /** What the provider could not live with; empty when all was well, and where there is a conflict. */
  readonly complaints: readonly string[]
  /** The words of a 409. */
  readonly conflict?: string
}

/** What a check may look at. */
export interface Around {
  readonly cast: Cast
  /** Before anybody did anything. */
  readonly first: Scene
  readonly before: Scene
  /** At the end of an outage. */
  readonly during?: Scene
  /** When an outage ended, in milliseconds since 1970. */
  readonly backAt?: number
  /** Where what providers read back departs from what they believe; one sentence each. */
  readonly differences?: readonly string[]
  /** What Rollcall said that enforcing the second region would do. */
  readonly difference?: Difference
  /** What `rollcall policy test` came to for somebody. */
  readonly tested?: PolicyTestAnswer
  readonly after: Scene
  /** Of this act. */
  readonly pushes: readonly Push[]
  /** Of the whole story so far. */
  readonly allPushes: readonly Push[]
  /** What the providers believe now. */
  readonly beliefs: readonly Belief[]
}

/** One row for many items: how many are right, and the first that is not, with the reason. */
export function each<T>(
  row: { what: string; expected: string },
  items: readonly T[],
  complaint: (item: T) => string | undefined,
): Check {
  const wrong = items.flatMap((item) => complaint(item) ?? [])
  const more = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : ''
  const found = `${items.length - wrong.length} of ${items.length}${wrong[0] === undefined ? '' : `; ${wrong[0]}${more}`}`
  return { ...row, found, ok: wrong.length === 0 && items.length > 0 }
}

export const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

export const accountsOf = ({ cxone }: Scene, userName: string): readonly CxoneUser[] =>
  cxone.users.filter((user) => same(user.userName, userName))

export const beliefOf = (beliefs: readonly Belief[], { key }: Person): Belief | undefined =>
  beliefs.find(({ person }) => person.key === key)

/** The person as the provider told Rollcall last. */
export const toldOf = (beliefs: readonly Belief[], person: Person): Person => beliefOf(beliefs, person)?.told ?? person

/** Names of the fields of an account that are not as they were; `gone` where it is not there any more. */
export function changedFields(was: CxoneUser | undefined, is: CxoneUser | undefined): readonly string[] {
  if (was === undefined || is === undefined) return was === is ? [] : [is === undefined ? 'gone' : 'new']
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  return names.filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]))
}

/** Calls of one act. */
export const callsOf = ({ before, after }: Pick<Around, 'before' | 'after'>): readonly CxoneCall[] => {
  const last = before.cxone.calls.at(-1)?.seq ?? 0
  return after.cxone.calls.filter(({ seq }) => seq > last)
}

/** A call that would change something: searches are POSTs too, and signing in is neither. */
export const isWrite = ({ method, path }: CxoneCall): boolean =>
  method !== 'GET' && /\/(user-management|authorization|incontactapi)\//.test(path) && !path.endsWith('/search')

export const shown = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value))

/** `1 call`, `2 calls`, `1 person`, `2 people`. */
export const counted = (count: number, word: string): string => {
  if (count === 1) return `1 ${word}`
  return `${count} ${word === 'person' ? 'people' : `${word}s`}`
}

/** `0.05 s`, `12.3 s`. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`
