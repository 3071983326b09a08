/**
 * Entra ID as a SCIM server meets it: changes are noted in its directory and sent by the cycles of one provisioning job
 * (facts 2). It never looks at the server by another way than SCIM.
 */
import { randomUUID } from 'node:crypto'
import type { Answered, Failure, Reading } from '../answers.ts'
import { Book, done, failed, type Belief, type Entry, type Outcome } from '../beliefs.ts'
import { ScimClient, type Exchange } from '../client.ts'
import { systemClock, type Clock } from '../clock.ts'
import { GroupBook, type Group, type GroupBelief } from '../groups.ts'
import { importAll, type Import } from '../import.ts'
import { patiently, wholeSeconds, type WaitRule } from '../patience.ts'
import type { Person, ProfileChanges } from '../people.ts'
import type { Provider } from '../provider.ts'
import type { ScimRequest } from '../scim.ts'
import { read } from './answers.ts'
import { runCycle, type CycleReport } from './cycle.ts'
import { newStanding, type Standing } from './directory.ts'
import { provisionGroup } from './groups.ts'
import { afterCycle, newJob, THRESHOLDS, type JobState, type Thresholds } from './job.ts'
import { MATCHING_PATH, matchingPair, type Matching } from './mapping.ts'
import type { Provisioning } from './provision.ts'
import * as requests from './requests.ts'
import type { Dialect } from './requests.ts'

export interface EntraOptions {
  /** The tenant URL without the flag of the dialect, for example http://127.0.0.1:8080/scim/v2. */
  readonly base: string
  readonly token: string
  readonly dialect: Dialect
  /** The attribute that users are matched by; default userName. */
  readonly matching?: Matching
  /** Default: real time. */
  readonly clock?: Clock
  /** What a 429 does; sources differ. Default `next-cycle`: the person fails and is tried again in the next cycle. */
  readonly onThrottle?: 'next-cycle' | 'obey'
  /** Whether a cycle asks for a known user and group first; default true. */
  readonly keepAlive?: boolean
  /** People under way at once in a cycle; default 8. */
  readonly parallel?: number
  readonly thresholds?: Partial<Thresholds>
  /** Multiplies every wait after an obeyed 429; default 1. */
  readonly retryScale?: number
  /** How long an answer may take; default 30 s. */
  readonly timeoutMs?: number
  /** Hears of each wait after a 429, in unscaled seconds. */
  readonly onWait?: (seconds: number) => void
}

const TIMEOUT_MS = 30_000
const OBEYED_ATTEMPTS = 5

/**
 * All actions note a change in the directory and resolve at once to the outcome "noted"; {@link cycle} sends, and
 * {@link beliefs} say what Entra believes then.
 */
export class EntraProvider implements Provider {
  readonly #client: ScimClient
  readonly #clock: Clock
  readonly #options: EntraOptions
  readonly #closing = new AbortController()
  readonly #book = new Book()
  readonly #standings = new Map<Entry, Standing>()
  readonly #how: Provisioning
  readonly #groups: GroupBook
  #job: JobState
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: EntraOptions) {
    const { base, token, dialect, matching = 'userName', timeoutMs = TIMEOUT_MS, clock = systemClock } = options
    this.#options = options
    this.#clock = clock
    this.#client = new ScimClient({ base, timeoutMs, headers: (hasBody) => requests.entraHeaders(token, hasBody) })
    this.#how = { dialect, matching, send: (request) => this.#send(request) }
    this.#groups = new GroupBook((entry) => provisionGroup(this.#how, this.#book, entry))
    this.#job = newJob(clock.now())
  }

  /** Facts 2.4 #1: a user, and with groups a group, that cannot be there. Anything but an empty list is a failure. */
  async testCredentials(): Promise<Outcome> {
    const nobody = randomUUID()
    const asked = [requests.matchUser(MATCHING_PATH[this.#how.matching], nobody)]
    if (this.#groups.entries().length > 0) asked.push(requests.matchGroup(nobody))
    const complaints: string[] = []
    for (const request of asked) {
      const reading = read.list(await this.#send(request))
      if (!reading.ok) return failed(reading.failure)
      if (reading.value.total > 0) return failed(filterIgnored(reading.value.total))
      complaints.push(...reading.complaints)
    }
    return done('', 'nobody there, as it should be', complaints)
  }

  /** Assigns the person to the application, or again after they were unassigned, deleted or purged. */
  assign(person: Person): Promise<Outcome> {
    const entry = this.#book.open(person)
    const standing = this.#standings.get(entry)
    this.#standings.set(entry, { ...newStanding(), enabled: standing?.enabled ?? true })
    return NOTED
  }

  push(person: Person, changes: ProfileChanges = {}): Promise<Outcome> {
    const entry = this.#book.of(person)
    entry.person = { ...entry.person, ...changes }
    return this.#note(person, {})
  }

  rename(person: Person, userName: string): Promise<Outcome> {
    return this.push(person, { userName })
  }

  /** Takes the person out of the application: `active` false once, then nothing more of them (#11). */
  deactivate(person: Person): Promise<Outcome> {
    return this.#note(person, { assigned: false })
  }

  /** Whatever took the person out is undone: unassigned, disabled, or deleted less than 30 days ago (#12). */
  reactivate(person: Person): Promise<Outcome> {
    return this.#note(person, { assigned: true, enabled: true, deletedAt: undefined, purged: false })
  }

  /** Blocks the person's sign-in; they stay assigned, and their attributes are still sent. */
  disable(person: Person): Promise<Outcome> {
    return this.#note(person, { enabled: false })
  }

  enable(person: Person): Promise<Outcome> {
    return this.#note(person, { enabled: true })
  }

  /** Moves the person to the deleted users: `active` false now, DELETE after 30 days (#11, #13). */
  softDelete(person: Person): Promise<Outcome> {
    return this.#note(person, { deletedAt: this.#clock.now() })
  }

  /** Takes the person back out of the deleted users (#12). Not possible once they are gone for good. */
  restore(person: Person): Promise<Outcome> {
    if (this.#book.of(person).removed) {
      return Promise.resolve(
        failed({ kind: 'gone', message: `${person.userName} is deleted for good: assign them anew` }),
      )
    }
    return this.#note(person, { deletedAt: undefined })
  }

  /** Deletes the person for good, without waiting 30 days (#13). */
  purge(person: Person): Promise<Outcome> {
    return this.#note(person, { purged: true })
  }

  pushGroup(group: Group, members: readonly Person[]): Promise<Outcome> {
    this.#groups.note(group, { members })
    return NOTED
  }

  renameGroup(group: Group, displayName: string): Promise<Outcome> {
    this.#groups.note(group, { displayName })
    return NOTED
  }

  setMembers(group: Group, members: readonly Person[]): Promise<Outcome> {
    this.#groups.note(group, { members })
    return NOTED
  }

  deleteGroup(group: Group): Promise<Outcome> {
    this.#groups.note(group, { remove: 'delete' })
    return NOTED
  }

  /**
   * One cycle now, whatever the schedule says; cycles take turns. The first looks at everybody; later ones at those who
   * changed, failed, or are due for deletion. A disabled job does nothing.
   */
  cycle(): Promise<CycleReport> {
    const turn = this.#turn.then(() => this.#cycle())
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  /** Plays the schedule until `until`: waits by the clock for each cycle that is due before it. */
  async runUntil(until: Date): Promise<CycleReport[]> {
    const reports: CycleReport[] = []
    while (this.#job.status !== 'disabled' && this.#job.nextCycleAt <= until) {
      await this.#waitUntil(this.#job.nextCycleAt)
      reports.push(await this.cycle())
    }
    await this.#waitUntil(until)
    return reports
  }

  /** The outcomes of one more cycle. */
  async catchUp(): Promise<Outcome[]> {
    return (await this.cycle()).outcomes.map(({ outcome }) => outcome)
  }

  /** The administrator's "restart provisioning": failures and quarantine are forgotten, everybody is looked at again. */
  restart(): void {
    for (const entry of this.#book.entries()) entry.forgetTasks()
    this.#job = { ...newJob(this.#clock.now()), cycles: this.#job.cycles }
  }

  /** The state of the job: health, failures, quarantine, next cycle. */
  job(): JobState {
    return this.#job
  }

  /** Asks for this person as a match would (#3), inactive or not; changes no belief. */
  async find(person: Person): Promise<Reading<Answered | undefined>> {
    const [path, value] = matchingPair(person, this.#how.matching)
    return read.match(await this.#send(requests.matchUser(path, value)), path, value)
  }

  /** Account discovery (#24): reads every page; changes no belief. */
  importUsers(): Promise<Import> {
    return importAll({ page: requests.discoverPage, size: requests.PAGE_SIZE, send: this.#how.send, read })
  }

  beliefs(): Belief[] {
    return this.#book.beliefs()
  }

  groupBeliefs(): GroupBelief[] {
    return this.#groups.beliefs()
  }

  exchanges(): readonly Exchange[] {
    return this.#client.exchanges()
  }

  get sent(): number {
    return this.#client.sent
  }

  close(): void {
    this.#closing.abort()
    this.#client.close()
  }

  #note(person: Person, change: Partial<Standing>): Promise<Outcome> {
    const entry = this.#book.of(person)
    const standing = this.#standings.get(entry) ?? newStanding()
    this.#standings.set(entry, { ...standing, ...change, due: true })
    return NOTED
  }

  async #cycle(): Promise<CycleReport> {
    const { keepAlive = true, parallel = 8, thresholds } = this.#options
    const report = await runCycle({
      job: this.#job,
      how: this.#how,
      people: this.#book,
      standingOf: (entry) => this.#standings.get(entry) ?? newStanding(),
      groups: this.#groups,
      test: () => this.testCredentials(),
      now: () => this.#clock.now(),
      keepAlive,
      parallel,
      thresholds: { ...THRESHOLDS, ...thresholds },
    })
    if (report.kind !== 'none') this.#job = afterCycle(this.#job, { ...report, now: this.#clock.now() })
    return report
  }

  #waitUntil(time: Date): Promise<void> {
    const ms = time.getTime() - this.#clock.now().getTime()
    return ms > 0 ? this.#clock.wait(ms, this.#closing.signal) : Promise.resolve()
  }

  #send(request: ScimRequest): Promise<Exchange> {
    const { retryScale = 1, onThrottle, onWait, dialect } = this.#options
    return patiently(() => this.#client.send(requests.inDialect(request, dialect)), {
      rule: onThrottle === 'obey' ? obey : giveUp,
      clock: this.#clock,
      scale: retryScale,
      signal: this.#closing.signal,
      onWait,
    })
  }
}

const NOTED: Promise<Outcome> = Promise.resolve(done('', 'noted'))

const giveUp: WaitRule = () => undefined
const obey: WaitRule = (retryAfter, _previous, attempt) =>
  attempt < OBEYED_ATTEMPTS ? wholeSeconds(retryAfter) : undefined

function filterIgnored(total: number): Failure {
  return { kind: 'ambiguous', message: `a filter that fits nobody found ${total} users: it is ignored` }
}
