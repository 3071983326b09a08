/**
 * Creating, changing, renaming, disabling and reviving users through native SCIM.
 * Decides whether a write may be sent and what its refusal was about; must not decide in which words it is sent.
 */
import type { AccountAttributes } from '../../identity/account.ts'
import { ConnectorError } from '../contract.ts'
import type { Ask } from '../scim-wire/client.ts'
import type { ScimRecord } from '../scim-wire/record.ts'
import { isRefusedAsAsked, ScimRefused } from '../scim-wire/refusal.ts'
import { untilSeen } from '../scim-wire/settle.ts'
import { openTurns } from '../scim-wire/turns.ts'
import type { ChangeMeans, Changer } from './change.ts'
import { gone, invalid, nameTaken, neverSeen, unseen } from './complaints.ts'
import type { CxoneScimSettings } from './config.ts'
import { ATTRIBUTES, canonical, idOf, isActive, newUser, REQUIRED, userNameOf, valueOf } from './map.ts'

export interface Writer {
  /** `key` makes a second attempt at the same create find the first one's user. */
  create(ask: Ask, want: AccountAttributes, key: string): Promise<ScimRecord>
  update(ask: Ask, id: string, set: AccountAttributes): Promise<ScimRecord>
  setActive(ask: Ask, id: string, active: boolean): Promise<ScimRecord>
}

const REMEMBERED = 1000

export function openWriter({ directory, entries, settings }: ChangeMeans, changer: Changer): Writer {
  const inTurn = openTurns()
  // Creates that were sent; without an id while the answer has not been heard.
  const attempts = new Map<string, string | undefined>()
  const remember = (key: string, id: string | undefined): void => {
    attempts.set(key, id)
    const [oldest] = attempts.keys()
    if (attempts.size > REMEMBERED && oldest !== undefined) attempts.delete(oldest)
  }

  const readBack = async (ask: Ask, id: string): Promise<ScimRecord> => {
    const read = () => directory.byId(ask, id)
    const seen = await untilSeen(settings.readLagSeconds, read, (user) => user !== undefined)
    if (seen === undefined) throw unseen(`the new account ${id}`)
    return seen
  }

  const post = async (ask: Ask, want: AccountAttributes, key: string): Promise<string> => {
    remember(key, undefined)
    const call = { method: 'POST', path: '/Users', body: newUser(want, entries.named), writes: true } as const
    const { body } = await ask(call).catch(async (error: unknown) => {
      // Refused is not made; anything else may have been, and the next attempt at it has to know.
      if (error instanceof ScimRefused && error.status < 500) attempts.delete(key)
      throw await explained(ask, error, { want })
    })
    const named = idOf(body) === '' ? await directory.byName(ask, want.userName ?? '') : body
    if (named === undefined) throw unseen(`the new account ${want.userName ?? ''}`)
    remember(key, idOf(named))
    return idOf(named)
  }

  const explained = async (
    ask: Ask,
    error: unknown,
    { want, own }: { readonly want: AccountAttributes; readonly own?: string },
  ): Promise<unknown> => {
    if (!isRefusedAsAsked(error)) return error
    const { refusal, said, status } = error
    if (SPEAKS_OF_RIGHTS.test(said)) return new ConnectorError({ ...refusal, code: 'right-missing', retry: 'later' })
    if (want.userName != null) {
      const holder = await directory.byName(ask, want.userName)
      if (holder !== undefined && idOf(holder) !== own) return nameTaken(holder)
      // Taken, says CXone, by somebody it does not show.
      if (status === 409) return new ConnectorError({ ...refusal, code: 'name-taken' })
    }
    // Without a role CXone looks for its default, and fails where there is none (section 3.3).
    if (/role/i.test(said))
      return new ConnectorError({ ...refusal, code: 'unknown-role', retry: 'later', about: want.role ?? 'Agent' })
    if (want.team != null && /team/i.test(said))
      return new ConnectorError({ ...refusal, code: 'unknown-team', retry: 'later', about: want.team })
    return error
  }

  const refuseInactive = async (ask: Ask, id: string): Promise<void> => {
    const user = await directory.byId(ask, id)
    if (user === undefined) throw gone(id)
    if (!isActive(user))
      throw invalid(`The account ${userNameOf(user)} is deactivated; it is reactivated before it is changed.`)
  }

  return {
    create: async (ask, wanted, key) => {
      const want = checked(wanted, REQUIRED)
      const earlier = attempts.get(key)
      if (earlier !== undefined) return readBack(ask, earlier)
      const holder = await directory.byName(ask, want.userName ?? '')
      const lost = attempts.has(key) && holder !== undefined && isSamePerson(holder, want)
      if (holder !== undefined && !lost) throw nameTaken(holder)
      const id = lost ? idOf(holder) : await post(ask, want, key)
      if (!isActive(await readBack(ask, id))) throw neverSeen(id)
      // Accepted, yet not all of it shows: an update finds out whether it is allowed.
      return inTurn(id, () => changer.change(ask, id, { set: want }))
    },
    update: async (ask, id, wanted) => {
      refuseFixed(settings, wanted)
      const set = checked(wanted, [])
      const holder = set.userName == null ? undefined : await directory.byName(ask, set.userName)
      if (holder !== undefined && idOf(holder) !== id)
        throw (await directory.byId(ask, id)) === undefined ? gone(id) : nameTaken(holder)
      if (!settings.updatesInactive) await refuseInactive(ask, id)
      return inTurn(id, () => changer.change(ask, id, { set })).catch(async (error: unknown) => {
        throw await explained(ask, error, { want: set, own: id })
      })
    },
    setActive: (ask, id, active) =>
      inTurn(id, () => changer.change(ask, id, { set: {}, active })).catch(async (error: unknown) => {
        throw await explained(ask, error, { want: {}, own: id })
      }),
  }
}

/** What Account Settings forbid may be a plain 400; the words are a guess, no source has them (sections 3.3 and 10). */
const SPEAKS_OF_RIGHTS =
  /account settings|\b(do(es)?|is|are) not (allow|permit|enable)|\b(permission|forbidden|not authori[sz]ed)\b/i

export const updatable = ({ emailUpdates }: CxoneScimSettings) =>
  ATTRIBUTES.filter((name) => name !== 'email' || emailUpdates)

function refuseFixed(settings: CxoneScimSettings, set: AccountAttributes): void {
  const fixed = Object.keys(set).filter((name) => !updatable(settings).some((can) => can === name))
  if (fixed.length === 0) return
  const hint = fixed.includes('email') ? ' (the setting emailUpdates allows the address)' : ''
  throw invalid(`Native SCIM of CXone does not change ${fixed.join(', ')} of an existing account${hint}.`)
}

function checked(wanted: AccountAttributes, required: readonly (keyof AccountAttributes)[]): AccountAttributes {
  const set = canonical(wanted)
  const missing = REQUIRED.filter((name) => set[name] === null || (required.includes(name) && set[name] === undefined))
  if (missing.length > 0) throw invalid(`CXone has no account without ${missing.join(', ')}; give a value.`)
  return set
}

/** Found where a moment ago there was nobody, with all that we sent: the create whose answer got lost. */
const isSamePerson = (user: ScimRecord, want: AccountAttributes): boolean =>
  (['givenName', 'familyName', 'email'] as const).every((name) => valueOf(user, name) === (want[name] ?? null))
