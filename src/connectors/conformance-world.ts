/**
 * What the conformance suite needs of a target, and what a case is.
 * Decides the way behind a connector's back; must not know any target.
 */
import type { AccountAttributes, AccountState, AttributeName } from '../identity/account.ts'
import type { Connector } from './contract.ts'

export type RawRecord = Readonly<Record<string, unknown>>

/** A target with a connector open on it, and a way behind the connector's back. Cases may share one: they use fresh names. */
export interface World {
  readonly connector: Connector
  /** Every field the target stores of an account, by the target's own names. */
  raw(id: string): Promise<RawRecord | undefined>
  ids(): Promise<readonly string[]>
  /** Puts an account into the target as its administrator would. Role and team are ids. Answers the new id. */
  seed(account: { readonly state: AccountState; readonly attributes: AccountAttributes }): Promise<string>
  /** The target's own fields that hold an attribute: what an update of it may touch. */
  fieldsOf(name: AttributeName): readonly string[]
  /** Fields that say when or by whom a record was last written: any write may touch them. */
  readonly stamps: readonly string[]
  /** How many e-mails the target has sent since it was opened. */
  mails(): Promise<number>
  /** From now on, until {@link heal}, every call is refused as one too many. */
  throttle(retryAfterSeconds?: number): Promise<void>
  /** Nobody answers, until {@link heal}. */
  outage(): Promise<void>
  /** The connection may read and write nothing, until {@link heal}. */
  withdrawRights(): Promise<void>
  heal(): Promise<void>
  /** What the connector has signed in with stops being valid; signing in again works. */
  endSessions(): Promise<void>
}

export interface Case {
  /** A sentence about behaviour. */
  readonly name: string
  run(world: World): Promise<void>
}

/** Checked for many wants: the caller generates them (names of any script, long names, addresses with a plus). */
export interface WantProperty {
  readonly name: string
  /** `want` holds no userName, role or team; the property adds a fresh name and known entries. */
  run(world: World, want: AccountAttributes): Promise<void>
}
