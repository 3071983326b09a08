/**
 * The two requests that write attributes: POST for a new user, PUT for the whole of one (facts, section 4.2).
 * Decides what they carry and whether what is read back is what was meant; must not decide whether they may be sent.
 */
import type { AccountAttributes } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import type { Catalogue } from './catalogue.ts'
import type { Ask } from './client.ts'
import { harm, unseen } from './complaints.ts'
import type { CxoneSettings } from './config.ts'
import type { Directory } from './directory.ts'
import { accountOf, FIELDS, fieldsOf, harmed, HELD, putBody, type HeldAttribute, type PutForm } from './map.ts'
import { CxoneRefused } from './refusal.ts'
import { written, type Entry, type User } from './schema.ts'
import { untilSeen } from './settle.ts'
import type { Wording } from './wording.ts'

export interface Parts {
  readonly directory: Directory
  readonly catalogue: Catalogue
  readonly wording: Wording
  readonly settings: CxoneSettings
}

/** Makes a user and answers its id. */
export async function post(parts: Parts, ask: Ask, want: AccountAttributes): Promise<string> {
  const { wording, catalogue, directory } = parts
  const fields = Object.fromEntries(Object.entries(fieldsOf(want)).filter(([, value]) => value !== ''))
  const role = await catalogue.resolve(ask, 'role', want.role ?? '')
  const id = await wording.speak(wording.roleForms(role), ({ role }) =>
    ask({ method: 'POST', path: '/user-management/v1/users', body: { ...fields, role }, writes: true }, written),
  )
  // A success without an id: whoever has the name now is the one.
  const made = id ?? (await directory.byName(ask, want.userName ?? ''))?.id
  if (made === undefined) throw unseen(`the new account ${want.userName ?? ''}`)
  return made
}

export interface Put {
  /** All that is known of it; sent back with the changes on top. */
  readonly user: User
  /** The read that the outcome is compared with. */
  readonly byId: User | undefined
  readonly set: AccountAttributes
}

/** Replaces a user and answers it as read back, with every wanted attribute in place and nothing else lost. */
export async function put(parts: Parts, ask: Ask, { user, byId, set }: Put): Promise<User> {
  const roles = await parts.catalogue.recent(ask, 'role')
  const changes = fieldsOf(set)
  const attempt = async (form: PutForm): Promise<User> => {
    await ask(
      { method: 'PUT', path: '/user-management/v1/users', body: putBody(user, changes, form), writes: true },
      written,
    )
    const wrongIn = (seen: User) => HELD.filter((name) => !holds(seen, { set, name, roles }))
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
  const seen = await parts.wording.speak(await roleForms(parts, ask, { user, set, roles }), attempt)
  const meant = HELD.filter((name) => set[name] !== undefined).map((name) => FIELDS[name])
  const lost = byId === undefined ? [] : harmed(byId, seen, meant)
  if (lost.length > 0) throw harm(seen, lost)
  return seen
}

interface RoleNeed {
  readonly user: User
  readonly set: AccountAttributes
  readonly roles: readonly Entry[]
}

/** A role that is not to change goes back as it came, which no tenant should mind. */
async function roleForms({ wording, catalogue }: Parts, ask: Ask, { user, set, roles }: RoleNeed) {
  if (set.role != null) return wording.roleForms(await catalogue.resolve(ask, 'role', set.role))
  const read = typeof user.raw['role'] === 'string' ? user.raw['role'] : ''
  const { role } = accountOf(user, roles).attributes
  return wording.roleForms(roles.find(({ id }) => id === role) ?? { id: read, name: read, active: true }, read)
}

interface Expectation {
  readonly set: AccountAttributes
  readonly name: HeldAttribute
  readonly roles: readonly Entry[]
}

function holds(seen: User, { set, name, roles }: Expectation): boolean {
  const wanted = set[name]
  if (wanted === undefined) return true
  const value = accountOf(seen, roles).attributes[name] ?? null
  if (name === 'userName') return userNameKey(value ?? '') === userNameKey(wanted ?? '')
  // In some tenants in force only once its person has verified it, and no read says that it waits. Asking again would
  // mail again, so the answer is believed.
  if (name === 'email') return true
  return value === wanted
}

const misunderstoodRole = (): CxoneRefused => {
  const detail = 'CXone accepted the write, but the account has another role now than the one it was given.'
  return new CxoneRefused({ code: 'value-invalid', retry: 'never', detail }, 200, 'role')
}

/** Reads what was just written; a write that cannot be read is not done. */
export async function readBack({ directory, settings }: Parts, ask: Ask, id: string): Promise<User> {
  const user = await untilSeen(
    settings,
    () => directory.byId(ask, id),
    (seen) => seen !== undefined,
  )
  if (user === undefined) throw unseen(`the account ${id}`)
  return user
}
