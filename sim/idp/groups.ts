/**
 * What a provider believes of each group it pushes: what its own directory wants, what the server was told, and what
 * stands in the way. Keeps the book and lets one group's pushes take turns; the requests are each provider's own.
 */
import type { Outcome } from './beliefs.ts'
import type { Person } from './people.ts'

/** A group as the company's directory describes it. */
export interface Group {
  /** Letters and digits, never changes. */
  readonly key: string
  readonly displayName: string
}

export interface GroupBelief {
  readonly group: Group
  readonly status: 'unlinked' | 'linked' | 'removed'
  /** Keys of the people who ought to be members. */
  readonly members: readonly string[]
  readonly id?: string
  /** What the server acknowledged last; `members` are ids of users. */
  readonly told?: Told
  readonly lastError?: string
  /** Failed pushes in a row. */
  readonly failures: number
}

export interface Told {
  readonly displayName: string
  readonly members: readonly string[]
}

/** A change in the provider's own directory. */
export interface GroupWish {
  readonly displayName?: string
  readonly members?: readonly Person[]
  /** `keep` ends the push and leaves the group at the server. */
  readonly remove?: 'delete' | 'keep'
}

/** The page of the book about one group. */
export class GroupEntry {
  group: Group
  members: readonly string[] = []
  remove: 'delete' | 'keep' | undefined
  id: string | undefined
  told: Told | undefined
  lastError: string | undefined
  failures = 0
  /** Something is wanted that the server was not told yet. */
  due = true
  turn: Promise<unknown> = Promise.resolve()

  constructor(group: Group) {
    this.group = group
  }

  settle(outcome: Outcome): Outcome {
    this.failures = outcome.ok ? 0 : this.failures + 1
    this.lastError = outcome.ok ? undefined : outcome.detail
    this.due = !outcome.ok
    return outcome
  }

  /** The group is gone at the server, or is no longer pushed. */
  forget(): void {
    this.id = undefined
    this.told = undefined
  }

  belief(): GroupBelief {
    return {
      group: this.group,
      status:
        this.remove !== undefined && this.id === undefined ? 'removed' : this.id === undefined ? 'unlinked' : 'linked',
      members: this.members,
      ...(this.id === undefined ? {} : { id: this.id }),
      ...(this.told === undefined ? {} : { told: this.told }),
      ...(this.lastError === undefined ? {} : { lastError: this.lastError }),
      failures: this.failures,
    }
  }
}

/** Makes the server's group what the entry wants; must be repeatable. */
export type GroupSync = (entry: GroupEntry) => Promise<Outcome>

export class GroupBook {
  readonly #entries = new Map<string, GroupEntry>()
  readonly #sync: GroupSync

  constructor(sync: GroupSync) {
    this.#sync = sync
  }

  /** Notes a wish, for a group that may be new. */
  note(group: Group, wish: GroupWish): GroupEntry {
    const entry = this.#entries.get(group.key) ?? new GroupEntry(group)
    this.#entries.set(group.key, entry)
    if (wish.displayName !== undefined) entry.group = { ...entry.group, displayName: wish.displayName }
    if (wish.members !== undefined) entry.members = wish.members.map((person) => person.key)
    entry.remove = wish.remove
    entry.due = true
    return entry
  }

  /** Notes a wish and makes it so, after the pushes of this group that are under way. */
  push(group: Group, wish: GroupWish): Promise<Outcome> {
    return this.run(this.note(group, wish))
  }

  /** One more push of what the entry wants, in the usual way or in another. */
  run(entry: GroupEntry, sync: GroupSync = this.#sync): Promise<Outcome> {
    const turn = entry.turn.then(async () => entry.settle(await sync(entry)))
    entry.turn = turn.catch(() => undefined)
    return turn
  }

  /** The groups of which the server was not told everything. */
  due(): GroupEntry[] {
    return [...this.#entries.values()].filter((entry) => entry.due)
  }

  entries(): GroupEntry[] {
    return [...this.#entries.values()]
  }

  beliefs(): GroupBelief[] {
    return this.entries().map((entry) => entry.belief())
  }
}

/** Who is to be added and who removed, by id of user. */
export function memberChanges(
  told: readonly string[],
  wanted: readonly string[],
): { added: readonly string[]; removed: readonly string[] } {
  return {
    added: wanted.filter((id) => !told.includes(id)),
    removed: told.filter((id) => !wanted.includes(id)),
  }
}
