/**
 * Creating and updating users (facts, section 4.2: create, and the PUT that replaces everything).
 * Decides what is sent and whether what is read back is what was meant; must not deactivate, revive or invite.
 */
import type { AccountAttributes } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import { ConnectorError } from '../contract.ts'
import type { Catalogue } from './catalogue.ts'
import type { Ask } from './client.ts'
import type { CxoneSettings } from './config.ts'
import type { Directory } from './directory.ts'
import {
  accountOf,
  canonical,
  FIELDS,
  fieldsOf,
  harmed,
  hasPendingEmail,
  HELD,
  putBody,
  REQUIRED,
  type PutForm,
} from './map.ts'
import { CxoneRefused, isRefusedAsAsked } from './refusal.ts'
import { written, type Entry, type User } from './schema.ts'
import { untilSeen } from './settle.ts'
import type { Wording } from './wording.ts'

export interface Parts {
  readonly directory: Directory
  readonly catalogue: Catalogue
  readonly wording: Wording
  readonly settings: CxoneSettings
}

export interface Writer {
  /** `key` makes a second attempt at the same create find the first one's user. */
  create(ask: Ask, want: AccountAttributes, key: string): Promise<User>
  update(ask: Ask, id: string, set: AccountAttributes): Promise<User>
}

/** A create whose answer we may not have heard. */
interface Attempt {
  readonly id?: string
}

const REMEMBERED = 1000

export function openWriter(parts: Parts): Writer {
  const { directory } = parts
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
    const holder = await directory.byName(ask, want.userName ?? '')
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
    const account = accountOf(made, await parts.catalogue.recent(ask, 'role'))
    return account.attributes.role === want.role ? made : update(ask, id, { role: want.role ?? null })
  }

  const update: Writer['update'] = async (ask, id, wanted) => {
    const set = checked(wanted, [])
    const fixed = Object.keys(wanted).filter((name) => !updatable(parts.settings).some((can) => can === name))
    if (fixed.length > 0)
      throw invalid(`CXone cannot change ${fixed.join(', ')} of an existing account${emailHint(fixed)}.`)
    const before = await directory.whole(ask, id)
    if (before === undefined) throw gone(id)
    if (before.user.status === 'DELETED' && !parts.settings.updatesInactive) {
      throw invalid(`The account ${before.user.userName} is deactivated; it is reactivated before it is changed.`)
    }
    if (hasPendingEmail(before.user) && !parts.settings.resendVerification) throw pendingEmail(before.user)
    if (set.userName != null) await refuseTakenName(parts, ask, { id, userName: set.userName })
    return put(parts, ask, { ...before, set })
  }
  return { create, update }
}

/** E-mail only where somebody has decided that CXone may write to people. */
export const updatable = ({ emailUpdates }: CxoneSettings) => HELD.filter((name) => name !== 'email' || emailUpdates)

const emailHint = (fixed: readonly string[]): string =>
  fixed.includes('email') ? ' (it would write to the new address; the setting emailUpdates allows that)' : ''

/** The canonical form, once it is known that nothing CXone insists on is missing or emptied. */
function checked(want: AccountAttributes, required: readonly (keyof AccountAttributes)[]): AccountAttributes {
  const set = canonical(want)
  const missing = REQUIRED.filter((name) => set[name] === null || (required.includes(name) && set[name] === undefined))
  if (missing.length > 0) throw invalid(`CXone has no account without ${missing.join(', ')}; give a value.`)
  return set
}

async function post({ wording, catalogue, directory }: Parts, ask: Ask, want: AccountAttributes): Promise<string> {
  const fields = Object.entries(fieldsOf(want)).filter(([, value]) => value !== '')
  const role = await catalogue.resolve(ask, 'role', want.role ?? '')
  const id = await wording.speak(wording.roleForms(role), (form) => {
    const body = { ...Object.fromEntries(fields), role: form.role }
    return ask({ method: 'POST', path: '/user-management/v1/users', body }, written)
  })
  // A success without an id: whoever has the name now is the one.
  const made = id ?? (await directory.byName(ask, want.userName ?? ''))?.id
  if (made === undefined) throw unseen(`the new account ${want.userName ?? ''}`)
  return made
}

interface Put {
  readonly user: User
  readonly byId: User | undefined
  readonly set: AccountAttributes
}

async function put(parts: Parts, ask: Ask, { user, byId, set }: Put): Promise<User> {
  const { wording, catalogue } = parts
  const roles = await catalogue.recent(ask, 'role')
  const read = typeof user.raw['role'] === 'string' ? user.raw['role'] : ''
  const current = roles.find(({ id }) => id === accountOf(user, roles).attributes.role) ?? {
    id: read,
    name: read,
    active: true,
  }
  const wanted: Entry = set.role == null ? current : await catalogue.resolve(ask, 'role', set.role)
  const forms = set.role == null ? wording.roleForms(wanted, read) : wording.roleForms(wanted)
  const changes = fieldsOf(set)
  const attempt = async (form: PutForm): Promise<User> => {
    const body = putBody(user, changes, form)
    await ask({ method: 'PUT', path: '/user-management/v1/users', body }, written)
    const wrongIn = (seen: User) =>
      HELD.filter((name) => set[name] !== undefined && !holds(accountOf(seen, roles).attributes, set, name))
    const seen = await untilSeen(
      parts.settings,
      () => readBack(parts, ask, user.id),
      (now) => wrongIn(now).length === 0,
    )
    const wrong = wrongIn(seen)
    // Accepted, yet the role is another: it was not understood in this form.
    if (wrong.length === 1 && wrong[0] === 'role') throw misunderstoodRole()
    if (wrong.length > 0) throw unseen(`the change of ${wrong.join(', ')} of ${seen.userName}`)
    return seen
  }
  const seen = await wording.speak(forms, attempt).catch(async (error: unknown) => {
    throw await explained(parts, ask, { error, want: set, id: user.id })
  })
  const lost =
    byId === undefined
      ? []
      : harmed(
          byId,
          seen,
          HELD.filter((name) => set[name] !== undefined).map((name) => FIELDS[name]),
        )
  if (lost.length > 0) {
    const detail = `CXone made the change of ${seen.userName}, but also changed ${lost.join(', ')}; put that right in CXone.`
    throw new ConnectorError({ code: 'not-verified', retry: 'later', detail })
  }
  return seen
}

const holds = (seen: AccountAttributes, set: AccountAttributes, name: keyof AccountAttributes): boolean =>
  name === 'userName'
    ? userNameKey(seen.userName ?? '') === userNameKey(set.userName ?? '')
    : (seen[name] ?? null) === (set[name] ?? null)

const misunderstoodRole = (): CxoneRefused =>
  new CxoneRefused(
    {
      code: 'value-invalid',
      retry: 'never',
      detail: 'CXone accepted the write, but the account has another role now.',
    },
    200,
    'role',
  )

/** Reads what was just written; a write that cannot be read is not done. */
async function readBack({ directory, settings }: Parts, ask: Ask, id: string): Promise<User> {
  const user = await untilSeen(
    settings,
    () => directory.byId(ask, id),
    (seen) => seen !== undefined,
  )
  if (user === undefined) throw unseen(`the account ${id}`)
  return user
}

interface Trouble {
  readonly error: unknown
  readonly want: AccountAttributes
  /** The account that was to be changed; nothing for a create. */
  readonly id?: string
}

const SPEAKS_OF_DUPLICATE = /already|exist|duplicate|unique|taken|in use/i

/** The refusal in the contract's terms: whose name it is, or that it was the role or the team. */
async function explained({ directory }: Parts, ask: Ask, { error, want, id }: Trouble): Promise<unknown> {
  if (!isRefusedAsAsked(error)) return error
  const { refusal, said } = error
  if (want.userName != null) {
    const holder = await directory.byName(ask, want.userName)
    if (holder !== undefined && holder.id !== id) return nameTaken(holder)
    // Taken, says CXone, by somebody it does not show.
    if (SPEAKS_OF_DUPLICATE.test(said)) return new ConnectorError({ ...refusal, code: 'name-taken', retry: 'never' })
  }
  if (want.role != null && /role/i.test(said))
    return new ConnectorError({ ...refusal, code: 'unknown-role', retry: 'later' })
  if (want.team != null && /team/i.test(said))
    return new ConnectorError({ ...refusal, code: 'unknown-team', retry: 'later' })
  return error
}

async function refuseTakenName(
  { directory }: Parts,
  ask: Ask,
  { id, userName }: { id: string; userName: string },
): Promise<void> {
  const holder = await directory.byName(ask, userName)
  if (holder !== undefined && holder.id !== id) throw nameTaken(holder)
}

/** Found where a moment ago there was nobody, with all that we sent: the create whose answer got lost. */
const isSamePerson = ({ raw }: User, want: AccountAttributes): boolean =>
  raw['firstName'] === want.givenName && raw['lastName'] === want.familyName && raw['emailAddress'] === want.email

function nameTaken(holder: User): ConnectorError {
  const state = holder.status === 'DELETED' ? 'deactivated' : holder.status.toLowerCase()
  const detail = `The name ${holder.userName} is held by the account ${holder.id}, which is ${state}; choose another name or use that account.`
  return new ConnectorError({ code: 'name-taken', retry: 'never', detail })
}

/**
 * Whether sending the address that waits to be verified mails it again, or leaving it out drops it, is not written
 * down; either would be more than was asked for.
 */
const pendingEmail = (user: User): ConnectorError =>
  new ConnectorError({
    code: 'value-invalid',
    retry: 'later',
    detail: `The new e-mail address of ${user.userName} waits to be verified, and a change now could mail it again; it is tried later (the setting resendVerification allows it now).`,
  })

const invalid = (detail: string): ConnectorError =>
  new ConnectorError({ code: 'value-invalid', retry: 'never', detail })

export const gone = (id: string): ConnectorError =>
  new ConnectorError({
    code: 'account-gone',
    retry: 'never',
    detail: `CXone has no user ${id}, deactivated ones included.`,
  })

export const unseen = (what: string): ConnectorError =>
  new ConnectorError({
    code: 'not-verified',
    retry: 'soon',
    detail: `CXone accepted the write, but ${what} does not show when it is read again.`,
  })
