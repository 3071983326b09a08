/**
 * What a provider believes of each person assigned to the application, and the tasks that wait to be tried again.
 * Keeps the book and lets one person's actions take turns; sends nothing and reads no answer.
 */
import type { Failure } from './answers.ts'
import type { Person } from './people.ts'

/** `provision` is a whole evaluation of one person, as Entra's cycles do it. */
export type Action = 'assign' | 'push' | 'deactivate' | 'reactivate' | 'password' | 'remove' | 'provision'

/** A step that failed. It stays until the step, or one that makes it pointless, succeeds. */
export interface Task {
  readonly action: Action
  readonly error: string
  readonly failures: number
}

export interface Belief {
  /** The person as the provider's own directory has them; may be ahead of what the server was told. */
  readonly person: Person
  readonly status: 'unlinked' | 'linked' | 'deactivated' | 'removed'
  /** Whether the provider believes that this person's user is there and active. */
  readonly active: boolean
  /** The id the server gave; kept for good once linked, also after the user was deleted. */
  readonly id?: string
  /** The profile the server acknowledged last. */
  readonly told?: Person
  readonly lastError?: string
  readonly tasks: readonly Task[]
}

/** What came of one action. `complaints` are things a provider survives at first and a review or a later step does not. */
export type Outcome =
  | { readonly ok: true; readonly id: string; readonly detail: string; readonly complaints: readonly string[] }
  | { readonly ok: false; readonly detail: string; readonly failure: Failure }

export function failed(failure: Failure): Outcome {
  return { ok: false, detail: failure.message, failure }
}

export function done(id: string, detail: string, complaints: readonly string[] = []): Outcome {
  return { ok: true, id, detail, complaints }
}

/** The page of the book about one person. */
export class Entry {
  person: Person
  active = true
  /** Deleted at the server, by this provider. */
  removed = false
  id: string | undefined
  told: Person | undefined
  lastError: string | undefined
  /** The last in the queue of this person's actions. */
  turn: Promise<unknown> = Promise.resolve()
  #tasks: Task[] = []

  constructor(person: Person) {
    this.person = person
  }

  get tasks(): readonly Task[] {
    return this.#tasks
  }

  /** The id, unless there is no user behind it any more. */
  get linkedId(): string | undefined {
    return this.removed ? undefined : this.id
  }

  /** The server's user for this person is `id` from now on. */
  link(id: string): void {
    this.id = id
    this.removed = false
  }

  /** Writes the outcome of an action down and hands it back. */
  settle(action: Action, outcome: Outcome): Outcome {
    if (outcome.ok) {
      const pointless = SETTLES[action]
      this.#tasks = this.#tasks.filter((task) => !pointless.includes(task.action))
      this.lastError = this.#tasks.at(-1)?.error
      return outcome
    }
    const before = this.#tasks.find((task) => task.action === action)
    const task = { action, error: outcome.detail, failures: (before?.failures ?? 0) + 1 }
    this.#tasks = [...this.#tasks.filter((other) => other !== before), task]
    this.lastError = outcome.detail
    return outcome
  }

  /** The administrator starts afresh: what failed before is forgotten. */
  forgetTasks(): void {
    this.#tasks = []
    this.lastError = undefined
  }

  belief(): Belief {
    const status = this.removed
      ? 'removed'
      : this.id === undefined
        ? 'unlinked'
        : this.active
          ? 'linked'
          : 'deactivated'
    return {
      person: this.person,
      status,
      active: status === 'linked',
      ...(this.id === undefined ? {} : { id: this.id }),
      ...(this.told === undefined ? {} : { told: this.told }),
      ...(this.lastError === undefined ? {} : { lastError: this.lastError }),
      tasks: [...this.#tasks],
    }
  }
}

/** Which waiting tasks an action that succeeded makes pointless. */
const SETTLES: Readonly<Record<Action, readonly Action[]>> = {
  assign: ['assign', 'push', 'reactivate', 'deactivate', 'remove'],
  push: ['push'],
  deactivate: ['assign', 'deactivate', 'reactivate'],
  reactivate: ['reactivate', 'deactivate'],
  password: ['password'],
  remove: ['assign', 'push', 'deactivate', 'reactivate', 'password', 'remove'],
  provision: ['provision'],
}

const NOT_LINKED = 'nothing sent: the server has given no id for this person'

function unlinked(action: Action): Outcome {
  if (action === 'deactivate' || action === 'remove') return done('', NOT_LINKED)
  return failed({ kind: 'not-linked', message: NOT_LINKED })
}

/** Everybody who was ever assigned, in order of first assignment. */
export class Book {
  readonly #entries = new Map<string, Entry>()

  /** The page of this person, a new one if there is none. */
  open(person: Person): Entry {
    const entry = this.#entries.get(person.key) ?? new Entry(person)
    this.#entries.set(person.key, entry)
    return entry
  }

  /** The page of this person; throws a TypeError if they were never assigned. */
  of(person: Person): Entry {
    const entry = this.#entries.get(person.key)
    if (entry === undefined)
      throw new TypeError(`${person.userName} was never assigned to the application: call assign first`)
    return entry
  }

  /** Runs at once, whatever else is under way for this person; their later actions wait for it. */
  atOnce(entry: Entry, action: Action, work: () => Promise<Outcome>): Promise<Outcome> {
    const run = work().then((outcome) => entry.settle(action, outcome))
    entry.turn = Promise.allSettled([entry.turn, run])
    return run
  }

  /**
   * Runs after this person's other actions and writes down what came of it. Without a user at the server nothing is
   * sent: whoever leaves is then done with, anything else has failed.
   */
  inTurn(person: Person, action: Action, work: (entry: Entry, id: string) => Promise<Outcome>): Promise<Outcome> {
    const entry = this.of(person)
    const turn = entry.turn.then(async () => {
      const { linkedId } = entry
      return entry.settle(action, linkedId === undefined ? unlinked(action) : await work(entry, linkedId))
    })
    entry.turn = turn.catch(() => undefined)
    return turn
  }

  /** The page of whoever has this key, if there is one. */
  page(key: string): Entry | undefined {
    return this.#entries.get(key)
  }

  entries(): Entry[] {
    return [...this.#entries.values()]
  }

  beliefs(): Belief[] {
    return this.entries().map((entry) => entry.belief())
  }
}
