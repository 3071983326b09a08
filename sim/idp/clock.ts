/**
 * The time as a played provider sees it, so that thirty days or a wait of six hours can be played at once. Decides only
 * what time it is and how long a wait lasts.
 */
import { setTimeout as sleep } from 'node:timers/promises'

export interface Clock {
  now(): Date
  /** Resolves when the wait is over; rejects with an AbortError once `signal` is aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export const MINUTE_MS = 60_000
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS

export const systemClock: Clock = {
  now: () => new Date(),
  wait: (ms, signal) => sleep(ms, undefined, { signal }),
}

/** A clock that its owner moves. */
export interface PlayedClock extends Clock {
  /** Moves the time forward, without anybody waiting. */
  leap(ms: number): void
}

/** Stands at `start` until it is moved; a wait moves it on and is over at once. */
export function playedClock(start: Date = new Date(0)): PlayedClock {
  let now = start.getTime()
  const leap = (ms: number): void => void (now += ms)
  return {
    now: () => new Date(now),
    leap,
    wait: async (ms, signal) => {
      signal.throwIfAborted()
      const over = now + ms
      await sleep(0, undefined, { signal })
      now = Math.max(now, over)
    },
  }
}

/** Runs and waits as real time does, and can be moved forward besides. */
export function leapingClock(): PlayedClock {
  let ahead = 0
  return {
    now: () => new Date(Date.now() + ahead),
    leap: (ms) => void (ahead += ms),
    wait: (ms, signal) => systemClock.wait(ms, signal),
  }
}
