/**
 * Changing one user through native SCIM: PATCH without `op` and with texts, PUT of the whole user (facts, sections 3.2 to 3.4).
 * Decides what is sent in which order until the change shows, and what it means when it does not; must not decide what is wanted.
 */
import type { AccountAttributes, AttributeName } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import { ConnectorError } from '../contract.ts'
import type { Ask } from '../scim-wire/client.ts'
import { recordIn, type ScimRecord } from '../scim-wire/record.ts'
import { isNotThere, isRefusedAsAsked, isUnsupported, type ScimRefused } from '../scim-wire/refusal.ts'
import { untilSeen } from '../scim-wire/settle.ts'
import { gone, unseen } from './complaints.ts'
import type { CxoneScimSettings } from './config.ts'
import type { Directory } from './directory.ts'
import type { Entries } from './entries.ts'
import { ATTRIBUTES, idOf, isActive, OPTIONAL, pathOf, valueOf, written, type HeldAttribute } from './map.ts'

export interface Aim {
  readonly set: AccountAttributes
  readonly active?: boolean
}

export interface Changer {
  /** Brings the user about and answers it as read back; sends nothing where nothing differs. */
  change(ask: Ask, id: string, aim: Aim): Promise<ScimRecord>
  /** Attributes that this tenant does not let SCIM write, and goes on without. */
  hidden(): readonly AttributeName[]
}

export interface ChangeMeans {
  readonly directory: Directory
  readonly entries: Entries
  readonly settings: CxoneScimSettings
  readonly warn: (message: string) => void
}

/** `emptied`: what is to be empty is sent as such, where leaving it out keeps it. */
type Way = 'bare' | 'replace' | 'whole' | 'known' | 'emptied'

export function openChanger({ directory, entries, settings, warn }: ChangeMeans): Changer {
  const ignored = new Set<AttributeName>()
  let works: Way | undefined

  const left = (user: ScimRecord, { set, active }: Aim): Aim => {
    const others = ATTRIBUTES.filter((name) => {
      const wanted = set[name]
      return wanted !== undefined && !ignored.has(name) && !isSame(name, valueOf(user, name), wanted)
    })
    return {
      set: Object.fromEntries(others.map((name) => [name, set[name]])),
      ...(active === undefined || active === isActive(user) ? {} : { active }),
    }
  }

  const waysFor = (aim: Aim): readonly Way[] => {
    const patches: readonly Way[] = settings.patchOp === 'omit' ? ['bare', 'replace'] : ['replace', 'bare']
    const able = settings.patch === 'auto' && operationsFor(aim, 'bare') !== undefined
    const ways: readonly Way[] = [
      ...(able ? patches : []),
      'whole',
      'known',
      ...(empties(aim) ? (['emptied'] as const) : []),
    ]
    return works !== undefined && ways.includes(works) ? [works, ...ways.filter((way) => way !== works)] : ways
  }

  const send = async (ask: Ask, user: ScimRecord, { aim, way }: { aim: Aim; way: Way }): Promise<void> => {
    const path = `/Users/${encodeURIComponent(idOf(user))}`
    const Operations = way === 'bare' || way === 'replace' ? operationsFor(aim, way) : undefined
    if (Operations !== undefined)
      await ask({ method: 'PATCH', path, body: { schemas: [PATCH_SCHEMA], Operations }, writes: true })
    else await ask({ method: 'PUT', path, body: bodyOf(user, aim, { entries, way }), writes: true })
  }

  const change: Changer['change'] = async (ask, id, aim) => {
    let now = (await directory.byId(ask, id)) ?? raise(gone(id))
    let trouble: Error | undefined
    let accepted = false
    for (const way of waysFor(left(now, aim))) {
      const rest = left(now, aim)
      if (isNothing(rest)) return now
      // What is accepted without effect is not for want of the right words: once more as a whole, at most.
      if (accepted && way !== 'whole' && way !== 'emptied') continue
      try {
        await send(ask, now, { aim: rest, way })
      } catch (error) {
        if (!mayBeTheWay(error)) throw error
        trouble ??= error
        continue
      }
      const read = () => directory.byId(ask, id)
      const done = (user: ScimRecord | undefined) => user !== undefined && isNothing(left(user, aim))
      now = (await untilSeen(settings.readLagSeconds, read, done)) ?? raise(gone(id))
      if (isNothing(left(now, aim))) works = way
      accepted = true
    }
    return settle(now, aim, accepted ? undefined : trouble)
  }

  /** All ways were tried. What was taken and left as it was is what Account Settings do not allow (section 3.3). */
  const settle = (now: ScimRecord, aim: Aim, trouble: Error | undefined): ScimRecord => {
    const rest = left(now, aim)
    if (isNothing(rest)) return now
    if (trouble !== undefined) throw trouble
    const names = Object.keys(rest.set) as readonly HeldAttribute[]
    if (rest.active !== undefined || names.some((name) => !OPTIONAL.has(name)))
      throw unseen(`the change of ${[...names, ...(rest.active === undefined ? [] : ['active'])].join(', ')}`)
    if (settings.ignored === 'refuse') throw notAllowed(names)
    for (const name of names) ignored.add(name)
    warn(`CXone does not let SCIM write ${names.join(', ')}; it is not looked for any more`)
    return now
  }
  return { change, hidden: () => [...ignored] }
}

const raise = (error: unknown): never => {
  throw error
}

const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

const isNothing = ({ set, active }: Aim): boolean => active === undefined && Object.keys(set).length === 0

const isSame = (name: HeldAttribute, seen: string | null, wanted: string | null): boolean =>
  seen === wanted || (name === 'userName' && userNameKey(seen ?? '') === userNameKey(wanted ?? ''))

/** Undefined where a part of it cannot be said with a path and a text. */
function operationsFor({ set, active }: Aim, way: 'bare' | 'replace'): readonly object[] | undefined {
  const op = way === 'replace' ? { op: 'replace' } : {}
  const operations: object[] = active === undefined ? [] : [{ ...op, path: 'active', value: String(active) }]
  for (const name of ATTRIBUTES) {
    const value = set[name]
    if (value === undefined) continue
    const path = pathOf(name, value)
    if (path === undefined) return undefined
    operations.push({ ...op, path, value })
  }
  return operations
}

/** `whole`: all that was read; `known`: without what requests do not have (section 3.2). The id is in the body. */
function bodyOf(user: ScimRecord, { set, active }: Aim, { entries, way }: { entries: Entries; way: Way }): ScimRecord {
  const next = { ...written(user, set, entries.named), active: active ?? isActive(user) }
  if (way === 'whole') return next
  if (way === 'emptied') return { ...next, ...emptyFields(next, set) }
  return Object.fromEntries(Object.entries(next).filter(([name]) => !ANSWERS_ONLY.has(name)))
}

const empties = ({ set }: Aim): boolean => Object.values(set).includes(null)

/** What is emptied, in so many words. */
const emptyFields = (user: ScimRecord, set: AccountAttributes): ScimRecord => ({
  ...(set.middleName === null ? { name: { ...recordIn(user, 'name'), middleName: '' } } : {}),
  ...(set.mobile === null ? { phoneNumbers: [] } : {}),
  ...(set.timeZone === null ? { timezone: '' } : {}),
})

const ANSWERS_ONLY: ReadonlySet<string> = new Set(['meta', 'externalId', 'locale', 'schemas'])

const mayBeTheWay = (error: unknown): error is ScimRefused =>
  isUnsupported(error) || isNotThere(error) || (isRefusedAsAsked(error) && error.status !== 409)

const notAllowed = (names: readonly string[]): ConnectorError =>
  new ConnectorError({
    code: 'right-missing',
    retry: 'later',
    detail: `CXone took the change and left ${names.join(', ')} as it was. Allow it for SCIM on the Account Settings page of CXone, or set ignored: hide for this app.`,
  })
