// Decides what happens to the n-th call of a method, route and subject: by the seed and by that alone. Reads no clock
// but for the end that the schedule itself names, and touches no socket: that is chaos-gate.ts.
import { LateReads } from './chaos-late.ts'
import { type Asked, fitting, type Strike, type StrikeKind, type StrikeRow, STRIKES } from './chaos-strikes.ts'
import { Aliases } from './chaos-subject.ts'
import { type Json, onlyKeys, toAmountOrNull, toObject, toWhole } from './input.ts'
import { Refusal } from './refusal.ts'
import { type Seeded, seeded } from './seeded.ts'

export interface ScheduleSettings {
  readonly seed: number
  /** Which part of the calls that can be struck begins a strike, from 0 to 1. */
  readonly intensity: number
  /** How many of the first calls of each method, route and subject can be struck; later ones are left alone. */
  readonly calls: number
  /** After so many seconds nothing strikes any more; null for no such end. */
  readonly seconds: number | null
  readonly longest: {
    /** Of every wait: latency, held and dripped answers, work that is done later. */
    readonly delayMs: number
    /** What Retry-After asks for at most. */
    readonly retryAfterSeconds: number
    /** How long after a write a read may still show what was so before it. */
    readonly lateMs: number
  }
}

export const CALM: Omit<ScheduleSettings, 'seed'> = {
  intensity: 0.25,
  calls: 6,
  seconds: null,
  longest: { delayMs: 2000, retryAfterSeconds: 2, lateMs: 1000 },
}

/** Never more strikes than this after one another on one method, route and subject. */
export const LONGEST_RUN = 3

/** What happens to the first calls, in order; all after them are left alone. */
export function planOf(settings: ScheduleSettings, asked: Asked): readonly (Strike | undefined)[] {
  const draw = seeded(settings.seed, `chaos/${asked.call}/${asked.alias}`)
  const kinds = fitting(asked)
  const plan: (Strike | undefined)[] = []
  let inARow = 0
  while (plan.length < settings.calls) {
    if (inARow === LONGEST_RUN || draw.below(1000) >= settings.intensity * 1000) {
      plan.push(undefined)
      inARow = 0
      continue
    }
    const kind = draw.pick(kinds)
    const row: StrikeRow = STRIKES[kind]
    const run = row.storms === true ? 1 + draw.below(LONGEST_RUN) : 1
    for (let struck = 0; struck < run && inARow < LONGEST_RUN && plan.length < settings.calls; struck++) {
      plan.push(strikeOf(kind, draw, settings))
      inARow++
    }
  }
  return plan
}

function strikeOf(kind: StrikeKind, draw: Seeded, { longest }: ScheduleSettings): Strike {
  const upTo = (most: number): number => draw.below(most + 1)
  const long = (): number => longest.delayMs - upTo(Math.floor(longest.delayMs / 2))
  switch (kind) {
    case 'slow':
      return { kind, delayMs: upTo(Math.floor(longest.delayMs / 8)) }
    case 'spike':
    case 'dripped':
    case 'held':
    case 'overtaken':
      return { kind, delayMs: long() }
    case 'throttled':
      return { kind, status: 429 }
    case 'throttledFor':
      return { kind, status: 429, retryAfter: upTo(longest.retryAfterSeconds) }
    case 'failing':
      return { kind, status: draw.pick([500, 502, 503, 504]), ...(draw.below(2) === 0 ? { html: true } : {}) }
    case 'expired':
      return { kind, status: 401 }
    case 'cut':
    case 'garbled':
      return { kind, part: 0.1 + upTo(80) / 100 }
    case 'lost':
      return draw.below(3) === 0 ? { kind, status: 504, html: true } : { kind }
    case 'reset':
    case 'late':
      return { kind }
  }
}

/** One schedule while it runs: counts calls and hands out their strikes. */
export class Schedule {
  readonly settings: ScheduleSettings
  /** While it is paused nothing strikes and nothing counts. */
  paused = false
  readonly aliases = new Aliases()
  readonly late = new LateReads()
  readonly #end: number
  readonly #seen = new Map<string, { asked: Asked; calls: number }>()
  readonly #struck = new Map<StrikeKind, number>()

  constructor(settings: ScheduleSettings, now: number) {
    this.settings = settings
    this.#end = settings.seconds === null ? Number.POSITIVE_INFINITY : now + settings.seconds * 1000
  }

  /**
   * What happens to this call, which is counted.
   *
   * @param who tells subjects apart, also those that have the same alias
   */
  next(asked: Asked, who: string, now: number): Strike | undefined {
    if (this.paused || now >= this.#end) return undefined
    const key = `${asked.call} ${who}`
    const seen = this.#seen.get(key) ?? { asked, calls: 0 }
    this.#seen.set(key, seen)
    const strike = seen.calls < this.settings.calls ? planOf(this.settings, seen.asked)[seen.calls] : undefined
    seen.calls++
    if (strike !== undefined) this.#struck.set(strike.kind, (this.#struck.get(strike.kind) ?? 0) + 1)
    return strike
  }

  /** Everything that repeats it, what struck so far, and the whole plan of every subject that was called about. */
  shown(): Json {
    const { seed, intensity, calls, seconds, longest } = this.settings
    return {
      schedule: { seed, intensity, for: { calls, ...(seconds === null ? {} : { seconds }) }, longest },
      paused: this.paused,
      struck: Object.fromEntries(this.#struck),
      plans: [...this.#seen.values()].map((seen) => ({
        call: seen.asked.call,
        subject: seen.asked.alias,
        calls: seen.calls,
        plan: planOf(this.settings, seen.asked).map((strike) => strike ?? null),
      })),
    }
  }
}

const WAIT_AT_MOST = 600_000

/** `{seed, intensity?, for?: {calls?, seconds?}, longest?: {delayMs?, retryAfterSeconds?, lateMs?}}`. */
export function readSchedule(value: unknown, where: string): ScheduleSettings {
  const from = toObject(value, where)
  onlyKeys(from, ['seed', 'intensity', 'for', 'longest'], where)
  const lasts = toObject(from['for'] ?? {}, `${where}.for`)
  onlyKeys(lasts, ['calls', 'seconds'], `${where}.for`)
  const longest = toObject(from['longest'] ?? {}, `${where}.longest`)
  onlyKeys(longest, ['delayMs', 'retryAfterSeconds', 'lateMs'], `${where}.longest`)
  const upTo = (name: keyof ScheduleSettings['longest'], most: number): number =>
    toWhole(longest[name] ?? CALM.longest[name], `${where}.longest.${name}`, most)
  return {
    seed: toWhole(from['seed'], `${where}.seed`),
    intensity: toPart(from['intensity'] ?? CALM.intensity, `${where}.intensity`),
    calls: toWhole(lasts['calls'] ?? CALM.calls, `${where}.for.calls`, 100),
    seconds: toAmountOrNull(lasts['seconds'] ?? null, `${where}.for.seconds`),
    longest: {
      delayMs: upTo('delayMs', WAIT_AT_MOST),
      retryAfterSeconds: upTo('retryAfterSeconds', WAIT_AT_MOST / 1000),
      lateMs: upTo('lateMs', WAIT_AT_MOST),
    },
  }
}

function toPart(value: unknown, where: string): number {
  if (typeof value === 'number' && value >= 0 && value <= 1) return value
  throw new Refusal('bad', 'BAD_VALUE', `${where} is ${JSON.stringify(value)}; it must be a number from 0 to 1`)
}
