/**
 * Who could not sign in any more once an app is entered through the provider alone.
 * Decides it from an account, the ways to sign in and what the provider will say; must not read any of them.
 */
import type { Account } from '../identity/account.ts'

export const LOCK_OUT_REASONS = [
  'no-authenticator',
  'system-authenticator',
  'no-federated-id',
  'shared-federated-id',
  'other-federated-id',
  'unknown',
] as const
export type LockOutReason = (typeof LOCK_OUT_REASONS)[number]

export interface LockedOut {
  readonly account: string
  readonly userName: string
  readonly reason: LockOutReason
  /** One sentence. */
  readonly why: string
}

export interface SignInWays {
  /** Of a way to sign in, by its id: true for the app's own passwords, false for a provider's, undefined where nobody has said. */
  readonly isSystem: (id: string) => boolean | undefined
  /** What the provider will say for the person whose account it is; undefined where no identity owns it. */
  readonly expectedId: (account: string) => string | undefined
  /** The account that Rollcall itself works with: it signs in with a key. */
  readonly self?: string | undefined
}

/**
 * All who would be locked out, and all of whom it cannot be told (`unknown`). Accounts that are disabled have nothing to lose.
 * Ids are compared as they stand, since a provider's NameID is.
 */
export function lockedOut(accounts: readonly Account[], ways: SignInWays): LockedOut[] {
  const alive = accounts.filter(({ state, id }) => state !== 'inactive' && id !== ways.self)
  const held = Map.groupBy(alive, ({ attributes }) => attributes.federatedId ?? '')
  return alive.flatMap((account) => {
    const found = reasonOf(account, ways, held.get(account.attributes.federatedId ?? '') ?? [])
    const userName = account.attributes.userName ?? account.id
    return found === undefined ? [] : [{ account: account.id, userName, reason: found[0], why: found[1] }]
  })
}

function reasonOf(
  { id, attributes, hidden = [] }: Account,
  ways: SignInWays,
  sharers: readonly Account[],
): readonly [LockOutReason, string] | undefined {
  const { loginAuthenticator, federatedId } = attributes
  if (loginAuthenticator === undefined || (loginAuthenticator === null && hidden.includes('loginAuthenticator')))
    return ['unknown', 'How they sign in was not shown; look at the account in CXone.']
  if (loginAuthenticator === null)
    return ['no-authenticator', 'They have no login authenticator, so they cannot sign in at all.']
  const isSystem = ways.isSystem(loginAuthenticator)
  if (isSystem === true)
    return ['system-authenticator', 'They sign in with a password of CXone, not through the provider.']
  if (federatedId === undefined || (federatedId === null && hidden.includes('federatedId')))
    return ['unknown', 'Their federated identity was not shown; look at the account in CXone.']
  if (federatedId === null)
    return ['no-federated-id', 'They have no federated identity, so whoever the provider names is nobody.']
  if (sharers.length > 1)
    return [
      'shared-federated-id',
      `The federated identity "${federatedId}" is held by ${sharers.length} accounts; it must be one's own.`,
    ]
  const expected = ways.expectedId(id)
  if (expected !== undefined && expected !== federatedId)
    return [
      'other-federated-id',
      `Their federated identity is "${federatedId}", and the provider will say "${expected}".`,
    ]
  if (isSystem === undefined)
    return [
      'unknown',
      `Whether the login authenticator ${loginAuthenticator} is the provider's is not known; name it under authenticators: in rollcall.yaml, with system: false.`,
    ]
  return expected === undefined
    ? [
        'unknown',
        `No identity owns the account, so what the provider will say is not known; it must be "${federatedId}".`,
      ]
    : undefined
}

/** What mends each, for all who have it. */
export const LOCK_OUT_FIXES: Readonly<Record<LockOutReason, string>> = {
  'no-authenticator':
    "Give them the provider's login authenticator: loginAuthenticator in the policy, owned always; or in CXone, Admin > Employees.",
  'system-authenticator':
    "Put them on the provider's login authenticator: loginAuthenticator in the policy, owned always. Leave one administrator on a password, to get in if the provider fails.",
  'no-federated-id':
    'Give them their federated identity: federatedId in the policy, owned always, from what the provider sends as NameID.',
  'shared-federated-id': 'Decide whose it is, and give the others their own: federatedId in the policy, owned always.',
  'other-federated-id':
    'Let the policy write federatedId from what the provider sends as NameID, or change the NameID at the provider.',
  unknown:
    'Look at these by hand; some are told with more rights of the access key, or once an identity owns the account.',
}
