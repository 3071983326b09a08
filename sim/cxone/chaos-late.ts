// Decides what a late read shows: the answer to the very same question before the last write of its subject, and only
// for a while after that write. Never two writes back, and never what somebody else was told.

export interface Told {
  readonly status: number
  readonly type: string
  readonly body: string
}

interface Remembered extends Told {
  /** Writes of the subject when this was told. */
  readonly writes: number
}

/** More questions than this are not remembered: the oldest go. */
const MOST = 5000

export class LateReads {
  readonly #told = new Map<string, Remembered>()
  readonly #writes = new Map<string, { count: number; at: number }>()

  told(question: string, who: string, answer: Told): void {
    this.#told.delete(question)
    this.#told.set(question, { ...answer, writes: this.#writes.get(who)?.count ?? 0 })
    const [oldest] = this.#told.keys()
    if (this.#told.size > MOST && oldest !== undefined) this.#told.delete(oldest)
  }

  /** After a write that shows at once, nothing that was told before it is shown any more. */
  written(who: string, { now, shows }: { now: number; shows: 'atOnce' | 'later' }): void {
    const before = this.#writes.get(who)?.count ?? 0
    this.#writes.set(who, { count: before + (shows === 'later' ? 1 : 2), at: now })
  }

  /** What was told before the last write, if that is less than `lateMs` ago. */
  before(question: string, who: string, when: { now: number; lateMs: number }): Told | undefined {
    const last = this.#writes.get(who)
    const told = this.#told.get(question)
    if (last === undefined || told === undefined || told.writes !== last.count - 1) return undefined
    return when.now - last.at <= when.lateMs ? told : undefined
  }
}
