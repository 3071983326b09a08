import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS, HOUR_MS } from '../clock.ts'
import { afterCycle, CYCLE_MS, newJob, retryAt, THRESHOLDS, tooManyFailures, type JobState } from './job.ts'

const START = new Date('2026-11-01T08:00:00Z')
const NONE = { processed: 0, failed: 0, open: 0, references: 0 }
const after = (ms: number): Date => new Date(START.getTime() + ms)

describe('too many failures', () => {
  it.each([
    ['4,000 of 4,000', { processed: 4_000, failed: 4_000, open: 4_000, references: 0 }, undefined],
    ['5,000 of 5,000', { processed: 5_000, failed: 5_000, open: 5_000, references: 0 }, /5000 of 5000/],
    ['5,000 of 12,500, just 40 %', { processed: 12_500, failed: 5_000, open: 5_000, references: 0 }, undefined],
    ['20,000 of 120,000', { processed: 120_000, failed: 20_000, open: 20_000, references: 0 }, undefined],
    ['45,000 of 200,000', { processed: 200_000, failed: 45_000, open: 45_000, references: 0 }, /more than 40000/],
    ['40,000 and 21,000 members', { processed: 200_000, failed: 40_000, open: 40_000, references: 21_000 }, /61000/],
    ['40,000 and 20,000 members', { processed: 200_000, failed: 40_000, open: 40_000, references: 20_000 }, undefined],
  ])('%s', (_what, counts, expected) => {
    const reason = tooManyFailures(counts, THRESHOLDS)
    if (expected === undefined) expect(reason).toBeUndefined()
    else expect(reason).toMatch(expected)
  })
})

describe('the schedule', () => {
  it('is a cycle every 40 minutes', () => {
    const job = afterCycle(newJob(START), { counts: NONE, trouble: undefined, now: START })
    expect(job).toMatchObject({ status: 'healthy', initialDone: true, nextCycleAt: after(CYCLE_MS) })
  })

  it('slows down in quarantine to 6, 12 and 24 hours, then once a day, and ends after four weeks', () => {
    let job: JobState = afterCycle(newJob(START), { counts: NONE, trouble: 'down', now: START })
    const hours: number[] = []
    while (job.status === 'quarantine') {
      hours.push((job.nextCycleAt.getTime() - START.getTime()) / HOUR_MS)
      job = afterCycle(job, { counts: NONE, trouble: 'down', now: job.nextCycleAt })
    }
    expect(hours.slice(0, 5)).toEqual([6, 12, 24, 48, 72])
    expect(hours.at(-1)).toBe(28 * 24)
    expect(job).toMatchObject({ status: 'disabled', quarantine: { since: START, reason: 'down' } })
  })

  it('never names a moment that is past', () => {
    fc.assert(
      fc.property(fc.nat(40 * DAY_MS), (passed) => {
        const next = retryAt(START, after(passed)).getTime() - START.getTime()
        expect(next).toBeGreaterThan(passed)
        expect(next - passed).toBeLessThanOrEqual(DAY_MS)
      }),
    )
  })

  it('returns to 40 minutes as soon as a cycle is without trouble', () => {
    const bad = afterCycle(newJob(START), { counts: NONE, trouble: 'down', now: START })
    const good = afterCycle(bad, { counts: NONE, trouble: undefined, now: after(6 * HOUR_MS) })
    expect(good).toMatchObject({ status: 'healthy', nextCycleAt: after(6 * HOUR_MS + CYCLE_MS) })
    expect(good).not.toHaveProperty('quarantine')
  })
})
