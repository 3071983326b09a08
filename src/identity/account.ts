/**
 * What an account looks like in every app, in one vocabulary.
 * Decides the attribute names that planner and connectors share; must not know any app's own field names.
 */

/** The attributes Rollcall can want of an account. A key that is absent says nothing about the attribute; `null` wants it empty. */
export interface AccountAttributes {
  readonly userName?: string
  readonly givenName?: string | null
  readonly familyName?: string | null
  readonly middleName?: string | null
  readonly displayName?: string | null
  /** One address: the primary one, else the first of type work, else the first. */
  readonly email?: string | null
  /** Mobile number as the provider sent it. */
  readonly mobile?: string | null
  /** IANA time zone name. */
  readonly timeZone?: string | null
  readonly title?: string | null
  readonly department?: string | null
  readonly employeeNumber?: string | null
  /** Name or id while wanted; always the app's id once resolved or observed. */
  readonly role?: string | null
  /** Name or id while wanted; always the app's id once resolved or observed. */
  readonly team?: string | null
  /** What the app knows its person by when they sign in through the provider: the NameID. */
  readonly federatedId?: string | null
  /** How its person signs in. Name or id while wanted; always the app's id once resolved or observed. */
  readonly loginAuthenticator?: string | null
  /** The account of whom they report to. User name or id while wanted; always the app's id once resolved or observed. */
  readonly reportsTo?: string | null
  readonly country?: string | null
  readonly city?: string | null
  /** `YYYY-MM-DD`. */
  readonly hireDate?: string | null
  /**
   * What it costs. While wanted, user name or id of the account whose licence attributes it is to have; once resolved or
   * observed, those attributes as the app's connector writes them down.
   */
  readonly licence?: string | null
}

export type AttributeName = keyof AccountAttributes

/**
 * `unregistered`: exists, and its person has not been asked in. `pending`: asked in, and never been there. `locked`: exists
 * and counts as active, the app has barred sign-in. `inactive`: cannot sign in and is not to.
 */
export type AccountState = 'active' | 'unregistered' | 'pending' | 'locked' | 'inactive'

/** What an account can hold several of. `role`: beyond the one in its attributes. */
export const GRANT_KINDS = ['role', 'skill', 'group'] as const
export type GrantKind = (typeof GRANT_KINDS)[number]

/** An entitlement as an account holds it. */
export interface Grant {
  /** Name or id while wanted; always the app's id once resolved or observed. */
  readonly id: string
  /** How well, where that is said: the proficiency of a skill. */
  readonly level?: number
}

/** By kind. A kind that is absent says nothing about it. An entitlement stands in a list once. */
export type Grants = Readonly<Partial<Record<GrantKind, readonly Grant[]>>>

/** A user record as observed in an app. */
export interface Account {
  /** The app's own stable id. */
  readonly id: string
  readonly state: AccountState
  readonly attributes: AccountAttributes
  /** Ids of all roles it holds, where an account can hold more than the one in `attributes`. */
  readonly roles?: readonly string[]
  /** What it holds; absent where it was not read. A kind that the app does not have is absent. */
  readonly grants?: Grants
  /** Attributes that the app can hold and does not show of this account: what is not seen is not wanted either. */
  readonly hidden?: readonly AttributeName[]
  /** Of those, what the app accepts a change of and leaves as it was; each with where a person sets it there, in sentences. */
  readonly unsettable?: Readonly<Partial<Record<AttributeName, string>>>
  /**
   * Its person has never been there, and the part of the app that keeps what it holds counts it as inactive until they have:
   * what is given or changed there may be refused until then.
   */
  readonly asleep?: true
  /** RFC 3339, by the app's clock; absent where the app does not say. */
  readonly createdAt?: string
  /** The app shows that a sign-in through a provider is tied to it: it may have made it by itself, at the first one. */
  readonly tiedBySignIn?: true
  /** RFC 3339, when its person was last there, as far as the app counts it; null where never, absent where it was not read. */
  readonly lastSignIn?: string | null
}

/** What an identity asks of one app. */
export interface Wish {
  /** False for a deactivated or deleted identity: nobody shall sign in with the account. */
  readonly active: boolean
  /** Attributes that follow the identity for as long as the account is linked. */
  readonly attributes: AccountAttributes
  /** Attributes set when Rollcall creates the account, and again when its person returns (the app's `defaults`). */
  readonly onCreate: AccountAttributes
  /** Without it, nothing that an account can hold several of is looked at. */
  readonly grants?: GrantWishes
  /** The app asks its person in, once, if that is how they get to sign in there. */
  readonly invite?: boolean
  /** Of who is to be disabled: whoever works with the account just now is logged out. */
  readonly endSession?: boolean
}

export type GrantWishes = Readonly<Partial<Record<GrantKind, GrantWish>>>

export interface GrantWish {
  readonly want: readonly Grant[]
  /** What is taken away of that which is held and not wanted: all of it, nothing, or only these. Names or ids while wanted. */
  readonly takes: 'all' | 'none' | readonly string[]
}
