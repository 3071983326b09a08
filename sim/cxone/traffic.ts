// Decides what happens to a call before anybody looks at it: injected faults, the rate limit, latency. The wire side of
// it is gate.ts; what a chaos schedule does once it is let through is chaos.ts.
import type { Schedule } from './chaos.ts'
import { type Json, onlyKeys, toAmountOrNull, toFlag, toList, toObject, toText, toWhole } from './input.ts'
import { Refusal } from './refusal.ts'

/** What a fault does. With none of status, drop and truncate, the call goes on after the delay. */
export interface Effect {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly delayMs?: number
  /** Cut the connection without an answer. */
  readonly drop?: true
  /** Begin an answer, and cut the connection in the middle of its body. */
  readonly truncate?: true
  /** Let the call do its work first and spoil only the answer. */
  readonly after?: true
}

export interface Fault {
  readonly method: string | undefined
  readonly path: RegExp | undefined
  readonly until: number
  left: number
  readonly effect: Effect
  /** As it was posted, for showing. */
  readonly source: Json
}

export interface Limits {
  readonly requestsPerSecond: number | null
  readonly burst: number
  /** Seconds for Retry-After, or null to leave the header out. */
  readonly retryAfter: number | null
}

export const NO_LIMITS: Limits = { requestsPerSecond: null, burst: 1, retryAfter: null }

export class Traffic {
  faults: Fault[] = []
  latencyMs = 0
  schedule: Schedule | undefined
  #limits: Limits = NO_LIMITS
  #bucket = { tokens: 0, at: 0 }

  get limits(): Limits {
    return this.#limits
  }

  limit(limits: Limits, now: number): void {
    this.#limits = limits
    this.#bucket = { tokens: limits.burst, at: now }
  }

  /** The fault for this call, counted as used; the first that matches. */
  faultFor(call: { method: string; whole: string; below: string }, now: number): Effect | undefined {
    if (this.faults.length === 0) return undefined
    this.faults = this.faults.filter((fault) => fault.until > now && fault.left > 0)
    const fault = this.faults.find(
      ({ method, path }) =>
        (method === undefined || method === call.method) &&
        (path === undefined || path.test(call.below) || path.test(call.whole)),
    )
    if (fault === undefined) return undefined
    fault.left--
    return fault.effect
  }

  /** Takes one call out of the bucket; false when there is none left. */
  admits(now: number): boolean {
    const { requestsPerSecond, burst } = this.#limits
    if (requestsPerSecond === null) return true
    const refilled = Math.min(burst, this.#bucket.tokens + ((now - this.#bucket.at) / 1000) * requestsPerSecond)
    this.#bucket = { tokens: refilled >= 1 ? refilled - 1 : refilled, at: now }
    return refilled >= 1
  }

  reset(now: number): void {
    this.faults = []
    this.latencyMs = 0
    this.schedule = undefined
    this.limit(NO_LIMITS, now)
  }
}

export function readFaults(value: unknown, now: number, where: string): Fault[] {
  return toList(value, where).map((item, index) => readFault(item, now, `${where}[${index}]`))
}

function readFault(value: unknown, now: number, where: string): Fault {
  const source = toObject(value, where)
  onlyKeys(source, ['match', 'times', 'seconds', 'effect'], where)
  const match = toObject(source['match'] ?? {}, `${where}.match`)
  onlyKeys(match, ['method', 'path'], `${where}.match`)
  const seconds = source['seconds'] === undefined ? null : toAmountOrNull(source['seconds'], `${where}.seconds`)
  return {
    method: match['method'] === undefined ? undefined : toText(match['method'], `${where}.match.method`).toUpperCase(),
    path: match['path'] === undefined ? undefined : toPattern(match['path'], `${where}.match.path`),
    until: seconds === null ? Number.POSITIVE_INFINITY : now + seconds * 1000,
    left: source['times'] === undefined ? Number.POSITIVE_INFINITY : toWhole(source['times'], `${where}.times`),
    effect: readEffect(source['effect'], `${where}.effect`),
    source,
  }
}

function readEffect(value: unknown, where: string): Effect {
  const from = toObject(value, where)
  onlyKeys(from, ['status', 'headers', 'body', 'delayMs', 'drop', 'truncate', 'after'], where)
  const status = from['status'] === undefined ? undefined : toWhole(from['status'], `${where}.status`, 599)
  if (status !== undefined && status < 200)
    throw new Refusal('bad', 'BAD_VALUE', `${where}.status is ${status}; it must be from 200 to 599`)
  const effect: Effect = {
    ...(status === undefined ? {} : { status }),
    ...(from['headers'] === undefined ? {} : { headers: toHeaders(from['headers'], `${where}.headers`) }),
    ...(from['body'] === undefined ? {} : { body: from['body'] }),
    ...(from['delayMs'] === undefined ? {} : { delayMs: toWhole(from['delayMs'], `${where}.delayMs`, 600_000) }),
    ...(from['drop'] !== undefined && toFlag(from['drop'], `${where}.drop`) ? { drop: true as const } : {}),
    ...(from['truncate'] !== undefined && toFlag(from['truncate'], `${where}.truncate`)
      ? { truncate: true as const }
      : {}),
    ...(from['after'] !== undefined && toFlag(from['after'], `${where}.after`) ? { after: true as const } : {}),
  }
  if (status === undefined && !effect.drop && !effect.truncate && effect.delayMs === undefined) {
    throw new Refusal('bad', 'NO_EFFECT', `${where} does nothing; give status, drop, truncate or delayMs`)
  }
  return effect
}

function toHeaders(value: unknown, where: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(toObject(value, where)).map(([name, text]) => [name, toText(text, `${where}.${name}`)]),
  )
}

function toPattern(value: unknown, where: string): RegExp {
  const source = toText(value, where)
  try {
    return new RegExp(source)
  } catch {
    throw new Refusal('bad', 'BAD_PATTERN', `${where} is ${JSON.stringify(source)}, which is no regular expression`)
  }
}

export function readLimits(value: unknown, where: string): Limits {
  const from = toObject(value, where)
  onlyKeys(from, ['requestsPerSecond', 'burst', 'retryAfter'], where)
  const requestsPerSecond = toAmountOrNull(from['requestsPerSecond'] ?? null, `${where}.requestsPerSecond`)
  const burst =
    from['burst'] === undefined
      ? Math.max(1, Math.ceil(requestsPerSecond ?? 1))
      : toWhole(from['burst'], `${where}.burst`)
  return { requestsPerSecond, burst, retryAfter: toAmountOrNull(from['retryAfter'] ?? null, `${where}.retryAfter`) }
}

/** `{ms}` or, in a chaos file, the number alone. */
export function readLatency(value: unknown, where: string): number {
  if (typeof value === 'number') return toWhole(value, where, 600_000)
  const from = toObject(value, where)
  onlyKeys(from, ['ms'], where)
  return toWhole(from['ms'], `${where}.ms`, 600_000)
}
