/**
 * What was found, in the words of a person.
 * Decides words only.
 */
import type { InventoryAccount, InventoryKey, InventoryTotals } from '../../contract/inventory.ts'

export const FINDING_WORDS = {
  'never-activated': 'has never been activated',
  'never-seen': 'active, and never seen',
  idle: 'active, and not seen for long',
  'no-authenticator': 'has no login authenticator',
  administrator: 'administrator',
  'same-name': 'another account has the same name',
  'same-mail': 'another account has the same e-mail address',
  'owns-key': 'a program signs in with it',
} as const satisfies Record<InventoryAccount['findings'][number], string>

export const KEY_WORDS = {
  'owner-inactive': 'its owner is deactivated',
  unused: 'not used for long',
} as const satisfies Record<InventoryKey['findings'][number], string>

export const STATE_WORDS = {
  active: 'active',
  unregistered: 'not invited yet',
  pending: 'invited, never there',
  locked: 'locked',
  inactive: 'deactivated',
} as const satisfies Record<keyof InventoryTotals['states'], string>

/** What the dates mean, for whoever decides by them. */
export const SEEN_NOTE =
  'Last seen is what the app counts as a login of an agent. Whoever only uses its other parts may show none: ask before an account is taken away.'
