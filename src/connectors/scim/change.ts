/**
 * Changing one user, by whichever request this server understands.
 * Decides what is sent in which order until the change shows; must not decide what is wanted.
 */
import type { AccountAttributes } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import type { Ask } from '../scim-wire/client.ts'
import { operationsFor, withValue, type Form, type Place, type Value } from '../scim-wire/places.ts'
import { keyOf, type ScimRecord } from '../scim-wire/record.ts'
import { isNotThere, isOutOfDate, isRefusedAsAsked, isUnsupported, type ScimRefused } from '../scim-wire/refusal.ts'
import { untilSeen } from '../scim-wire/settle.ts'
import { gone, unseen } from './complaints.ts'
import type { ScimSettings } from './config.ts'
import type { Directory, FoundUser } from './directory.ts'
import { ACTIVE, ATTRIBUTES, attributesOf, isActive, placeOf, type HeldAttribute } from './map.ts'
import type { Service } from './service.ts'
import type { Sight } from './sight.ts'

export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/** A PATCH in one of its forms; a PUT of all that was read; or without what only the server sets. */
const WAYS = ['paths', 'lists', 'values', 'whole', 'bare'] as const
type Way = (typeof WAYS)[number]

const isPatch = (way: Way): way is Form => way !== 'whole' && way !== 'bare'

/** What a user is to be like. */
export interface Aim {
  readonly set: AccountAttributes
  readonly active?: boolean
}

export interface Changer {
  /** Brings the user about and answers it as read back. Only what differs is sent; nothing, where nothing does. */
  change(ask: Ask, id: string, aim: Aim): Promise<FoundUser>
}

export interface ChangeMeans {
  readonly service: () => Promise<Service>
  readonly directory: Directory
  readonly settings: ScimSettings
  readonly sight: Sight
}

/** How often somebody else may change the user between our read and our write. */
const MOST_RACES = 5

export function openChanger(means: ChangeMeans): Changer {
  const { service, directory, settings, sight } = means
  let works: Way | undefined

  /** What of the aim the user does not show, but for what nobody shows. */
  const left = (user: ScimRecord, { set, active }: Aim, compare: Compare): Aim => {
    const attributes = attributesOf(user)
    const names = ATTRIBUTES.filter((name) => set[name] !== undefined && !sight.hidden().includes(name))
    const others = names.filter((name) => !compare(name, attributes[name], set[name] ?? null))
    return {
      set: Object.fromEntries(others.map((name) => [name, set[name]])),
      ...(active === undefined || active === isActive(user) ? {} : { active }),
    }
  }

  const readUntil = async (ask: Ask, id: string, aim: Aim): Promise<FoundUser> => {
    const seen = await untilSeen(
      settings.readLagSeconds,
      () => directory.byId(ask, id),
      (found) => found !== undefined && isNothing(left(found.user, aim, isKept)),
    )
    if (seen === undefined) throw gone(id)
    sight.note(seen.user)
    return seen
  }

  const waysNow = async (): Promise<readonly Way[]> => {
    const { patch } = await service()
    const ways = WAYS.filter((way) => patch || !isPatch(way))
    return works === undefined ? ways : [works, ...ways.filter((way) => way !== works)]
  }

  /** Tries one way after the other until the user is as aimed at. */
  const change: Changer['change'] = async (ask, id, aim) => {
    const found = await directory.byId(ask, id)
    if (found === undefined) throw gone(id)
    sight.note(found.user)
    let now = found
    let trouble: Error | undefined
    let ignored = false
    const sent = new Set<string>()
    for (const way of await waysNow()) {
      const rest = left(now.user, aim, sent.size === 0 ? isExactly : isKept)
      if (isNothing(rest)) return now
      // What is accepted without effect is not for want of the right words.
      if (ignored && isPatch(way)) continue
      try {
        if (!(await send(ask, { now, sets: setsFor(rest), way, sent, directory, service }))) continue
      } catch (error) {
        if (!mayBeTheWay(error)) throw error
        trouble ??= error
        continue
      }
      now = await readUntil(ask, id, rest)
      if (isNothing(left(now.user, aim, isKept))) {
        works = way
        return now
      }
      ignored = true
    }
    return settle(now, aim, trouble)
  }

  /** All ways were tried. What is shown of nobody is believed; anything else is not done. */
  const settle = (now: FoundUser, aim: Aim, trouble: Error | undefined): FoundUser => {
    if (trouble !== undefined) throw trouble
    const { set } = left(now.user, aim, isKept)
    for (const name of Object.keys(set) as readonly HeldAttribute[]) {
      if (set[name] !== null && attributesOf(now.user)[name] === null) sight.hide(name)
    }
    const rest = left(now.user, aim, isKept)
    if (isNothing(rest)) return now
    const what = [...Object.keys(rest.set), ...(rest.active === undefined ? [] : ['active'])].join(', ')
    throw unseen(`the change of ${what} of the account ${now.id}`)
  }
  return { change }
}

const isNothing = ({ set, active }: Aim): boolean => active === undefined && Object.keys(set).length === 0

type Compare = (name: HeldAttribute, seen: string | null, wanted: string | null) => boolean

const isExactly: Compare = (_name, seen, wanted) => seen === wanted

/** As a server may keep it: some fold the case of user names. */
const isKept: Compare = (name, seen, wanted) =>
  seen === wanted || (name === 'userName' && userNameKey(seen ?? '') === userNameKey(wanted ?? ''))

const setsFor = ({ set, active }: Aim): readonly (readonly [Place, Value])[] => [
  ...(active === undefined ? [] : [[ACTIVE, active] as const]),
  ...ATTRIBUTES.flatMap((name) => (set[name] === undefined ? [] : [[placeOf(name), set[name] ?? null] as const])),
]

interface Sending {
  readonly now: FoundUser
  readonly sets: readonly (readonly [Place, Value])[]
  readonly way: Way
  /** Bodies that were sent: two ways may come to the same. */
  readonly sent: Set<string>
  readonly directory: Directory
  readonly service: () => Promise<Service>
}

/** False where just this was sent before. Whole resources and whole lists overwrite nobody's change of the meantime. */
async function send(ask: Ask, { now, sets, way, sent, directory, service }: Sending): Promise<boolean> {
  const path = `${(await service()).usersPath}/${encodeURIComponent(now.id)}`
  let known = now
  for (let race = 0; ; race++) {
    const body = isPatch(way)
      ? { schemas: [PATCH_SCHEMA], Operations: operationsFor(known.user, sets, way) }
      : bodyOf(known.user, sets, way)
    const text = JSON.stringify(body)
    if (race === 0 && sent.has(text)) return false
    sent.add(text)
    const ifMatch = way === 'paths' ? undefined : known.etag
    try {
      await ask({ method: isPatch(way) ? 'PATCH' : 'PUT', path, body, ifMatch, writes: true })
      return true
    } catch (error) {
      if (!isOutOfDate(error) || race >= MOST_RACES) throw error
      const again = await directory.byId(ask, now.id)
      if (again === undefined) throw gone(now.id)
      known = again
    }
  }
}

function bodyOf(user: ScimRecord, sets: readonly (readonly [Place, Value])[], way: Way): ScimRecord {
  const whole = sets.reduce((changed, [place, value]) => withValue(changed, place, value), user)
  if (way === 'whole') return whole
  const setByServer = new Set(['meta', 'groups'].map((name) => keyOf(whole, name)))
  return Object.fromEntries(Object.entries(whole).filter(([name]) => !setByServer.has(name)))
}

/** The server has read the request and does not know such a one, or says nothing more of it than no. The user is there. */
function mayBeTheWay(error: unknown): error is ScimRefused {
  if (isUnsupported(error) || isNotThere(error)) return true
  return isRefusedAsAsked(error) && error.status !== 409 && !ABOUT_VALUES.has(error.scimType)
}

/** RFC 7644 section 3.12. */
const ABOUT_VALUES: ReadonlySet<string> = new Set(['invalidValue', 'mutability', 'uniqueness', 'tooMany', 'sensitive'])
