// Decides what is remembered of the calls that came in: a bounded list in order of arrival, and counts by route.

/** What a call is for: to sign in, to look, or to change something, whether or not it came to that. */
export type CallKind = 'signIn' | 'read' | 'write'

export interface CallCount {
  readonly total: number
  readonly byMethod: Readonly<Record<string, number>>
  readonly signIns: number
  readonly reads: number
  readonly writes: number
}

export interface Call {
  readonly seq: number
  readonly at: string
  readonly method: string
  /** Without the query string. */
  readonly path: string
  /** 0 while it runs and when its connection was cut. */
  status: number
  readonly correlationId: string
  /** The one user the call was about, where there was one. */
  userId?: string
  /** What a chaos schedule did to it. */
  struck?: string
}

const KEPT = 20_000

export class CallLog {
  /** Calls since the last reset. */
  total = 0
  #lastSeq = 0
  #calls: Call[] = []
  #byRoute = new Map<string, number>()

  begin(call: Omit<Call, 'seq' | 'status'>, route: string): Call {
    const entry: Call = { ...call, seq: ++this.#lastSeq, status: 0 }
    this.total++
    this.#calls.push(entry)
    if (this.#calls.length >= KEPT * 2) this.#calls = this.#calls.slice(-KEPT)
    this.#byRoute.set(route, (this.#byRoute.get(route) ?? 0) + 1)
    return entry
  }

  /** Calls with a higher number than `since`, oldest first. */
  since(since: number, limit: number): readonly Call[] {
    const first = this.#calls[0]?.seq ?? 1
    const from = Math.max(0, since - first + 1)
    return this.#calls.slice(from, from + limit)
  }

  byRoute(): Record<string, number> {
    return Object.fromEntries([...this.#byRoute].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }

  /** Calls with a higher number than `since`, counted; of very many, the last ones only. */
  countSince(since: number): CallCount {
    const byMethod: Record<string, number> = {}
    const byKind: Record<CallKind, number> = { signIn: 0, read: 0, write: 0 }
    const calls = this.since(since, Number.POSITIVE_INFINITY)
    for (const call of calls) {
      byMethod[call.method] = (byMethod[call.method] ?? 0) + 1
      byKind[kindOf(call)]++
    }
    return { total: calls.length, byMethod, signIns: byKind.signIn, reads: byKind.read, writes: byKind.write }
  }

  /** Numbering goes on, so that a reader that polls by number misses nothing. */
  forget(): void {
    this.total = 0
    this.#calls = []
    this.#byRoute = new Map()
  }
}

/** A POST that searches reads, and one for a token changes nothing. */
function kindOf({ method, path }: Call): CallKind {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return 'read'
  if (method !== 'POST') return 'write'
  if (/\/(?:token|token\/access-key|user\/refresh|authorize)$/i.test(path)) return 'signIn'
  return /\/search$|\/identities$/i.test(path) ? 'read' : 'write'
}
