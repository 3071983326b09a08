/**
 * Creating, updating and renaming users.
 * Decides whether a write may be sent and what a refusal of it means; must not deactivate, revive or invite.
 */
import type { AccountAttributes } from '../../identity/account.ts'
import { ConnectorError } from '../contract.ts'
import type { Ask } from './client.ts'
import { gone, invalid, nameTaken, pendingEmail } from './complaints.ts'
import type { CxoneSettings } from './config.ts'
import { accountOf, canonical, hasPendingEmail, HELD, REQUIRED } from './map.ts'
import { post, put, readBack, type Parts } from './put.ts'
import { CxoneRefused, isRefusedAsAsked } from './refusal.ts'
import type { User } from './schema.ts'

export interface Writer {
  /** `key` makes a second attempt at the same create find the first one's user. */
  create(ask: Ask, want: AccountAttributes, key: string): Promise<User>
  update(ask: Ask, id: string, set: AccountAttributes): Promise<User>
}

/** A create that was sent; without an id while its answer has not been heard. */
interface Attempt {
  readonly id?: string
}

const REMEMBERED = 1000

export function openWriter(parts: Parts): Writer {
  const attempts = new Map<string, Attempt>()
  const remember = (key: string, attempt: Attempt): void => {
    attempts.set(key, attempt)
    const [oldest] = attempts.keys()
    if (attempts.size > REMEMBERED && oldest !== undefined) attempts.delete(oldest)
  }

  const create: Writer['create'] = async (ask, wanted, key) => {
    const want = checked(wanted, REQUIRED)
    const earlier = attempts.get(key)
    if (earlier?.id !== undefined) return readBack(parts, ask, earlier.id)
    const holder = await parts.directory.byName(ask, want.userName ?? '')
    if (holder !== undefined) {
      if (earlier !== undefined && isSamePerson(holder, want)) return holder
      throw nameTaken(holder)
    }
    remember(key, {})
    const id = await post(parts, ask, want).catch(async (error: unknown) => {
      // Refused is not made; anything else may have been, and the next attempt at it has to know.
      if (error instanceof CxoneRefused && error.status < 500) attempts.delete(key)
      throw await explained(parts, ask, { error, want })
    })
    remember(key, { id })
    const made = await readBack(parts, ask, id)
    const { role } = accountOf(made, await parts.catalogue.recent(ask, 'role')).attributes
    // Accepted, yet the role is another: the update finds the form in which it is understood.
    return role === want.role ? made : update(parts, ask, { id, set: { role: want.role ?? null } })
  }
  return { create, update: (ask, id, set) => update(parts, ask, { id, set }) }
}

/** E-mail only where somebody has decided that CXone may write to people. */
export const updatable = ({ emailUpdates }: CxoneSettings) => HELD.filter((name) => name !== 'email' || emailUpdates)

async function update(parts: Parts, ask: Ask, { id, set }: { id: string; set: AccountAttributes }): Promise<User> {
  const { directory, settings } = parts
  const fixed = Object.keys(set).filter((name) => !updatable(settings).some((can) => can === name))
  if (fixed.length > 0) {
    const hint = fixed.includes('email') ? ' (it would mail the new address; the setting emailUpdates allows that)' : ''
    throw invalid(`CXone cannot change ${fixed.join(', ')} of an existing account${hint}.`)
  }
  const before = await directory.whole(ask, id)
  if (before === undefined) throw gone(id)
  const { user } = before
  if (user.status === 'DELETED' && !settings.updatesInactive) {
    throw invalid(`The account ${user.userName} is deactivated; it is reactivated before it is changed.`)
  }
  const { email, ...others } = checked(set, [])
  // An address that waits to be verified already is not asked for again.
  const left = email === undefined || user.raw['emailToBeVerified'] === email ? others : { ...others, email }
  if (Object.keys(left).length === 0) return user
  if (hasPendingEmail(user) && !settings.resendVerification) throw pendingEmail(user)
  if (left.userName != null) {
    const holder = await directory.byName(ask, left.userName)
    if (holder !== undefined && holder.id !== id) throw nameTaken(holder)
  }
  return put(parts, ask, { ...before, set: left }).catch(async (error: unknown) => {
    throw await explained(parts, ask, { error, want: left, user })
  })
}

/** The canonical form, once it is known that nothing CXone insists on is missing or emptied. */
function checked(want: AccountAttributes, required: readonly (keyof AccountAttributes)[]): AccountAttributes {
  const set = canonical(want)
  const missing = REQUIRED.filter((name) => set[name] === null || (required.includes(name) && set[name] === undefined))
  if (missing.length > 0) throw invalid(`CXone has no account without ${missing.join(', ')}; give a value.`)
  return set
}

/** Found where a moment ago there was nobody, with all that we sent: the create whose answer got lost. */
const isSamePerson = ({ raw }: User, want: AccountAttributes): boolean =>
  raw['firstName'] === want.givenName && raw['lastName'] === want.familyName && raw['emailAddress'] === want.email

interface Trouble {
  readonly error: unknown
  readonly want: AccountAttributes
  /** The user that was to be changed; nothing for a create. */
  readonly user?: User
}

const SPEAKS_OF_DUPLICATE =
  /already (exist|taken|in use|used|registered|assigned)|duplicate|not unique|must be unique|is taken|in use\b/i

/** The refusal in the contract's terms: whose name it is, or that it was the role, the team, or the time. */
async function explained({ directory }: Parts, ask: Ask, { error, want, user }: Trouble): Promise<unknown> {
  if (!isRefusedAsAsked(error)) return error
  const { refusal, said } = error
  if (want.userName != null) {
    const holder = await directory.byName(ask, want.userName)
    if (holder !== undefined && holder.id !== user?.id) return nameTaken(holder)
    // Taken, says CXone, by somebody it does not show.
    if (SPEAKS_OF_DUPLICATE.test(said)) return new ConnectorError({ ...refusal, code: 'name-taken' })
    // A name cannot be changed before its person has been active (section 7); that passes.
    if (user?.status === 'PENDING' || user?.status === 'UNREGISTERED') {
      const detail = `${refusal.detail} CXone renames nobody who has not been active yet; it is tried again later.`
      return new ConnectorError({ ...refusal, retry: 'later', detail })
    }
  }
  if (want.role != null && /role/i.test(said)) {
    return new ConnectorError({ ...refusal, code: 'unknown-role', retry: 'later', about: want.role })
  }
  if (want.team != null && /team/i.test(said)) {
    return new ConnectorError({ ...refusal, code: 'unknown-team', retry: 'later', about: want.team })
  }
  return error
}
