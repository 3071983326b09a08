/**
 * Compares what was expected with what both sides show. Pure: scenes and beliefs come in, sentences go out.
 * Decides what counts as right; must not read, wait or print anything.
 */
import type { Belief } from '../../sim/idp/beliefs.ts'
import type { Person } from '../../sim/idp/people.ts'
import { DEFAULTS } from './parts.ts'
import type { CxoneCall, CxoneUser, Scene } from './scene.ts'

/** One row of the table. */
export interface Check {
  readonly what: string
  readonly expected: string
  readonly found: string
  readonly ok: boolean
}

/** One thing Okta did, and how Rollcall took it. */
export interface Push {
  readonly userName: string
  /** How long Okta waited for the answer. */
  readonly ms: number
  /** When the answer was there, in milliseconds since 1970. */
  readonly answered: number
  /** What Okta could not live with; empty when all was well. */
  readonly complaints: readonly string[]
}

/** What a check may look at. */
export interface Around {
  /** Before Okta did anything. */
  readonly first: Scene
  readonly before: Scene
  /** At the end of an outage. */
  readonly during?: Scene
  /** When an outage ended, in milliseconds since 1970. */
  readonly backAt?: number
  /** Where what Okta read back departs from what it believes; one sentence each. */
  readonly differences?: readonly string[]
  readonly after: Scene
  /** Of this act. */
  readonly pushes: readonly Push[]
  /** Of the whole story so far. */
  readonly allPushes: readonly Push[]
  /** What Okta believes now. */
  readonly beliefs: readonly Belief[]
}

/** One row for many items: how many are right, and the first that is not, with the reason. */
export function each<T>(
  row: { what: string; expected: string },
  items: readonly T[],
  complaint: (item: T) => string | undefined,
): Check {
  const wrong = items.flatMap((item) => complaint(item) ?? [])
  const more = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : ''
  const found = `${items.length - wrong.length} of ${items.length}${wrong[0] === undefined ? '' : `; ${wrong[0]}${more}`}`
  return { ...row, found, ok: wrong.length === 0 && items.length > 0 }
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

export const accountsOf = ({ cxone }: Scene, userName: string): readonly CxoneUser[] =>
  cxone.users.filter((user) => same(user.userName, userName))

/** The person as Okta told Rollcall last. */
export function toldOf(beliefs: readonly Belief[], { key, ...person }: Person): Person {
  return beliefs.find((belief) => belief.person.key === key)?.told ?? { key, ...person }
}

export function onceEach({ after }: Around, people: readonly Person[]): Check {
  return each(
    { what: 'accounts in CXone', expected: `${people.length} people, each exactly once` },
    people,
    ({ userName }) => {
      const { length } = accountsOf(after, userName)
      return length === 1
        ? undefined
        : length === 0
          ? `${userName} is not there`
          : `${userName} is there ${length} times`
    },
  )
}

/** Names, address, telephone, role and team. */
export function asPushed({ after, beliefs }: Around, people: readonly Person[]): Check {
  const expected = `as pushed, as ${DEFAULTS.role} in ${DEFAULTS.team}`
  return each({ what: 'their records in CXone', expected }, people, (person) => {
    const { userName, givenName, familyName, email, mobilePhone } = toldOf(beliefs, person)
    const [account] = accountsOf(after, userName)
    const team = after.cxone.teams.find(({ id }) => id === account?.['teamId'])?.name
    const pairs: readonly (readonly [field: string, wanted: unknown, found: unknown])[] = [
      ['firstName', givenName, account?.['firstName']],
      ['lastName', familyName, account?.['lastName']],
      ['emailAddress', email, account?.['emailAddress']],
      ['mobileNumber', mobilePhone ?? null, account?.['mobileNumber'] ?? null],
      ['role', DEFAULTS.role, account?.['role']],
      ['team', DEFAULTS.team, team],
    ]
    const odd = pairs.find(([, wanted, found]) => wanted !== found)
    return odd === undefined ? undefined : `${userName}: ${odd[0]} is ${shown(odd[2])}, not ${shown(odd[1])}`
  })
}

const shown = (value: unknown): string => (value === undefined ? 'missing' : JSON.stringify(value))

/** What Rollcall itself says: nothing left to do, and each row at the account that CXone has. */
export function allDelivered({ after }: Around, people: readonly Person[]): Check {
  const row = { what: 'what Rollcall says', expected: 'everything delivered, nothing waits' }
  const deliveryOf = ({ userName }: Person) => after.rollcall.deliveries.find((one) => same(one.userName, userName))
  // Who has something to say of what stands in the way comes first: the first complaint is shown.
  const telling = people.toSorted(
    (a, b) => Number(deliveryOf(b)?.detail != null) - Number(deliveryOf(a)?.detail != null),
  )
  return each(row, telling, (person) => {
    const { userName } = person
    const delivery = deliveryOf(person)
    if (delivery === undefined) return `${userName}: it knows of no delivery`
    const { state, wanted, delivered, detail, subject } = delivery
    if (state !== 'delivered' || wanted !== delivered)
      return `${userName}: ${state}${detail === null ? '' : `, ${detail}`}`
    const ids = accountsOf(after, userName).map(({ id }) => `account:${id}`)
    return ids.includes(subject) ? undefined : `${userName}: it points to ${subject}, which is not that person`
  })
}

export function titlesKept({ after, beliefs }: Around, people: readonly Person[]): Check {
  return each({ what: 'titles in Rollcall', expected: `${people.length} new titles` }, people, (person) => {
    const { userName, title } = toldOf(beliefs, person)
    const found = after.rollcall.users.find((user) => same(user.userName, userName))?.['title']
    return found === title ? undefined : `${userName}: ${shown(found)}, not ${shown(title)}`
  })
}

/** Calls of one act. */
export const callsOf = ({ before, after }: Pick<Around, 'before' | 'after'>): readonly CxoneCall[] => {
  const last = before.cxone.calls.at(-1)?.seq ?? 0
  return after.cxone.calls.filter(({ seq }) => seq > last)
}

/** A call that would change something: searches are POSTs too, and signing in is neither. */
export const isWrite = ({ method, path }: CxoneCall): boolean =>
  method !== 'GET' && /\/(user-management|authorization)\//.test(path) && !path.endsWith('/search')

export function noWrites(around: Around): Check {
  const calls = callsOf(around)
  const writes = calls.filter(isWrite)
  const found = `${counted(writes.length, 'write')}, ${counted(calls.length - writes.length, 'read')}`
  return { what: 'calls to CXone', expected: '0 writes', found, ok: writes.length === 0 }
}

export function sameAccount({ before, after, beliefs }: Around, person: Person): Check {
  const told = toldOf(beliefs, person)
  const [was] = accountsOf(before, person.userName)
  const [is] = accountsOf(after, told.userName)
  const name = (user: CxoneUser | undefined): string =>
    user === undefined ? 'nobody' : `${String(user['firstName'])} ${String(user['lastName'])}`
  const wanted = `${told.givenName} ${told.familyName}`
  const kept = is !== undefined && is.id === was?.id
  const found = `${name(is)}, ${kept ? 'the same account' : 'another account'}`
  return {
    what: 'the new name in CXone',
    expected: `${wanted}, the same account`,
    found,
    ok: kept && name(is) === wanted,
  }
}

export function phonesIn({ after, beliefs }: Around, people: readonly Person[]): Check {
  return each({ what: 'telephone numbers in CXone', expected: `${people.length} new numbers` }, people, (person) => {
    const { userName, mobilePhone } = toldOf(beliefs, person)
    const found = accountsOf(after, userName)[0]?.['mobileNumber']
    return found === mobilePhone ? undefined : `${userName}: ${shown(found)}, not ${shown(mobilePhone)}`
  })
}

export function wasThrottled(around: Around): Check {
  const refused = callsOf(around).filter(({ status }) => status === 429).length
  return {
    what: 'CXone says "slow down" (429)',
    expected: 'at least once',
    found: counted(refused, 'time'),
    ok: refused > 0,
  }
}

/** Clocks tick in milliseconds and timers may be one early. */
const TICK_MS = 5

export function obeyed(around: Around, retryAfterSeconds: number): Check {
  const calls = callsOf(around)
  const hasty = calls.filter((call, at) => {
    const previous = calls[at - 1]
    return (
      previous?.status === 429 && Date.parse(call.at) - Date.parse(previous.at) < retryAfterSeconds * 1000 - TICK_MS
    )
  })
  const expected = `none within ${retryAfterSeconds} s, as CXone asks`
  return {
    what: 'next call after a 429',
    expected,
    found: hasty.length === 0 ? 'none sooner' : `${hasty.length} sooner`,
    ok: hasty.length === 0,
  }
}

export function answeredWhileDown({ pushes, backAt = 0 }: Around): Check {
  const row = { what: "Okta's requests in the outage", expected: `all ${pushes.length} changes accepted at once` }
  const check = each(row, pushes, ({ userName, complaints, answered }) => {
    if (complaints[0] !== undefined) return `${userName}: ${complaints[0]}`
    return answered > backAt ? `${userName} waited until CXone was back` : undefined
  })
  const slowest = Math.max(0, ...pushes.map(({ ms }) => ms))
  return check.ok ? { ...check, found: `${check.found}, the slowest in ${seconds(slowest)}` } : check
}

export function unchangedWhileDown({ before, during }: Around): Check {
  const row = { what: 'CXone in the outage', expected: 'out of reach, nothing changes there' }
  if (during === undefined) return { ...row, found: 'it was back before all was pushed', ok: false }
  const cut = callsOf({ before, after: during }).filter(({ status }) => status === 0).length
  const changed = changedBetween(before, during)
  const found =
    changed.length === 0
      ? `${counted(cut, 'call')} without an answer, ${counted(0, 'change')}`
      : `changed: ${changed.join(', ')}`
  return { ...row, found, ok: changed.length === 0 && cut > 0 }
}

/** User names whose records are not byte for byte the same, or are gone, or new. */
function changedBetween(one: Scene, other: Scene): readonly string[] {
  const was = new Map(one.cxone.users.map((user) => [user.id, JSON.stringify(user)]))
  const is = new Map(other.cxone.users.map((user) => [user.id, JSON.stringify(user)]))
  const all = [...one.cxone.users, ...other.cxone.users.filter(({ id }) => !was.has(id))]
  return all.filter(({ id }) => was.get(id) !== is.get(id)).map(({ userName }) => userName)
}

export function disabled({ after, backAt }: Around, people: readonly Person[]): Check {
  const check = each(
    { what: 'who has left', expected: `${people.length} accounts DELETED in CXone` },
    people,
    ({ userName }) => {
      const status = accountsOf(after, userName)[0]?.status ?? 'not there'
      return status === 'DELETED' ? undefined : `${userName} is ${status}`
    },
  )
  const last = after.cxone.calls.findLast(({ path, status }) => path.endsWith('/deactivate') && status === 200)
  if (!check.ok || backAt === undefined || last === undefined) return check
  return { ...check, found: `${check.found}, the last ${seconds(Date.parse(last.at) - backAt)} after CXone was back` }
}

export function enabledAgain({ before, after }: Around, person: Person): Check {
  const [was] = accountsOf(before, person.userName)
  const [is] = accountsOf(after, person.userName)
  const kept = is !== undefined && is.id === was?.id
  const state = is?.status === 'DELETED' ? 'still DELETED' : `open again (${is?.status})`
  const found = is === undefined ? 'not there' : `${state}, ${kept ? 'the same account' : 'another account'}`
  const expected = 'open again, the same account'
  return { what: 'who has come back', expected, found, ok: kept && is.status !== 'DELETED' }
}

export function untouched({ first, after }: Around): Check {
  const records = new Map(after.cxone.users.map((user) => [user.id, JSON.stringify(user)]))
  // Rollcall's own sign-in is one of the records.
  const expected = `${first.cxone.users.length - 1} people and 1 service user, byte for byte as before`
  return each({ what: 'who was there before', expected }, first.cxone.users, (user) => {
    const record = records.get(user.id)
    if (record === undefined) return `${user.userName} is gone`
    return record === JSON.stringify(user) ? undefined : `${user.userName} is changed`
  })
}

export function nobodyElse({ first, after }: Around, people: readonly Person[]): Check {
  const wanted = first.cxone.users.length + people.length
  const { length } = after.cxone.users
  return {
    what: 'people in CXone in all',
    expected: `${wanted} = ${first.cxone.users.length} before + ${people.length} from Okta`,
    found: String(length),
    ok: length === wanted,
  }
}

export function noMails({ first, after }: Around): Check {
  const sent = after.cxone.mails.slice(first.cxone.mails.length)
  const found = sent[0] === undefined ? '0' : `${sent.length}; the first, ${sent[0].kind}, to ${sent[0].to}`
  return { what: 'e-mails that CXone sent', expected: '0', found, ok: sent.length === 0 }
}

export function noTroubleForOkta({ allPushes }: Around): Check {
  const row = { what: 'what Okta saw', expected: `${allPushes.length} actions, no error` }
  return each(row, allPushes, ({ userName, complaints }) =>
    complaints[0] === undefined ? undefined : `${userName}: ${complaints[0]}`,
  )
}

export function readBack({ differences, beliefs }: Around): Check {
  const row = { what: 'what Okta reads back', expected: `${beliefs.length} people, all as it believes them` }
  if (differences === undefined) return { ...row, found: 'nothing was read', ok: false }
  const [difference] = differences
  const found =
    difference === undefined ? 'no difference' : `${counted(differences.length, 'difference')}; ${difference}`
  return { ...row, found, ok: difference === undefined }
}

/** `1 call`, `2 calls`. */
export const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`

/** `0.05 s`, `12.3 s`. */
export const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 1000 ? 2 : 1)} s`
