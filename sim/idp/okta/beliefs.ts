/**
 * What Okta believes of each person assigned to the application, and the tasks that wait for an administrator.
 * Keeps the book; sends nothing and reads no answer.
 */
import type { Person } from '../people.ts'
import type { Failure } from './answers.ts'

export type Action = 'assign' | 'push' | 'deactivate' | 'reactivate' | 'password'

/** A step that failed. It stays until the step, or one that makes it pointless, succeeds. */
export interface Task {
  readonly action: Action
  readonly error: string
  readonly failures: number
}

export interface Belief {
  /** The person as Okta's own directory has them; may be ahead of what the server was told. */
  readonly person: Person
  readonly status: 'unlinked' | 'linked' | 'deactivated'
  /** The id the server gave; kept for good once linked. */
  readonly id?: string
  /** The profile the server acknowledged last. */
  readonly told?: Person
  readonly lastError?: string
  readonly tasks: readonly Task[]
}

/** What came of one action. `complaints` are things Okta survives at first and a review or a later step does not. */
export type Outcome =
  | { readonly ok: true; readonly id: string; readonly detail: string; readonly complaints: readonly string[] }
  | { readonly ok: false; readonly detail: string; readonly failure: Failure }

export function failed(failure: Failure): Outcome {
  return { ok: false, detail: failure.message, failure }
}

/** The page of the book about one person. One person's actions take turns, `turn` being the last in the queue. */
export class Entry {
  person: Person
  active = true
  id: string | undefined
  told: Person | undefined
  lastError: string | undefined
  turn: Promise<unknown> = Promise.resolve()
  #tasks: Task[] = []

  constructor(person: Person) {
    this.person = person
  }

  /** Writes the outcome of an action down and hands it back. */
  settle(action: Action, outcome: Outcome): Outcome {
    if (outcome.ok) {
      const done = SETTLES[action]
      this.#tasks = this.#tasks.filter((task) => !done.includes(task.action))
      this.lastError = this.#tasks.at(-1)?.error
      return outcome
    }
    const before = this.#tasks.find((task) => task.action === action)
    const task = { action, error: outcome.detail, failures: (before?.failures ?? 0) + 1 }
    this.#tasks = [...this.#tasks.filter((other) => other !== before), task]
    this.lastError = outcome.detail
    return outcome
  }

  belief(): Belief {
    return {
      person: this.person,
      status: this.id === undefined ? 'unlinked' : this.active ? 'linked' : 'deactivated',
      ...(this.id === undefined ? {} : { id: this.id }),
      ...(this.told === undefined ? {} : { told: this.told }),
      ...(this.lastError === undefined ? {} : { lastError: this.lastError }),
      tasks: [...this.#tasks],
    }
  }
}

/** Which waiting tasks an action that succeeded makes pointless. */
const SETTLES: Readonly<Record<Action, readonly Action[]>> = {
  assign: ['assign', 'push', 'reactivate'],
  push: ['push'],
  deactivate: ['deactivate', 'reactivate'],
  reactivate: ['reactivate', 'deactivate'],
  password: ['password'],
}
