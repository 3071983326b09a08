/**
 * Lets calls to an app through no faster than its bucket fills.
 * Decides which call goes next, how many tokens are fetched at once and how long a call waits for one; must not know where
 * the bucket is kept (store/rate.ts, composed in app.ts), nor repeat a call.
 */
import { ConnectorError, type HttpClient } from './contract.ts'
import { retryAfter } from './http.ts'

/** 2: takes access away, or everybody waits for it. 1: somebody waits for it. 0: nobody does. */
export type Lane = 0 | 1 | 2

/** The bucket that all processes share. */
export interface Bucket {
  /** Takes up to `want` tokens and leaves `keep` in it, a part of what it can hold. `need` are for calls that wait already. */
  take(asked: { readonly need: number; readonly want: number; readonly keep: number }): Promise<{
    readonly granted: number
    /** Seconds until one more can be had. */
    readonly wait: number
    /** Calls a second it fills by. */
    readonly rate: number
  }>
  /** The app said that there are too many calls; no call before `until`, if it named that. */
  slowDown(until: Date | undefined): Promise<void>
}

export interface Pace {
  /** Resolves when a call of this lane may be made; rejects as `throttled` where that would take too long. */
  turn(lane: Lane): Promise<void>
  /** The app answered 429. */
  slowDown(until: Date | undefined): Promise<void>
  /** Nobody waits any more: whoever does is refused. */
  close(): void
}

export interface PaceOptions {
  /** Of the bucket: what may be had at once. */
  readonly burst: number
  /** Longest wait for a token. Default 60 s; leases of deliveries are renewed meanwhile. */
  readonly patienceMs?: number
}

/** A token that was fetched and not used is forgotten: used later, it would let a burst through that nobody counts on. */
const HELD_MS = 1_000
/** Seconds of calls that are fetched at once where more are on their way. */
const AHEAD_SECONDS = 0.1
/** Of so many turns one goes to whoever has waited longest, so that no lane is starved. */
const FAIR_TURNS = 4
/** Parts of the bucket that are left for lanes above, also of other processes: by lane. */
const KEEP = [0.2, 0.1, 0] as const

interface Waiting {
  readonly lane: Lane
  readonly since: number
  readonly go: () => void
  readonly refuse: (error: unknown) => void
}

export const openPace = (bucket: Bucket, options: PaceOptions): Pace => new SharedPace(bucket, options)

class SharedPace implements Pace {
  readonly #bucket: Bucket
  readonly #burst: number
  readonly #patienceMs: number
  /** In order of arrival. */
  readonly #waiting: Waiting[] = []
  #held = { count: 0, until: 0 }
  #rate = 0
  #served = 0
  #asking = false
  #later: { readonly timer: NodeJS.Timeout; readonly lane: Lane } | undefined

  constructor(bucket: Bucket, { burst, patienceMs = 60_000 }: PaceOptions) {
    this.#bucket = bucket
    this.#burst = burst
    this.#patienceMs = patienceMs
  }

  turn(lane: Lane): Promise<void> {
    return new Promise((go, refuse) => {
      this.#waiting.push({ lane, since: performance.now(), go, refuse })
      this.#pump()
    })
  }

  async slowDown(until: Date | undefined): Promise<void> {
    this.#held = { count: 0, until: 0 }
    await this.#bucket.slowDown(until)
    this.#stopWaiting()
    this.#pump()
  }

  close(): void {
    this.#stopWaiting()
    for (const one of this.#waiting.splice(0)) one.refuse(tooMany(this.#rate, 0))
  }

  #pump(): void {
    this.#serve()
    if (this.#waiting.length === 0) {
      this.#stopWaiting()
      return
    }
    const lane = this.#highest()
    // What waits for the next token already need not ask again, unless something more urgent has come.
    if (this.#asking || (this.#later !== undefined && this.#later.lane >= lane)) return
    this.#stopWaiting()
    void this.#ask(lane)
  }

  #serve(): void {
    if (performance.now() > this.#held.until) this.#held = { count: 0, until: 0 }
    while (this.#held.count > 0 && this.#waiting.length > 0) {
      this.#held = { ...this.#held, count: this.#held.count - 1 }
      this.#next()?.go()
    }
  }

  #next(): Waiting | undefined {
    const fair = this.#served++ % FAIR_TURNS === FAIR_TURNS - 1
    const lane = this.#highest()
    return this.#waiting.splice(fair ? 0 : this.#waiting.findIndex((one) => one.lane === lane), 1)[0]
  }

  #highest(): Lane {
    return this.#waiting.reduce<Lane>((top, { lane }) => (lane > top ? lane : top), 0)
  }

  async #ask(lane: Lane): Promise<void> {
    this.#asking = true
    const waiting = this.#waiting.length
    const want = Math.min(this.#burst, Math.max(waiting, Math.ceil(this.#rate * AHEAD_SECONDS)))
    try {
      const { granted, wait, rate } = await this.#bucket.take({ need: Math.min(waiting, want), want, keep: KEEP[lane] })
      this.#rate = rate
      this.#held = { count: this.#held.count + granted, until: performance.now() + HELD_MS }
      this.#serve()
      if (this.#waiting.length > 0 && granted < want) this.#waitFor(wait * 1000, lane)
    } catch (error) {
      for (const one of this.#waiting.splice(0)) one.refuse(error)
    } finally {
      this.#asking = false
    }
    this.#pump()
  }

  #waitFor(ms: number, lane: Lane): void {
    this.#refuseHopeless(ms)
    const again = (): void => {
      this.#later = undefined
      this.#pump()
    }
    this.#later = { lane, timer: setTimeout(again, Math.max(1, Math.ceil(ms))) }
  }

  /** Who would have to wait too long need not wait at all. */
  #refuseHopeless(ms: number): void {
    const then = performance.now() + ms
    for (const one of this.#waiting.filter(({ since }) => then > since + this.#patienceMs)) {
      this.#waiting.splice(this.#waiting.indexOf(one), 1)
      one.refuse(tooMany(this.#rate, ms))
    }
  }

  #stopWaiting(): void {
    clearTimeout(this.#later?.timer)
    this.#later = undefined
  }
}

const tooMany = (rate: number, waitMs: number): ConnectorError =>
  new ConnectorError({
    code: 'throttled',
    retry: 'soon',
    after: new Date(Date.now() + waitMs),
    detail: `No call could be made: the app asked for a pause, or more calls wait than it takes (about ${Number(rate.toFixed(1))} a second at present).`,
  })

/** Every call waits for its turn; an answer 429 slows down all that come after it, in every process. */
export function paced(fetch: HttpClient, pace: Pace, lane: () => Lane): HttpClient {
  return async (request) => {
    await pace.turn(request.forAll === true ? 2 : lane())
    const response = await fetch(request)
    // Without the database the bucket cannot be told; the pause that follows from this answer says the same.
    if (response.status === 429)
      await pace.slowDown(retryAfter(response.headers['retry-after'], new Date())).catch(() => undefined)
    return response
  }
}
