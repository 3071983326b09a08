// Decides that a schedule is its seed and nothing else, holds every strike, and comes to an end.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Asked, STRIKE_KINDS, type Strike } from './chaos-strikes.ts'
import { CALM, LONGEST_RUN, planOf, readSchedule, Schedule, type ScheduleSettings } from './chaos.ts'

const asked = fc.record<Asked>({
  call: fc.constantFrom('POST /users', 'PUT /users', 'GET /users/:userId', 'POST /users/search'),
  alias: fc.constantFrom('', 'mia@acme.test', 'jan@acme.test', 'ren@acme.test', '101 mia@acme.test'),
  reads: fc.boolean(),
  signedIn: fc.boolean(),
  mayLag: fc.boolean(),
  creates: fc.boolean(),
})

const settings = fc
  .record({
    seed: fc.nat(),
    intensity: fc.double({ min: 0, max: 1, noNaN: true }),
    calls: fc.nat({ max: 30 }),
    delayMs: fc.nat({ max: 5000 }),
    retryAfterSeconds: fc.nat({ max: 60 }),
  })
  .map(({ delayMs, retryAfterSeconds, ...rest }): ScheduleSettings => {
    return { ...rest, seconds: null, longest: { delayMs, retryAfterSeconds, lateMs: 1000 } }
  })

const WRITE: Omit<Asked, 'call' | 'alias'> = { reads: false, signedIn: true, mayLag: false, creates: true }
const SEARCH: Omit<Asked, 'call' | 'alias'> = { reads: true, signedIn: true, mayLag: true, creates: false }

describe('a plan', () => {
  test('is as long as it says, never strikes four times in a row, and stays within the longest waits', () => {
    fc.assert(
      fc.property(settings, asked, (given, call) => {
        const plan = planOf(given, call)
        expect(plan).toHaveLength(given.calls)
        let inARow = 0
        for (const strike of plan) {
          inARow = strike === undefined ? 0 : inARow + 1
          expect(inARow).toBeLessThanOrEqual(LONGEST_RUN)
          expect(strike?.delayMs ?? 0).toBeLessThanOrEqual(given.longest.delayMs)
          expect(strike?.retryAfter ?? 0).toBeLessThanOrEqual(given.longest.retryAfterSeconds)
        }
      }),
    )
  })

  test('holds only strikes that fit the call', () => {
    fc.assert(
      fc.property(settings, asked, (given, call) => {
        const kinds = planOf(given, call).map((strike) => strike?.kind)
        if (!call.signedIn) expect(kinds).not.toContain('expired')
        if (!call.reads || !call.mayLag) expect(kinds).not.toContain('late')
        if (!call.creates) expect(kinds).not.toContain('overtaken')
      }),
    )
  })

  test('of intensity 0 is empty, and one of intensity 1 strikes the first call', () => {
    fc.assert(
      fc.property(fc.nat(), asked, (seed, call) => {
        expect(planOf({ ...CALM, seed, intensity: 0 }, call).filter(Boolean)).toEqual([])
        expect(planOf({ ...CALM, seed, intensity: 1 }, call)[0]).toBeDefined()
      }),
    )
  })

  test('is another one for another seed, another route and another subject', () => {
    const whole = (seed: number, call: string, person: string): string =>
      JSON.stringify(planOf({ ...CALM, seed, calls: 40 }, { ...WRITE, call, alias: person }))
    const one = whole(1, 'POST /users', 'mia')
    expect([
      whole(2, 'POST /users', 'mia'),
      whole(1, 'PUT /users', 'mia'),
      whole(1, 'POST /users', 'jan'),
    ]).not.toContain(one)
  })
})

test('every kind of strike happens under every seed, once enough people are called about', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const met = new Set<string>()
      for (let person = 0; person < 400 && met.size < STRIKE_KINDS.length; person++)
        for (const traits of [WRITE, SEARCH])
          for (const strike of planOf({ ...CALM, seed }, { ...traits, call: 'a call', alias: `person ${person}` }))
            if (strike !== undefined) met.add(strike.kind)
      expect([...met].toSorted()).toEqual(STRIKE_KINDS.toSorted())
    }),
    { numRuns: 30 },
  )
})

describe('a schedule', () => {
  interface Call {
    readonly call: string
    readonly who: string
  }
  const calls = fc.array(
    fc.record<Call>({ call: fc.constantFrom('POST /a', 'PUT /b', 'GET /c'), who: fc.constantFrom('x', 'y', 'z', '') }),
    { maxLength: 60 },
  )
  const askedOf = ({ call, who }: Call): Asked => ({ ...WRITE, call, alias: who })

  /** What each call and subject met, in order. */
  function met(given: ScheduleSettings, made: readonly Call[]): Record<string, (Strike | null)[]> {
    const schedule = new Schedule(given, 0)
    const strikes: Record<string, (Strike | null)[]> = {}
    for (const one of made) {
      const list = (strikes[`${one.call} ${one.who}`] ??= [])
      list.push(schedule.next(askedOf(one), one.who, 0) ?? null)
    }
    return strikes
  }

  test('gives the n-th call of a subject the same whatever others do in between', () => {
    fc.assert(
      fc.property(settings, calls, fc.array(fc.nat()), (given, made, order) => {
        const shuffled = made
          .map((call, index) => ({ call, key: order[index] ?? 0 }))
          .toSorted((one, other) => one.key - other.key)
          .map(({ call }) => call)
        expect(met(given, shuffled)).toEqual(met(given, made))
      }),
    )
  })

  test('shows what repeats it, and the plan of everybody who was called about', () => {
    fc.assert(
      fc.property(settings, calls, (given, made) => {
        const schedule = new Schedule(given, 0)
        for (const one of made) schedule.next(askedOf(one), one.who, 0)
        const shown = schedule.shown()
        expect(readSchedule(JSON.parse(JSON.stringify(shown['schedule'])), 'schedule')).toEqual(given)
        const counts = (shown['plans'] as { calls: number }[]).map((plan) => plan.calls)
        expect(counts.reduce((sum, count) => sum + count, 0)).toBe(made.length)
      }),
    )
  })

  test('strikes nobody after its seconds, nor while it is paused, and does not count then', () => {
    const given = { ...CALM, seed: 3, intensity: 1, seconds: 5 }
    const mia: Call = { call: 'POST /a', who: 'mia' }
    const schedule = new Schedule(given, 1000)
    schedule.paused = true
    expect(schedule.next(askedOf(mia), 'mia', 1000)).toBeUndefined()
    schedule.paused = false
    expect(schedule.next(askedOf(mia), 'mia', 5999)).toEqual(planOf(given, askedOf(mia))[0])
    expect(schedule.next(askedOf(mia), 'mia', 6000)).toBeUndefined()
  })
})

test.each([
  [{}, 'schedule.seed is missing'],
  [{ seed: 1, intensity: 1.5 }, 'schedule.intensity is 1.5; it must be a number from 0 to 1'],
  [{ seed: 1, intensity: 'much' }, 'schedule.intensity'],
  [{ seed: 1, for: { calls: 101 } }, 'schedule.for.calls'],
  [{ seed: 1, for: 3 }, 'schedule.for'],
  [{ seed: 1, longest: { delayMs: -1 } }, 'schedule.longest.delayMs'],
  [{ seed: 1, kinds: [] }, 'unknown key "kinds"'],
])('the schedule %j is refused and its fault named', (given, named) => {
  expect(() => readSchedule(given, 'schedule')).toThrow(named)
})
