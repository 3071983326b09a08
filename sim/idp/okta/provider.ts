/**
 * Okta as a SCIM server meets it: a long-lived provider with one application of one family, which assigns, pushes,
 * renames, deactivates and reactivates people in Okta's order of requests (facts 1.3 to 1.5) and remembers what it
 * believes. It never looks at the server by another way than SCIM.
 */
import type { Answered, Failure, Reading } from '../answers.ts'
import { Book, done, failed, type Action, type Belief, type Entry, type Outcome } from '../beliefs.ts'
import { ScimClient, type Exchange } from '../client.ts'
import { systemClock, type Clock } from '../clock.ts'
import { GroupBook, type Group, type GroupBelief } from '../groups.ts'
import { importAll, type Import } from '../import.ts'
import { patiently } from '../patience.ts'
import type { Person, ProfileChanges } from '../people.ts'
import type { Provider } from '../provider.ts'
import { seededRandom, type Random } from '../random.ts'
import type { ScimRequest } from '../scim.ts'
import { read, UNREADABLE_ERROR } from './answers.ts'
import { differences } from './compare.ts'
import { pushGroup, replaceMembers, type GroupPush } from './groups.ts'
import { oktaPatience, TIMEOUT_MS } from './patience.ts'
import * as requests from './requests.ts'
import type { Auth, Family, Overlay } from './requests.ts'

export interface OktaOptions {
  /** The SCIM base URL, for example http://127.0.0.1:8080/scim/v2. */
  readonly base: string
  readonly token: string
  readonly family: Family
  /** Seed of the random passwords; default 1. */
  readonly seed?: number
  /** Multiplies every wait after a 429; default 1, which is what Okta does. */
  readonly retryScale?: number
  /** How long an answer may take; default 60 s. */
  readonly timeoutMs?: number
  readonly auth?: Auth
  /** Default: real time. */
  readonly clock?: Clock
  /** Hears of each wait after a 429, in unscaled seconds. */
  readonly onWait?: (seconds: number) => void
}

/**
 * Every action resolves to an {@link Outcome} and never rejects for the server's sake; after a failure a task waits
 * in {@link beliefs} until {@link retryTasks} or a later action settles it. The actions on one person take turns, but
 * for `assign`: Okta has been seen to run two assignments of one person at once.
 */
export class OktaProvider implements Provider {
  readonly #options: OktaOptions
  readonly #client: ScimClient
  readonly #random: Random
  readonly #closing = new AbortController()
  readonly #book = new Book()
  readonly #push: GroupPush
  readonly #groups: GroupBook

  constructor(options: OktaOptions) {
    const { base, token, auth = 'bearer', timeoutMs = TIMEOUT_MS, seed = 1, family } = options
    this.#options = options
    this.#client = new ScimClient({
      base,
      timeoutMs,
      headers: (hasBody) => requests.oktaHeaders(token, auth, hasBody),
    })
    this.#random = seededRandom(seed)
    this.#push = { family, people: this.#book, send: (request) => this.#send(request) }
    this.#groups = new GroupBook((entry) => pushGroup(this.#push, entry))
  }

  /** Facts 1.3 #1. A wrong address and an answer that is not JSON both read "Error authenticating: null". */
  async testCredentials(): Promise<Outcome> {
    const reading = read.list(await this.#send(requests.testCredentials()))
    if (!reading.ok) return failed(notThere(reading.failure))
    const { total, resources } = reading.value
    const complaints =
      resources.length > 2 ? [...reading.complaints, 'count=2 was answered with more than 2 users'] : reading.complaints
    return done('', `${total} users there`, complaints)
  }

  /**
   * Match by userName, then create, or link what was found and push the profile to it (#4, #5). A 409 on the create
   * means somebody else was quicker: look up again and link.
   */
  assign(person: Person): Promise<Outcome> {
    const entry = this.#book.open(person)
    return this.#book.atOnce(entry, 'assign', () => this.#assign(entry))
  }

  /** GET and PUT of the whole merged resource (#6). The changes enter Okta's directory whether or not they arrive. */
  push(person: Person, changes: ProfileChanges = {}): Promise<Outcome> {
    return this.#book.inTurn(person, 'push', (entry, id) => {
      entry.person = { ...entry.person, ...changes }
      return this.#put(entry, id, {})
    })
  }

  /** #10: a profile push with the new userName. */
  rename(person: Person, userName: string): Promise<Outcome> {
    return this.push(person, { userName })
  }

  /** #7. The user must stay readable; Okta never sends DELETE. */
  deactivate(person: Person): Promise<Outcome> {
    return this.#book.inTurn(person, 'deactivate', (entry, id) => this.#setActive(entry, id, false))
  }

  /** #8: the same id again. */
  reactivate(person: Person): Promise<Outcome> {
    return this.#book.inTurn(person, 'reactivate', (entry, id) => this.#setActive(entry, id, true))
  }

  /** #9. For AIW apps the facts only suppose a PUT. */
  syncPassword(person: Person): Promise<Outcome> {
    const password = this.#random.token(16)
    return this.#book.inTurn(person, 'password', (entry, id) =>
      this.#options.family === 'aiw'
        ? this.#put(entry, id, { password })
        : this.#patch(entry, requests.patchPassword(id, password), entry.active),
    )
  }

  /** #11 to #16, or #18: finds or creates the group and makes its members these people. */
  pushGroup(group: Group, members: readonly Person[]): Promise<Outcome> {
    return this.#groups.push(group, { members })
  }

  /** #14, or #18 */
  renameGroup(group: Group, displayName: string): Promise<Outcome> {
    return this.#groups.push(group, { displayName })
  }

  /** #15 and #16, or #18. With `now` it is "Push now" (#17): the whole list goes out, also an empty one. */
  setMembers(group: Group, members: readonly Person[], now = false): Promise<Outcome> {
    if (!now) return this.#groups.push(group, { members })
    return this.#groups.run(this.#groups.note(group, { members }), (entry) => replaceMembers(this.#push, entry))
  }

  /** #19. With `keep` the push ends and the group stays at the server. */
  deleteGroup(group: Group, remove: 'delete' | 'keep' = 'delete'): Promise<Outcome> {
    return this.#groups.push(group, { remove })
  }

  /** What the administrator's "retry" does: every waiting task once more, person by person, then group by group. */
  async retryTasks(): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    for (const entry of this.#book.entries()) {
      for (const { action } of entry.tasks) outcomes.push(await this.#again(entry.person, action))
    }
    for (const entry of this.#groups.due()) outcomes.push(await this.#groups.run(entry))
    return outcomes
  }

  /** Okta repeats nothing by itself: only the administrator does. */
  catchUp(): Promise<Outcome[]> {
    return this.retryTasks()
  }

  /** Reads every page (#2); changes no belief. */
  importUsers(): Promise<Import> {
    return importAll({
      page: requests.importPage,
      size: requests.PAGE_SIZE,
      send: (request) => this.#send(request),
      read,
    })
  }

  /** What Okta believes now, in order of first assignment. */
  beliefs(): Belief[] {
    return this.#book.beliefs()
  }

  /** What Okta believes of the groups it pushes, in order of first push. */
  groupBeliefs(): GroupBelief[] {
    return this.#groups.beliefs()
  }

  /** The last 10,000 exchanges, oldest first, without the credential. */
  exchanges(): readonly Exchange[] {
    return this.#client.exchanges()
  }

  /** Requests sent so far. */
  get sent(): number {
    return this.#client.sent
  }

  /** Ends waits and connections; an action under way rejects with an AbortError. */
  close(): void {
    this.#closing.abort()
    this.#client.close()
  }

  async #assign(entry: Entry): Promise<Outcome> {
    const { person } = entry
    const found = await this.#find(person.userName)
    if (!found.ok) return failed(found.failure)
    if (found.value !== undefined) return this.#link(entry, found.value)
    const created = read.user(await this.#send(requests.create(person, this.#random.token(16))), { active: true })
    if (created.ok) {
      if (entry.id !== undefined && entry.id !== created.value.id) return failed(split(entry.id, created.value.id))
      return this.#acknowledge(entry, created, { person, active: true, detail: 'created' })
    }
    if (created.failure.kind !== 'conflict') return failed(created.failure)
    const taken = await this.#find(person.userName)
    if (!taken.ok) return failed(taken.failure)
    if (taken.value !== undefined) return this.#link(entry, taken.value)
    return failed({
      ...created.failure,
      message: `${created.failure.message}, yet a look-up finds nobody of that name`,
    })
  }

  async #find(userName: string): Promise<Reading<Answered | undefined>> {
    return read.match(await this.#send(requests.match(userName)), 'userName', userName)
  }

  async #link(entry: Entry, user: Answered): Promise<Outcome> {
    if (entry.id !== undefined && entry.id !== user.id) return failed(split(entry.id, user.id))
    entry.link(user.id)
    const revived = user.resource['active'] === false ? await this.#setActive(entry, user.id, true) : undefined
    if (revived?.ok === false) return revived
    const pushed = await this.#put(entry, user.id, {})
    return pushed.ok ? { ...pushed, detail: 'linked' } : pushed
  }

  async #setActive(entry: Entry, id: string, active: boolean): Promise<Outcome> {
    if (this.#options.family === 'aiw') return this.#put(entry, id, { active })
    return this.#patch(entry, requests.patchActive(id, active), active)
  }

  async #patch(entry: Entry, request: ScimRequest, active: boolean): Promise<Outcome> {
    const patched = read.patched(await this.#send(request), {
      ...(entry.id === undefined ? {} : { id: entry.id }),
      active,
    })
    return this.#acknowledge(entry, patched, { person: entry.told, active, detail: 'patched' })
  }

  async #put(entry: Entry, id: string, overlay: Overlay): Promise<Outcome> {
    const { person } = entry
    const before = read.user(await this.#send(requests.readUser(id)), { id })
    if (!before.ok) return failed(before.failure)
    const resource = requests.mergeProfile(before.value.resource, person, overlay)
    const active = resource['active'] !== false
    const answered = read.user(await this.#send(requests.putUser(id, resource)), { id, active })
    return this.#acknowledge(entry, answered, { person, active, detail: 'pushed' })
  }

  /** Believes what the server acknowledged, and complains where the answer departs from what was sent. */
  #acknowledge(
    entry: Entry,
    reading: Reading<Answered | undefined>,
    sent: { person: Person | undefined; active: boolean; detail: string },
  ): Outcome {
    if (!reading.ok) return failed(reading.failure)
    const id = reading.value?.id ?? entry.id ?? ''
    entry.link(id)
    entry.told = sent.person
    entry.active = sent.active
    const resource = reading.value?.resource
    const departures = resource === undefined || sent.person === undefined ? [] : differences(sent.person, resource)
    return done(id, sent.detail, [...reading.complaints, ...departures])
  }

  #again(person: Person, action: Action): Promise<Outcome> {
    const again: Record<Exclude<Action, 'remove' | 'provision'>, () => Promise<Outcome>> = {
      assign: () => this.assign(person),
      push: () => this.push(person),
      deactivate: () => this.deactivate(person),
      reactivate: () => this.reactivate(person),
      password: () => this.syncPassword(person),
    }
    if (action === 'remove' || action === 'provision') throw new TypeError(`Okta knows no task "${action}"`)
    return again[action]()
  }

  #send(request: ScimRequest): Promise<Exchange> {
    const { retryScale = 1, clock = systemClock, onWait } = this.#options
    const { signal } = this.#closing
    return patiently(() => this.#client.send(request), { rule: oktaPatience, clock, scale: retryScale, signal, onWait })
  }
}

function split(known: string, other: string): Failure {
  return { kind: 'split', message: `split identity: the server has two users for one person, ${known} and ${other}` }
}

/** Okta shows the same words for a wrong address as for an answer it cannot parse; what happened stands behind them. */
function notThere(failure: Failure): Failure {
  if (failure.kind !== 'unreachable' && failure.kind !== 'gone') return failure
  return { ...failure, message: `${UNREADABLE_ERROR} (${failure.message})` }
}
