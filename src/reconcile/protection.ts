/**
 * Which accounts are not touched by a push, and why.
 * Decides the rule on an account as it was read; must not read anything itself.
 */
import type { Account } from '../identity/account.ts'
import { userNameKey } from '../identity/user-name.ts'

/** How much a role may do: `administrator` may do everything there, `elevated` more than work with customers. */
export type Privilege = 'administrator' | 'elevated'

/** A role as the app's catalogue has it. */
export interface RoleEntry {
  readonly id: string
  readonly name: string
  /** Absent: an ordinary role. */
  readonly privilege?: Privilege
}

/** What an app's entry in rollcall.yaml says. */
export interface Protect {
  readonly userNames: readonly string[]
  /** Names or ids of roles, in place of those that the connector takes for privileged. */
  readonly roles?: readonly string[] | undefined
}

/**
 * Why an account is protected. `privileged` protects from being adopted, and from coming back unseen; what Rollcall has made
 * or was given follows its owner, whatever role it has come to since (docs/adr/0004). `self`: the connector signs in with it. `named`: rollcall.yaml names it. `privileged`: its
 * role. `last-administrator`: nobody else who could put things right would be left.
 */
export interface Guard {
  readonly kind: 'self' | 'named' | 'privileged' | 'last-administrator'
  /** Follows "the account …". */
  readonly why: string
}

export interface Surroundings {
  readonly protect: Protect
  /** Id of the connector's own account, where the app says. */
  readonly self: string | undefined
  readonly roles: readonly RoleEntry[]
}

/** Words that name a privileged role in any language that borrows them; used where a catalogue says nothing better. */
const ADMINISTRATES = /\badmin(istrator)?s?\b/i
const LEADS = /\b(manager|supervisor|superuser|owner|team ?lead(er)?)s?\b/i

/** How privileged a role of this name is taken to be. */
export const privilegeOfName = (name: string): Privilege | undefined => {
  if (ADMINISTRATES.test(name)) return 'administrator'
  return LEADS.test(name) ? 'elevated' : undefined
}

/** The connector's own account, or one that rollcall.yaml names: never touched, whoever owns it. */
export function hardGuard(account: Account, { protect, self }: Omit<Surroundings, 'roles'>): Guard | undefined {
  if (account.id === self) return { kind: 'self', why: 'is the one Rollcall itself signs in with' }
  const key = userNameKey(account.attributes.userName ?? '')
  if (protect.userNames.some((name) => userNameKey(name) === key))
    return { kind: 'named', why: 'is named under protect: in rollcall.yaml' }
  return undefined
}

/** The first reason for which nobody may adopt this account by rule. */
export function adoptionGuard(account: Account, surroundings: Surroundings): Guard | undefined {
  const hard = hardGuard(account, surroundings)
  if (hard !== undefined) return hard
  const { protect, roles } = surroundings
  for (const id of rolesOf(account)) {
    const role = roles.find((entry) => entry.id === id)
    if (role === undefined)
      return { kind: 'privileged', why: `has the role ${id}, of which the app's catalogue says nothing` }
    if (isProtected(role, protect)) return { kind: 'privileged', why: `has the privileged role ${role.name}` }
  }
  return undefined
}

/**
 * Why an account of ours is not given back to who returns: it would come with a privileged role. The primary one is set to
 * the app's default (`resetsRole`), further ones are not.
 */
export function returnGuard(
  account: Account,
  { protect, roles }: Omit<Surroundings, 'self'>,
  resetsRole: boolean,
): Guard | undefined {
  const kept = rolesOf(account).filter((id) => !resetsRole || id !== account.attributes.role)
  const role = roles.find((entry) => kept.includes(entry.id) && isProtected(entry, protect))
  return role && { kind: 'privileged', why: `would come back with the privileged role ${role.name}` }
}

const isProtected = (role: RoleEntry, { roles }: Protect): boolean =>
  roles === undefined
    ? role.privilege !== undefined
    : roles.some((named) => named === role.id || userNameKey(named) === userNameKey(role.name))

export const isAdministrator = (account: Account, roles: readonly RoleEntry[]): boolean =>
  rolesOf(account).some((id) => roles.some((role) => role.id === id && role.privilege === 'administrator'))

/** Every role an account holds. */
export const rolesOf = ({ attributes, roles = [] }: Account): readonly string[] => [
  ...new Set([...(attributes.role == null ? [] : [attributes.role]), ...roles]),
]

/**
 * Whether nobody else would be left to administer the app. Of the others count those who are active, whose own owner does
 * not want them gone (`leaving`), and who are people: the connector's own account is none.
 */
export function isLastAdministrator(
  account: Account,
  all: readonly Account[],
  { roles, self, leaving }: { roles: readonly RoleEntry[]; self: string | undefined; leaving: ReadonlySet<string> },
): boolean {
  if (!isAdministrator(account, roles)) return false
  return !all.some(
    (other) =>
      other.id !== account.id &&
      other.id !== self &&
      other.state === 'active' &&
      !leaving.has(other.id) &&
      isAdministrator(other, roles),
  )
}
