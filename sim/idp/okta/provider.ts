/**
 * Okta as a SCIM server meets it: a long-lived provider with one application of one family, which assigns, pushes,
 * renames, deactivates and reactivates people in Okta's order of requests (facts 1.3 to 1.5) and remembers what it
 * believes. It never looks at the server by another way than SCIM.
 */
import type { Person } from '../people.ts'
import { seededRandom, type Random } from '../random.ts'
import {
  readList,
  readMatch,
  readPatched,
  readUser,
  UNREADABLE_ERROR,
  type AnsweredUser,
  type Failure,
  type Reading,
} from './answers.ts'
import { Entry, failed, type Action, type Belief, type Outcome } from './beliefs.ts'
import { OktaClient, type Exchange } from './client.ts'
import { differences } from './compare.ts'
import { importAll, type Import } from './import.ts'
import { patiently } from './patience.ts'
import * as requests from './requests.ts'
import type { Auth, Family, Overlay, ScimRequest } from './requests.ts'

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
  /** Hears of each wait after a 429, in unscaled seconds. */
  readonly onWait?: (seconds: number) => void
}

/** Changes in Okta's own directory. `userName` is a rename. */
export type ProfileChanges = Partial<Omit<Person, 'key'>>

/**
 * Every action resolves to an {@link Outcome} and never rejects for the server's sake; after a failure a task waits
 * in {@link beliefs} until {@link retryTasks} or a later action settles it. The actions on one person take turns, but
 * for `assign`: Okta has been seen to run two assignments of one person at once.
 */
export class OktaProvider {
  readonly #options: OktaOptions
  readonly #client: OktaClient
  readonly #random: Random
  readonly #closing = new AbortController()
  readonly #entries = new Map<string, Entry>()

  constructor(options: OktaOptions) {
    this.#options = options
    this.#client = new OktaClient({ auth: 'bearer', ...options })
    this.#random = seededRandom(options.seed ?? 1)
  }

  /** Facts 1.3 #1. A wrong address and an answer that is not JSON both read "Error authenticating: null". */
  async testCredentials(): Promise<Outcome> {
    const reading = readList(await this.#send(requests.testCredentials()))
    if (!reading.ok) return failed(notThere(reading.failure))
    const { total, users } = reading.value
    const complaints =
      users.length > 2 ? [...reading.complaints, 'count=2 was answered with more than 2 users'] : reading.complaints
    return { ok: true, id: '', detail: `${total} users there`, complaints }
  }

  /**
   * Match by userName, then create, or link what was found and push the profile to it (#4, #5). A 409 on the create
   * means somebody else was quicker: look up again and link.
   */
  async assign(person: Person): Promise<Outcome> {
    const entry = this.#entries.get(person.key) ?? new Entry(person)
    this.#entries.set(person.key, entry)
    return entry.settle('assign', await this.#assign(entry))
  }

  /** GET and PUT of the whole merged resource (#6). The changes enter Okta's directory whether or not they arrive. */
  push(person: Person, changes: ProfileChanges = {}): Promise<Outcome> {
    return this.#inTurn(person, 'push', (entry, id) => {
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
    return this.#inTurn(person, 'deactivate', (entry, id) => this.#setActive(entry, id, false))
  }

  /** #8: the same id again. */
  reactivate(person: Person): Promise<Outcome> {
    return this.#inTurn(person, 'reactivate', (entry, id) => this.#setActive(entry, id, true))
  }

  /** #9. For AIW apps the facts only suppose a PUT. */
  syncPassword(person: Person): Promise<Outcome> {
    const password = this.#random.token(16)
    return this.#inTurn(person, 'password', (entry, id) =>
      this.#options.family === 'aiw'
        ? this.#put(entry, id, { password })
        : this.#patch(entry, requests.patchPassword(id, password), entry.active),
    )
  }

  /** What the administrator's "retry" does: every waiting task once more, person by person. */
  async retryTasks(): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    for (const entry of this.#entries.values()) {
      for (const { action } of entry.belief().tasks) outcomes.push(await this.#again(entry.person, action))
    }
    return outcomes
  }

  /** Reads every page (#2); changes no belief. */
  importUsers(): Promise<Import> {
    return importAll((request) => this.#send(request))
  }

  /** What Okta believes now, in order of first assignment. */
  beliefs(): Belief[] {
    return [...this.#entries.values()].map((entry) => entry.belief())
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
    const created = readUser(await this.#send(requests.create(person, this.#random.token(16))), { active: true })
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

  /** 0 or 1 hit; more, or somebody of another name, means that the server ignored the filter. */
  async #find(userName: string): Promise<Reading<AnsweredUser | undefined>> {
    const reading = readMatch(await this.#send(requests.match(userName)))
    if (!reading.ok) return reading
    const [user, ...others] = reading.value.users
    const name = String(user?.resource['userName'])
    const wrong = user !== undefined && name.toLowerCase() !== userName.toLowerCase()
    if (others.length > 0 || reading.value.total > 1 || wrong) {
      const message = wrong
        ? `the match for ${userName} found ${name}`
        : `the match for ${userName} found ${reading.value.total} users`
      return { ok: false, failure: { kind: 'ambiguous', message } }
    }
    return { ...reading, value: user }
  }

  async #link(entry: Entry, user: AnsweredUser): Promise<Outcome> {
    if (entry.id !== undefined && entry.id !== user.id) return failed(split(entry.id, user.id))
    entry.id = user.id
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
    const patched = readPatched(await this.#send(request), {
      ...(entry.id === undefined ? {} : { id: entry.id }),
      active,
    })
    return this.#acknowledge(entry, patched, { person: entry.told, active, detail: 'patched' })
  }

  async #put(entry: Entry, id: string, overlay: Overlay): Promise<Outcome> {
    const { person } = entry
    const read = readUser(await this.#send(requests.readUser(id)), { id })
    if (!read.ok) return failed(read.failure)
    const resource = requests.mergeProfile(read.value.resource, person, overlay)
    const active = resource['active'] !== false
    const answered = readUser(await this.#send(requests.putUser(id, resource)), { id, active })
    return this.#acknowledge(entry, answered, { person, active, detail: 'pushed' })
  }

  /** Believes what the server acknowledged, and complains where the answer departs from what was sent. */
  #acknowledge(
    entry: Entry,
    reading: Reading<AnsweredUser | undefined>,
    sent: { person: Person | undefined; active: boolean; detail: string },
  ): Outcome {
    if (!reading.ok) return failed(reading.failure)
    const id = reading.value?.id ?? entry.id ?? ''
    entry.id = id
    entry.told = sent.person
    entry.active = sent.active
    const resource = reading.value?.resource
    const departures = resource === undefined || sent.person === undefined ? [] : differences(sent.person, resource)
    return { ok: true, id, detail: sent.detail, complaints: [...reading.complaints, ...departures] }
  }

  #again(person: Person, action: Action): Promise<Outcome> {
    const again: Record<Action, () => Promise<Outcome>> = {
      assign: () => this.assign(person),
      push: () => this.push(person),
      deactivate: () => this.deactivate(person),
      reactivate: () => this.reactivate(person),
      password: () => this.syncPassword(person),
    }
    return again[action]()
  }

  #inTurn(person: Person, action: Action, work: (entry: Entry, id: string) => Promise<Outcome>): Promise<Outcome> {
    const entry = this.#entries.get(person.key)
    if (entry === undefined)
      throw new TypeError(`${person.userName} was never assigned to the application: call assign first`)
    const turn = entry.turn.then(async () => {
      const outcome = entry.id === undefined ? failed(NOT_LINKED) : await work(entry, entry.id)
      return entry.settle(action, outcome)
    })
    entry.turn = turn.catch(() => undefined)
    return turn
  }

  #send(request: ScimRequest): Promise<Exchange> {
    const { retryScale = 1, onWait } = this.#options
    return patiently(() => this.#client.send(request), {
      scale: retryScale,
      signal: this.#closing.signal,
      ...(onWait === undefined ? {} : { onWait }),
    })
  }
}

const NOT_LINKED: Failure = { kind: 'not-linked', message: 'nothing sent: the server has given no id for this person' }

function split(known: string, other: string): Failure {
  return { kind: 'split', message: `split identity: the server has two users for one person, ${known} and ${other}` }
}

/** Okta shows the same words for a wrong address as for an answer it cannot parse; what happened stands behind them. */
function notThere(failure: Failure): Failure {
  if (failure.kind !== 'unreachable' && failure.kind !== 'gone') return failure
  return { ...failure, message: `${UNREADABLE_ERROR} (${failure.message})` }
}
