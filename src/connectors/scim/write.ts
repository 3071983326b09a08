/**
 * Creating, changing, renaming, disabling and reviving users.
 * Decides whether a write may be sent and what its refusal was about; must not decide in which words it is sent.
 */
import type { AccountAttributes } from '../../identity/account.ts'
import { ConnectorError } from '../contract.ts'
import type { Ask } from '../scim-wire/client.ts'
import { textOf } from '../scim-wire/record.ts'
import { isDuplicate, ScimRefused } from '../scim-wire/refusal.ts'
import { untilSeen } from '../scim-wire/settle.ts'
import { openTurns } from '../scim-wire/turns.ts'
import { openChanger, type ChangeMeans } from './change.ts'
import { gone, invalid, nameTaken, unseen } from './complaints.ts'
import type { FoundUser } from './directory.ts'
import { attributesOf, canonical, idOf, isActive, newUser } from './map.ts'
import type { Service } from './service.ts'
import type { ScimRecord } from '../scim-wire/record.ts'

export interface Writer {
  /** `key` makes a second attempt at the same create find the first one's user. */
  create(ask: Ask, want: AccountAttributes, key: string): Promise<FoundUser>
  update(ask: Ask, id: string, set: AccountAttributes): Promise<FoundUser>
  setActive(ask: Ask, id: string, active: boolean): Promise<FoundUser>
}

/** The name that was to be had, and whose it may be. */
interface Named {
  readonly userName: string | undefined
  readonly own?: string
}

const REMEMBERED = 1000

export function openWriter(means: ChangeMeans): Writer {
  const { service, directory, settings } = means
  const changer = openChanger(means)
  const inTurn = openTurns()
  // Creates that were sent; without an id while the answer has not been heard.
  const attempts = new Map<string, string | undefined>()
  const remember = (key: string, id: string | undefined): void => {
    attempts.set(key, id)
    const [oldest] = attempts.keys()
    if (attempts.size > REMEMBERED && oldest !== undefined) attempts.delete(oldest)
  }

  const readBack = async (ask: Ask, id: string): Promise<FoundUser> => {
    const read = () => directory.byId(ask, id)
    const seen = await untilSeen(settings.readLagSeconds, read, (found) => found !== undefined)
    return seen ?? raise(unseen(`the new account ${id}`))
  }

  const post = async (ask: Ask, want: AccountAttributes, key: string): Promise<string> => {
    remember(key, undefined)
    const { usersPath } = await service()
    const call = { method: 'POST', path: usersPath, body: newUser(want), writes: true } as const
    const { body, location } = await ask(call).catch(async (error: unknown) => {
      // Refused is not made; anything else may have been, and the next attempt at it has to know.
      if (error instanceof ScimRefused && error.status < 500) attempts.delete(key)
      throw await explained(ask, error, { userName: want.userName })
    })
    const id = idOf(body) ?? lastOf(location) ?? (await idByName(ask, want))
    if (id === undefined) throw unseen(`the new account ${want.userName ?? ''}`)
    remember(key, id)
    return id
  }

  const idByName = async (ask: Ask, { userName }: AccountAttributes): Promise<string | undefined> => {
    const found = await directory.byName(ask, userName ?? '')
    return (found && idOf(found)) ?? undefined
  }

  /** What a refused write was about: whose name it is, as far as the server shows them. */
  const explained = async (ask: Ask, error: unknown, { userName, own }: Named): Promise<unknown> => {
    if (!isDuplicate(error) || userName == null) return error
    const holder = await directory.byName(ask, userName)
    if (holder !== undefined && idOf(holder) !== own) return nameTaken(holder)
    return new ConnectorError({ ...error.refusal, code: 'name-taken', retry: 'never' })
  }

  const create: Writer['create'] = async (ask, wanted, key) => {
    const want = await checked(service, canonical(wanted), 'creates')
    const earlier = attempts.get(key)
    if (earlier !== undefined) return readBack(ask, earlier)
    const holder = await directory.byName(ask, want.userName ?? '')
    const lost = attempts.has(key) && holder !== undefined && isSamePerson(holder, want)
    if (holder !== undefined && !lost) throw nameTaken(holder)
    const id = lost ? (idOf(holder) ?? '') : await post(ask, want, key)
    await readBack(ask, id)
    const { userName: _named, ...set } = want
    // Accepted, yet not all of it shows: an update finds out how it is told, or that nobody shows it.
    return inTurn(id, () => changer.change(ask, id, { set }))
  }

  const update: Writer['update'] = async (ask, id, wanted) => {
    const set = await checked(service, wanted, 'updates')
    if (set.userName != null) {
      const holder = await directory.byName(ask, set.userName)
      if (holder !== undefined && idOf(holder) !== id) {
        throw (await directory.byId(ask, id)) === undefined ? gone(id) : nameTaken(holder)
      }
    }
    return inTurn(id, () => changer.change(ask, id, { set })).catch(async (error: unknown) => {
      throw await explained(ask, error, { userName: set.userName, own: id })
    })
  }

  return {
    create,
    update,
    setActive: (ask, id, active) => inTurn(id, () => changer.change(ask, id, { set: {}, active })),
  }
}

const raise = (error: unknown): never => {
  throw error
}

const lastOf = (location: string | undefined): string | undefined => {
  const last = location?.split(/[?#]/)[0]?.split('/').at(-1)
  return last === undefined || last === '' ? undefined : decodeURIComponent(last)
}

/** The canonical form, once it is known that the server can take it. */
async function checked(
  service: () => Promise<Service>,
  wanted: AccountAttributes,
  when: 'creates' | 'updates',
): Promise<AccountAttributes> {
  const known = await service()
  const set = canonical(wanted)
  const cannot = Object.keys(wanted).filter((name) => !known[when].some((can) => can === name))
  if (cannot.length > 0)
    throw invalid(
      `The server does not take ${cannot.join(', ')} of an account ${when === 'creates' ? 'that is created' : 'that exists'}.`,
    )
  const missing = known.requires.filter((name) => set[name] === null || (when === 'creates' && set[name] === undefined))
  if (missing.length > 0) throw invalid(`The server has no account without ${missing.join(', ')}; give a value.`)
  return set
}

/** Found where a moment ago there was nobody, with all that we sent: the create whose answer got lost. */
function isSamePerson(user: ScimRecord, want: AccountAttributes): boolean {
  const { givenName, familyName, email } = attributesOf(user)
  const same = (seen: string | null, wanted: string | null | undefined) => seen === (textOf(wanted) ?? null)
  return (
    isActive(user) && same(givenName, want.givenName) && same(familyName, want.familyName) && same(email, want.email)
  )
}
