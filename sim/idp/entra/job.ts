/**
 * When Entra's job is healthy, when it is put into quarantine, when it tries next and when it gives up (facts 2.8, and
 * the vendor's page on quarantine that it rests on). Pure: counts and times are given.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../clock.ts'

export const CYCLE_MS = 40 * MINUTE_MS
/** Retries count from the moment the quarantine began; after the third, one a day. */
export const QUARANTINE_RETRIES_MS: readonly number[] = [6 * HOUR_MS, 12 * HOUR_MS, 24 * HOUR_MS]
export const DISABLED_AFTER_MS = 28 * DAY_MS

export interface Thresholds {
  /** Below this many failures nothing is judged by its share. */
  readonly leastFailures: number
  /** More than this share of a cycle's events. */
  readonly share: number
  /** More than this many people and groups that fail. */
  readonly failures: number
  /** More than this many, failures of references (members) included. */
  readonly withReferences: number
}

export const THRESHOLDS: Thresholds = { leastFailures: 5_000, share: 0.4, failures: 40_000, withReferences: 60_000 }

/** What a cycle came to. */
export interface Counts {
  /** People and groups that were looked at. */
  readonly processed: number
  /** Those of them that failed. */
  readonly failed: number
  /** Everybody and every group that waits for a retry now. */
  readonly open: number
  /** References that could not be set, to members the server does not know. */
  readonly references: number
}

export interface Quarantine {
  readonly since: Date
  readonly reason: string
  /** Cycles that were tried since. */
  readonly retries: number
}

export interface JobState {
  /** `new`: no cycle yet. `disabled`: four weeks of quarantine; only a restart helps. */
  readonly status: 'new' | 'healthy' | 'quarantine' | 'disabled'
  readonly cycles: number
  /** The initial cycle is over. */
  readonly initialDone: boolean
  readonly counts: Counts
  readonly quarantine?: Quarantine
  readonly nextCycleAt: Date
}

const NONE: Counts = { processed: 0, failed: 0, open: 0, references: 0 }

export function newJob(now: Date): JobState {
  return { status: 'new', cycles: 0, initialDone: false, counts: NONE, nextCycleAt: now }
}

/** Why these counts put a job into quarantine, or undefined. */
export function tooManyFailures(counts: Counts, thresholds: Thresholds): string | undefined {
  const { processed, failed, open, references } = counts
  const { leastFailures, share, failures, withReferences } = thresholds
  if (failed >= leastFailures && failed > share * processed)
    return `${failed} of ${processed} events failed, more than ${Math.round(share * 100)} %`
  if (open > failures) return `${open} failures, more than ${failures}`
  if (open + references > withReferences) return `${open + references} failures, more than ${withReferences}`
  return undefined
}

export interface CycleEnd {
  readonly counts: Counts
  /** Why the job cannot go on: no connection, wrong credentials, too many failures. */
  readonly trouble: string | undefined
  readonly now: Date
}

/** The job after a cycle. A cycle without trouble ends a quarantine; a quarantine keeps the time it began at. */
export function afterCycle(job: JobState, { counts, trouble, now }: CycleEnd): JobState {
  const { quarantine: before, ...rest } = job
  const next = { ...rest, cycles: job.cycles + 1, counts }
  if (trouble === undefined) {
    return { ...next, status: 'healthy', initialDone: true, nextCycleAt: new Date(now.getTime() + CYCLE_MS) }
  }
  const since = before?.since ?? now
  const quarantine = { since, reason: trouble, retries: before === undefined ? 0 : before.retries + 1 }
  const nextCycleAt = retryAt(since, now)
  const given = nextCycleAt.getTime() - since.getTime() > DISABLED_AFTER_MS
  return { ...next, status: given ? 'disabled' : 'quarantine', quarantine, nextCycleAt }
}

/** The first retry after `now` of a quarantine that began at `since`. */
export function retryAt(since: Date, now: Date): Date {
  const passed = now.getTime() - since.getTime()
  const early = QUARANTINE_RETRIES_MS.find((offset) => offset > passed)
  return new Date(since.getTime() + (early ?? (Math.floor(passed / DAY_MS) + 1) * DAY_MS))
}
