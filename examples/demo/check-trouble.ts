/**
 * Checks of what goes between Rollcall and CXone: writes, throttling, an outage.
 * Decides what counts as right; must not read, wait or print anything.
 */
import { callsOf, counted, each, isWrite, seconds, type Around, type Check } from './check.ts'
import { NAMES } from './providers.ts'
import type { Scene } from './scene.ts'

export function noWrites(around: Around): Check {
  const calls = callsOf(around)
  const writes = calls.filter(isWrite)
  const found = `${counted(writes.length, 'write')}, ${counted(calls.length - writes.length, 'read')}`
  return { what: 'calls to CXone', expected: '0 writes', found, ok: writes.length === 0 }
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
  const row = { what: 'requests in the outage', expected: `all ${pushes.length} changes accepted at once` }
  const check = each(row, pushes, ({ from, userName, complaints, conflict, answered }) => {
    const complaint = conflict ?? complaints[0]
    if (complaint !== undefined) return `${NAMES[from]}, ${userName}: ${complaint}`
    return answered > backAt ? `${NAMES[from]}, ${userName} waited until CXone was back` : undefined
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
