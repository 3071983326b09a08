/**
 * What every synchronous use-case is given.
 * Decides nothing; clock, ids and wake-ups come from outside so that a use-case is a function of its arguments.
 */
import type { Wake } from '../durable/wake.ts'
import type { AnswerTo, ForeseenCause } from '../reconcile/answer.ts'
import type { AppRefusal } from '../store/confirmations.ts'
import type { Db } from '../store/db.ts'
import { textOfAppKey } from '../store/deliveries.ts'
import type { World } from '../store/users.ts'

export type { World } from '../store/users.ts'

export interface OperationContext {
  readonly db: Db
  readonly wake: Pick<Wake, 'wake'>
  readonly answers: Answers
  readonly now: () => Date
  readonly newId: () => string
}

/** Where requests wait that an app has to confirm (durable/waiters.ts). */
export interface Answers {
  /** Takes one of the places of a connection; false where all are taken. */
  enter(place: string): boolean
  leave(place: string): void
  /** Resolves when the key is woken, after `ms` at the latest. */
  wait(key: string, ms: number): Promise<unknown>
  /** What can be told already of the apps of the connection; `no-outcome-yet` where it is worth waiting. Costs nothing. */
  foresee(world: World): ForeseenCause
  /** What is answered when: the table in reconcile/answer.ts. */
  readonly answerTo: AnswerTo
}

/** Who asks, and in which world. */
export interface Caller extends World {
  /** As the event log names it: `connection:okta`. */
  readonly actor: string
  /** Set where the connection's answers wait for an app. */
  readonly confirm?: { readonly seconds: number }
}

/** What a use-case refuses, with the data a message needs. Mapped to HTTP in http/errors.ts. */
export type DomainRefusal =
  | { readonly kind: 'no-such-user'; readonly id: string }
  | { readonly kind: 'user-name-taken'; readonly userName: string }
  | { readonly kind: 'busy'; readonly id: string }
  | { readonly kind: 'no-such-group'; readonly id: string }
  | { readonly kind: 'group-name-taken'; readonly displayName: string }
  | { readonly kind: 'group-busy'; readonly id: string }
  /** Nobody of this world has these ids; at most a few of them. */
  | { readonly kind: 'unknown-members'; readonly ids: readonly string[]; readonly count: number }
  /** The member is the group itself, or contains it. */
  | { readonly kind: 'group-in-itself'; readonly member: string }
  | ({ readonly kind: 'refused-by-app' } & AppRefusal)

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: DomainRefusal }

export function wakeApps({ wake }: Pick<OperationContext, 'wake'>, tenant: string, apps: readonly string[]): void {
  for (const app of apps) wake.wake(textOfAppKey({ tenant, app }))
}
