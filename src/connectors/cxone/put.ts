/**
 * The two requests that write attributes: POST for a new user, PUT for the whole of one (facts, section 4.2).
 * Decides what they carry and whether what is read back is what was meant; must not decide whether they may be sent.
 */
import type { AccountAttributes } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import type { Ask } from './client.ts'
import { harm, unseen } from './complaints.ts'
import { atLimit, isAboutLimit } from './explain.ts'
import { licenceFields, sameInAnyOrder } from './licence.ts'
import { accountOf, FIELDS, fieldsOf, harmed, HELD, putBody, type HeldAttribute, type PutForm } from './map.ts'
import type { Parts } from './parts.ts'
import { CxoneRefused } from './refusal.ts'
import { written, type Entry, type RawUser, type User } from './schema.ts'
import { untilSeen } from './settle.ts'

/** Makes a user and answers its id. */
export async function post(parts: Parts, ask: Ask, want: AccountAttributes): Promise<string> {
  const { wording, catalogue, directory } = parts
  const filled = Object.entries(fieldsOf(want)).filter(([, value]) => value !== '')
  const licence = licenceFields(want.licence ?? '')?.user ?? {}
  const body = { ...Object.fromEntries(filled), ...licence }
  const role = await catalogue.resolve(ask, 'role', want.role ?? '')
  const id = await wording.speak(wording.roleForms(role), ({ role }) =>
    ask({ method: 'POST', path: '/user-management/v1/users', body: { ...body, role }, writes: true }, written).catch(
      (error: unknown) => {
        // No other wording makes room.
        throw isAboutLimit(error) ? atLimit(error) : error
      },
    ),
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
  /** Fields that hold more than a text: secondary roles, licence attributes. */
  readonly more?: RawUser
}

/**
 * Replaces a user and answers it as read back, with every wanted attribute in place and nothing else lost. What this tenant
 * shows in no read of a user is not looked for here, and licence fields it may leave as they were.
 */
export async function put(parts: Parts, ask: Ask, { user, byId, set, more = {} }: Put): Promise<User> {
  const roles = await parts.catalogue.recent(ask, 'role')
  const changes = { ...fieldsOf(set), ...more }
  const attempt = async (form: PutForm): Promise<User> => {
    await ask(
      { method: 'PUT', path: '/user-management/v1/users', body: putBody(user, changes, form), writes: true },
      written,
    )
    const wrongIn = (seen: User) => [...attributesNot(seen, { set, roles }), ...fieldsNot(seen, more)]
    const seen = await untilSeen(
      parts.settings,
      () => readBack(parts, ask, user.id),
      (now) => wrongIn(now).length === 0,
    )
    const wrong = wrongIn(seen).filter((name) => !isLicence(name))
    // Accepted, yet the role is another: it was not understood in this form.
    if (wrong.length === 1 && wrong[0] === 'role') throw misunderstoodRole()
    if (wrong.length > 0) throw unseen(`the change of ${wrong.join(', ')} of ${seen.userName}`)
    return seen
  }
  const seen = await parts.wording.speak(await roleForms(parts, ask, { user, set, roles }), attempt)
  const lost = byId === undefined ? [] : harmed(byId, seen, Object.keys({ ...changes, ...named(set) }))
  if (lost.length > 0) throw harm(seen, lost)
  return seen
}

/** The fields of the attributes, role included. */
const named = (set: AccountAttributes): RawUser =>
  Object.fromEntries(HELD.filter((name) => set[name] !== undefined).map((name) => [FIELDS[name], true]))

const isLicence = (name: string): boolean => name === 'billable' || name === 'applicationAttributes'

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
  readonly roles: readonly Entry[]
}

/** The wanted attributes that this read shows otherwise. */
export function attributesNot(seen: User, { set, roles }: Expectation): readonly HeldAttribute[] {
  const { attributes } = accountOf(seen, roles)
  return HELD.filter((name) => {
    const wanted = set[name]
    // An address is in some tenants in force only once its person has verified it, and no read says that it waits.
    // Asking again would mail again, so the answer is believed.
    if (wanted === undefined || name === 'email') return false
    const value = attributes[name] ?? null
    if (name === 'userName') return userNameKey(value ?? '') !== userNameKey(wanted ?? '')
    return value !== wanted
  })
}

/** The wanted fields that this read shows otherwise. */
export const fieldsNot = (seen: User, more: RawUser): readonly string[] =>
  Object.keys(more).filter((name) => !sameInAnyOrder(seen.raw[name], more[name]))

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
