/**
 * Changing what UserHub keeps of a user, through the PUT that replaces the whole of it.
 * Decides whether it may be sent; must not touch what the ACD keeps.
 */
import type { AccountAttributes } from '../../identity/account.ts'
import type { Ask } from './client.ts'
import { gone, invalid, nameTaken, pendingEmail } from './complaints.ts'
import { explained } from './explain.ts'
import { licenceFields } from './licence.ts'
import { accountOf, furtherRolesOf, HELD, textOf } from './map.ts'
import type { Parts } from './parts.ts'
import { attributesNot, fieldsNot, put } from './put.ts'
import type { RawUser, User } from './schema.ts'

/** The attributes that are written here. */
const OURS = [...HELD, 'federatedId', 'licence'] as const

export const isOfUser = (set: AccountAttributes): boolean => OURS.some((name) => set[name] !== undefined)

export interface UserUpdate {
  readonly id: string
  /** Canonical; what is not written here is left to others. */
  readonly set: AccountAttributes
  /** Written whatever else there is. */
  readonly more?: (user: User) => RawUser
}

/** Answers the user as read back. Without anything to change, nothing is sent. */
export async function updateUser(parts: Parts, ask: Ask, { id, set, more }: UserUpdate): Promise<User> {
  const { directory, settings, sight } = parts
  const before = await directory.whole(ask, id)
  if (before === undefined) throw gone(id)
  const { user } = before
  if (user.status === 'DELETED' && !settings.updatesInactive) {
    throw invalid(`The account ${user.userName} is deactivated; it is reactivated before it is changed.`)
  }
  const left = await stillToSet(parts, ask, { user, set })
  const licence = licenceFields(set.licence ?? '')?.user ?? {}
  const fields = {
    ...pick(licence, fieldsNot(user, licence)),
    ...(left.role == null ? {} : await withoutFormer(parts, ask, user)),
    ...more?.(user),
  }
  if (Object.keys(left).length + Object.keys(fields).length === 0) return user
  if (hasPendingEmail(user) && !settings.resendVerification) throw pendingEmail(user)
  if (left.userName != null) {
    const holder = await directory.byName(ask, left.userName)
    if (holder !== undefined && holder.id !== id) throw nameTaken(holder)
  }
  const seen = await put(parts, ask, { ...before, set: left, more: fields }).catch(async (error: unknown) => {
    throw await explained(parts, ask, { error, want: left, user })
  })
  if (fieldsNot(seen, pick(licence, Object.keys(fields))).length > 0) sight.fixed('licence')
  return seen
}

/** What this user has otherwise. An address that waits to be verified already is not asked for again. */
async function stillToSet(
  { catalogue }: Parts,
  ask: Ask,
  { user, set }: { user: User; set: AccountAttributes },
): Promise<AccountAttributes> {
  const differing: readonly string[] = attributesNot(user, { set, roles: await catalogue.recent(ask, 'role') })
  const { emailAddress, emailToBeVerified, externalIdentity } = user.raw
  const left = OURS.filter((name) => {
    if (name === 'licence' || set[name] === undefined) return false
    if (name === 'email') return emailAddress !== set.email && emailToBeVerified !== set.email
    return name === 'federatedId' ? textOf(externalIdentity) !== set.federatedId : differing.includes(name)
  })
  return Object.fromEntries(left.map((name) => [name, set[name]]))
}

/** Who is given another role does not keep the former one because it stands among their secondary ones as well. */
async function withoutFormer({ catalogue }: Parts, ask: Ask, user: User): Promise<RawUser> {
  const held = furtherRolesOf(user)
  const { role } = accountOf(user, await catalogue.recent(ask, 'role')).attributes
  const secondaryRoleIds = held.filter((id) => id !== role)
  return secondaryRoleIds.length === held.length ? {} : { secondaryRoleIds }
}

const hasPendingEmail = ({ raw }: User): boolean => textOf(raw['emailToBeVerified']) !== null

const pick = (fields: RawUser, names: readonly string[]): RawUser =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)))
