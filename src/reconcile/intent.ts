/**
 * How our own unfinished create is told from a stranger's account.
 * Decides what is written down before a create and what counts as the same account afterwards.
 */
import type { Account, AccountAttributes, AttributeName } from '../identity/account.ts'

/**
 * Written, and committed, before a create is sent, and only after the app has answered that no such account exists.
 * `at` is RFC 3339 by our clock.
 */
export interface Intent {
  /** For whom the account was to be: nobody else may have it. */
  readonly identity: string
  readonly userName: string
  readonly attributes: AccountAttributes
  readonly at: string
}

/** Clocks of two machines may differ; an account older than this before the intent is a stranger's. */
const CLOCK_SKEW_MS = 5 * 60_000

const PROOF: readonly AttributeName[] = ['givenName', 'familyName', 'email']

export const intentFor = (want: AccountAttributes, { identity, at }: { identity: string; at: string }): Intent => ({
  identity,
  userName: want.userName ?? '',
  attributes: Object.fromEntries(PROOF.filter((name) => want[name] !== undefined).map((name) => [name, want[name]])),
  at,
})

/** True when the account is the one the intent was about to create: same name and proof attributes, and not older than the intent. */
export function matchesIntent(intent: Intent, account: Account): boolean {
  const { attributes, createdAt } = account
  if (attributes.userName?.toLowerCase() !== intent.userName.toLowerCase()) return false
  if (!PROOF.every((name) => (intent.attributes[name] ?? null) === (attributes[name] ?? null))) return false
  const created = createdAt === undefined ? Number.NaN : Date.parse(createdAt)
  return Number.isNaN(created) || created >= Date.parse(intent.at) - CLOCK_SKEW_MS
}
