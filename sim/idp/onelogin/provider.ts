/**
 * OneLogin as a SCIM server meets it: one connector with its template, which creates, replaces, suspends and deletes users
 * (facts 3). What fails stays failed until an administrator retries. It never looks at the server by another way than
 * SCIM.
 */
import type { Answered, Reading } from '../answers.ts'
import { Book, done, failed, type Action, type Belief, type Entry, type Outcome } from '../beliefs.ts'
import { ScimClient, type Exchange } from '../client.ts'
import { GroupBook, type Group, type GroupBelief } from '../groups.ts'
import { importAll, type Import } from '../import.ts'
import type { Person, ProfileChanges } from '../people.ts'
import type { Provider } from '../provider.ts'
import { differences, type JsonObject } from '../scim.ts'
import { read } from './answers.ts'
import { pushGroup } from './groups.ts'
import * as requests from './requests.ts'
import { bodyOf, sentIn, TEMPLATES, type Variant } from './template.ts'

/** What happens at the server to whoever leaves: DELETE, PUT with `active` false, or nothing at all. */
export type OnLeaving = 'delete' | 'suspend' | 'nothing'

export interface OneLoginOptions {
  /** The SCIM base URL, for example http://127.0.0.1:8080/scim/v2. */
  readonly base: string
  readonly token: string
  readonly variant: Variant
  /** The administrator's own template instead of the connector's. */
  readonly template?: string
  /** Headers the administrator adds. */
  readonly headers?: Readonly<Record<string, string>>
  /** Setting for users who are suspended; default `suspend`. */
  readonly onSuspend?: OnLeaving
  /** Setting for users who are removed from the application; default `delete`. */
  readonly onRemove?: OnLeaving
  /** How long an answer may take; default 60 s. */
  readonly timeoutMs?: number
}

const TIMEOUT_MS = 60_000
export const NOTHING_SENT = 'nothing sent'

/**
 * Every action sends at once, resolves to an {@link Outcome} and never rejects for the server's sake; after a failure, a
 * 429 included, a task waits in {@link beliefs} until {@link retryTasks} or a later action settles it. The actions on one
 * person take turns, but for `assign`.
 */
export class OneLoginProvider implements Provider {
  readonly #options: OneLoginOptions
  readonly #client: ScimClient
  readonly #template: string
  readonly #book = new Book()
  readonly #groups: GroupBook

  constructor(options: OneLoginOptions) {
    const { base, token, headers, timeoutMs = TIMEOUT_MS, variant, template = TEMPLATES[variant] } = options
    this.#options = options
    this.#template = template
    this.#client = new ScimClient({ base, timeoutMs, headers: () => requests.oneLoginHeaders(token, headers) })
    const send = this.#client.send.bind(this.#client)
    this.#groups = new GroupBook((entry) => pushGroup({ people: this.#book, send }, entry))
  }

  /** Facts 3.3 #1: somebody who is not there; an empty list, or 404. */
  async testCredentials(): Promise<Outcome> {
    const nobody = 'nobody@not-there.invalid'
    const reading = read.match(await this.#client.send(requests.match(nobody)), 'userName', nobody)
    return reading.ok ? done('', 'connected', reading.complaints) : failed(reading.failure)
  }

  /** Match by userName, then create, or link what was found and replace it (#3, #4, #6). */
  assign(person: Person): Promise<Outcome> {
    const entry = this.#book.open(person)
    return this.#book.atOnce(entry, 'assign', () => this.#assign(entry))
  }

  /** GET, then PUT of the template (#5, #6). The changes enter OneLogin's directory whether or not they arrive. */
  push(person: Person, changes: ProfileChanges = {}): Promise<Outcome> {
    return this.#book.inTurn(person, 'push', (entry, id) => {
      entry.person = { ...entry.person, ...changes }
      return this.#replace(entry, id, entry.active)
    })
  }

  /** #6 */
  rename(person: Person, userName: string): Promise<Outcome> {
    return this.push(person, { userName })
  }

  /** The user is suspended in OneLogin (#7). */
  deactivate(person: Person): Promise<Outcome> {
    return this.#leave(person, 'deactivate', this.#options.onSuspend ?? 'suspend')
  }

  /** The user is removed from the application, or deleted in OneLogin (#7, #9). */
  remove(person: Person): Promise<Outcome> {
    return this.#leave(person, 'remove', this.#options.onRemove ?? 'delete')
  }

  /** #8; whoever was deleted is assigned anew. */
  reactivate(person: Person): Promise<Outcome> {
    if (this.#book.of(person).removed) return this.assign(person)
    return this.#book.inTurn(person, 'reactivate', (entry, id) => this.#replace(entry, id, true))
  }

  pushGroup(group: Group, members: readonly Person[]): Promise<Outcome> {
    return this.#groups.push(group, { members })
  }

  /** The facts know no such request; what is sent is a guess. */
  renameGroup(group: Group, displayName: string): Promise<Outcome> {
    return this.#groups.push(group, { displayName })
  }

  setMembers(group: Group, members: readonly Person[]): Promise<Outcome> {
    return this.#groups.push(group, { members })
  }

  /** The facts know no such request; what is sent is a guess. */
  deleteGroup(group: Group): Promise<Outcome> {
    return this.#groups.push(group, { remove: 'delete' })
  }

  /** What the administrator's "retry" does: every failed task once more, person by person, then group by group. */
  async retryTasks(): Promise<Outcome[]> {
    const outcomes: Outcome[] = []
    for (const entry of this.#book.entries()) {
      for (const { action } of entry.tasks) outcomes.push(await this.#again(entry.person, action))
    }
    for (const entry of this.#groups.due()) outcomes.push(await this.#groups.run(entry))
    return outcomes
  }

  /** OneLogin repeats nothing by itself: only the administrator does. */
  catchUp(): Promise<Outcome[]> {
    return this.retryTasks()
  }

  /** #2; changes no belief. */
  importUsers(): Promise<Import> {
    return importAll({ page: requests.listUsers, send: (request) => this.#client.send(request), read })
  }

  /** Asks for this id as before an update (#5); changes no belief. */
  async look(id: string): Promise<Reading<Answered>> {
    return read.user(await this.#client.send(requests.readUser(id)), { id })
  }

  /** Where a user as the server shows it departs from what the template made of this person. */
  departures(told: Person, resource: JsonObject): string[] {
    return differences('OneLogin', sentIn(bodyOf(this.#template, told, true)), resource)
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
    this.#client.close()
  }

  async #assign(entry: Entry): Promise<Outcome> {
    const { person } = entry
    const found = read.match(await this.#client.send(requests.match(person.userName)), 'userName', person.userName)
    if (!found.ok) return failed(found.failure)
    if (found.value !== undefined) {
      const linked = await this.#replace(entry, found.value.id, true)
      return linked.ok ? { ...linked, detail: 'linked' } : linked
    }
    const text = bodyOf(this.#template, person, true)
    const created = read.user(await this.#client.send(requests.createUser(text)), { active: true })
    return this.#acknowledge(entry, created, { person, active: true, detail: 'created' })
  }

  #leave(person: Person, action: 'deactivate' | 'remove', way: OnLeaving): Promise<Outcome> {
    return this.#book.inTurn(person, action, async (entry, id) => {
      if (way === 'nothing') return done(id, NOTHING_SENT)
      if (way === 'suspend') return this.#replace(entry, id, false)
      const deleted = read.deleted(await this.#client.send(requests.deleteUser(id)))
      if (!deleted.ok) return failed(deleted.failure)
      entry.removed = true
      entry.active = false
      return done(id, 'deleted')
    })
  }

  async #replace(entry: Entry, id: string, active: boolean): Promise<Outcome> {
    const before = read.user(await this.#client.send(requests.readUser(id)), { id })
    if (!before.ok) return failed(before.failure)
    const { person } = entry
    const text = bodyOf(this.#template, person, active)
    const answered = read.user(await this.#client.send(requests.putUser(id, text)), { id, active })
    return this.#acknowledge(entry, answered, { person, active, detail: 'replaced' })
  }

  /** Believes what the server acknowledged, and complains where the answer departs from what was sent. */
  #acknowledge(
    entry: Entry,
    reading: Reading<Answered>,
    { person, active, detail }: { person: Person; active: boolean; detail: string },
  ): Outcome {
    if (!reading.ok) return failed(reading.failure)
    const { id, resource } = reading.value
    entry.link(id)
    entry.told = person
    entry.active = active
    return done(id, detail, [...reading.complaints, ...this.departures(person, resource)])
  }

  #again(person: Person, action: Action): Promise<Outcome> {
    const again: Partial<Record<Action, () => Promise<Outcome>>> = {
      assign: () => this.assign(person),
      push: () => this.push(person),
      deactivate: () => this.deactivate(person),
      reactivate: () => this.reactivate(person),
      remove: () => this.remove(person),
    }
    const act = again[action]
    if (act === undefined) throw new TypeError(`OneLogin knows no task "${action}"`)
    return act()
  }
}
