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
}

export type AttributeName = keyof AccountAttributes

/** `pending`: exists, was never activated by its person. `locked`: exists and counts as active, the app has barred sign-in. `inactive`: cannot sign in and is not to. */
export type AccountState = 'active' | 'pending' | 'locked' | 'inactive'

/** A user record as observed in an app. */
export interface Account {
  /** The app's own stable id. */
  readonly id: string
  readonly state: AccountState
  readonly attributes: AccountAttributes
  /** Ids of all roles it holds, where an account can hold more than the one in `attributes`. */
  readonly roles?: readonly string[]
  /** RFC 3339, by the app's clock; absent where the app does not say. */
  readonly createdAt?: string
}

/** What an identity asks of one app. */
export interface Wish {
  /** False for a deactivated or deleted identity: nobody shall sign in with the account. */
  readonly active: boolean
  /** Attributes that follow the identity for as long as the account is linked. */
  readonly attributes: AccountAttributes
  /** Attributes set when Rollcall creates the account, and again when its person returns (the app's `defaults`). */
  readonly onCreate: AccountAttributes
}
