/**
 * What the conformance suite needs of a target, and what a case is.
 * Decides the way behind a connector's back; must not know any target.
 */
import type { AccountAttributes, AccountState, AttributeName, Grant, GrantKind, Grants } from '../identity/account.ts'
import type { Connector, EntryKind } from './contract.ts'

export type RawRecord = Readonly<Record<string, unknown>>

/** An account as the target's administrator would make it: entries and other accounts as ids. */
export interface Seed {
  readonly state: AccountState
  /** Never with `licence`, of which only the connector knows how it is written down. */
  readonly attributes: AccountAttributes
  /** Only of kinds that the connector's capabilities name. */
  readonly grants?: Grants
}

/**
 * A target with a connector open on it, and a way behind the connector's back. Cases may share one: they use fresh names.
 * Of each catalogue that the connector names the target has an active entry; of those that accounts can hold several of
 * (`grants`), three; of authenticators, one of its own (`system`) and one that is not, if it can ask people in.
 */
export interface World {
  readonly connector: Connector
  /**
   * Every field the target stores of an account, by the target's own names: of all its parts (names of a second part with a
   * prefix), and what the account holds, in an order that does not depend on when it was given.
   */
  raw(id: string): Promise<RawRecord | undefined>
  ids(): Promise<readonly string[]>
  /** False where the connector can find accounts and list none. */
  readonly lists?: false
  /** The states that an account can be in there. Absent: all. */
  readonly states?: readonly AccountState[]
  /** Puts an account into the target as its administrator would; all parts of the target know it by then. Answers the new id. */
  seed(account: Seed): Promise<string>
  /** The target's own fields that hold an attribute: what an update of it may touch. */
  fieldsOf(name: AttributeName): readonly string[]
  /** Likewise of what an account holds of a kind. Needed where the connector's capabilities name grants. */
  fieldsOfGrants?(of: GrantKind): readonly string[]
  /**
   * Fields that say whether its person can sign in, since when and until when: what the target changes by itself when
   * an account is deactivated, reactivated or asked in. Without it, those changes are not compared field by field.
   */
  readonly stateFields?: readonly string[]
  /** Fields that say when or by whom a record was last written: any write may touch them. */
  readonly stamps: readonly string[]
  /** What an account holds by the target's own books, in any order. Needed where the capabilities name grants. */
  held?(id: string, of: GrantKind): Promise<readonly Grant[]>
  /** How many entries a catalogue has by the target's own books; undefined where they do not say. */
  entryCount?(kind: EntryKind): Promise<number | undefined>
  /** User name of an account whose licence attributes differ from those of one that was just created or seeded. Needed for `licence`. */
  template?(): Promise<string>
  /** How many e-mails the target has sent since it was opened. */
  mails(): Promise<number>
  /**
   * Its person follows the invitation and is there for the first time; all parts of the target know it by then. Needed where
   * accounts can be `asleep`.
   */
  firstSignIn?(id: string): Promise<void>
  /** Its person begins to work with the account. Absent where the target has no sessions, or the connector cannot end them. */
  beginSession?(id: string): Promise<void>
  inSession?(id: string): Promise<boolean>
  /** From now on, until {@link heal}, the target takes only as many more accounts. Absent where it has no ceiling. */
  leaveRoom?(accounts: number): Promise<void>
  /**
   * From now on, until {@link heal}, the part of the target that keeps what accounts hold does not get to know of accounts
   * that are created. Absent where the target is of one part.
   */
  holdMirror?(): Promise<void>
  /** From now on, until {@link heal}, this entry is neither given nor taken, whatever else the same call asks for. */
  refuseEntry?(of: GrantKind, id: string): Promise<void>
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
  /** Whether the target, or the way behind it, has what the case is about; absent: always. Otherwise `run` does nothing. */
  applies?(world: World): boolean
  run(world: World): Promise<void>
}

/** Checked for many wants: the caller generates them (names of any script, long names, addresses with a plus). */
export interface WantProperty {
  readonly name: string
  /** Of the wants that are tried, the share that is enough for it, where it takes long. Default 1. */
  readonly share?: number
  /**
   * `want` holds no userName, and no entries nor accounts; the property adds a fresh name and known ones.
   * `picks`: natural numbers at random, which choose among known entries, levels and ways to take. At least ten.
   */
  run(world: World, want: AccountAttributes, picks?: readonly number[]): Promise<void>
}
