/**
 * A key with which a program signs in to an app as one of its accounts.
 * Decides what is told of one; must not hold a secret.
 */
export interface AccessKey {
  /** As the app names it; no secret. */
  readonly id: string
  /** The app's id of the account it belongs to; absent where the app does not say. */
  readonly account?: string
  readonly active: boolean
  /** RFC 3339, by the app's clock; null where it was never used, absent where the app does not say. */
  readonly lastUsed?: string | null
}
