/**
 * One cycle of Entra's job (facts 2.4 #2, 2.8): tests or keeps alive the connection, looks at whoever is due, then at the
 * groups, and counts what failed. Decides who is due and when a cycle stops; the job's state is judged from its report.
 */
import type { Book, Entry, Outcome } from '../beliefs.ts'
import type { GroupBook, GroupEntry } from '../groups.ts'
import { inScope, purgeDue, type Standing } from './directory.ts'
import { isTold } from './groups.ts'
import { tooManyFailures, type Counts, type JobState, type Thresholds } from './job.ts'
import { provision, type Provisioning } from './provision.ts'
import * as requests from './requests.ts'

export interface Cycle {
  readonly job: JobState
  readonly how: Provisioning
  readonly people: Book
  readonly standingOf: (entry: Entry) => Standing
  readonly groups: GroupBook
  /** The connection test. */
  readonly test: () => Promise<Outcome>
  readonly now: () => Date
  readonly keepAlive: boolean
  readonly parallel: number
  readonly thresholds: Thresholds
}

export interface CycleReport {
  /** `none`: the job is disabled and nothing was sent. */
  readonly kind: 'initial' | 'incremental' | 'none'
  readonly startedAt: Date
  readonly counts: Counts
  /** Why the job goes into quarantine, or stays there. */
  readonly trouble: string | undefined
  /** What was tried, in the order it ended; `who` is a userName or the name of a group. */
  readonly outcomes: readonly { readonly who: string; readonly outcome: Outcome }[]
}

type Tried = { readonly who: string; readonly outcome: Outcome }

export async function runCycle(cycle: Cycle): Promise<CycleReport> {
  const startedAt = cycle.now()
  const kind = cycle.job.status === 'disabled' ? 'none' : cycle.job.initialDone ? 'incremental' : 'initial'
  const outcomes: Tried[] = []
  const report = (trouble: string | undefined): CycleReport => {
    const counts = counted(cycle, outcomes)
    return { kind, startedAt, counts, outcomes, trouble: trouble ?? tooManyFailures(counts, cycle.thresholds) }
  }
  if (kind === 'none') return report(cycle.job.quarantine?.reason)
  const broken = await connection(cycle, kind)
  if (broken !== undefined) return report(broken)
  const locked = (await lookAtPeople(cycle, kind, outcomes)) ?? (await lookAtGroups(cycle, kind, outcomes))
  return report(locked)
}

/** Why there is no connection. The first cycle and every one in quarantine begin with the test. */
async function connection(cycle: Cycle, kind: CycleReport['kind']): Promise<string | undefined> {
  const { job, how, people, groups } = cycle
  if (kind === 'initial' || job.status === 'quarantine') {
    const tested = await cycle.test()
    return tested.ok ? undefined : `the connection test failed: ${tested.detail}`
  }
  if (!cycle.keepAlive) return undefined
  const user = people.entries().find((entry) => entry.linkedId !== undefined)?.linkedId
  const group = groups.entries().find((entry) => entry.id !== undefined)?.id
  const known = [
    ...(user === undefined ? [] : [requests.readUser(user)]),
    ...(group === undefined ? [] : [requests.readGroup(group)]),
  ]
  for (const request of known) {
    const { answer } = await how.send(request)
    if (answer?.status === 401) return WRONG_CREDENTIALS
  }
  return undefined
}

const WRONG_CREDENTIALS = 'the credentials are refused (401)'

/** Everybody who is due, several at once; stops at a 401, which is about the job and not about a person. */
async function lookAtPeople(cycle: Cycle, kind: CycleReport['kind'], outcomes: Tried[]): Promise<string | undefined> {
  const due = cycle.people.entries().filter((entry) => kind === 'initial' || isDue(cycle, entry))
  const waiting = due.values()
  let locked = false
  const lane = async (): Promise<void> => {
    for (const entry of waiting) {
      if (locked) return
      const standing = cycle.standingOf(entry)
      standing.due = false
      const outcome = entry.settle('provision', await provision(cycle.how, { entry, standing }, cycle.now()))
      // What came back is not what was sent: Entra sees a difference, and sends again in the next cycle.
      if (outcome.ok && outcome.complaints.length > 0) standing.due = true
      outcomes.push({ who: entry.person.userName, outcome })
      locked ||= isLocked(outcome)
    }
  }
  await Promise.all(Array.from({ length: Math.min(cycle.parallel, due.length) }, lane))
  return locked ? WRONG_CREDENTIALS : undefined
}

function isDue(cycle: Cycle, entry: Entry): boolean {
  const standing = cycle.standingOf(entry)
  const purge = entry.linkedId !== undefined && purgeDue(standing, cycle.now())
  return standing.due || entry.tasks.length > 0 || purge
}

async function lookAtGroups(cycle: Cycle, kind: CycleReport['kind'], outcomes: Tried[]): Promise<string | undefined> {
  for (const entry of cycle.groups.entries()) {
    if (kind !== 'initial' && !entry.due && isTold(cycle.people, entry)) continue
    const outcome = await cycle.groups.run(entry)
    outcomes.push({ who: entry.group.displayName, outcome })
    if (isLocked(outcome)) return WRONG_CREDENTIALS
  }
  return undefined
}

function isLocked(outcome: Outcome): boolean {
  return !outcome.ok && outcome.failure.kind === 'unauthorized'
}

function counted(cycle: Cycle, outcomes: readonly Tried[]): Counts {
  const groups = cycle.groups.entries()
  return {
    processed: outcomes.length,
    failed: outcomes.filter(({ outcome }) => !outcome.ok).length,
    open:
      cycle.people.entries().filter((entry) => entry.tasks.length > 0).length +
      groups.filter((entry) => entry.failures > 0).length,
    references: groups.reduce((sum, entry) => sum + missingMembers(cycle, entry), 0),
  }
}

/** Members who ought to be at the server and are not. */
function missingMembers({ people, standingOf }: Cycle, entry: GroupEntry): number {
  if (entry.remove !== undefined) return 0
  return entry.members.filter((key) => {
    const page = people.page(key)
    return page !== undefined && page.linkedId === undefined && inScope(standingOf(page))
  }).length
}
