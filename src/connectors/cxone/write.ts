/**
 * Creating, updating and renaming accounts.
 * Decides whether a write may be sent and who makes which part of it; must not deactivate, revive or invite.
 */
import type { AccountAttributes } from '../../identity/account.ts'
import { ConnectorError } from '../contract.ts'
import { assignAuthenticator } from './authenticators.ts'
import type { Ask } from './client.ts'
import { gone, invalid, nameTaken } from './complaints.ts'
import type { CxoneSettings } from './config.ts'
import { explained } from './explain.ts'
import { knownOtherwise, tiedElsewhere } from './known-otherwise.ts'
import { licenceFields } from './licence.ts'
import { accountOf, ATTRIBUTES, canonical, REQUIRED } from './map.ts'
import type { Parts } from './parts.ts'
import { isOfProfile, updateProfile } from './profile.ts'
import { fieldsNot, post, readBack } from './put.ts'
import { CxoneRefused } from './refusal.ts'
import type { User } from './schema.ts'
import { isOfUser, updateUser } from './update-user.ts'

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
    const otherwise = await knownOtherwise(parts, ask, want)
    if (otherwise !== undefined) throw tiedElsewhere(otherwise, want.federatedId ?? '')
    await parts.ceiling.check(ask)
    remember(key, {})
    const id = await post(parts, ask, want).catch(async (error: unknown) => {
      // Refused is not made; anything else may have been, and the next attempt at it has to know.
      if (isRefusal(error)) attempts.delete(key)
      throw await explained(parts, ask, { error, want })
    })
    remember(key, { id })
    parts.ceiling.added(id)
    return settleCreated(parts, ask, { made: await readBack(parts, ask, id), want })
  }
  return {
    create,
    update: async (ask, id, set) => {
      refuseFixed(parts.settings, set)
      return update(parts, ask, { id, set: checked(set, []) })
    },
  }
}

const isRefusal = (error: unknown): boolean =>
  (error instanceof CxoneRefused && error.status < 500) ||
  (error instanceof ConnectorError && error.refusal.code === 'ceiling-reached')

/** E-mail only where somebody has decided that CXone may write to people. */
export const updatable = ({ emailUpdates }: CxoneSettings) =>
  ATTRIBUTES.filter((name) => name !== 'email' || emailUpdates)

interface Created {
  readonly made: User
  readonly want: AccountAttributes
}

/** Accepted, yet the role is another, or the licence: an update finds the form in which it is understood. */
async function settleCreated(parts: Parts, ask: Ask, { made, want }: Created): Promise<User> {
  const { role } = accountOf(made, await parts.catalogue.recent(ask, 'role')).attributes
  const set: Record<string, string | null> = role === want.role ? {} : { role: want.role ?? null }
  const fields = licenceFields(want.licence ?? '')?.user ?? {}
  const shows = Object.keys(fields).some((name) => name in made.raw)
  if (want.licence != null && shows && fieldsNot(made, fields).length > 0) set['licence'] = want.licence
  return Object.keys(set).length === 0 ? made : updateUser(parts, ask, { id: made.id, set })
}

/** The user's own fields first, then what the ACD keeps, and the way to sign in last: nobody comes in before that is right. */
async function update(parts: Parts, ask: Ask, { id, set }: { id: string; set: AccountAttributes }): Promise<User> {
  const { directory, agents, settings } = parts
  const ofUser = isOfUser(set)
  const before = ofUser ? await updateUser(parts, ask, { id, set }) : await directory.byId(ask, id)
  if (before === undefined) throw gone(id)
  if (!ofUser && before.status === 'DELETED' && !settings.updatesInactive) throw deactivated(before)
  const user = isOfProfile(set) ? await updateProfile(parts, ask, { user: before, set }) : before
  const { loginAuthenticator: authenticator } = set
  return authenticator == null ? user : assignAuthenticator(ask, { directory, agents, settings, user, authenticator })
}

function refuseFixed(settings: CxoneSettings, set: AccountAttributes): void {
  const fixed = Object.keys(set).filter((name) => !updatable(settings).some((can) => can === name))
  if (fixed.length === 0) return
  const hint = fixed.includes('email') ? ' (it would mail the new address; the setting emailUpdates allows that)' : ''
  throw invalid(`CXone cannot change ${fixed.join(', ')} of an existing account${hint}.`)
}

const deactivated = ({ userName }: User) =>
  invalid(`The account ${userName} is deactivated; it is reactivated before it is changed.`)

/** The canonical form, once it is known that nothing CXone insists on is missing or emptied. */
function checked(want: AccountAttributes, required: readonly (keyof AccountAttributes)[]): AccountAttributes {
  const set = canonical(want)
  const missing = REQUIRED.filter((name) => set[name] === null || (required.includes(name) && set[name] === undefined))
  if (missing.length > 0) throw invalid(`CXone has no account without ${missing.join(', ')}; give a value.`)
  if (set.licence != null && licenceFields(set.licence) === undefined) {
    throw invalid('The licence attributes are not as this connector writes them down; name a template account instead.')
  }
  return set
}

/** Found where a moment ago there was nobody, with all that we sent: the create whose answer got lost. */
const isSamePerson = ({ raw }: User, want: AccountAttributes): boolean =>
  raw['firstName'] === want.givenName && raw['lastName'] === want.familyName && raw['emailAddress'] === want.email
